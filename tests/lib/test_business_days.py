"""Federal holidays and business days, against the calendar that the government publishes (opm.gov, 2020 to 2030)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.lib.business_days import (
    Holiday,
    business_days_after,
    business_days_before,
    federal_holidays,
    holidays_between,
    is_business_day,
)

# The days as they are observed, in the order of `Holiday`; a New Year that is observed on 31 December of the year
# before stands there.
OBSERVED = {
    2020: "01-01 01-20 02-17 05-25 07-03 09-07 10-12 11-11 11-26 12-25",
    2021: "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31",
    2022: "01-17 02-21 05-30 06-20 07-04 09-05 10-10 11-11 11-24 12-26",
    2023: "01-02 01-16 02-20 05-29 06-19 07-04 09-04 10-09 11-10 11-23 12-25",
    2024: "01-01 01-15 02-19 05-27 06-19 07-04 09-02 10-14 11-11 11-28 12-25",
    2025: "01-01 01-20 02-17 05-26 06-19 07-04 09-01 10-13 11-11 11-27 12-25",
    2026: "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25",
    2027: "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31",
    2028: "01-17 02-21 05-29 06-19 07-04 09-04 10-09 11-10 11-23 12-25",
    2029: "01-01 01-15 02-19 05-28 06-19 07-04 09-03 10-08 11-12 11-22 12-25",
    2030: "01-01 01-21 02-18 05-27 06-19 07-04 09-02 10-14 11-11 11-28 12-25",
}


@pytest.mark.parametrize("year", OBSERVED)
def test_the_holidays_of_a_year_are_observed_when_the_government_does(year: int) -> None:
    found = [day.strftime("%m-%d") for day in federal_holidays(year)]
    assert found == OBSERVED[year].split()


def test_no_holiday_is_observed_on_a_weekend_and_each_once_a_year() -> None:
    for year in range(2021, 2200):
        days = federal_holidays(year)
        assert all(day.weekday() < 5 and day.year == year for day in days)
        assert list(days) == sorted(days)
        assert 10 <= len(days) <= 12
        # Of the New Years some lie in the year before.
        assert set(Holiday) - set(days.values()) <= {Holiday.NEW_YEAR}


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-11-22", 5, "2026-11-30"),  # a Sunday; Thanksgiving on the way
        ("2026-11-22", 7, "2026-12-02"),
        ("2026-11-20", 1, "2026-11-23"),
        ("2026-12-23", 2, "2026-12-28"),
        ("2026-07-02", 1, "2026-07-06"),  # Independence Day on a Saturday is observed on the Friday
        ("2027-12-30", 1, "2028-01-03"),  # the New Year of 2028 on 31 December
        ("2022-12-30", 1, "2023-01-03"),  # that of 2023 on 2 January
        ("2026-11-25", 0, "2026-11-25"),
    ],
)
def test_business_days_after_a_day_leave_out_weekends_and_holidays(start: str, days: int, end: str) -> None:
    assert business_days_after(date.fromisoformat(start), days) == date.fromisoformat(end)


def test_a_moment_keeps_its_time_of_day() -> None:
    at = datetime(2026, 11, 25, 17, 30, tzinfo=UTC)
    assert business_days_after(at, 1) == datetime(2026, 11, 27, 17, 30, tzinfo=UTC)
    assert business_days_before(datetime(2026, 11, 27, 9, tzinfo=UTC), 1) == at.replace(hour=9, minute=0)


def test_there_and_back_is_the_same_business_day() -> None:
    day = date(2026, 1, 2)
    while day.year < 2028:
        if is_business_day(day):
            for count in (1, 5, 7, 23):
                assert business_days_before(business_days_after(day, count), count) == day
        day += timedelta(days=1)


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        business_days_after(date(2026, 1, 1), -1)


def test_the_holidays_on_the_way_are_named_with_both_ends() -> None:
    found = holidays_between(date(2026, 12, 25), date(2027, 1, 1))
    assert found == [(date(2026, 12, 25), Holiday.CHRISTMAS), (date(2027, 1, 1), Holiday.NEW_YEAR)]
    assert holidays_between(date(2026, 12, 26), date(2026, 12, 31)) == []
