"""Work with a carrier as rows: what is filed, what is waited for, and when to look next.

`Submission` is one write; `Watch` is one wait. Both are claimed through `Due`, a narrow table
without personal data, which is all that the claimer can see.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from portal.audit.recording import Recorded
from portal.lifecycle.crashing import crash_here
from portal.lifecycle.shared import CarrierAccount, CarrierEvent, Stranger, take_up
from portal.tenancy.models import TenantModel

__all__ = [
    "CarrierAccount",
    "CarrierEvent",
    "Due",
    "Heartbeat",
    "Stranger",
    "Submission",
    "SubmissionState",
    "Watch",
    "accept",
    "hold_watch",
    "latest",
    "look_again",
    "watch",
    "withdraw",
]


class SubmissionState(models.TextChoices):
    """Recovery points of a write; each arrow is one short transaction.

    accepted → sending → known | unknown | refused; known → confirmed;
    unknown → known | accepted | parked | refused
    accepted → withdrawn: taken back by a person before it was ever sent
    """

    ACCEPTED = "accepted", _("Accepted")
    SENDING = "sending", _("Sending")
    UNKNOWN = "unknown", _("Outcome unknown")
    KNOWN = "known", _("Taken by the carrier")
    REFUSED = "refused", _("Refused")
    CONFIRMED = "confirmed", _("Confirmed")
    # Unknown, and the carrier cannot be searched: a person decides.
    PARKED = "parked", _("Needs a person")
    WITHDRAWN = "withdrawn", _("Taken back")


OPEN = (
    SubmissionState.ACCEPTED,
    SubmissionState.SENDING,
    SubmissionState.UNKNOWN,
    SubmissionState.KNOWN,
    SubmissionState.PARKED,
)


class Submission(TenantModel):
    """One write at a carrier: what exactly was asked for, under which key, and how far it got.

    `key` is our reference, for ever: the carrier gives it back when the object is read, so a write
    of unknown outcome can be found again. Every write of the loop says WHERE attempt = n.
    """

    kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    purpose = models.CharField(max_length=20)
    # Which version of the subject this asks for: 1 is the first that was ever filed.
    version = models.PositiveSmallIntegerField(default=1)
    account = models.CharField(max_length=40)
    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    payload = models.JSONField()
    state = models.CharField(max_length=12, default=SubmissionState.ACCEPTED)
    attempt = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    searches = models.PositiveIntegerField(default=0)
    reference = models.CharField(max_length=100, blank=True)
    answer = models.JSONField(default=dict)
    reasons = models.JSONField(default=list)
    last_error = models.CharField(max_length=300, blank=True)
    accepted_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)
    # Of unknown outcome: until then a search may find it, but "not found" proves nothing.
    rests_until = models.DateTimeField(null=True)
    # When a complete search last did not find it.
    searched_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_id", "purpose"],
                condition=models.Q(state__in=[str(state) for state in OPEN]),
                name="one_open_submission",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=SubmissionState.values), name="submission_state_known"
            ),
        ]
        # The submissions of one thing, newest first.
        indexes = [
            models.Index(
                fields=["organization", "kind", "subject_id", "-accepted_at"], name="submissions_of"
            ),
            # Whose is this object of the carrier's list?
            models.Index(
                fields=["account", "reference"], name="submission_named", condition=~models.Q(reference="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.kind} {self.subject_id} ({self.state})"

    @property
    def short_key(self) -> str:
        """Our reference as people read it to each other: the first eight characters of the key."""
        return str(self.key)[:8].upper()


class Watch(TenantModel):
    """One wait for a carrier's answer. May stay open beside any submission.

    Times are business time. `word` is the carrier's own, kept beside our status.
    """

    kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    account = models.CharField(max_length=40)
    reference = models.CharField(max_length=100)
    # The key that the carrier's events about it carry: that of the registration.
    key = models.UUIDField(null=True)
    # When this wait began, which is what its age is counted from.
    opened_at = models.DateTimeField()
    last_read_at = models.DateTimeField(null=True)
    next_read_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    attempt = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    # The plan's own span between the last two readings, and after a failed one when the plan wants the next:
    # a reading before that is a second try, one after it is not.
    every = models.DurationField(null=True)
    planned_at = models.DateTimeField(null=True)
    # What the carrier's list said when the sweep last asked for a reading because of it.
    listed_word = models.CharField(max_length=100, blank=True)
    # Readings in a row that found nothing under the reference: one may be the carrier's mistake.
    misses = models.PositiveSmallIntegerField(default=0)
    word = models.CharField(max_length=100, blank=True)
    answer = models.JSONField(default=dict)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_id"],
                condition=models.Q(closed_at__isnull=True),
                name="one_open_watch",
            )
        ]
        # Which wait is about this object of the carrier's list?
        indexes = [models.Index(fields=["account", "reference"], name="watch_named")]

    def __str__(self) -> str:
        return f"watch {self.kind} {self.subject_id}"


class Due(models.Model):
    """When to look at which item. The only table that the claimer sees, across all tenants.

    `kind` is "submission" or "job" (its `due_at` is machine time) or "watch" (business time). A row lives as
    long as there is something to do; `attempt` counts claims and fences off holders whose lease ran out.
    `background` work leaves a share of the account's permits to people. `knocked_at` says that an event came
    in and asks for a look.
    """

    SUBMISSION = "submission"
    WATCH = "watch"
    # Long work of ours that calls no carrier (`portal.jobs`).
    JOB = "job"

    item = models.UUIDField(primary_key=True)
    organization_id = models.UUIDField()
    account = models.CharField(max_length=40)
    kind = models.CharField(max_length=10)
    due_at = models.DateTimeField()
    attempt = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    background = models.BooleanField(default=False)
    key = models.UUIDField(null=True)
    knocked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # The claimer's queries: what of this queue is due, and whose turn is it?
            models.Index(fields=["account", "kind", "background", "due_at"], name="due_next"),
            models.Index(
                fields=["account", "kind", "background", "organization_id", "due_at"], name="due_turn"
            ),
            # What does this event knock at?
            models.Index(fields=["key"], name="due_key", condition=models.Q(key__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.item} due {self.due_at:%Y-%m-%d %H:%M:%S}"


class Heartbeat(models.Model):
    """When a process last proved that it still hears. Read by the supervisor and by operators."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%H:%M:%S}"


