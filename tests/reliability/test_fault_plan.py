"""The fault plan, case by case: real faults of the registry over HTTP, and the invariants after each.

Time is virtual for us and real for the registry, so what it does late is late by tenths of a second here, and
the wait for it is real. What a case needs beyond brands and a loop is tested where `ELSEWHERE` says.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from brands import states
from brands.models import Brand
from tests.lifecycle.moments import work
from tests.reliability.running import CHECKOUT
from tests.reliability.worlds import World

pytestmark = [pytest.mark.slow]

# In seconds: how long a hanging answer hangs, the registry being late, and what is longer than that and stands
# for the quarantine. Late enough that a loop without a quarantine has searched twice before, on a busy machine too.
HANGS, LATE, LATER_THAN_LATE = 0.3, 4.0, 4.5


def fault(effect: str, verb: str = "create", times: int | None = 1, **values: Any) -> dict[str, Any]:
    """An order for `Switches.fault`."""
    return {"effect": effect, "verb": verb, "times": times, **values}


def any_fault(effect: str, times: int | None = 1, **values: Any) -> dict[str, Any]:
    """The same, on every request of the account."""
    return {"effect": effect, "times": times, **values}


def preset(name: str) -> dict[str, Any]:
    """The registry's own form of the case."""
    return {"preset": name}


# --- what must hold beyond the invariants --------------------------------------------------------


def adopted(world: World, brand: Brand) -> None:
    """Sent once, found again by its key."""
    assert world.creates(brand) == 1
    actions = world.actions(brand)
    assert "found-again" in actions
    assert "sent-again" not in actions


def sent_once(world: World, brand: Brand) -> None:
    """Nothing but one create."""
    assert world.creates(brand) == 1


def sent_after_searches(world: World, brand: Brand) -> None:
    """Four creates, and before each but the first two searches that found nothing."""
    rows = world.registry.ledger(account=world.key)
    asked = [
        "create" if row["verb"] == "create" else "search"
        for row in rows
        if row["resource"] == brand.kind and row["verb"] in ("create", "search", "list")
    ]
    assert asked == ["create", "search", "search"] * 3 + ["create"]


def refused(world: World, brand: Brand) -> None:
    """A person has to change something; nobody tried again."""
    assert world.creates(brand) == 1
    assert world.fresh(brand).status == states.REJECTED


def refused_in_two_fields(world: World, brand: Brand) -> None:
    """The reasons name our fields."""
    refused(world, brand)
    assert [reason["fields"] for reason in world.fresh(brand).reasons] == [["tax_id"], ["website"]]


def believed_at_the_second_time(world: World, brand: Brand) -> None:
    """It was missing in between, and never made anew."""
    sent_once(world, brand)
    assert "missing" in world.actions(brand)


def not_believed(world: World, brand: Brand) -> None:
    """One empty answer is the registry's mistake."""
    sent_once(world, brand)
    assert "missing" not in world.actions(brand)


def followed_each_word(world: World, brand: Brand) -> None:
    """Every change is in the log once (invariant 6), people are told of it once (7), the last word stands."""
    sent_once(world, brand)


def went_back(world: World, brand: Brand) -> None:
    """Verified, waiting again as reported, verified."""
    targets = {move.name: move.target for move in states.MOVES}
    walked = [targets[action] for action in world.actions(brand) if action in targets]
    assert walked[-3:] == [states.VERIFIED, states.IN_REVIEW, states.VERIFIED]


def shown_as_unknown(world: World, brand: Brand) -> None:
    """The word was kept and said once, and the brand went on being read."""
    assert world.actions(brand).count("unknown-word") == 1
    assert world.fresh(brand).odd_word == ""


def nothing_more(world: World, brand: Brand) -> None:
    """The invariants say it all."""


@dataclass(frozen=True)
class Case:
    """What is switched on at the registry, on what, and what must hold at the end.

    `resent`: the plan allows more than one request. `wait`: seconds that really pass before the search.
    """

    says: str
    faults: tuple[dict[str, Any], ...]
    holds: Callable[[World, Brand], None] = nothing_more
    resent: bool = False
    wait: float = 0.0
    answers: dict[str, str] = field(default_factory=dict)


