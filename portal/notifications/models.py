"""What people are told: notifications (an outbox of its own), preferences, the operator's notices."""

from __future__ import annotations

import uuid
from datetime import date, time, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.notifications.kinds import KINDS, Delivery
from portal.tenancy.models import Organization, Outgoing

DIGEST_AT = time(8, 0)


class Notification(Outgoing):
    """One person is told once that one thing came into one state.

    Written in the transaction of the move itself. `since` makes the occurrence: a brand that is
    rejected a second time tells a second time. All times but the lease are business time.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    object_kind = models.CharField(max_length=30)
    object_id = models.UUIDField()
    # As it was called then: things are renamed and deleted, and a sentence without a name says nothing.
    object_name = models.CharField(max_length=200)
    state = models.CharField(max_length=30)
    # Somebody's own words about it, such as an operator's reason.
    note = models.CharField(max_length=300, blank=True)
    since = models.DateTimeField()
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    # Told in the daily mail, with whatever else of this person is due at the same moment.
    digest = models.BooleanField(default=False)
    # The mail that tells it, once one was begun: a repeat after a crash has the same rows and the same id.
    mail = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "user", "object_kind", "object_id", "state", "since"],
                name="told_once",
            ),
            models.CheckConstraint(condition=models.Q(kind__in=list(KINDS)), name="notification_kind_known"),
        ]
        indexes = [
            # A person's list, newest first.
            models.Index(fields=["organization", "user", "-at", "-id"], name="notifications_newest"),
            # The count in the navigation, on every page.
            models.Index(
                fields=["organization", "user"],
                condition=models.Q(read_at__isnull=True),
                name="notifications_unread",
            ),
            # The claimer's query: what is due and not sent?
            models.Index(
                fields=["due_at"], condition=models.Q(sent_at__isnull=True), name="notifications_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.object_name} · {self.state}"


class Preference(models.Model):
    """How one person wants to be told of one kind; without a row, as `kinds.py` says.

    Belongs to the person: the database lets nobody else write it. Those who share an organization
    with them can read it, because whoever makes a move has to know whom to tell.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12)
    delivery = models.CharField(max_length=8)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="one_preference_per_kind"),
            models.CheckConstraint(condition=models.Q(kind__in=list(KINDS)), name="preference_kind_known"),
            models.CheckConstraint(
                condition=models.Q(delivery__in=Delivery.values), name="preference_delivery_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.delivery}"


class Hours(models.Model):
    """When mail may reach one person, by the clock on their wall. Walled like `Preference`."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    # Both or none; from later than until means over midnight.
    quiet_from = models.TimeField(_("No e-mail from"), null=True)
    quiet_until = models.TimeField(_("until"), null=True)
    digest_at = models.TimeField(_("Daily e-mail at"), default=DIGEST_AT)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | (
                    models.Q(quiet_from__isnull=False, quiet_until__isnull=False)
                    & ~models.Q(quiet_from=models.F("quiet_until"))
                ),
                name="quiet_hours_whole",
            )
        ]

    def __str__(self) -> str:
        return f"quiet {self.quiet_from}–{self.quiet_until}, digest {self.digest_at}"


class Topic(models.TextChoices):
    """What a notice of the operator is about: it is shown on the pages of its topic."""

    EVERYTHING = "everything", _("Everything")
    BRANDS = "brands", _("Brands")
    CAMPAIGN_APPROVALS = "campaign-approvals", _("Campaign approvals")
    NUMBER_POOLS = "number-pools", _("Number pools")
    TOLL_FREE = "toll-free", _("Toll-free")


class Notice(models.Model):
    """Something the operator says on pages, to one organization or to everybody, for a while.

    Business time. The database shows a row of an organization to that organization alone, and a row
    without one to all. Made and withdrawn by `notices.publish` and `notices.withdraw`.
    """

    kind = "notice"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Empty: everybody.
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, related_name="+")
    scope = models.CharField(_("topic"), max_length=20)
    text = models.CharField(_("text"), max_length=300)
    link = models.CharField(_("link"), max_length=300, blank=True)
    link_words = models.CharField(_("words of the link"), max_length=60, blank=True)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    created_at = models.DateTimeField()
    created_by = models.UUIDField(null=True)
    created_by_name = models.CharField(max_length=254)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(scope__in=Topic.values), name="notice_topic_known"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="notice_ends_after_it_starts"
            ),
            # Shown to every organization: nothing but a secure page may be behind it.
            models.CheckConstraint(
                condition=models.Q(link="") | models.Q(link__startswith="https://"), name="notice_link_https"
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def last_day(self) -> date:
        """The last day on which it is shown, in the zone of the page; `ends_at` is the midnight after it."""
        return timezone.localtime(self.ends_at - timedelta.resolution).date()


class Dismissal(models.Model):
    """One person put one notice away. Walled like `Preference`."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="dismissals")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "user"], name="one_dismissal")]

    def __str__(self) -> str:
        return f"{self.notice_id} dismissed"


class PracticeMail(models.Model):
    """A mail that a practice portal would have sent: shown on its outbox page, and nowhere else."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField()
    message_id = models.CharField(max_length=300)
    sender = models.CharField(max_length=300)
    recipients = models.CharField(max_length=300)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["-at"], name="practice_mail_newest")]

    def __str__(self) -> str:
        return self.subject
