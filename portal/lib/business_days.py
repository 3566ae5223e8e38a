"""Business days: Monday to Friday. Public holidays are not known here, so a span may be longer in truth."""

from __future__ import annotations

from datetime import datetime, timedelta

# date.weekday() of the first day that is none.
_SATURDAY = 5


def business_days_before(moment: datetime, days: int) -> datetime:
    """The moment `days` business days earlier, at the same time of day. Raises ValueError for less than 0."""
    if days < 0:
        raise ValueError("days must not be negative")
    weeks, rest = divmod(days, _SATURDAY)
    earlier = moment - timedelta(weeks=weeks)
    while rest:
        earlier -= timedelta(days=1)
        rest -= earlier.weekday() < _SATURDAY
    return earlier