HIDDEN = {"phase": "P3", "status": 500}
FILED = {
    "F01": Case("429 with Retry-After 3, five times", (preset("F01"),), resent=True),
    "F02": Case("429 without a wish", (preset("F02"),), resent=True),
    "F02-junk": Case("429 with a wish that nobody can read", (preset("F02-junk"),), resent=True),
    "F02-huge": Case("429 with the wish for a day", (preset("F02-huge"),), resent=True),
    "F03": Case(
        "503 before anything was done, three times", (preset("F03"),), sent_after_searches, resent=True
    ),
    "F04": Case("500 after it was done", (preset("F04"),), adopted),
    "F05": Case("no answer after it was done", (fault("hang", seconds=HANGS),), adopted),
    "F06": Case("cut in the middle of the answer", (preset("F06"),), adopted),
    "F07": Case(
        "done after we gave up", (fault("late", seconds=LATE, hold=0.1),), adopted, wait=LATER_THAN_LATE
    ),
    "F08": Case(
        "lists are older than what was just made",
        (
            fault("status", **HIDDEN),
            fault("stale", "list", None, seconds=LATE),
            fault("stale", "read", None, seconds=LATE),
        ),
        adopted,
        wait=LATER_THAN_LATE,
    ),
    "F10": Case("400 with errors in two fields", (preset("F10"),), refused_in_two_fields),
    "F13": Case("409 although it was done", (preset("F13"),), adopted),
    "F15": Case("413", (preset("F15"),), refused),
    "F16": Case("a page of HTML with 200", (preset("F16"),), adopted),
    "F16-truncated": Case("half of the JSON", (fault("body", kind="truncated"),), adopted),
    "F16-wrong": Case("a list where an object belongs", (fault("body", kind="wrong_type"),), adopted),
    "F16-null": Case("an id that is null", (fault("body", kind="null_id"),), adopted),
    "F17": Case("20 MB", (preset("F17"),), adopted),
    "F17-bomb": Case("a gzip bomb", (preset("F17-bomb"),), adopted),
    "F17-slow": Case("byte by byte, then nothing", (fault("slow", seconds=HANGS),), adopted),
    "F18": Case("a redirect to another host", (preset("F18"),), adopted),
    "F20": Case(
        "nothing works for half an hour", (any_fault("status", None, phase="P2", status=503),), resent=True
    ),
    "F21": Case(
        "brown-out: a third fails",
        (any_fault("status", None, phase="P2", status=503, match={"prob": 0.3}),),
        resent=True,
    ),
    "F27": Case("webhooks are lost", (preset("F27"),), sent_once),
    "F33": Case("its clock is ten minutes ahead", (preset("F33"),), sent_once),
    "F41": Case("pages repeat themselves", (fault("status", **HIDDEN), preset("F41")), adopted),
    "F41-loop": Case("pages go round in a circle", (fault("status", **HIDDEN), preset("F41-loop")), adopted),
    "F41-skip": Case("a page leaves a brand out", (fault("status", **HIDDEN), preset("F41-skip")), adopted),
}
READ = {
    "F12": Case("404 on what exists, twice", (preset("F12"),), believed_at_the_second_time),
    "F12-once": Case(
        "404 on what exists, once", (fault("status", "read", phase="P2", status=404),), not_believed
    ),
    "F16-status": Case("a status word that nobody knows", (preset("F16-status"),), shown_as_unknown),
    "F22": Case("the status flips to and fro", (preset("F22"),), followed_each_word),
    "F23": Case("back to waiting", (preset("F23"),), went_back),
    "F44": Case("fields that nobody knows, and one is missing", (preset("F44"),), sent_once),
}

