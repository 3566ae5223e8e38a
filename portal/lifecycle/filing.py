"""One step of a submission: from one recovery point to the next, with at most one foreign call between.

    accepted → sending → known | unknown | refused;  known → confirmed;  unknown → search → known | accepted

The foreign call is made outside any transaction. Every write afterwards says WHERE attempt = n, so a
holder that outlived its lease changes nothing; what it may have done over there is found by the search.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from portal.audit.recording import CLEARLINE, record
from portal.carriers.contract import Carrier, Created, OutcomeUnknown, Refused, Unauthorized, Unavailable
from portal.clock import Times
from portal.lifecycle import gateway
from portal.lifecycle.claiming import Claim, again, done, extend
from portal.lifecycle.handlers import filing_of
from portal.lifecycle.models import Submission, SubmissionState
from portal.lifecycle.schedule import LEASE_MARGIN, SEARCH_AGAIN, SEARCHES, UNAUTHORIZED, delay
from portal.tenancy.scope import acting_for

log = structlog.get_logger(__name__)
State = SubmissionState
Read = Callable[[], Times]


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a submission is about, as far as an audit event needs it."""

    kind: str
    pk: UUID
    organization_id: UUID


def step(claim: Claim, read: Read) -> None:
    """Take the claimed submission from its recovery point to the next."""
    times = read()
    with acting_for(claim.organization_id, by=CLEARLINE):
        submission = Submission.objects.filter(pk=claim.item).first()
        if submission is None:
            done(claim)
            return
        point = submission.state
        match point:
            case State.ACCEPTED:
                ours = _write(claim, submission, State.ACCEPTED, state=State.SENDING, sent_at=times.machine)
            case State.SENDING:
                # The holder before us died, or is still at it: either way nobody knows.
                _unknown(claim, submission, times, "the process that sent it did not come back")
                return
            case State.UNKNOWN:
                # A search reads many objects and may take longer than one call.
                longest = gateway.policy(claim.account).search_deadline.value + LEASE_MARGIN
                ours = _write(claim, submission, point) and extend(claim, until=times.machine + longest)
            case State.KNOWN:
                ours = _write(claim, submission, point)
            case _:
                done(claim)
                return
    if not ours:
        return
    match point:
        case State.ACCEPTED:
            _send(claim, submission, read)
        case State.UNKNOWN:
            _search(claim, submission, read)
        case State.KNOWN:
            _confirm(claim, submission, read)


def _send(claim: Claim, submission: Submission, read: Read) -> None:
    """Make the write, once, and write down how it ended."""
    # A process that slept since it claimed the row may have lost it: what it sent now, nobody would search for.
    longest = gateway.policy(claim.account).call_deadline.value.total_seconds()
    if time.monotonic() + longest > claim.good_until:
        late = Unavailable("too late to send under this claim")
        _later(claim, submission, late, read(), back_to=State.ACCEPTED)
        return
    try:
        created = filing_of(submission).send(gateway.carrier(claim.account), submission)
    except Refused as refusal:
        _refused(claim, submission, refusal, read())
    except (Unavailable, Unauthorized) as problem:
        _later(claim, submission, problem, read(), back_to=State.ACCEPTED)
    except Exception as problem:
        if not isinstance(problem, OutcomeUnknown):
            # Anything unforeseen may have happened after the bytes left: the safe reading is "unknown".
            log.exception("sending failed in an unforeseen way")
        with acting_for(claim.organization_id, by=CLEARLINE):
            _unknown(claim, submission, read(), str(problem))
    else:
        _known(claim, submission, created, read)


