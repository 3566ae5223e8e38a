"""Arithmetic of periods: month ends, 29 February, both changes of the clocks, and dates that a carrier moves."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from campaigns import periods

NEW_YORK, CHICAGO, PHOENIX = (ZoneInfo(f"America/{city}") for city in ("New_York", "Chicago", "Phoenix"))
LORD_HOWE, SEOUL = ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Asia/Seoul")
REMINDERS = (30, 14, 7, 3, 1)


def at(text: str, zone: ZoneInfo = NEW_YORK) -> datetime:
    """The moment at which the clock in `zone` shows `text`."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def shown(moment: datetime, zone: ZoneInfo = NEW_YORK) -> str:
    """What the clock in `zone` shows."""
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        # Month ends.
        ("2026-01-31 10:00", "2026-04-30 10:00"),
        ("2026-08-31 10:00", "2026-11-30 10:00"),
        ("2026-11-30 10:00", "2027-02-28 10:00"),
        ("2026-12-31 10:00", "2027-03-31 10:00"),
        ("2026-10-15 10:00", "2027-01-15 10:00"),
        # 29 February: into it, out of it, and beside it.
        ("2027-11-29 10:00", "2028-02-29 10:00"),
        ("2027-11-30 10:00", "2028-02-29 10:00"),
        ("2026-11-29 10:00", "2027-02-28 10:00"),
        ("2028-02-29 10:00", "2028-05-29 10:00"),
        ("2099-11-30 10:00", "2100-02-28 10:00"),
        # Over both changes of the clocks: the same time of day.
        ("2026-12-08 23:30", "2027-03-08 23:30"),
        ("2026-12-20 09:00", "2027-03-20 09:00"),
        ("2026-09-01 09:00", "2026-12-01 09:00"),
        # A time that is skipped in spring (14 March 2027, 02:00 to 03:00) is the one as much later.
        ("2026-12-14 02:30", "2027-03-14 03:30"),
        # A time that comes twice in autumn (1 November 2026, 01:00 to 02:00) is the first of the two.
        ("2026-08-01 01:30", "2026-11-01 01:30"),
    ],
)
def test_a_period_is_three_months_on_the_wall(begins: str, ends: str) -> None:
    assert shown(periods.add_months(at(begins), 3, NEW_YORK)) == ends


def test_of_a_time_that_comes_twice_the_first_counts() -> None:
    ends = periods.add_months(at("2026-08-01 01:30"), 3, NEW_YORK)
    assert ends == datetime(2026, 11, 1, 5, 30, tzinfo=UTC), "in summer time still"


def test_the_day_is_that_of_the_organization_whatever_utc_says() -> None:
    evening = at("2026-01-30 20:00")
    assert evening.day == 31
    assert shown(periods.add_months(evening, 3, NEW_YORK)) == "2026-04-30 20:00"
    morning = datetime(2026, 1, 30, 20, tzinfo=UTC)
    assert shown(periods.add_months(morning, 3, SEOUL), SEOUL) == "2026-04-30 05:00"


@pytest.mark.parametrize("zone", [NEW_YORK, CHICAGO, PHOENIX, LORD_HOWE, SEOUL], ids=str)
def test_a_period_has_between_89_and_92_days_in_every_zone_from_every_day_of_five_years(
    zone: ZoneInfo,
) -> None:
    begins = at("2026-01-01 00:15", zone)
    for _ in range(5 * 366):
        ends = periods.add_months(begins, 3, zone)
        days = (periods.day_of(ends, zone) - periods.day_of(begins, zone)).days
        assert 89 <= days <= 92, begins
        begins = periods.days_before(begins, -1, zone)


def test_periods_are_counted_from_the_activation_and_do_not_drift() -> None:
    begins = at("2026-01-31 10:00")
    ends = [shown(periods.end_of(begins, number, 3, NEW_YORK))[:10] for number in range(1, 5)]
    assert ends == ["2026-04-30", "2026-07-31", "2026-10-31", "2027-01-31"]


@pytest.mark.parametrize(
    ("deadline", "days", "begins"),
    [
        # 7 days before, over the night in which the clocks go forward: 167 hours, and the same time of day.
        ("2027-03-18 09:00", 7, "2027-03-11 09:00"),
        ("2026-11-05 09:00", 7, "2026-10-29 09:00"),
        ("2028-03-01 09:00", 1, "2028-02-29 09:00"),
        ("2027-03-01 09:00", 1, "2027-02-28 09:00"),
        ("2027-03-14 12:00", 1, "2027-03-13 12:00"),
    ],
)
def test_so_many_days_before_is_the_same_time_of_day(deadline: str, days: int, begins: str) -> None:
    assert shown(periods.days_before(at(deadline), days, NEW_YORK)) == begins


def test_the_most_urgent_reminder_that_has_come() -> None:
    deadline = at("2027-03-18 09:00")
    found = [
        periods.reached(deadline, REMINDERS, deadline - timedelta(days=days, seconds=1), NEW_YORK)
        for days in (40, 30, 14, 7, 3, 1, 0)
    ]
    # The clocks go forward on 14 March: 7 and more days before are an hour earlier than so many times 24 hours.
    assert found == [None, None, 30, 14, 7, 3, 1]
    on_the_wall = deadline - timedelta(days=30) + timedelta(hours=1)
    assert periods.reached(deadline, REMINDERS, on_the_wall - timedelta(seconds=1), NEW_YORK) is None
    assert periods.reached(deadline, REMINDERS, on_the_wall, NEW_YORK) == 30


@pytest.mark.parametrize(
    ("says", "is_next"),
    [
        (timedelta(0), False),
        (timedelta(days=2), False),
        (timedelta(days=-20), False),
        (timedelta(days=44), False),
        (timedelta(days=89), True),
        (timedelta(days=184), True),
    ],
)
def test_a_date_that_moves_a_little_is_a_correction_and_one_that_moves_far_is_a_period(
    says: timedelta, is_next: bool
) -> None:
    ends = at("2026-04-30 10:00")
    assert periods.is_next(ends, ends + says, 3) is is_next


def test_periods_that_nobody_saw_are_counted_up_to_the_carriers_own_date() -> None:
    ends = at("2026-04-30 10:00")
    until = at("2027-01-31 12:00")
    found = [shown(one) for one in periods.following(ends, until, 3, NEW_YORK)]
    assert found == ["2026-07-30 10:00", "2026-10-30 10:00", "2027-01-31 12:00"]
    assert periods.following(ends, at("2026-07-31 10:00"), 3, NEW_YORK) == [at("2026-07-31 10:00")]
    assert len(periods.following(ends, at("9999-01-01 00:00", SEOUL), 3, NEW_YORK)) == periods.MOST


def test_the_last_third_begins_a_month_before_the_end() -> None:
    begins, ends = at("2026-10-15 10:00"), at("2027-01-15 10:00")
    assert periods.last_third(begins, ends) == ends - timedelta(days=92, hours=1) / 3


def test_ten_thousand_of_one_day_are_asked_for_over_a_week_and_each_always_at_its_moment() -> None:
    deadline = at("2027-03-18 09:00")
    chance = random.Random(7)
    seeds = [UUID(int=chance.getrandbits(128)) for _ in range(10_000)]
    moments = [periods.asked_from(deadline, seed) for seed in seeds]
    assert moments == [periods.asked_from(deadline, seed) for seed in seeds]
    hours = Counter(int((deadline - moment).total_seconds() // 3600) for moment in moments)
    assert set(hours) <= set(range(7 * 24, 14 * 24 + 1))
    # On average 60 an hour; two requests a second are 7,200.
    assert max(hours.values()) < 120
