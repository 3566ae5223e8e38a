"""When to look again: delays and reading plans as tables that a person can argue with."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import timedelta

from portal.carriers.policy import ReadingPlan

# Longer than one carrier call with its total deadline (30 s) and the two short transactions around
# it, so that a live holder never loses its lease; short enough that a killed worker costs a minute. Those writes
# that make several calls (update, cancel-twin) may outlive it at a slow carrier: they are safe to repeat.
LEASE = timedelta(seconds=45)

# Added to a carrier's deadline when a step needs longer than the lease above.
LEASE_MARGIN = timedelta(seconds=15)

# A second search, this much later, before "not found" is believed: a carrier's list may lag.
SEARCH_AGAIN = timedelta(seconds=5)
SEARCHES = 2

# The carrier sent an event about it, and its list does not show it yet: asked until it does, and an operator
# sees it among what is stuck.
SEARCH_TOLD = timedelta(minutes=5)

# Credentials refused: only a person with a new key ends this, so knock rarely.
UNAUTHORIZED = timedelta(minutes=5)

# The carrier says that it does not know what a write is about: asked once more before that is believed.
# Nothing is lost by believing it, so it need not be as long as between two readings.
GONE_AGAIN = timedelta(minutes=1)

# A reading that does not fit the state that its subject has moved to meanwhile, a correction on its way for
# one: soon, because that state will not last long.
MOVED_ON = timedelta(minutes=1)

# Our own code failed. The row must not spin, and must not be forgotten either.
BROKEN = timedelta(minutes=10)

# Most outages pass after one retry; what is left needs minutes, then hours (certmagic's table,
# front-weighted). A person is watching a badge, hence the two short ones at the start.
DELAYS: Sequence[timedelta] = (
    timedelta(seconds=2),
    timedelta(seconds=10),
    timedelta(seconds=30),
    timedelta(minutes=1),
    timedelta(minutes=2),
    timedelta(minutes=5),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=3),
)

# A row that was held back comes again after this at the earliest: each coming costs a few small transactions.
SOONEST = timedelta(seconds=1)

# A carrier's Retry-After is obeyed up to here; beyond, we look again and are told again.
LONGEST_WISH = timedelta(hours=6)

Uniform = Callable[[float, float], float]


def delay(failures: int, *, wish: timedelta | None = None, uniform: Uniform = random.uniform) -> timedelta:
    """The wait after the `failures`-th failure in a row (1 = the first), never shorter than the carrier's `wish`.

    Jitter of ±20 % keeps workers from falling into step; it only ever lengthens a wish.
    """
    ours = DELAYS[min(max(failures, 1), len(DELAYS)) - 1] * uniform(0.8, 1.2)
    if wish is None:
        return ours
    return max(ours, min(wish, LONGEST_WISH) * uniform(1.0, 1.1))


def comeback(wish: timedelta, *, uniform: Uniform = random.uniform) -> timedelta:
    """The wait of a row that the account's gate held back for `wish`: no failure, so no growing delay.

    A little longer, so that many rows do not come back in one heap.
    """
    return max(wish, SOONEST) * uniform(1.0, 1.2)


def next_reading(plan: ReadingPlan, age: timedelta, *, uniform: Uniform = random.uniform) -> timedelta:
    """The wait before the next reading of something that has been with the carrier for `age`."""
    return plan.every(age) * uniform(0.8, 1.2)
