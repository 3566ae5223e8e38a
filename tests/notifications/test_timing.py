"""When a mail leaves, by the wall clock of the recipient, also on the two nights on which that clock jumps."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from portal.notifications.kinds import Delivery
from portal.notifications.timing import Wall, due, next_digest

NEW_YORK = ZoneInfo("America/New_York")
NIGHT = Wall(NEW_YORK, time(22), time(7))


def local(*parts: int, fold: int = 0, zone: ZoneInfo = NEW_YORK) -> datetime:
    """A wall-clock moment, in UTC: where a clock repeats, equal moments of two zones compare unequal (PEP 495)."""
    return datetime(*parts, tzinfo=zone, fold=fold).astimezone(UTC)


def at_once(wall: Wall, now: datetime) -> datetime:
    moment = due(Delivery.AT_ONCE, wall, now)
    assert moment is not None
    return moment


def test_by_day_it_leaves_at_once() -> None:
    noon = local(2026, 11, 20, 12)
    assert at_once(NIGHT, noon) == at_once(Wall(NEW_YORK), noon) == noon


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        (local(2026, 11, 20, 21, 59), local(2026, 11, 20, 21, 59)),
        (local(2026, 11, 20, 22, 0), local(2026, 11, 21, 7)),
        (local(2026, 11, 20, 23, 30), local(2026, 11, 21, 7)),
        (local(2026, 11, 21, 0, 0), local(2026, 11, 21, 7)),
        (local(2026, 11, 21, 6, 59), local(2026, 11, 21, 7)),
        (local(2026, 11, 21, 7, 0), local(2026, 11, 21, 7)),
    ],
)
def test_quiet_hours_over_midnight(now: datetime, leaves: datetime) -> None:
    assert at_once(NIGHT, now) == leaves


def test_quiet_hours_within_a_day() -> None:
    siesta = Wall(NEW_YORK, time(13), time(15))
    assert at_once(siesta, local(2026, 11, 20, 14)) == local(2026, 11, 20, 15)
    assert at_once(siesta, local(2026, 11, 20, 12)) == local(2026, 11, 20, 12)


def test_the_same_moment_is_night_for_one_and_day_for_another() -> None:
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert at_once(NIGHT, now) == now
    assert at_once(Wall(ZoneInfo("America/Los_Angeles"), time(22), time(7)), now) == now + timedelta(hours=3)


# In New York the clock goes from 02:00 to 03:00 on 8 March 2026, and from 02:00 back to 01:00 on 1 November.


def test_a_quiet_end_that_the_clock_skips_is_not_early() -> None:
    wall = Wall(NEW_YORK, time(22), time(2, 30))
    leaves = at_once(wall, local(2026, 3, 8, 1, 59))
    assert leaves == local(2026, 3, 8, 3, 30)
    assert at_once(wall, local(2026, 3, 8, 3, 29)) == leaves


def test_a_quiet_end_that_comes_twice_is_the_later_one() -> None:
    wall = Wall(NEW_YORK, time(22), time(1, 30))
    second = local(2026, 11, 1, 1, 30, fold=1)
    assert at_once(wall, local(2026, 11, 1, 1, 29)) == second
    assert at_once(wall, local(2026, 11, 1, 1, 45)) == second
    assert at_once(wall, second) == second


def test_a_quiet_beginning_that_comes_twice_is_the_earlier_one() -> None:
    wall = Wall(NEW_YORK, time(1, 30), time(7))
    for fold in (0, 1):
        assert at_once(wall, local(2026, 11, 1, 1, 40, fold=fold)) == local(2026, 11, 1, 7)
    between = local(2026, 11, 1, 1, 10, fold=1)
    assert at_once(wall, between) == local(2026, 11, 1, 7), (
        "after the first 01:30, although the clock says 01:10"
    )


@pytest.mark.parametrize(
    ("month", "day", "hours"), [(3, 7, 8), (10, 31, 10), (6, 1, 9)], ids=["spring", "autumn", "summer"]
)
def test_mail_is_held_back_all_night_and_no_longer(month: int, day: int, hours: int) -> None:
    """Minute by minute through a night, whatever the clock does: no mail in it, all mail at its end."""
    begin = local(2026, month, day, 22)
    end = begin + timedelta(hours=hours)
    now = begin - timedelta(minutes=5)
    while now < end + timedelta(minutes=5):
        assert at_once(NIGHT, now) == (end if begin <= now < end else now)
        now += timedelta(minutes=1)


def test_the_daily_mail_is_the_next_one() -> None:
    wall = Wall(NEW_YORK)
    assert next_digest(wall, local(2026, 11, 20, 7, 59)) == local(2026, 11, 20, 8)
    assert next_digest(wall, local(2026, 11, 20, 8, 0)) == local(2026, 11, 21, 8)
    assert due(Delivery.DAILY, wall, local(2026, 11, 20, 12)) == local(2026, 11, 21, 8)


def test_a_daily_mail_at_a_time_that_the_clock_skips_comes_an_hour_later() -> None:
    wall = Wall(NEW_YORK, digest_at=time(2, 30))
    assert next_digest(wall, local(2026, 3, 7, 12)) == local(2026, 3, 8, 3, 30)
    assert next_digest(wall, local(2026, 3, 8, 12)) == local(2026, 3, 9, 2, 30)


def test_a_daily_mail_at_a_time_that_comes_twice_comes_once() -> None:
    wall = Wall(NEW_YORK, digest_at=time(1, 30))
    first = local(2026, 11, 1, 1, 30)
    assert next_digest(wall, local(2026, 10, 31, 12)) == first
    for fold in (0, 1):
        assert next_digest(wall, local(2026, 11, 1, 1, 40, fold=fold)) == local(2026, 11, 2, 1, 30)


@pytest.mark.parametrize(
    "zone", ["America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"]
)
def test_a_year_has_a_daily_mail_for_every_day(zone: str) -> None:
    wall = Wall(ZoneInfo(zone), digest_at=time(2, 15))
    now, days = local(2026, 1, 1, zone=wall.zone), []
    while len(days) < 364:
        now = next_digest(wall, now)
        days.append(now.astimezone(wall.zone).date())
    assert len(set(days)) == 364


def test_a_daily_mail_waits_for_the_end_of_quiet_hours() -> None:
    wall = Wall(NEW_YORK, time(22), time(9), digest_at=time(8))
    assert due(Delivery.DAILY, wall, local(2026, 11, 20, 12)) == local(2026, 11, 21, 9)


@pytest.mark.parametrize("delivery", [Delivery.LISTED, Delivery.OFF])
def test_what_is_not_mailed_is_never_due(delivery: Delivery) -> None:
    assert due(delivery, NIGHT, local(2026, 11, 20, 12)) is None
