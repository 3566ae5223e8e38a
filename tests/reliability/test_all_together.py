"""Everything at once, by chance: faults of the registry, processes that die or stand still, and time that passes."""

from __future__ import annotations

import random

import pytest

from portal.lifecycle.crashing import POINTS
from tests.lifecycle.moments import work
from tests.reliability.dying import Victim
from tests.reliability.test_crash_points import SUBMITTING
from tests.reliability.worlds import World

pytestmark = [pytest.mark.slow]

SEEDS = (11, 23, 37, 59, 71)
# So many of a hundred requests each; of what fits, the first hits.
FAULTS: tuple[tuple[int, dict[str, object]], ...] = (
    (8, {"verb": "create", "effect": "status", "phase": "P2", "status": 503}),
    (8, {"verb": "create", "effect": "status", "phase": "P3", "status": 500}),
    (8, {"verb": "create", "effect": "reset", "phase": "P3"}),
    (8, {"verb": "create", "effect": "reset", "phase": "P4", "bytes": 40}),
    (8, {"verb": "create", "effect": "body", "kind": "html"}),
    (5, {"verb": "create", "effect": "status", "phase": "P2", "status": 429, "retry_after": "3"}),
    (8, {"verb": "list", "effect": "page", "kind": "skip"}),
    (5, {"verb": "list", "effect": "page", "kind": "repeat"}),
    (5, {"verb": "list", "effect": "status", "phase": "P2", "status": 500}),
    (5, {"verb": "read", "effect": "status", "phase": "P2", "status": 404}),
    (5, {"verb": "read", "effect": "body", "kind": "unknown_status"}),
    (5, {"verb": "read", "effect": "body", "kind": "truncated"}),
    (5, {"effect": "status", "phase": "P2", "status": 502}),
    (5, {"effect": "header", "kind": "redirect"}),
)
PLACES = sorted(set(POINTS) - set(SUBMITTING))
ROUNDS = 30


@pytest.mark.parametrize("seed", SEEDS)
def test_all_faults_together_end_well(mortal_world: World, seed: int) -> None:
    world, chance = mortal_world, random.Random(seed)
    world.registry.seed(seed)
    for percent, order in FAULTS:
        world.registry.fault(account=world.key, times=None, match={"prob": percent / 100}, **order)  # type: ignore[arg-type]
    asleep: list[tuple[Victim, float]] = []
    for round_ in range(ROUNDS):
        if round_ % 3 == 0:
            world.submit()
        fate = chance.choice(("work", "work", "kill", "stop", "wake"))
        place = f"{chance.choice(PLACES)}:{chance.choice((1, 2, 3))}"
        if fate == "work":
            work(world.later)
        elif fate == "wake" and asleep:
            wake(world, *asleep.pop(0))
        elif fate != "wake":
            victim = world.die(f"{fate}:{place}")
            if victim.is_stopped:
                asleep.append((victim, world.later.ahead.total_seconds()))
        world.pass_(seconds=chance.choice((2, 30, 70, 200)))
    world.registry.faults_off(world.key)
    world.settle()
    for one in asleep:
        wake(world, *one)
    world.settle()
    world.sweep()
    world.sweep()
    world.assert_sound(resent={"*"}, decided=True)


def wake(world: World, victim: Victim, since: float) -> None:
    """Let one go on that has stood still since then."""
    world.wake(victim, slept=world.later.ahead.total_seconds() - since)
