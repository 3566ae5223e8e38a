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
from django.db import Error as DatabaseTrouble

from portal.audit.recording import CLEARLINE, record
from portal.carriers.contract import (
    Carrier,
    Created,
    NotFound,
    OutcomeUnknown,
    Reason,
    Refused,
    Unauthorized,
    Unavailable,
)
from portal.carriers.gate import Held
from portal.clock import Times
from portal.lifecycle import gateway
from portal.lifecycle.claiming import Claim, again, done, extend
from portal.lifecycle.crashing import crash_here
from portal.lifecycle.doubting import may_be_there
from portal.lifecycle.errand import current, second_try
from portal.lifecycle.handlers import EndsUnsearched, filing_of
from portal.lifecycle.inbox import tells_of
from portal.lifecycle.models import Submission, SubmissionState, hold_watch
from portal.lifecycle.schedule import (
    GONE_AGAIN,
    LEASE_MARGIN,
    SEARCH_AGAIN,
    SEARCH_TOLD,
    SEARCHES,
    UNAUTHORIZED,
    comeback,
    delay,
)
from portal.lifecycle.states import StaleState
from portal.tenancy.scope import acting_for

log = structlog.get_logger(__name__)
State = SubmissionState
# The code of the reason why a write failed: the carrier does not know what it was about.
GONE = "gone"
Read = Callable[[], Times]


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a submission is about, as far as an audit event needs it."""

    kind: str
    pk: UUID
    organization_id: UUID


def step(claim: Claim, read: Read) -> None:
    """Take the claimed submission from its recovery point to the next.

    Raises LookupError, before anything is marked, for a purpose or account that this process does not know:
    such a row rests until a process comes that does.
    """
    crash_here("claimed")
    _step(claim, read)
    crash_here("stepped")


def _step(claim: Claim, read: Read) -> None:
    times = read()
    with acting_for(claim.organization_id, by=CLEARLINE):
        submission = Submission.objects.filter(pk=claim.item).first()
        if submission is None:
            done(claim)
            return
        point = submission.state
        filing_of(submission)
        gateway.carrier(claim.account)
        match point:
            case State.ACCEPTED if may_be_there(submission):
                _doubtful(claim, submission, times)
                return
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
    second_try(is_one=submission.failures > 0)
    match point:
        case State.ACCEPTED:
            crash_here("sending")
            _send(claim, submission, read)
        case State.UNKNOWN:
            crash_here("searching")
            _search(claim, submission, read)
        case State.KNOWN:
            _confirm(claim, submission, read)


def _send(claim: Claim, submission: Submission, read: Read) -> None:
    """Make the write, once, and write down how it ended."""
    # A process that slept since it claimed the row may have lost it: what it sent now, nobody would search for.
    # Looked at once more at the gate: the database may keep us waiting before the request.
    longest = gateway.policy(claim.account).call_deadline.value.total_seconds()
    current().begin_by = claim.good_until - longest
    if time.monotonic() + longest > claim.good_until:
        late = Unavailable("too late to send under this claim")
        _later(claim, submission, late, read(), back_to=State.ACCEPTED)
        return
    try:
        created = filing_of(submission).send(gateway.carrier(claim.account), submission)
    except Refused as refusal:
        _refused(claim, submission, refusal, read())
    except NotFound as problem:
        _gone(claim, submission, problem, read())
    except (Unavailable, Unauthorized) as problem:
        _later(claim, submission, problem, read(), back_to=State.ACCEPTED)
    except Exception as problem:
        if not isinstance(problem, OutcomeUnknown):
            # Anything unforeseen may have happened after the bytes left: the safe reading is "unknown".
            log.exception("sending failed in an unforeseen way")
        crash_here("open")
        with acting_for(claim.organization_id, by=CLEARLINE):
            _unknown(claim, submission, read(), str(problem))
    else:
        crash_here("taken")
        _known(claim, submission, created, read)


def _search(claim: Claim, submission: Submission, read: Read) -> None:
    """The quarantine is over: look for what the write may have made; believe "not found" only twice."""
    carrier: Carrier = gateway.carrier(claim.account)
    filing = filing_of(submission)
    if not carrier.capabilities.search and not getattr(filing, "reads_back", False):
        if isinstance(filing, EndsUnsearched):
            unknown = Refused("its outcome cannot be known", reasons=filing.unsearchable)
            _refused(claim, submission, unknown, read(), since=State.UNKNOWN)
            return
        with acting_for(claim.organization_id, by=CLEARLINE):
            if _write(claim, submission, State.UNKNOWN, state=State.PARKED):
                done(claim)
        return
    try:
        found = filing.search(carrier, submission)
    except NotFound:
        found = None
    except DatabaseTrouble:
        raise
    except Exception as problem:
        if not isinstance(problem, Unavailable | Unauthorized):
            # A search only reads, so whatever went wrong, looking again later is safe.
            log.exception("searching failed in an unforeseen way")
        _later(claim, submission, problem, read(), back_to=State.UNKNOWN)
        return
    if found is not None:
        _known(claim, submission, found, read, since=State.UNKNOWN)
        return
    _not_found(claim, submission, read())


def _not_found(claim: Claim, submission: Submission, times: Times) -> None:
    """Believed when the quarantine is over, at the second time, and unless the carrier itself spoke of it."""
    crash_here("not-found")
    with acting_for(claim.organization_id, by=CLEARLINE):
        searches = submission.searches + 1
        rests_until = submission.rests_until
        if rests_until is not None and times.machine < rests_until:
            # An event brought this search forward: the quarantine is not over, so finding nothing says nothing.
            if _write(claim, submission, State.UNKNOWN):
                again(claim, at=rests_until)
        elif searches < SEARCHES:
            if _write(claim, submission, State.UNKNOWN, searches=searches):
                again(claim, at=times.machine + SEARCH_AGAIN)
        elif tells_of(submission.account, submission.key):
            # The carrier spoke of it, so it has it: never sent a second time, however long the list lags.
            if _write(claim, submission, State.UNKNOWN, last_error="told of by the carrier, and not found"):
                again(claim, at=times.machine + SEARCH_TOLD)
        elif _write(
            claim,
            submission,
            State.UNKNOWN,
            state=State.ACCEPTED,
            searches=0,
            searched_at=times.machine,
            rests_until=None,
        ):
            record(f"{submission.kind}.sent-again", _subject(submission), by=CLEARLINE, at=times.business)
            again(claim, at=times.machine)


def _known(
    claim: Claim, submission: Submission, created: Created, read: Read, *, since: str = State.SENDING
) -> None:
    """Save the carrier's reference before anything else can fail, then go on."""
    times = read()
    with acting_for(claim.organization_id, by=CLEARLINE):
        ours = _write(
            claim, submission, since, state=State.KNOWN, reference=created.reference, answer=dict(created.raw)
        )
        if ours and since == State.UNKNOWN:
            record(f"{submission.kind}.found-again", _subject(submission), by=CLEARLINE, at=times.business)
    if ours:
        crash_here("known")
        _confirm(claim, submission, read)


