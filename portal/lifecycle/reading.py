"""One step of a watch: ask the carrier, take the answer over, set the next reading."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import structlog

from portal.audit.recording import CLEARLINE
from portal.carriers.contract import NotFound, Unauthorized, Unavailable
from portal.carriers.gate import Held
from portal.carriers.policy import ReadingPlan
from portal.clock import Times
from portal.lifecycle import gateway
from portal.lifecycle.claiming import Claim, again, done
from portal.lifecycle.crashing import crash_here
from portal.lifecycle.errand import current, second_try
from portal.lifecycle.handlers import Reading, watching_of
from portal.lifecycle.models import Watch
from portal.lifecycle.schedule import MOVED_ON, UNAUTHORIZED, comeback, delay, next_reading
from portal.lifecycle.states import StaleState
from portal.tenancy.scope import acting_for

log = structlog.get_logger(__name__)
Read = Callable[[], Times]


def step(claim: Claim, read: Read) -> None:
    """Read the claimed watch once."""
    crash_here("reading")
    _step(claim, read)
    crash_here("applied")


def _step(claim: Claim, read: Read) -> None:
    with acting_for(claim.organization_id, by=CLEARLINE):
        watch = Watch.objects.filter(pk=claim.item, closed_at=None).first()
        if watch is None:
            done(claim)
            return
    second_try(is_one=_is_early(watch, read))
    try:
        answer = watching_of(watch).read(gateway.carrier(claim.account), watch)
    except NotFound as problem:
        _take_over(claim, watch, read(), partial(_missing, claim, watch, problem))
    except (Unavailable, Unauthorized) as problem:
        _later(claim, watch, problem, read())
    else:
        crash_here("read")
        _take_over(claim, watch, read(), partial(_apply, claim, watch, answer))


def _take_over(claim: Claim, watch: Watch, times: Times, act: Callable[[Times], None]) -> None:
    """Do `act`; a subject that moved at the same moment is looked at again soon, with nothing taken over."""
    try:
        act(times)
    except StaleState as stale:
        log.info("the subject moved meanwhile", problem=str(stale))
        next_at = times.business + MOVED_ON
        with acting_for(claim.organization_id, by=CLEARLINE):
            if _write(claim, watch, next_read_at=next_at):
                again(claim, at=next_at)


def _apply(claim: Claim, watch: Watch, answer: Reading, times: Times) -> None:
    """Store what was said and let the flow move; in one transaction, and only if the claim is still ours."""
    with acting_for(claim.organization_id, by=CLEARLINE):
        if _write(
            claim,
            watch,
            word=answer.word[:100],
            answer=answer.answer,
            last_read_at=times.business,
            failures=0,
            misses=0,
            last_error="",
        ):
            _go_on(claim, watch, watching_of(watch).apply(watch, answer, times), times)


def _missing(claim: Claim, watch: Watch, problem: NotFound, times: Times) -> None:
    """Nothing is under the reference: the flow decides from which time on it believes that."""
    with acting_for(claim.organization_id, by=CLEARLINE):
        if _write(
            claim, watch, misses=watch.misses + 1, last_read_at=times.business, last_error=str(problem)[:300]
        ):
            _go_on(claim, watch, watching_of(watch).missing(watch, times), times)


def _later(claim: Claim, watch: Watch, problem: Exception, times: Times) -> None:
    """The carrier did not answer: keep waiting, and say since when it has been silent."""
    failures = watch.failures + 1
    wish = problem.retry_after if isinstance(problem, Unavailable) else None
    wait = UNAUTHORIZED if isinstance(problem, Unauthorized) else delay(failures, wish=wish)
    if isinstance(problem, Held):
        # Our own gate: the carrier was not asked, so nothing failed.
        next_at = times.business + comeback(problem.retry_after)
        if problem.second_try and watch.planned_at is not None:
            # Enough second tries for now: the next is the plan's own, which is none.
            next_at = max(next_at, watch.planned_at)
        with acting_for(claim.organization_id, by=CLEARLINE):
            if _write(claim, watch, next_read_at=next_at):
                again(claim, at=next_at)
        return
    next_at = times.business + wait
    planned_at = watch.planned_at if current().retry else times.business + (watch.every or wait)
    changes = {"failures": failures, "last_error": str(problem)[:300], "planned_at": planned_at}
    with acting_for(claim.organization_id, by=CLEARLINE):
        if _write(claim, watch, **changes, next_read_at=next_at):
            again(claim, at=next_at)


def _is_early(watch: Watch, read: Read) -> bool:
    """Is this reading a second try, made before the plan wants one?"""
    if not watch.failures or watch.planned_at is None:
        return False
    return bool(read().business < watch.planned_at)


def _go_on(claim: Claim, watch: Watch, plan: ReadingPlan | None, times: Times) -> None:
    """Close the watch, or set its next reading by `plan` and its age."""
    if plan is None:
        Watch.objects.filter(pk=watch.pk).update(closed_at=times.business)
        done(claim)
        return
    # A move may have begun the wait anew.
    watch.refresh_from_db(fields=["opened_at"])
    next_at = times.business + next_reading(plan, times.business - watch.opened_at)
    Watch.objects.filter(pk=watch.pk).update(next_read_at=next_at, every=next_at - times.business)
    again(claim, at=next_at)


def _write(claim: Claim, watch: Watch, **changes: Any) -> bool:
    """Change the watch if it is open and no later attempt has touched it."""
    rows = Watch.objects.filter(pk=watch.pk, closed_at=None, attempt__lte=claim.attempt)
    won = rows.update(attempt=claim.attempt, **changes)
    for name, value in changes.items() if won else ():
        setattr(watch, name, value)
    return bool(won)
