"""Business days of the United States: Monday to Friday without federal holidays, by which reviewers work.

Source: 5 U.S.C. 6103(a) for the eleven holidays, Executive Order 11582 for the days on which they are observed:
one on a Saturday on the Friday before, one on a Sunday on the Monday after. Inauguration Day is no holiday
outside the District of Columbia, and not counted.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

Moment = TypeVar("Moment", date, datetime)

# date.weekday() of the first day that is none.
_SATURDAY = 5
_DAY = timedelta(days=1)


class Holiday(StrEnum):
    """The federal holidays, in the order of the year. Their names for people are the pages' to give."""

    NEW_YEAR = "new-year"
    KING = "king"
    WASHINGTON = "washington"
    MEMORIAL = "memorial"
    JUNETEENTH = "juneteenth"
    INDEPENDENCE = "independence"
    LABOR = "labor"
    COLUMBUS = "columbus"
    VETERANS = "veterans"
    THANKSGIVING = "thanksgiving"
    CHRISTMAS = "christmas"


@lru_cache(maxsize=64)
def federal_holidays(year: int) -> dict[date, Holiday]:
    """The days of `year` on which a federal holiday is observed, in order.

    One of them may be the New Year of the year after, on 31 December.
    """
    observed = {_observed(day): holiday for day, holiday in (*_dated(year), *_dated(year + 1)[:1])}
    return {day: observed[day] for day in sorted(observed) if day.year == year}


def is_business_day(moment: date) -> bool:
    """Is it a day on which reviewers work? Of a moment its own date counts, whatever its zone."""
    day = moment.date() if isinstance(moment, datetime) else moment
    return day.weekday() < _SATURDAY and day not in federal_holidays(day.year)


def business_days_after(moment: Moment, days: int) -> Moment:
    """The day or moment `days` business days later. Raises ValueError for less than 0."""
    return _moved(moment, days, _DAY)


def business_days_before(moment: Moment, days: int) -> Moment:
    """The day or moment `days` business days earlier. Raises ValueError for less than 0."""
    return _moved(moment, days, -_DAY)


def holidays_between(first: date, last: date) -> list[tuple[date, Holiday]]:
    """The holidays observed from `first` to `last`, both included."""
    found = (pair for year in range(first.year, last.year + 1) for pair in federal_holidays(year).items())
    return [(day, holiday) for day, holiday in found if first <= day <= last]


def _moved(moment: Moment, days: int, step: timedelta) -> Moment:
    if days < 0:
        raise ValueError("days must not be negative")
    while days:
        moment += step
        days -= is_business_day(moment)
    return moment


def _observed(day: date) -> date:
    return day + {5: -_DAY, 6: _DAY}.get(day.weekday(), timedelta(0))


def _dated(year: int) -> tuple[tuple[date, Holiday], ...]:
    """The holidays of `year` by law, before anything is moved."""
    return (
        (date(year, 1, 1), Holiday.NEW_YEAR),
        (_nth(year, 1, 0, 3), Holiday.KING),
        (_nth(year, 2, 0, 3), Holiday.WASHINGTON),
        (_nth(year, 6, 0, 1) - 7 * _DAY, Holiday.MEMORIAL),
        # By law since 17 June 2021 (Public Law 117-17).
        *(((date(year, 6, 19), Holiday.JUNETEENTH),) if year >= 2021 else ()),
        (date(year, 7, 4), Holiday.INDEPENDENCE),
        (_nth(year, 9, 0, 1), Holiday.LABOR),
        (_nth(year, 10, 0, 2), Holiday.COLUMBUS),
        (date(year, 11, 11), Holiday.VETERANS),
        (_nth(year, 11, 3, 4), Holiday.THANKSGIVING),
        (date(year, 12, 25), Holiday.CHRISTMAS),
    )


def _nth(year: int, month: int, weekday: int, count: int) -> date:
    """The `count`th `weekday` (0 Monday) of a month."""
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (count - 1))
