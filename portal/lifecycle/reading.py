"""One step of a watch: ask the carrier, take the answer over, set the next reading."""

from __future__ import annotations

from collections.abc import Callable

from portal.audit.recording import CLEARLINE
from portal.carriers.contract import NotFound, Unauthorized, Unavailable
from portal.clock import Times
from portal.lifecycle import gateway
from portal.lifecycle.claiming import Claim, again, done
from portal.lifecycle.handlers import Reading, watching_of
from portal.lifecycle.models import Watch
from portal.lifecycle.schedule import UNAUTHORIZED, delay, next_reading
from portal.tenancy.scope import acting_for

Read = Callable[[], Times]


def step(claim: Claim, read: Read) -> None:
    """Read the claimed watch once."""
    with acting_for(claim.organization_id, by=CLEARLINE):
        watch = Watch.objects.filter(pk=claim.item, closed_at=None).first()
        if watch is None:
            done(claim)
            return
    try:
        answer = watching_of(watch).read(gateway.carrier(claim.account), watch)
    except (Unavailable, Unauthorized, NotFound) as problem:
        _later(claim, watch, problem, read())
    else:
        _apply(claim, watch, answer, read())


def _apply(claim: Claim, watch: Watch, answer: Reading, times: Times) -> None:
    """Store what was said and let the flow move; in one transaction, and only if the claim is still ours."""
    plan = watching_of(watch).plan(gateway.policy(claim.account))
    next_at = times.business + next_reading(plan, times.business - watch.opened_at)
    with acting_for(claim.organization_id, by=CLEARLINE):
        ours = Watch.objects.filter(pk=watch.pk, closed_at=None, attempt__lte=claim.attempt).update(
            attempt=claim.attempt,
            word=answer.word[:100],
            answer=answer.answer,
            last_read_at=times.business,
            next_read_at=next_at,
            failures=0,
            last_error="",
        )
        if not ours:
            return
        if watching_of(watch).apply(watch, answer, times):
            Watch.objects.filter(pk=watch.pk).update(closed_at=times.business)
            done(claim)
        else:
            again(claim, at=next_at)


def _later(claim: Claim, watch: Watch, problem: Exception, times: Times) -> None:
    """The carrier did not answer: keep waiting, and say since when it has been silent."""
    failures = watch.failures + 1
    wish = problem.retry_after if isinstance(problem, Unavailable) else None
    wait = UNAUTHORIZED if isinstance(problem, Unauthorized) else delay(failures, wish=wish)
    with acting_for(claim.organization_id, by=CLEARLINE):
        ours = Watch.objects.filter(pk=watch.pk, attempt__lte=claim.attempt).update(
            attempt=claim.attempt,
            failures=failures,
            last_error=str(problem)[:300],
            next_read_at=times.business + wait,
        )
        if ours:
            again(claim, at=times.business + wait)