def _confirm(claim: Claim, submission: Submission, read: Read) -> None:
    """Move the subject and start to watch it, in one transaction with the end of the submission."""
    times = read()

    def end(last_error: str) -> bool:
        ended = {"state": State.CONFIRMED, "ended_at": times.machine, "last_error": last_error}
        return _write(claim, submission, State.KNOWN, **ended)

    _end(claim, submission, end, lambda: filing_of(submission).filed(submission, times))


def _refused(
    claim: Claim, submission: Submission, refusal: Refused, times: Times, *, since: str = State.SENDING
) -> None:
    """The request itself was wrong: a person must change something. Never tried again."""
    crash_here("refused")

    def end(last_error: str) -> bool:
        return _write(
            claim,
            submission,
            since,
            state=State.REFUSED,
            ended_at=times.machine,
            reasons=[asdict(reason) for reason in refusal.reasons],
            last_error=last_error or str(refusal)[:300],
        )

    _end(claim, submission, end, lambda: filing_of(submission).refused(submission, refusal.reasons, times))


def _end(
    claim: Claim, submission: Submission, end: Callable[[str], bool], follow: Callable[[], None]
) -> None:
    """End the submission and let its subject follow, together.

    A subject that has moved on meanwhile and cannot follow any more keeps its place: the write itself is over
    either way, and a row that tried the same move for ever would help nobody.
    """
    try:
        with acting_for(claim.organization_id, by=CLEARLINE):
            if end(""):
                hold_watch(_subject(submission))
                follow()
                done(claim)
    except StaleState as stale:
        log.warning("the subject had moved on", problem=str(stale))
        with acting_for(claim.organization_id, by=CLEARLINE):
            if end(str(stale)[:300]):
                done(claim)


