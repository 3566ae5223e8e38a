"""Delays and reading plans: tables that a person can argue with."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.carriers.adapters.telnyx.rules import POLICY
from portal.lifecycle.schedule import DELAYS, LEASE, LONGEST_WISH, delay, next_reading


def middle(low: float, high: float) -> float:
    return (low + high) / 2


def test_delays_grow_and_end_with_the_last_one() -> None:
    waits = [delay(failures, uniform=middle) for failures in range(1, 30)]
    assert waits == sorted(waits)
    assert waits[0] == DELAYS[0]
    assert waits[-1] == DELAYS[-1]


@pytest.mark.parametrize("edge", [min, max])
def test_a_delay_is_never_shorter_than_the_carriers_wish(edge: object) -> None:
    wish = timedelta(seconds=3)
    assert delay(1, wish=wish, uniform=edge) >= wish  # type: ignore[operator]


def test_an_endless_wish_is_capped() -> None:
    assert delay(1, wish=timedelta(days=30), uniform=middle) <= LONGEST_WISH * 1.1


def test_readings_grow_rarer_with_age() -> None:
    plan = POLICY.brand_reading.value
    ages = [timedelta(0), timedelta(minutes=3), timedelta(hours=2), timedelta(days=2), timedelta(days=20)]
    waits = [next_reading(plan, age, uniform=middle) for age in ages]
    assert waits == sorted(waits)
    assert waits[0] <= timedelta(seconds=10)
    assert waits[-1] >= timedelta(hours=12)


def test_a_lease_outlives_one_call_to_the_carrier() -> None:
    assert POLICY.call_deadline.value < LEASE
