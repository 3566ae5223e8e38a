"""One step of a job, as the loop calls it: a transaction that does a piece and writes down how far it came."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import structlog
from django.db import InterfaceError, OperationalError, transaction

from portal.audit.recording import CLEARLINE
from portal.clock import Times
from portal.jobs.models import Job
from portal.jobs.working import Stepped, worker_of
from portal.lifecycle.claiming import Claim, again, done
from portal.lifecycle.schedule import delay
from portal.tenancy.scope import acting_for

log = structlog.get_logger(__name__)
# A piece that fails for a reason of our own is tried so often, with the loop's delays between (2, 10, 30 seconds).
TRIES = 4
# Somebody else is at this job: looked at again after so long.
HELD = timedelta(seconds=5)


def step(claim: Claim, read: Callable[[], Times]) -> None:
    """Do the next piece of the claimed job."""
    times = read()
    with acting_for(claim.organization_id, by=CLEARLINE):
        # The lock makes a worker that outlived its lease and its successor take turns, also where the first one
        # stands still with its transaction open: the second looks again later, and goes on from what is committed.
        open_one = Job.objects.filter(pk=claim.item, ended_at=None)
        job = open_one.select_for_update(skip_locked=True).first()
        if job is None and open_one.exists():
            again(claim, at=times.machine + HELD)
            return
        if job is None:
            done(claim)
            return
        if job.attempt > claim.attempt:
            return
        job.attempt, job.stepped_at = claim.attempt, times.machine
        job.began_at = job.began_at or times.machine
        if job.stop_at is not None:
            _end(job, claim, Job.State.CANCELLED, times)
            return
        try:
            with transaction.atomic():
                stepped = worker_of(job).step(job, times)
        except (OperationalError, InterfaceError):
            raise
        except Exception as problem:
            log.exception("step of a job failed", job=str(job.pk), failures=job.failures + 1)
            _failed(job, claim, problem, times)
            return
        _write(job, claim, stepped, times)


def _write(job: Job, claim: Claim, stepped: Stepped, times: Times) -> None:
    job.done, job.total = stepped.done, stepped.total
    job.failures, job.last_error = 0, ""
    job.state = Job.State.RUNNING
    if stepped.ended:
        job.state, job.ended_at = Job.State.DONE, times.machine
        done(claim)
    else:
        again(claim, at=times.machine)
    job.save()


def _failed(job: Job, claim: Claim, problem: Exception, times: Times) -> None:
    """Try the same piece again later, or give up where that does not help."""
    job.failures += 1
    job.last_error = f"{type(problem).__name__}: {problem}"[:300]
    if job.failures >= TRIES:
        _end(job, claim, Job.State.FAILED, times)
        return
    job.save()
    again(claim, at=times.machine + delay(job.failures))


def _end(job: Job, claim: Claim, state: str, times: Times) -> None:
    job.state, job.ended_at = state, times.machine
    job.save()
    worker_of(job).ended(job, times)
    done(claim)
