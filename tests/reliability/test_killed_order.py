"""Workers killed again and again under one large order of numbers: each number is put on its campaign exactly once."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any
from uuid import uuid4

import pytest

from phone_numbers.assigning import assign
from phone_numbers.models import Assignment, Number, Roster
from phone_numbers.rosters import roster_of
from tests.lifecycle.moments import work
from tests.reliability import campaign_kinds, number_kinds
from tests.reliability.conftest import Measure
from tests.reliability.settling import STEP, left
from tests.reliability.worlds import World

pytestmark = [pytest.mark.slow]
# What a worker comes by with each number, so that it dies with certainty, and in the midst of its share.
FATES = ("claimed", "sending", "taken", "known", "stepped")
# What the registry does wrong meanwhile, to so many of a hundred requests.
FAULTS: tuple[tuple[int, str, dict[str, Any]], ...] = (
    (4, "create", {"effect": "status", "phase": "P3", "status": 500}),
    (3, "create", {"effect": "status", "phase": "P2", "status": 503}),
    (3, "create", {"effect": "reset", "phase": "P3"}),
    (3, "list", {"effect": "status", "phase": "P2", "status": 500}),
    (3, "read", {"effect": "status", "phase": "P2", "status": 500}),
)


def kill_run(world: World, count: int, *, kills: int, seed: int) -> Counter[str]:
    """An order of `count` numbers with as many workers killed under it; the points at which they died."""
    chance = random.Random(seed)
    campaign = campaign_kinds.active(world)
    numbers = number_kinds.numbers(world, campaign, count)
    person = world.owner(campaign)
    with person.acting():
        Roster.objects.filter(pk=roster_of(campaign).pk).update(approved=count)
        chosen = Number.objects.filter(pk__in=[one.pk for one in numbers])
        order = assign(campaign, chosen, token=uuid4(), by=person.actor, times=world.later(), expected=count)
    for percent, verb, fault in FAULTS:
        match = {"verb": verb, "resource": "number", "prob": percent / 100}
        world.registry.fault(account=world.key, match=match, times=None, **fault)
    died: Counter[str] = Counter()
    for number in range(kills):
        share = max(1, len(left()) // (2 * (kills - number)))
        point = chance.choice(FATES)
        if world.die(f"{point}:{chance.randint(1, share)}").was_killed:
            died[point] += 1
        world.pass_(seconds=STEP)
    assert left(), "the order was done before the last worker was killed"
    world.registry.faults_off(world.key)
    world.settle()
    world.registry.settle_numbers(world.key)
    for _hour in range(8):
        world.pass_(hours=1)
        work(world.later)
    world.sweep()
    with person.acting():
        states = Counter(Assignment.objects.filter(order=order).values_list("state", flat=True))
    assert states == {"on": count}
    there = world.registry.numbers(account=world.key, campaign=campaign_kinds.reference_of(world, campaign))
    assert sorted(one["number"] for one in there) == sorted(one.e164 for one in numbers)
    world.assert_sound(resent={"*"}, decided=True)
    return died


def test_eighty_numbers_and_eight_killed_workers(mortal_world: World, measured: Measure) -> None:
    died = kill_run(mortal_world, 80, kills=8, seed=7)
    measured(f"80 numbers, killed at {dict(died)}", 0)
    assert died.total() == 8


@pytest.mark.nightly
@pytest.mark.parametrize("seed", [1, 2])
def test_two_thousand_numbers_and_forty_killed_workers(
    mortal_world: World, measured: Measure, seed: int
) -> None:
    died = kill_run(mortal_world, 2_000, kills=40, seed=seed)
    measured(f"2,000 numbers, killed at {dict(died)}", 0)
    assert died.total() >= 38
