"""A write of unknown outcome at a carrier that cannot be searched: somebody looked there, and says what is so.

parked ─it is there→ known → confirmed     under the reference that they found
       └it is not──→ accepted              and sent again
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from portal.audit.recording import Actor, record
from portal.clock import Times
from portal.lifecycle.models import Due, Submission, SubmissionState
from portal.lifecycle.nudge import nudge
from portal.tenancy.scope import acting_for

# What the events are called, after the kind of what they are about.
ARRIVED, ABSENT = "settled-arrived", "settled-absent"


class NotParked(Exception):
    """Nobody has to decide about it (any more)."""


def settle(organization_id: UUID, submission_id: UUID, reference: str, *, by: Actor, times: Times) -> None:
    """Take over what somebody found at the carrier: it stands there under `reference`, or nowhere (""), and then it
    is sent again. State, due work and event in one transaction.

    Raises NotParked when it is at another recovery point by now.
    """
    changes: dict[str, Any]
    if reference:
        changes = {"state": SubmissionState.KNOWN, "reference": reference, "answer": {"reference": reference}}
    else:
        # Searched by a person: it is sent without another doubt.
        changes = {"state": SubmissionState.ACCEPTED, "searched_at": times.machine, "rests_until": None}
    with acting_for(organization_id, by=by):
        parked = Submission.objects.filter(pk=submission_id, state=SubmissionState.PARKED)
        if not parked.update(**changes, last_error="", searches=0):
            raise NotParked
        submission = Submission.objects.get(pk=submission_id)
        action = f"{submission.kind}.{ARRIVED if reference else ABSENT}"
        record(action, _Subject(submission), by=by, at=times.business, detail={"reference": reference})
        due_now(submission, times.machine)
        nudge()


def due_now(submission: Submission, machine_now: datetime) -> None:
    """Have `submission` looked at now, whoever holds it: they may not give it back as it was.

    A parked one has no row of due work.
    """
    due, _made = Due.objects.select_for_update().get_or_create(
        item=submission.pk,
        defaults={
            "organization_id": submission.organization_id,
            "account": submission.account,
            "kind": Due.SUBMISSION,
            "due_at": machine_now,
            "key": submission.key,
            "attempt": submission.attempt,
        },
    )
    due.attempt, due.due_at, due.lease_until = due.attempt + 1, machine_now, None
    due.save(update_fields=["attempt", "due_at", "lease_until"])


class _Subject:
    """What a submission is about, as far as an audit event needs it."""

    def __init__(self, submission: Submission) -> None:
        self.kind, self.pk = submission.kind, submission.subject_id
        self.organization_id: UUID = submission.organization_id
