"""People beside a renewal storm: 100,000 background rows due, two requests a second."""

from __future__ import annotations

import random
from datetime import timedelta
from uuid import UUID

import pytest

from portal.carriers.gate import Passage
from portal.clock import Times
from portal.lifecycle import claiming, loop
from portal.lifecycle.claiming import Claim, Queue
from portal.lifecycle.models import Due
from tests.bench.figures import percentile, show, size, spread
from tests.bench.queue_rows import as_claimer, empty, fill, settle
from tests.lifecycle.gates import Doorstep, Frozen

pytestmark = [pytest.mark.nightly, pytest.mark.django_db(transaction=True)]
STORM = Queue("telnyx", Due.SUBMISSION, background=True)
PEOPLE = Queue("telnyx", Due.SUBMISSION, background=False)
WORKERS = 2
# One call of the registry.
CALL = timedelta(milliseconds=500)


@pytest.mark.parametrize("asked", [0.3, 1.0], ids=["30 % of the rate", "all of the rate"])
def test_b18_people_keep_their_share_and_do_not_wait(asked: float) -> None:
    clock, chance, rate = Frozen(), random.Random(7), 2.0
    gate = Doorstep(clock, rate=rate, burst=4, share=0.4)
    empty()
    for _ in range(10):
        fill(STORM, 10_000, first=clock.now - timedelta(hours=1))
    settle()
    arrival = clock.now
    made: dict[UUID, float] = {}
    waits: list[float] = []
    sent = {True: 0, False: 0}
    free_at = [clock.now] * WORKERS
    holds: list[Claim | None] = [None] * WORKERS
    begin, end = clock.now, clock.now + timedelta(minutes=size(60, 5))
    while clock.now < end:
        while arrival <= clock.now:
            made[fill(PEOPLE, 1, first=arrival)] = (arrival - begin).total_seconds()
            arrival += timedelta(seconds=chance.expovariate(rate * asked))
        for worker in range(WORKERS):
            if free_at[worker] > clock.now:
                continue
            one = holds[worker] or _next(clock())
            if one is None:
                continue
            interactive = not one.background
            refusal, wait = gate.asked(interactive=interactive, writes=True)
            if refusal:
                # As a call does that waits for its permit with the row in hand.
                holds[worker], free_at[worker] = one, clock.now + timedelta(seconds=wait)
                continue
            gate.left(Passage.ANSWERED)
            holds[worker], free_at[worker] = None, clock.now + CALL
            sent[interactive] += 1
            if interactive:
                waits.append((clock.now - begin).total_seconds() - made.pop(one.organization_id))
            as_claimer(
                "UPDATE lifecycle_due SET due_at = due_at + interval '1 day', lease_until = NULL WHERE item = %s",
                [one.item],
            )
        clock.pass_(milliseconds=100)
    share = sent[True] / sum(sent.values())
    used = sum(sent.values()) / (rate * (end - begin).total_seconds())
    show(
        "B18",
        f"people ask for {asked:.0%} of 2/s beside 100,000 background rows",
        f"{share:.0%} of permits are theirs, wait {spread(waits, 's', 1.0)}, {used:.0%} of the rate used",
        wanted=">= 30 % of permits when they ask for them, wait p95 <= 10 s",
    )
    assert sent[False] > 0
    if asked < 0.5:
        assert percentile(waits, 0.95) <= 10
        assert share >= 0.9 * asked
    else:
        assert share >= 0.3


def _next(times: Times) -> Claim | None:
    for queue in loop.in_order(claiming.queues(times), next(loop._steps)):
        claims = claiming.take(queue, times)
        if claims:
            return claims[0]
    return None