def accept(
    subject: Recorded,
    *,
    purpose: str,
    account: str,
    payload: dict[str, Any],
    machine_now: datetime,
    version: int = 1,
    background: bool = False,
    due_at: datetime | None = None,
) -> Submission:
    """Write down what is about to be asked for, and that it is due now. Part of the caller's transaction.

    `background`: nobody is waiting in front of a page, so people's work goes first. `due_at` (machine time):
    not before then, so that it can be taken back (`withdraw`).
    Raises IntegrityError when a submission with the same purpose is already open for `subject`.
    """
    submission: Submission = Submission.objects.create(
        organization_id=subject.organization_id,
        kind=subject.kind,
        subject_id=subject.pk,
        purpose=purpose,
        version=version,
        account=account,
        payload=payload,
    )
    crash_here("accepting")
    Due.objects.create(
        item=submission.pk,
        organization_id=subject.organization_id,
        account=account,
        kind=Due.SUBMISSION,
        due_at=due_at or machine_now,
        key=submission.key,
        background=background,
    )
    return submission


def withdraw(submission: Submission, *, machine_now: datetime) -> bool:
    """Take back a write that was never sent. Part of the caller's transaction.

    False when somebody has begun to send it: then it cannot be taken back any more.
    """
    never_sent = Submission.objects.filter(
        pk=submission.pk, state=SubmissionState.ACCEPTED, sent_at=None, searched_at=None
    )
    if not never_sent.update(state=SubmissionState.WITHDRAWN, ended_at=machine_now):
        return False
    Due.objects.filter(item=submission.pk).delete()
    submission.refresh_from_db()
    return True


def hold_watch(subject: Recorded) -> None:
    """Lock the open wait for `subject` before `subject` itself moves, as a reading does.

    In the other order a reading and the end of a write would each hold what the other needs.
    """
    Watch.objects.select_for_update().filter(kind=subject.kind, subject_id=subject.pk, closed_at=None).first()


def latest(subject: Recorded, purpose: str) -> Submission | None:
    """The newest write of this purpose about `subject`, if there ever was one."""
    rows = Submission.objects.filter(kind=subject.kind, subject_id=subject.pk, purpose=purpose)
    row: Submission | None = rows.order_by("-accepted_at").first()
    return row


def watch(
    subject: Recorded,
    *,
    account: str,
    reference: str,
    key: uuid.UUID | None,
    first_read_at: datetime,
    business_now: datetime,
) -> Watch:
    """Wait for the carrier's answer on `subject`: the first reading is due at `first_read_at`.

    A watch that is open already begins anew: its age counts from now. Part of the caller's transaction.
    An event that came in before the carrier's own answer to us makes the first reading due at once.
    """
    if key is not None and take_up(account, key, reference):
        first_read_at = business_now
    open_one = Watch.objects.select_for_update().filter(
        kind=subject.kind, subject_id=subject.pk, closed_at=None
    )
    row: Watch | None = open_one.first()
    if row is not None:
        # Whoever reads it at this moment read what was true before.
        due = Due.objects.select_for_update().get(pk=row.pk)
        due.attempt += 1
        due.due_at, due.lease_until = first_read_at, None
        due.save(update_fields=["attempt", "due_at", "lease_until"])
        row.opened_at, row.next_read_at, row.attempt = business_now, first_read_at, due.attempt
        row.failures, row.misses, row.last_error = 0, 0, ""
        row.account, row.reference, row.key = account, reference, key
        row.save()
        return row
    row = Watch.objects.create(
        organization_id=subject.organization_id,
        kind=subject.kind,
        subject_id=subject.pk,
        account=account,
        reference=reference,
        key=key,
        opened_at=business_now,
        next_read_at=first_read_at,
    )
    Due.objects.create(
        item=row.pk,
        organization_id=subject.organization_id,
        account=account,
        kind=Due.WATCH,
        due_at=first_read_at,
        key=key,
    )
    return row


def look_again(subject: Recorded, *, at: datetime, business_now: datetime) -> None:
    """Read `subject` at `at`, and from then on as often as something new; nothing where nothing is waited for.

    Part of the caller's transaction.
    """
    open_one = Watch.objects.filter(kind=subject.kind, subject_id=subject.pk, closed_at=None).first()
    if open_one is not None:
        watch(
            subject,
            account=open_one.account,
            reference=open_one.reference,
            key=open_one.key,
            first_read_at=at,
            business_now=business_now,
        )
