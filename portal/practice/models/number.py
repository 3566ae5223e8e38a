"""The phone numbers that an account has, and the campaigns that they are or were on."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Case, F, Q, Value, When

from portal.practice.models.campaign import Campaign
from portal.practice.models.registry import Account

if TYPE_CHECKING:
    from portal.practice.clock import Moment

PENDING, ASSIGNED, FAILED = "PENDING_ASSIGNMENT", "ASSIGNED", "FAILED_ASSIGNMENT"
RELEASING, RELEASE_FAILED = "PENDING_UNASSIGNMENT", "FAILED_UNASSIGNMENT"
# What stands in `status_now` of a link that is over; never answered.
OVER = ""
# The vendor's ids of numbers have nineteen digits.
_FIRST_REFERENCE = 1_293_384_261_000_000_000


class MessagingProfile(models.Model):
    """A messaging profile: a number without one cannot text."""

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="profiles")
    name = models.CharField(max_length=200)
    # What was sent beside the name, answered as it came.
    filed = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    objects: ClassVar[models.Manager[MessagingProfile]] = models.Manager()

    def __str__(self) -> str:
        return self.name


class Number(models.Model):
    """One phone number of an account. `sms`: can it text at all in its country. Moments are business time.

    `status` is the vendor's word ("active", "port-pending", …); `tags` are free words of the account's.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="numbers")
    e164 = models.CharField(max_length=16)
    country = models.CharField(max_length=2, default="US")
    toll_free = models.BooleanField(default=False)
    sms = models.BooleanField(default=True)
    status = models.CharField(max_length=30, default="active")
    tags = models.JSONField(default=list)
    profile = models.ForeignKey(
        MessagingProfile, on_delete=models.PROTECT, null=True, blank=True, related_name="numbers"
    )
    added_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Number]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "e164"], name="number_once")]

    def __str__(self) -> str:
        return self.e164

    @property
    def reference(self) -> str:
        """The vendor's id of it."""
        return str(_FIRST_REFERENCE + self.pk)

    @staticmethod
    def row_of(reference: str) -> int:
        """The primary key that an id of the vendor's means, or -1."""
        fits = reference.isascii() and reference.isdigit() and len(reference) == 19
        return int(reference) - _FIRST_REFERENCE if fits and reference.startswith("12") else -1


class LinkQuerySet(models.QuerySet["Link"]):
    """Links, with what the registry says of them at a given moment."""

    def visible(self, moment: Moment) -> LinkQuerySet:
        """Leave out what was taken in late and has not come up yet."""
        return self.filter(Q(appears_at=None) | Q(appears_at__lte=moment.machine))

    def as_of(self, moment: Moment) -> LinkQuerySet:
        """Add `status_now`, the vendor's assignmentStatus at `moment`, or OVER for one that has ended.

        As with brands, an answer is written down in advance and heard when its time has come; silence holds back
        what would come by itself.
        """
        outcome = Link.Outcome
        held = Q(silent_since__lte=F("due_at")) | Q(account__silent_since__lte=F("due_at"))
        held_release = Q(silent_since__lte=F("release_due_at")) | Q(
            account__silent_since__lte=F("release_due_at")
        )
        if moment.silent_since is not None:
            held |= Q(due_at__gte=moment.silent_since)
            held_release |= Q(release_due_at__gte=moment.silent_since)
        unheard = Q(due_at__gt=moment.business) | (Q(by_hand=False) & held)
        unheard_release = Q(release_due_at__gt=moment.business) | (Q(by_hand=False) & held_release)
        words = Case(
            When(Q(ended_at__lte=moment.business) | Q(lost_at__lte=moment.business), then=Value(OVER)),
            When(Q(release_at__lte=moment.business) & unheard_release, then=Value(RELEASING)),
            When(release_at__lte=moment.business, release_outcome=outcome.RELEASED, then=Value(OVER)),
            When(release_at__lte=moment.business, then=Value(RELEASE_FAILED)),
            When(unheard, then=Value(PENDING)),
            When(outcome=outcome.FAILED, then=Value(FAILED)),
            When(outcome=outcome.ODD, then=F("word")),
            default=Value(ASSIGNED),
            output_field=models.CharField(),
        )
        told: LinkQuerySet = self.annotate(status_now=words)
        return told

    def current(self, moment: Moment) -> LinkQuerySet:
        """Those that are not over at `moment`."""
        over = {"status_now": OVER}
        return self.as_of(moment).exclude(**over)

    def standing(self, *words: str) -> LinkQuerySet:
        """Those that stand at one of `words`. Needs `as_of`."""
        wanted = {"status_now__in": words}
        return self.filter(**wanted)


