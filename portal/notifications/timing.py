"""When a mail may leave, by the clock on the recipient's wall: quiet hours and the daily mail.

A wall clock skips an hour in spring and shows one twice in autumn. Quiet hours are read so that they
never end early: of two possible beginnings the earlier counts, of two possible ends the later. The
daily mail comes once a day: at the first of two equal times, and at a time that is skipped as RFC 5545
3.3.5 reads it, with the offset from before the jump (02:30 is then 03:30).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.notifications.kinds import Delivery
from portal.notifications.models import DIGEST_AT

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wall:
    """One person's hours: their zone, quiet hours (None for none) and the hour of the daily mail."""

    zone: ZoneInfo
    quiet_from: time | None = None
    quiet_until: time | None = None
    digest_at: time = DIGEST_AT


def due(delivery: Delivery, wall: Wall, now: datetime) -> datetime | None:
    """When what happened `now` (business time, aware) is mailed; None when it is not mailed at all."""
    match delivery:
        case Delivery.AT_ONCE:
            return _out_of_quiet(wall, now)
        case Delivery.DAILY:
            return _out_of_quiet(wall, next_digest(wall, now))
    return None


def next_digest(wall: Wall, now: datetime) -> datetime:
    """The first daily mail after `now`."""
    today = now.astimezone(wall.zone).date()
    days = (today + offset * _DAY for offset in range(3))
    return next(moment for day in days if (moment := _moments(wall, day, wall.digest_at)[0]) > now)


def _out_of_quiet(wall: Wall, at: datetime) -> datetime:
    """`at`, or the end of the quiet hours that it falls into."""
    if wall.quiet_from is None or wall.quiet_until is None:
        return at
    over_midnight = wall.quiet_from > wall.quiet_until
    today = at.astimezone(wall.zone).date()
    for begins in (today - _DAY, today):
        ends = begins + _DAY if over_midnight else begins
        start = min(_moments(wall, begins, wall.quiet_from))
        end = max(_moments(wall, ends, wall.quiet_until))
        if start <= at < end:
            return end
    return at


def _moments(wall: Wall, day: date, clock: time) -> tuple[datetime, datetime]:
    """The two readings of a wall-clock time, the same but where the clock skips or repeats it."""
    local = datetime.combine(day, clock, wall.zone)
    return local.replace(fold=0).astimezone(UTC), local.replace(fold=1).astimezone(UTC)
