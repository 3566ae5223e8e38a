"""The gate of a carrier account: permits, waits, breaker and retry budget, on a clock that the test moves."""

from __future__ import annotations

import itertools
import random
import time
from datetime import timedelta

import pytest
from django.conf import settings

from portal.carriers.gate import Held, Passage
from portal.lifecycle import gateway, loop
from portal.lifecycle.gate import (
    BACKGROUND_FLOOR,
    BREAKER,
    BREAKER_AFTER,
    BUDGET,
    BUSY,
    LIMITED,
    OPEN,
    RETRY_FLOOR,
    RETRY_SHARE,
    WINDOW,
)
from portal.lifecycle.schedule import comeback, delay
from tests.lifecycle.gates import Doorstep, Frozen, together

pytestmark = pytest.mark.django_db


@pytest.fixture
def frozen() -> Frozen:
    return Frozen()


# --- permits


def test_a_burst_leaves_at_once_and_then_one_request_at_a_time(frozen: Frozen) -> None:
    gate = Doorstep(frozen, rate=10, burst=5)
    assert [gate.ask(interactive=True) for _ in range(6)] == ["", "", "", "", "", BUSY]
    assert gate.asked(interactive=True) == (BUSY, pytest.approx(0.1))
    frozen.pass_(seconds=0.1)
    assert [gate.ask(interactive=True) for _ in range(2)] == ["", BUSY]


@pytest.mark.slow
def test_in_any_span_no_more_leave_than_the_burst_and_the_rate(frozen: Frozen) -> None:
    gate = Doorstep(frozen, rate=10, burst=5)
    passed = 0
    for _ in range(2000):
        passed += gate.ask(interactive=True) == ""
        frozen.pass_(milliseconds=5)
    assert 100 <= passed <= 5 + 100


def test_permits_that_nobody_took_do_not_add_up_beyond_the_burst(frozen: Frozen) -> None:
    gate = Doorstep(frozen, rate=10, burst=5)
    gate.ask(interactive=True)
    frozen.pass_(hours=5)
    assert [gate.ask(interactive=True) for _ in range(7)].count("") == 5


def test_a_refusal_takes_no_permit(frozen: Frozen) -> None:
    gate = Doorstep(frozen, rate=10, burst=1)
    assert gate.ask(interactive=True) == ""
    for _ in range(50):
        assert gate.ask(interactive=True) == BUSY
    frozen.pass_(seconds=0.1)
    assert gate.ask(interactive=True) == ""


def test_accounts_have_permits_of_their_own(frozen: Frozen) -> None:
    one, other = Doorstep(frozen, rate=1, burst=1), Doorstep(frozen, rate=1, burst=1, account="other")
    assert (one.ask(interactive=True), one.ask(interactive=True)) == ("", BUSY)
    assert other.ask(interactive=True) == ""


def test_a_call_waits_for_a_permit_that_comes_soon_and_not_for_one_that_does_not() -> None:
    quick = Doorstep(Frozen(), rate=10, burst=1).gate
    quick.enter(within=5)
    began = time.monotonic()
    quick.enter(within=5)
    assert 0.05 <= time.monotonic() - began < 2
    slow = Doorstep(Frozen(), rate=0.1, burst=1, account="slow").gate
    slow.enter(within=30)
    began = time.monotonic()
    with pytest.raises(Held) as held:
        slow.enter(within=30)
    assert time.monotonic() - began < 1
    assert timedelta(seconds=8) < held.value.retry_after <= timedelta(seconds=10)


def test_a_call_never_waits_longer_than_it_has(frozen: Frozen) -> None:
    gate = Doorstep(frozen, rate=1, burst=1).gate
    gate.enter(within=5)
    with pytest.raises(Held):
        gate.enter(within=0.2)


# --- people before the background


def test_the_background_leaves_a_share_of_the_burst_to_people(frozen: Frozen) -> None:
    gate = Doorstep(frozen, rate=10, burst=10, share=0.4)
    assert [gate.ask() for _ in range(20)].count("") == 6
    assert [gate.ask(interactive=True) for _ in range(20)].count("") == 4


def test_the_background_has_the_whole_rate_while_nobody_else_asks(frozen: Frozen) -> None:
    gate = Doorstep(frozen, rate=10, burst=10, share=0.4)
    passed = 0
    for _ in range(1000):
        passed += gate.ask() == ""
        frozen.pass_(milliseconds=60)
    assert passed >= 600


def test_people_are_served_at_once_beside_a_background_that_asks_for_everything(frozen: Frozen) -> None:
    gate = Doorstep(frozen, rate=10, burst=10, share=0.4)
    refused = 0
    for number in range(1000):
        gate.ask()
        if number % 10 == 0:  # five a second, half of all permits
            refused += gate.ask(interactive=True) != ""
        frozen.pass_(milliseconds=20)
    assert refused == 0