class Link(models.Model):
    """A number on a campaign, from the request on: the vendor's `PhoneNumberCampaign`.

    `received_at` and `appears_at` are machine time, every other moment is business time. `due_at` is when the mobile
    carriers answer `outcome`; `release_due_at` when they answer a removal that was asked for at `release_at`;
    `lost_at` when they drop it by themselves. `ended_at` is set where something else took its place: a number has at
    most one link without it. `next_at` is when something happens next that a webhook tells, `told_until` up to when
    everything was told.
    """

    class Outcome(StrEnum):
        """What the mobile carriers answer, to an assignment and to a removal."""

        ASSIGNED = "assigned"
        FAILED = "failed"
        ODD = "odd"
        RELEASED = "released"

    class MadeBy(StrEnum):
        """What made it: an assignment, a move, or somebody elsewhere without a request of the account's."""

        CREATE = "create"
        MOVE = "update"
        ELSEWHERE = "elsewhere"

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="links")
    number = models.ForeignKey(Number, on_delete=models.PROTECT, related_name="links")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="links")
    filed_at = models.DateTimeField()
    received_at = models.DateTimeField(auto_now_add=True)
    appears_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField()
    outcome = models.CharField(max_length=10)
    failure = models.TextField(blank=True)
    # Where the reason stands: the vendor is known to put it into `errors` and leave `failureReasons` out.
    failure_in_errors = models.BooleanField(default=False)
    word = models.CharField(max_length=60, blank=True)
    release_at = models.DateTimeField(null=True, blank=True)
    release_due_at = models.DateTimeField(null=True, blank=True)
    release_outcome = models.CharField(max_length=10, blank=True)
    release_failure = models.TextField(blank=True)
    lost_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    silent_since = models.DateTimeField(null=True, blank=True)
    by_hand = models.BooleanField(default=False)
    made_by = models.CharField(max_length=10)
    rule = models.CharField(max_length=200, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    told_until = models.DateTimeField()

    # Set by `as_of`.
    status_now: str

    objects = LinkQuerySet.as_manager()

    class Meta:
        indexes = [
            # "The numbers of this campaign", and "of this account, newest first".
            models.Index(fields=["campaign", "number"], name="link_of_campaign"),
            models.Index(fields=["account", "-id"], name="link_of_account"),
            # "Of which link is a webhook owed?", asked several times a second.
            models.Index(fields=["next_at"], name="link_next", condition=Q(next_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["number"], condition=Q(ended_at=None), name="one_link_per_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} on {self.campaign}"

    def happenings(self) -> list[tuple[datetime, str]]:
        """What happened or will happen to it, oldest first: moments and acts."""
        # Nobody answers an assignment any more that was taken back before.
        answered = self.release_at is None or self.due_at <= self.release_at
        told = [
            (self.filed_at, "asked"),
            (self.due_at if answered else None, str(self.outcome)),
            (self.release_at, "release_asked"),
            (self.release_due_at, f"release_{self.release_outcome}"),
            (self.lost_at, "lost"),
            (self.ended_at, "replaced"),
        ]
        return sorted(((at, act) for at, act in told if at is not None), key=lambda one: one[0])

    def over_since(self) -> datetime | None:
        """When it ends, or ended, for a link that is over; the earliest of its ends."""
        released = self.release_due_at if self.release_outcome == Link.Outcome.RELEASED else None
        return min((at for at in (self.ended_at, self.lost_at, released) if at is not None), default=None)

    def silence(self, moment: Moment) -> datetime | None:
        """Since when its answers are held back: its own silence, its account's or the whole registry's."""
        since = (self.silent_since, self.account.silent_since, moment.silent_since)
        return min((one for one in since if one is not None), default=None)

    def heard(self, at: datetime, act: str, moment: Moment) -> bool:
        """Is it let through by silence? What the account asks, and what a hand decides, always is."""
        silent = self.silence(moment)
        own = act in ("asked", "release_asked", "replaced")
        return own or self.by_hand or silent is None or at < silent

    def wake(self, moment: Moment) -> None:
        """Set `next_at` for what comes after what was told. The caller saves."""
        over = self.over_since()
        ahead = [
            at
            for at, act in self.happenings()
            if at > self.told_until and self.heard(at, act, moment) and (over is None or at <= over)
        ]
        self.next_at = min(ahead, default=None)
