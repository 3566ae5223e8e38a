"""Two times. Machine time is the database's clock and never moves; business time is that plus one offset.

Leases, quarantine and retries are machine time. Due dates, reading plans and dates on pages are
business time. The offset belongs to the practice registry; without one it is nought.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
import structlog
from django.conf import settings
from django.db import connection

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Times:
    """One reading of both clocks. Read once per step and passed on, so that tests can inject their own."""

    machine: datetime
    business: datetime


def read() -> Times:
    """Both times, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT clock_timestamp(), (SELECT coalesce(max(offset_seconds), 0) FROM clock_clock WHERE id = 1)"
        )
        machine, offset = cursor.fetchone()
    return Times(machine, machine + timedelta(seconds=offset))


def follow_practice() -> bool:
    """Take over the practice registry's offset, if there is one; False when it does not answer.

    Loopback and a few bytes, so half a second is generous, and a dead registry does not hold up the tick.
    """
    if not settings.PRACTICE_URL:
        return True
    try:
        answer = httpx.get(f"{settings.PRACTICE_URL}/clock", timeout=0.5, trust_env=False)
        offset = int(answer.raise_for_status().json()["offset_seconds"])
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as problem:
        log.warning("practice clock not read", error=type(problem).__name__)
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO clock_clock (id, offset_seconds) VALUES (1, %s)"
            " ON CONFLICT (id) DO UPDATE SET offset_seconds = excluded.offset_seconds"
            " WHERE clock_clock.offset_seconds <> excluded.offset_seconds",
            [offset],
        )
    return True