# Tested in a file of its own, alone or besides: what the names of its tests begin with.
ELSEWHERE = {
    "F01": "test_a_named_wait_is_kept_by_everybody",
    "F02": "test_a_429_without_a_readable_wish_gets_a_wait_of_ours",
    "F07": "test_a_brand_that_came_up_late_is_found_by_one_sweep_and_the_younger_one_is_cancelled",
    "F09": "test_a_holder_that_stood_still_past_its_lease_changes_nothing",
    "F11": "test_with_a_revoked_key_one_request_leaves_and_a_new_key_brings_all_through",
    "F19": "test_an_unbelievable_certificate_ends_the_call_before_anything_is_sent",
    "F20": "test_in_an_outage_one_probe_leaves_each_half_minute",
    "F21": "test_in_a_brown_out_goodput_stays",
    "F24": "test_fifty_copies_in_parallel_are_one_effect",
    "F25": "test_the_order_makes_no_difference",
    "F26": "test_an_event_before_our_own_answer_is_heard_when_the_answer_is_there",
    "F27": "test_what_was_never_told_is_found_by_asking",
    "F28": "test_a_replay_with_its_old_time_is_refused",
    "F29": "test_a_forged_one_leaves_nothing_but_a_number",
    "F30": "test_a_changed_key_is_followed_without_a_gap",
    "F31": "test_an_event_about_an_unknown_object_or_another_tenants_has_no_effect",
    "F32": "test_a_flood_of_forgeries_is_counted_and_holds_nobody_up",
    "F33": "test_due_times_leases_and_permits_come_from_the_databases_clock_alone",
    "F34": "test_an_answer_that_was_lost_after_the_commit_pays_once",
    "F35": "test_a_renewal_that_fails_ends_the_campaign_and_its_numbers_and_says_so",
    "F36": "test_an_end_that_comes_earlier_than_we_computed_is_the_carriers_to_say",
    "F37": "test_all_that_end_on_one_day_are_confirmed_in_time_while_people_hardly_wait",
    "F38": "test_some_of_many_fail_and_the_others_do_not_wait_for_them",
    "F39": "test_what_somebody_changes_elsewhere_is_shown_and_nothing_is_fought_over",
    "F40": "test_a_reading_that_still_sees_it_does_not_bring_it_back",
    "F42": "test_a_write_that_a_restored_database_takes_for_unsent_is_adopted_and_not_sent",
    "F43": "test_what_nobody_here_made_is_shown_to_operators_and_adopted_by_nobody",
}
# Cases that nothing of this product can meet yet, each with the reason.
NOT_APPLICABLE = {
    "F14": "Telnyx knows no idempotency key, so no request of ours carries one",
}


@pytest.mark.parametrize("name", FILED)
def test_a_filing_under_a_fault_ends_as_the_plan_says(world: World, name: str) -> None:
    case = FILED[name]
    for order in case.faults:
        world.registry.fault(account=world.key, **order)
    (brand,) = world.submit(**case.answers)
    work(world.later)
    time.sleep(case.wait)
    for _minute in range(30):
        world.pass_(minutes=1)
        work(world.later)
    world.registry.faults_off(world.key)
    world.settle()
    world.sweep()
    case.holds(world, brand)
    world.assert_sound(resent={"*"} if case.resent else (), decided=True)


@pytest.mark.parametrize("name", READ)
def test_a_reading_under_a_fault_ends_as_the_plan_says(world: World, name: str) -> None:
    case = READ[name]
    (brand,) = world.submit(**case.answers)
    world.settle()
    (there,) = world.registry.brands(account=world.key)
    world.registry.approve(there["id"])
    if name == "F23":
        world.pass_(hours=1)
        work(world.later)
    for order in case.faults:
        world.registry.fault(account=world.key, **order)
    for _hour in range(10):
        world.pass_(hours=2)
        work(world.later)
    for _week in range(3):
        world.pass_(days=9)
        work(world.later)
    world.sweep()
    case.holds(world, brand)
    world.assert_sound(decided=True)


def test_every_case_of_the_plan_is_run_or_said_why_not() -> None:
    """F01 to F44, none left out; what is not applicable is nowhere said to be tested."""
    tested = {name.partition("-")[0] for name in (*FILED, *READ)} | set(ELSEWHERE)
    assert tested | set(NOT_APPLICABLE) == {f"F{number:02}" for number in range(1, 45)}
    assert not tested & set(NOT_APPLICABLE)


def test_what_is_tested_elsewhere_is_there() -> None:
    everything = "\n".join(path.read_text() for path in (CHECKOUT / "tests").rglob("test_*.py"))
    assert [name for name, test in ELSEWHERE.items() if f"def {test}" not in everything] == []