@pytest.mark.slow
def test_when_both_ask_for_everything_people_get_most_and_the_background_does_not_starve(
    frozen: Frozen,
) -> None:
    gate = Doorstep(frozen, rate=10, burst=10, share=0.4)
    people = background = 0
    for number in range(1000):
        people += gate.ask(interactive=True) == ""
        background += gate.ask() == ""
        frozen.pass_(milliseconds=50 + number % 3)
    assert people / (people + background) >= 0.8
    assert background / (people + background) >= BACKGROUND_FLOOR * 0.8


# --- 429


def test_a_named_wait_holds_for_the_whole_account_and_is_never_undercut(frozen: Frozen) -> None:
    gate, other = Doorstep(frozen), Doorstep(frozen, account="other")
    assert gate.ask(interactive=True) == ""
    gate.left(Passage.LIMITED, wish=3)
    assert gate.asked(interactive=True) == (LIMITED, pytest.approx(3))
    frozen.pass_(seconds=2.999)
    assert gate.ask(interactive=True) == LIMITED
    assert other.ask() == ""
    frozen.pass_(seconds=0.001)
    assert gate.ask(interactive=True) == ""


def test_a_later_shorter_wish_does_not_end_a_longer_one(frozen: Frozen) -> None:
    gate = Doorstep(frozen)
    gate.ask()
    gate.left(Passage.LIMITED, wish=60)
    gate.left(Passage.LIMITED, wish=1)
    assert gate.asked() == (LIMITED, pytest.approx(60))


@pytest.mark.parametrize("wish", [None, 0])
def test_without_a_wish_we_wait_longer_each_time(frozen: Frozen, wish: float | None) -> None:
    gate = Doorstep(frozen)
    waits = []
    for _ in range(9):
        assert gate.ask(interactive=True) == ""
        gate.left(Passage.LIMITED, wish=wish)
        waits.append(gate.asked()[1])
        frozen.pass_(seconds=waits[-1])
    assert waits == pytest.approx([1, 2, 4, 8, 16, 32, 60, 60, 60])
    frozen.pass_(seconds=1)
    assert gate.one() == ""
    gate.left(Passage.LIMITED)
    assert gate.asked()[1] == pytest.approx(1), "an answer begins it anew"


def test_after_a_wait_requests_come_one_by_one_and_not_as_a_burst(frozen: Frozen) -> None:
    gate = Doorstep(frozen, rate=10, burst=10)
    gate.ask(interactive=True)
    gate.left(Passage.LIMITED, wish=3)
    frozen.pass_(seconds=3)
    assert [gate.ask(interactive=True) for _ in range(5)] == ["", BUSY, BUSY, BUSY, BUSY]


# --- the breaker


def fail(gate: Doorstep, times: int) -> None:
    for _ in range(times):
        gate.left(Passage.FAILED)


def test_failures_in_a_row_open_the_breaker_and_others_do_not(frozen: Frozen) -> None:
    gate, other = Doorstep(frozen), Doorstep(frozen, account="other")
    gate.ask()
    fail(gate, BREAKER_AFTER - 1)
    gate.left(Passage.ANSWERED)
    fail(gate, BREAKER_AFTER - 1)
    assert gate.ask() == ""
    fail(gate, 1)
    assert gate.asked(interactive=True) == (OPEN, pytest.approx(BREAKER.total_seconds()))
    assert other.ask() == ""


def test_while_it_is_open_one_probe_leaves_each_half_minute(frozen: Frozen) -> None:
    gate = Doorstep(frozen)
    gate.ask()
    fail(gate, BREAKER_AFTER)
    probes = []
    for second in range(600):
        frozen.pass_(seconds=1)
        for _ in range(2):
            if gate.ask(interactive=True) == "":
                probes.append(second)
                gate.left(Passage.FAILED)
    assert len(probes) == 600 / BREAKER.total_seconds()
    assert all(b - a >= BREAKER.total_seconds() for a, b in itertools.pairwise(probes))


def test_a_probe_that_never_comes_back_is_followed_by_another(frozen: Frozen) -> None:
    gate = Doorstep(frozen)
    gate.ask()
    fail(gate, BREAKER_AFTER)
    frozen.pass_(seconds=30)
    assert (gate.ask(), gate.ask()) == ("", OPEN)
    frozen.pass_(seconds=30)
    assert (gate.ask(), gate.ask()) == ("", OPEN)


@pytest.mark.parametrize("passage", [Passage.ANSWERED, Passage.LIMITED])
def test_a_probe_that_is_answered_closes_the_breaker(frozen: Frozen, passage: Passage) -> None:
    gate = Doorstep(frozen)
    gate.ask()
    fail(gate, BREAKER_AFTER)
    frozen.pass_(seconds=30)
    assert gate.one(passage) == ""
    row = gate.row()
    assert (row.opened_at, row.open_until, row.failures) == (None, None, 0)
    frozen.pass_(seconds=2)
    assert gate.ask() == ""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_sixteen_that_come_at_the_same_moment_one_is_the_probe(frozen: Frozen) -> None:
    gate = Doorstep(frozen)
    gate.ask()
    fail(gate, BREAKER_AFTER)
    for _round in range(5):
        frozen.pass_(seconds=31)
        assert sorted(together(16, lambda _: gate.ask())) == [""] + [OPEN] * 15


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_sixteen_that_come_at_the_same_moment_as_many_pass_as_there_are_permits(frozen: Frozen) -> None:
    gate = Doorstep(frozen, rate=10, burst=5)
    for _round in range(5):
        frozen.pass_(seconds=60)
        got = together(16, lambda _: gate.ask(interactive=True))
        assert got.count("") == 5
    assert gate.row().requests == 25


