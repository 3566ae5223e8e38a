"""Arithmetic of periods: pure functions over moments (business time) and the time zone in which people read them.

A period is three calendar months from the activation, by the clock on the organization's wall: what became active on
30 January ends on 30 April, whatever UTC says, and at the same time of day across a change of the clocks. Periods
are counted from the activation and not from each other, so that 31 January goes on to 30 April and 31 July.
Where the carrier names a day, none of this is asked: its own date wins.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

# A period is asked for between these two distances from its end: late enough that little is paid ahead, early enough
# that a refusal leaves a week. Where in between is drawn by the registration's id, so that ten thousand of one day
# are spread over a week, and each look finds the same moment.
ASKED_FROM = timedelta(days=14)
SPREAD = timedelta(days=7)
# A carrier's date that moves by less than this part of a period is a correction; by more, it is another period.
_HALF = 15
# Five years of periods: a carrier's date that is further away is a mistake, and no reason to count for ever.
MOST = 20


def on_the_wall(moment: datetime, zone: ZoneInfo) -> datetime:
    """What the clock on the wall in `zone` shows at `moment`: without an offset."""
    return moment.astimezone(zone).replace(tzinfo=None)


def from_the_wall(shown: datetime, zone: ZoneInfo) -> datetime:
    """When the clock in `zone` shows `shown`, in UTC.

    A time that is skipped in spring is the one as much later; of a time that comes twice in autumn, the first.
    """
    return shown.replace(tzinfo=zone, fold=0).astimezone(UTC)


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """The day in `zone` on which `moment` falls."""
    return moment.astimezone(zone).date()


def add_months(moment: datetime, months: int, zone: ZoneInfo) -> datetime:
    """The same day and time of day `months` later in `zone`; the last day of a month that is too short for it."""
    shown = on_the_wall(moment, zone)
    whole = shown.month - 1 + months
    year, month = shown.year + whole // 12, whole % 12 + 1
    day = min(shown.day, calendar.monthrange(year, month)[1])
    return from_the_wall(shown.replace(year=year, month=month, day=day), zone)


def end_of(activated: datetime, number: int, months: int, zone: ZoneInfo) -> datetime:
    """When the `number`-th period (1 = the first) of what became active at `activated` ends, by our own count."""
    return add_months(activated, months * number, zone)


def days_before(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same time of day `days` earlier, by the clock in `zone`."""
    return from_the_wall(on_the_wall(moment, zone) - timedelta(days=days), zone)


def last_third(starts: datetime, ends: datetime) -> datetime:
    """When the last third of a period begins: from then on its renewal has to be confirmed."""
    return ends - (ends - starts) / 3


def asked_from(deadline: datetime, seed: UUID) -> datetime:
    """When the period after `deadline` is asked for: always the same moment for the same `seed`, spread over a week."""
    return deadline - ASKED_FROM + SPREAD * (int.from_bytes(seed.bytes[:4]) / 2**32)


def is_next(ends: datetime, says: datetime, months: int) -> bool:
    """Is the carrier's date `says` that of a later period than the one that ends at `ends`, and no correction?"""
    return says - ends >= timedelta(days=months * _HALF)


def following(ends: datetime, until: datetime, months: int, zone: ZoneInfo) -> list[datetime]:
    """The ends of the periods that lie between `ends` and the carrier's date `until`, the last one as it says.

    More than one where nobody looked for longer than a period.
    """
    found: list[datetime] = []
    while len(found) < MOST - 1:
        following_end = add_months(ends, months * (len(found) + 1), zone)
        if not is_next(following_end, until, months):
            break
        found.append(following_end)
    return [*found, until]


def reached(deadline: datetime, days: Sequence[int], now: datetime, zone: ZoneInfo) -> int | None:
    """The smallest of `days` before `deadline` that has come by `now`; None before the first."""
    return min((one for one in days if now >= days_before(deadline, one, zone)), default=None)
