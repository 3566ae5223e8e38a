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
from portal.tenancy.models import TenantModel


class SubmissionState(models.TextChoices):
    """Recovery points of a write; each arrow is one short transaction.

    accepted → sending → known | unknown | refused; known → confirmed; unknown → known | accepted | parked
    """

    ACCEPTED = "accepted", _("Accepted")
    SENDING = "sending", _("Sending")
    UNKNOWN = "unknown", _("Outcome unknown")
    KNOWN = "known", _("Taken by the carrier")
    REFUSED = "refused", _("Refused")
    CONFIRMED = "confirmed", _("Confirmed")
    # Unknown, and the carrier cannot be searched: a person decides.
    PARKED = "parked", _("Needs a person")


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
            models.Index(fields=["organization", "kind", "subject_id", "-accepted_at"], name="submissions_of")
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
    opened_at = models.DateTimeField()
    last_read_at = models.DateTimeField(null=True)
    next_read_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    attempt = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
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

    def __str__(self) -> str:
        return f"watch {self.kind} {self.subject_id}"


class Due(models.Model):
    """When to look at which item. The only table that the claimer sees, across all tenants.

    `kind` is "submission" (its `due_at` is machine time) or "watch" (business time). A row lives as
    long as there is something to do; `attempt` counts claims and fences off holders whose lease ran out.
    """

    SUBMISSION = "submission"
    WATCH = "watch"

    item = models.UUIDField(primary_key=True)
    organization_id = models.UUIDField()
    account = models.CharField(max_length=40)
    kind = models.CharField(max_length=10)
    due_at = models.DateTimeField()
    attempt = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)

    class Meta:
        # The claimer's query: what of this kind is due?
        indexes = [models.Index(fields=["kind", "due_at"], name="due_next")]

    def __str__(self) -> str:
        return f"{self.kind} {self.item} due {self.due_at:%Y-%m-%d %H:%M:%S}"


class Heartbeat(models.Model):
    """When a process last proved that it still hears. Read by the supervisor and by operators."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%H:%M:%S}"


def accept(
    subject: Recorded, *, purpose: str, account: str, payload: dict[str, Any], machine_now: datetime
) -> Submission:
    """Write down what is about to be asked for, and that it is due now. Part of the caller's transaction.

    Raises IntegrityError when a submission with the same purpose is already open for `subject`.
    """
    submission: Submission = Submission.objects.create(
        organization_id=subject.organization_id,
        kind=subject.kind,
        subject_id=subject.pk,
        purpose=purpose,
        account=account,
        payload=payload,
    )
    Due.objects.create(
        item=submission.pk,
        organization_id=subject.organization_id,
        account=account,
        kind=Due.SUBMISSION,
        due_at=machine_now,
    )
    return submission


def watch(
    subject: Recorded, *, account: str, reference: str, first_read_at: datetime, business_now: datetime
) -> Watch:
    """Start waiting for the carrier's answer on `subject`; the first reading is due at `first_read_at`."""
    row: Watch = Watch.objects.create(
        organization_id=subject.organization_id,
        kind=subject.kind,
        subject_id=subject.pk,
        account=account,
        reference=reference,
        opened_at=business_now,
        next_read_at=first_read_at,
    )
    Due.objects.create(
        item=row.pk,
        organization_id=subject.organization_id,
        account=account,
        kind=Due.WATCH,
        due_at=first_read_at,
    )
    return row
