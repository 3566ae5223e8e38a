"""What stands for a campaign at the carrier: registrations, what each carrier makes of them, and their periods."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.lifecycle import gateway
from portal.tenancy.models import TenantModel
from portal.ui.looks import Text


class Registration(TenantModel):
    """One registration of a campaign. The newest is the one that counts; earlier ones have ended.

    `registry_word` and `provider_word` are kept beside the carriers' rows (`Standing`) as they were said.
    `ends_at` is business time: the carrier's own date where it names one, else computed from the activation.
    """

    # The key in the database is composite (migration 0002).
    campaign = models.ForeignKey(
        "campaigns.Campaign", on_delete=models.CASCADE, db_constraint=False, related_name="registrations"
    )
    number = models.PositiveSmallIntegerField()
    # Our key of the submission that made it: what finds it again at the carrier.
    key = models.UUIDField()
    account = models.CharField(max_length=40)
    reference = models.CharField(max_length=100)
    registry_id = models.CharField(max_length=20, blank=True)
    word = models.CharField(max_length=100, blank=True)
    registry_word = models.CharField(max_length=100, blank=True)
    provider_word = models.CharField(max_length=100, blank=True)
    # How many mobile carriers have a say, and how many of them said yes (`Standing`, counted at each reading).
    networks = models.PositiveSmallIntegerField(default=0)
    approved = models.PositiveSmallIntegerField(default=0)
    taken_at = models.DateTimeField()
    activated_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    # Did the carrier name the day, or did we count it?
    ends_said = models.BooleanField(default=False)
    # The carrier's own flag; None until it has said.
    renews = models.BooleanField(null=True)
    # When the carrier last confirmed that its flag is what the admin chose; never where each period is asked for.
    confirmed_at = models.DateTimeField(null=True)
    billed_at = models.DateTimeField(null=True)
    # When it ended for good: expired, ended there, or deleted here.
    ended_at = models.DateTimeField(null=True)
    # When the sweep of renewals has to look at it next (`reminding`); business time.
    look_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "campaign", "number"], name="registration_numbered"
            )
        ]
        indexes = [
            # The registrations of an organization that end soon, for reminders and the calendar.
            models.Index(
                fields=["organization", "ends_at"],
                name="registration_ends",
                condition=models.Q(ended_at__isnull=True, ends_at__isnull=False),
            ),
            # What the sweep has to look at, over all organizations.
            models.Index(
                fields=["look_at"],
                name="registration_look",
                condition=models.Q(ended_at__isnull=True, look_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"registration {self.number} of {self.campaign_id}"

    @property
    def is_partly(self) -> bool:
        """Has not every mobile carrier approved it? Counts while it is active."""
        return self.approved < self.networks

    def is_over(self, now: datetime) -> bool:
        """Is its period past, at business time `now`?

        One that the carrier renews by itself is given some days in which to say so.
        """
        if self.ended_at is not None:
            return True
        if self.ends_at is None:
            return False
        grace = gateway.campaign_policy(self.account).grace.value if self.renews else timedelta(0)
        return now >= self.ends_at + grace

    def is_unconfirmed(self, now: datetime) -> bool:
        """Is its end past, the carrier renews it by itself, and has not said so yet?"""
        return (
            self.ends_at is not None and bool(self.renews) and now >= self.ends_at and not self.is_over(now)
        )

    def is_expiring(self, now: datetime) -> bool:
        """Does it end within the time of reminders, and nothing will renew it?"""
        if self.ends_at is None or self.renews is not False or self.is_over(now):
            return False
        days = max(gateway.campaign_policy(self.account).reminders.value)
        return now >= self.ends_at - timedelta(days=days)


class Standing(TenantModel):
    """What one mobile carrier makes of a registration. `state` is `carriers.campaigns.NetworkState`, `word` its own."""

    registration = models.ForeignKey(
        Registration, on_delete=models.CASCADE, db_constraint=False, related_name="standings"
    )
    network = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    state = models.CharField(max_length=10)
    word = models.CharField(max_length=100, blank=True)
    reasons = models.JSONField(default=list)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "registration", "network"], name="one_standing_per_network"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.state}"


class Period(TenantModel):
    """One period of a registration that was paid for. Periods follow each other and never overlap."""

    class By(models.TextChoices):
        """What began it."""

        START = "start", _("Activation")
        CARRIER = "carrier", _("Renewed by the carrier")
        CALL = "call", _("Renewed at our request")

    registration = models.ForeignKey(
        Registration, on_delete=models.CASCADE, db_constraint=False, related_name="periods"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    renewed_by = models.CharField(max_length=10)
    billed_at = models.DateTimeField(null=True)
    # The submission that asked for it, where a call did.
    submission_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            # Two runs that renew at once can write it only once.
            models.UniqueConstraint(
                fields=["organization", "registration", "starts_at"], name="one_period_per_start"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="period_has_length"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d} to {self.ends_at:%Y-%m-%d}"

    @property
    def by_word(self) -> Text:
        """What began it, as people read it."""
        return Period.By(self.renewed_by).label


class Reminder(TenantModel):
    """People were reminded once of something about a registration: so many days before (or after) it.

    `since` makes the occasion: the start of the period that ends, or when the campaign lost its last number.
    """

    class About(models.TextChoices):
        """What they were reminded of."""

        END = "end", _("The end of the period")
        RENEWAL = "renewal", _("A renewal that is not confirmed")
        EMPTY = "empty", _("A campaign without numbers")

    registration = models.ForeignKey(
        Registration, on_delete=models.CASCADE, db_constraint=False, related_name="reminders"
    )
    about = models.CharField(max_length=10)
    since = models.DateTimeField()
    days = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "registration", "about", "since", "days"], name="reminded_once"
            ),
            models.CheckConstraint(
                condition=models.Q(about__in=["end", "renewal", "empty"]), name="reminder_about_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.about}, {self.days} days, of {self.registration_id}"
