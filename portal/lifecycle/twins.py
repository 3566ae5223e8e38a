"""What the sweep does with a thing at the carrier that carries the key of one of our writes.

The write has no reference yet: it had arrived, and is adopted. It has another one: there are two of what should
be one, and the younger is cancelled, by a write of its own (purpose "cancel-twin") so that it is subject to the
same recovery points as every other. Nothing is cancelled that is not certain: the ages must be known from a
complete list, both must still be there, and nothing may hang on what goes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

import structlog

from portal.audit.recording import CLEARLINE, record
from portal.carriers.contract import Carrier, NotFound
from portal.clock import Times
from portal.lifecycle.handlers import Sweeping
from portal.lifecycle.models import OPEN, Submission, SubmissionState, accept, hold_watch
from portal.lifecycle.nudge import nudge
from portal.lifecycle.settling import due_now
from portal.tenancy.scope import acting_for

log = structlog.get_logger(__name__)
State = SubmissionState
CANCEL = "cancel-twin"
# Nothing is on its way that would say by itself where the write has gone.
_AT_REST = (State.ACCEPTED, State.UNKNOWN, State.PARKED)


class Outcome(Enum):
    """What came of it; the values are the operator's words for a number of them."""

    NOTHING = ""
    STRANGE = "strangers"
    ADOPTED = "adopted"
    TWIN = "twins"
    UNDECIDED = "twins for a person"


@dataclass(frozen=True, slots=True)
class Case:
    """The thing under `reference` carries the key of this write.

    `places` says for every listed thing when the carrier made it and where it stands in the list, oldest first;
    `complete` whether the list came to its end.
    """

    organization_id: UUID
    submission_id: UUID
    reference: str
    places: Mapping[str, tuple[datetime | None, int]]
    complete: bool


@dataclass(frozen=True, slots=True)
class _Subject:
    kind: str
    pk: UUID
    organization_id: UUID


def settle(case: Case, flow: Sweeping, carrier: Carrier, read: Callable[[], Times]) -> Outcome:
    """Adopt it, or cancel the younger of the two, or leave it to a person. Raises Unavailable, Unauthorized."""
    with acting_for(case.organization_id, by=CLEARLINE):
        submission = Submission.objects.get(pk=case.submission_id)
    if submission.reference == case.reference:
        # Written down since we asked.
        return Outcome.NOTHING
    if submission.reference:
        return _twin(case, submission, flow, carrier, read)
    if submission.state in _AT_REST:
        return _adopt(case, submission, flow, carrier, read)
    # On its way, it will be known in a minute. Ended without a reference, a person has to look.
    return Outcome.NOTHING if submission.state in OPEN else Outcome.STRANGE


def _adopt(
    case: Case, submission: Submission, flow: Sweeping, carrier: Carrier, read: Callable[[], Times]
) -> Outcome:
    """The write had arrived: it is known now, and goes on from there."""
    try:
        created = flow.take(carrier, submission, case.reference)
    except NotFound:
        return Outcome.NOTHING
    times = read()
    with acting_for(case.organization_id, by=CLEARLINE):
        mine = Submission.objects.filter(pk=submission.pk, state__in=_AT_REST, reference="")
        if not mine.update(state=State.KNOWN, reference=case.reference, answer=dict(created.raw)):
            return Outcome.NOTHING
        record(f"{submission.kind}.found-again", _subject(submission), by=CLEARLINE, at=times.business)
        due_now(submission, times.machine)
        nudge()
    return Outcome.ADOPTED


def _twin(
    case: Case, submission: Submission, flow: Sweeping, carrier: Carrier, read: Callable[[], Times]
) -> Outcome:
    ours, other = submission.reference, case.reference
    with acting_for(case.organization_id, by=CLEARLINE):
        again = Submission.objects.filter(
            kind=submission.kind, subject_id=submission.subject_id, purpose=CANCEL, state__in=OPEN
        )
        if again.exists():
            # One after the other; the next sweep sees what is left.
            return Outcome.NOTHING
        wanted = flow.is_wanted(submission)
    if not wanted:
        return _cancel(submission, other, read, keeps="")
    try:
        flow.key_of(carrier, ours)
    except NotFound:
        return _move(case, submission, flow, read, cancels="")
    if not case.complete or ours not in case.places:
        return _leave(submission, other, "their ages are not known")
    if _is_younger(case, other, ours):
        return _cancel(submission, other, read, keeps=ours)
    with acting_for(case.organization_id, by=CLEARLINE):
        used = flow.is_used(submission)
    if used:
        return _leave(submission, other, "ours is the younger one, and something hangs on it")
    return _move(case, submission, flow, read, cancels=ours)


def _is_younger(case: Case, one: str, than: str) -> bool:
    """By the carrier's own time where it names both, else by the place in the list."""
    (made, place), (made_then, place_then) = case.places[one], case.places[than]
    if made is not None and made_then is not None and made != made_then:
        return made > made_then
    return place > place_then


def _move(
    case: Case, submission: Submission, flow: Sweeping, read: Callable[[], Times], *, cancels: str
) -> Outcome:
    """The other one is it from now on: the older of two, or the only one that is left."""
    times = read()
    with acting_for(case.organization_id, by=CLEARLINE):
        mine = Submission.objects.filter(pk=submission.pk, reference=submission.reference)
        if not mine.update(reference=case.reference):
            return Outcome.NOTHING
        hold_watch(_subject(submission))
        flow.rebind(submission, case.reference, times)
        if cancels:
            _ask(submission, cancels, times, keeps=case.reference)
        else:
            record(f"{submission.kind}.twin-took-over", _subject(submission), by=CLEARLINE, at=times.business)
    return Outcome.TWIN


def _cancel(submission: Submission, other: str, read: Callable[[], Times], *, keeps: str) -> Outcome:
    times = read()
    with acting_for(submission.organization_id, by=CLEARLINE):
        _ask(submission, other, times, keeps=keeps)
    return Outcome.TWIN


def _ask(submission: Submission, cancels: str, times: Times, *, keeps: str) -> None:
    """Write down what is to be cancelled. Inside the tenant's transaction."""
    subject = _subject(submission)
    accept(
        subject,
        purpose=CANCEL,
        account=submission.account,
        payload={"reference": cancels, "keeps": keeps, "key": str(submission.key)},
        machine_now=times.machine,
        background=True,
    )
    detail = {"kept": keeps, "cancelled": cancels}
    record(f"{submission.kind}.twin-found", subject, by=CLEARLINE, at=times.business, detail=detail)
    log.error("a twin at the carrier", kind=submission.kind, key=str(submission.key), **detail)
    nudge()


def _leave(submission: Submission, other: str, why: str) -> Outcome:
    log.error("a twin that a person must settle", key=str(submission.key), reference=other, why=why)
    return Outcome.UNDECIDED


def _subject(submission: Submission) -> _Subject:
    return _Subject(submission.kind, submission.subject_id, submission.organization_id)