def _gone(claim: Claim, submission: Submission, problem: NotFound, times: Times) -> None:
    """The carrier does not know what the write is about, so it did nothing: believed at the second time."""
    crash_here("gone")
    searches = submission.searches + 1
    if searches >= SEARCHES:
        reason = Reason(GONE, "The registry does not know it any more.")
        _refused(claim, submission, Refused(str(problem), reasons=(reason,)), times)
        return
    with acting_for(claim.organization_id, by=CLEARLINE):
        changes = {"state": State.ACCEPTED, "searches": searches, "last_error": str(problem)[:300]}
        if _write(claim, submission, State.SENDING, **changes):
            again(claim, at=times.machine + GONE_AGAIN)


def _later(claim: Claim, submission: Submission, problem: Exception, times: Times, *, back_to: str) -> None:
    """Surely not processed, or only read: wait and do the same again."""
    crash_here("not-taken")
    wish = problem.retry_after if isinstance(problem, Unavailable) else None
    failures = submission.failures + 1
    wait = UNAUTHORIZED if isinstance(problem, Unauthorized) else delay(failures, wish=wish)
    current = State.SENDING if back_to == State.ACCEPTED else back_to
    if isinstance(problem, Held):
        # Our own gate: the carrier was not asked, so nothing failed.
        with acting_for(claim.organization_id, by=CLEARLINE):
            if _write(claim, submission, current, state=back_to):
                again(claim, at=times.machine + comeback(problem.retry_after))
        return
    with acting_for(claim.organization_id, by=CLEARLINE):
        if _write(
            claim, submission, current, state=back_to, failures=failures, last_error=str(problem)[:300]
        ):
            again(claim, at=times.machine + wait)


def _unknown(claim: Claim, submission: Submission, times: Times, why: str) -> None:
    """It may or may not exist over there: rest longer than the carrier can take, then search."""
    rest: timedelta = gateway.quarantine(claim.account)
    until = _latest(submission.sent_at, times.machine) + rest
    changes = {"state": State.UNKNOWN, "searches": 0, "rests_until": until, "last_error": why[:300]}
    if _write(claim, submission, State.SENDING, **changes):
        record(f"{submission.kind}.outcome-unknown", _subject(submission), by=CLEARLINE, at=times.business)
        again(claim, at=until)


def _doubtful(claim: Claim, submission: Submission, times: Times) -> None:
    """It was accepted, and yet it may be at the carrier: search before it is sent."""
    changes = {"state": State.UNKNOWN, "searches": 0, "rests_until": None}
    if _write(claim, submission, State.ACCEPTED, **changes, last_error="it may be at the carrier already"):
        record(f"{submission.kind}.searched-first", _subject(submission), by=CLEARLINE, at=times.business)
        again(claim, at=times.machine)


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