# --- second tries


def test_second_tries_are_a_tenth_of_all_requests_and_first_tries_go_on(frozen: Frozen) -> None:
    gate = Doorstep(frozen)
    again = first = 0
    for _ in range(500):
        first += gate.one() == ""
        again += gate.one(retry=True) == ""
        frozen.pass_(milliseconds=10)
    assert first == 500
    assert 50 <= again <= (first + again) * RETRY_SHARE + 1


def test_a_quiet_account_may_try_again_all_the_same(frozen: Frozen) -> None:
    gate = Doorstep(frozen)
    assert [gate.ask(retry=True) for _ in range(RETRY_FLOOR + 1)] == [""] * RETRY_FLOOR + [BUDGET]
    assert 0 < gate.asked(retry=True)[1] <= 60


def test_a_new_window_brings_a_new_budget(frozen: Frozen) -> None:
    gate = Doorstep(frozen)
    for _ in range(RETRY_FLOOR):
        gate.ask(retry=True)
    frozen.pass_(seconds=WINDOW.total_seconds() - 1)
    assert gate.asked(retry=True) == (BUDGET, pytest.approx(1))
    frozen.pass_(seconds=1)
    assert gate.ask(retry=True) == ""
    assert (gate.row().requests, gate.row().retries) == (1, 1)


@pytest.mark.slow
def test_in_a_brown_out_goodput_stays_and_second_tries_do_not_grow_into_a_storm(frozen: Frozen) -> None:
    """100 things read every minute for twenty minutes; 30 % of all requests fail."""
    gate = Doorstep(frozen, rate=10, burst=20)
    chance = random.Random(7)
    due = {thing: frozen.now + timedelta(seconds=chance.uniform(0, 60)) for thing in range(100)}
    every, plan, failures = timedelta(minutes=1), dict(due), dict.fromkeys(due, 0)
    good = again = requests = 0
    end = frozen.now + timedelta(minutes=20)
    while frozen.now < end:
        for thing in [one for one, at in due.items() if at <= frozen.now]:
            # As `reading` does it: a second try is one before the plan's own next reading.
            early = failures[thing] > 0 and frozen.now < plan[thing]
            refusal, wait = gate.asked(retry=early)
            if refusal:
                pause = comeback(timedelta(seconds=wait), uniform=chance.uniform)
                due[thing] = max(plan[thing], frozen.now + pause) if refusal == BUDGET else frozen.now + pause
                continue
            requests += 1
            again += early
            bad = chance.random() < 0.3
            gate.left(Passage.FAILED if bad else Passage.ANSWERED)
            failures[thing] = failures[thing] + 1 if bad else 0
            good += not bad
            if not early:
                plan[thing] = frozen.now + every
            due[thing] = frozen.now + (delay(failures[thing], uniform=chance.uniform) if bad else every)
        frozen.pass_(seconds=1)
    assert again <= requests * RETRY_SHARE + 1
    assert good >= 0.6 * 100 * 20


def test_a_database_clock_that_was_set_back_shuts_nobody_out(frozen: Frozen) -> None:
    gate = Doorstep(frozen, rate=10, burst=5)
    for _ in range(5):
        gate.ask(interactive=True, retry=True)
    fail(gate, BREAKER_AFTER)
    frozen.pass_(hours=-5)
    assert gate.ask() == ""
    assert gate.row().requests == 1


def test_the_setting_of_the_rate_replaces_the_policys_and_keeps_its_proportions(settings: object) -> None:
    assert gateway.rate("telnyx") == gateway.policy("telnyx").rate.value
    settings.CARRIER_RATE = 2.0  # type: ignore[attr-defined]
    rate = gateway.rate("telnyx")
    assert (rate.per_second, rate.burst) == (2.0, 4)


def test_another_key_has_another_mark_and_the_mark_says_nothing_of_it() -> None:
    mark = gateway.key_mark("telnyx")
    assert settings.TELNYX_KEY not in mark
    assert len(mark) == 64


def test_each_step_of_the_loop_says_who_waits_for_it() -> None:
    people = loop.Queue("telnyx", "submission", background=False)
    storm = loop.Queue("telnyx", "submission", background=True)
    readings = loop.Queue("telnyx", "watch", background=False)
    assert [queue.interactive for queue in (people, storm, readings)] == [True, False, False]
    orders = [loop.in_order([people, storm, readings], number) for number in range(10)]
    assert [order[0] == people for order in orders].count(True) == 8
    assert {order[0] for order in orders} == {people, storm, readings}