def _search(claim: Claim, submission: Submission, read: Read) -> None:
    """The quarantine is over: look for what the write may have made; believe "not found" only twice."""
    carrier: Carrier = gateway.carrier(claim.account)
    if not carrier.capabilities.search:
        with acting_for(claim.organization_id, by=CLEARLINE):
            if _write(claim, submission, State.UNKNOWN, state=State.PARKED):
                done(claim)
        return
    try:
        found = filing_of(submission).search(carrier, submission)
    except (Unavailable, Unauthorized) as problem:
        _later(claim, submission, problem, read(), back_to=State.UNKNOWN)
        return
    times = read()
    if found is not None:
        _tell("found-again", submission, times)
        _known(claim, submission, found, read, since=State.UNKNOWN)
        return
    with acting_for(claim.organization_id, by=CLEARLINE):
        searches = submission.searches + 1
        if searches < SEARCHES:
            if _write(claim, submission, State.UNKNOWN, searches=searches):
                again(claim, at=times.machine + SEARCH_AGAIN)
        elif _write(claim, submission, State.UNKNOWN, state=State.ACCEPTED, searches=0):
            record(f"{submission.kind}.sent-again", _subject(submission), by=CLEARLINE, at=times.business)
            again(claim, at=times.machine)


def _known(
    claim: Claim, submission: Submission, created: Created, read: Read, *, since: str = State.SENDING
) -> None:
    """Save the carrier's reference before anything else can fail, then go on."""
    with acting_for(claim.organization_id, by=CLEARLINE):
        ours = _write(
            claim, submission, since, state=State.KNOWN, reference=created.reference, answer=dict(created.raw)
        )
    if ours:
        _confirm(claim, submission, read)


def _confirm(claim: Claim, submission: Submission, read: Read) -> None:
    """Move the subject and start to watch it, in one transaction with the end of the submission."""
    times = read()
    with acting_for(claim.organization_id, by=CLEARLINE):
        if _write(claim, submission, State.KNOWN, state=State.CONFIRMED, ended_at=times.machine):
            filing_of(submission).filed(submission, times)
            done(claim)


def _refused(claim: Claim, submission: Submission, refusal: Refused, times: Times) -> None:
    """The request itself was wrong: a person must change something. Never tried again."""
    with acting_for(claim.organization_id, by=CLEARLINE):
        ours = _write(
            claim,
            submission,
            State.SENDING,
            state=State.REFUSED,
            ended_at=times.machine,
            reasons=[asdict(reason) for reason in refusal.reasons],
            last_error=str(refusal)[:300],
        )
        if ours:
            filing_of(submission).refused(submission, refusal.reasons, times)
            done(claim)


def _later(claim: Claim, submission: Submission, problem: Exception, times: Times, *, back_to: str) -> None:
    """Surely not processed, or only read: wait and do the same again."""
    wish = problem.retry_after if isinstance(problem, Unavailable) else None
    failures = submission.failures + 1
    wait = UNAUTHORIZED if isinstance(problem, Unauthorized) else delay(failures, wish=wish)
    current = State.SENDING if back_to == State.ACCEPTED else back_to
    with acting_for(claim.organization_id, by=CLEARLINE):
        if _write(
            claim, submission, current, state=back_to, failures=failures, last_error=str(problem)[:300]
        ):
            again(claim, at=times.machine + wait)


def _unknown(claim: Claim, submission: Submission, times: Times, why: str) -> None:
    """It may or may not exist over there: rest longer than the carrier can take, then search."""
    rest: timedelta = gateway.quarantine(claim.account)
    if _write(claim, submission, State.SENDING, state=State.UNKNOWN, searches=0, last_error=why[:300]):
        record(f"{submission.kind}.outcome-unknown", _subject(submission), by=CLEARLINE, at=times.business)
        again(claim, at=_latest(submission.sent_at, times.machine) + rest)


def _tell(what: str, submission: Submission, times: Times) -> None:
    with acting_for(submission.organization_id, by=CLEARLINE):
        record(f"{submission.kind}.{what}", _subject(submission), by=CLEARLINE, at=times.business)


def _write(claim: Claim, submission: Submission, since: str, **changes: Any) -> bool:
    """Change the submission if it is still at `since` and no later attempt has touched it."""
    rows = Submission.objects.filter(pk=submission.pk, state=since, attempt__lte=claim.attempt)
    won = rows.update(attempt=claim.attempt, **changes)
    if won:
        for name, value in changes.items():
            setattr(submission, name, value)
    else:
        log.warning("fenced off", since=since)
    return bool(won)


def _subject(submission: Submission) -> _Subject:
    return _Subject(submission.kind, submission.subject_id, submission.organization_id)


def _latest(*moments: datetime | None) -> datetime:
    return max(moment for moment in moments if moment is not None)
