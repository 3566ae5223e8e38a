"""The fault plan with numbers: the same faults of the registry on the writes of a number and on the campaign's list."""

from __future__ import annotations

import pytest

from phone_numbers.models import Assignment
from tests.lifecycle.moments import work
from tests.reliability import campaign_kinds, number_kinds
from tests.reliability.test_fault_plan import fault, preset
from tests.reliability.worlds import World

pytestmark = [pytest.mark.slow]
ONLY = {"match": {"resource": "number"}}


def states(world: World, rows: list[Assignment]) -> list[str]:
    return [world.fresh(row).state for row in rows]


WRITTEN = {
    # No answer at all, three times.
    "F03": fault("status", "create", 3, phase="P2", status=503, **ONLY),
    # Done, and the answer is lost.
    "F05": preset("F05-number"),
    "F06": fault("status", "create", phase="P3", status=500, **ONLY),
    "F08": fault("status", "create", 2, phase="P2", status=429, **ONLY),
    # The campaign's list is down for a while.
    "F12": fault("status", "list", 6, phase="P2", status=503, **ONLY),
    # The status flips to and fro.
    "F22": preset("F22-number"),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_an_order_of_numbers_under_a_fault_ends_as_the_plan_says(world: World, name: str) -> None:
    campaign = campaign_kinds.active(world)
    numbers = number_kinds.numbers(world, campaign, 3)
    world.registry.fault(account=world.key, **WRITTEN[name])
    rows = number_kinds.ordered(world, campaign, numbers)
    for _minute in range(20):
        work(world.later)
        world.pass_(minutes=1)
    world.registry.settle_numbers(world.key)
    for _hour in range(12):
        world.pass_(hours=1)
        work(world.later)
    world.registry.faults_off(world.key)
    world.settle()
    world.sweep()
    assert states(world, rows) == ["on"] * 3
    world.assert_sound(resent={"*"}, decided=True)


def test_some_of_many_fail_and_the_others_do_not_wait_for_them(world: World) -> None:
    """F38."""
    campaign = campaign_kinds.active(world)
    numbers = number_kinds.numbers(world, campaign, 6)
    fails = number_kinds.numbers(world, campaign, 1, e164="+12125550190")
    fails += number_kinds.numbers(world, campaign, 1, e164="+12125550191")
    rows = number_kinds.ordered(world, campaign, numbers + fails)
    world.settle()
    world.sweep()
    by_number = {row.e164: world.fresh(row) for row in rows}
    assert {by_number[one.e164].state for one in numbers} == {"on"}
    failed = [by_number[one.e164] for one in fails]
    assert {(one.state, one.ended_because) for one in failed} == {("failed", "failed")}
    assert all(one.reasons for one in failed)
    world.assert_sound(decided=True)


def test_what_somebody_changes_elsewhere_is_shown_and_nothing_is_fought_over(world: World) -> None:
    """F39: taken off, put on, and put on another campaign, all of it outside the portal."""
    campaign = campaign_kinds.active(world)
    numbers = number_kinds.numbers(world, campaign, 3)
    rows = number_kinds.ordered(world, campaign, numbers)
    world.settle()
    world.sweep()
    assert states(world, rows) == ["on"] * 3
    (put_on,) = number_kinds.numbers(world, campaign, 1)
    world.registry.take_number(world.key, numbers[0].e164)
    world.registry.put_number(world.key, put_on.e164, campaign_kinds.reference_of(world, campaign))
    before = len(world.registry.ledger(account=world.key, method="POST"))
    for _day in range(3):
        world.pass_(days=2)
        work(world.later)
    assert sorted(states(world, rows)) == ["on", "on", "released"]
    with world.owner(campaign).acting():
        adopted = Assignment.objects.get(number=put_on)
        gone = Assignment.objects.get(number=numbers[0])
    assert (adopted.state, gone.ended_because) == ("on", "elsewhere")
    # Nothing was put on or taken off because of it.
    assert len(world.registry.ledger(account=world.key, method="POST")) == before
    world.assert_sound(decided=True)


def test_a_list_that_lags_behind_a_removal_makes_nobody_ask_twice(world: World) -> None:
    """F40: taken off, and still listed for a while."""
    assignment = number_kinds.unassign(world)
    world.registry.fault(account=world.key, **preset("F40-number"))
    work(world.later)
    world.registry.settle_numbers(world.key)
    for _minute in range(5):
        world.pass_(minutes=1)
        work(world.later)
    world.registry.faults_off(world.key)
    world.sweep()
    assert world.fresh(assignment).state == "released"
    asked = world.look().of(assignment.pk, "unassign")
    assert [row["state"] for row in asked] == ["confirmed"]
    world.assert_sound(decided=True)
