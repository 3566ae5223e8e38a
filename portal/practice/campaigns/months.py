"""Calendar months: the length of a campaign's period."""

from __future__ import annotations

import calendar
from datetime import datetime

# "SMS campaigns have a life cycle of three months" (the product's own document); the registry bills quarterly.
PERIOD = 3


def months_after(start: datetime, months: int) -> datetime:
    """The same day and time `months` calendar months later; the last of the month where there is no such day.

    Counted from the first day of all, so a campaign of 31 January ends on 30 April and then on 31 July.
    """
    year, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + year, month + 1
    return start.replace(year=year, month=month, day=min(start.day, calendar.monthrange(year, month)[1]))
