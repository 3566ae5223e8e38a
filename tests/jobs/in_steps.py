"""Working on jobs, step by step or to the end, with the loop's own functions."""

from __future__ import annotations

from portal import clock
from portal.jobs.models import LANE
from portal.lifecycle import loop
from portal.lifecycle.claiming import Queue, take
from portal.lifecycle.models import Due

JOBS = Queue(LANE, Due.JOB, background=False)


def one_step() -> bool:
    """Do the next step of a job that is due; False when none is."""
    claims = take(JOBS, clock.read())
    for claim in claims:
        loop.step(claim)
    return bool(claims)


def all_steps(most: int = 1_000) -> int:
    """Do every step that is due, and say how many there were."""
    count = 0
    while one_step():
        count += 1
        assert count < most
    return count
