"""Knocking: something happened to the thing of this key, so look at it now.

Due rows are found across organizations as the role `portal_claimer`, which sees times and keys and nothing
else. A knock moves a row to the front and never says what is true. One that comes while somebody holds the
row is kept beside the lease (`Due.knocked_at`), and the row is due again as soon as it is given back.

A submission is knocked at too: an event under its key proves that the carrier has it, so an outcome that is
unknown is searched at once, and what is about to be sent is searched first (`lifecycle.doubting`). A search
that an event brought forward may find it, but its "not found" does not end the quarantine.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from portal.clock import Times
from portal.lifecycle.models import Due

_KNOCK = """
    UPDATE lifecycle_due
       SET due_at = least(due_at, CASE kind WHEN %(watch)s THEN %(business)s ELSE %(machine)s END),
           knocked_at = %(machine)s
     WHERE item = ANY(%(items)s)
"""


@dataclass(frozen=True, slots=True)
class Door:
    """A due row that an event may knock at."""

    item: UUID
    organization_id: UUID
    kind: str


def doors(account: str, key: UUID) -> list[Door]:
    """What is due or waiting under `key`."""
    with _as_claimer() as cursor:
        cursor.execute(
            "SELECT item, organization_id, kind FROM lifecycle_due WHERE account = %s AND key = %s",
            [account, key],
        )
        return [Door(*row) for row in cursor.fetchall()]


def knock(items: Collection[UUID], times: Times) -> int:
    """Make the rows of `items` due now, watches by business time; how many there were."""
    if not items:
        return 0
    with _as_claimer() as cursor:
        cursor.execute(
            _KNOCK,
            {
                "watch": Due.WATCH,
                "business": times.business,
                "machine": times.machine,
                "items": list(items),
            },
        )
        return int(cursor.rowcount)


@contextmanager
def _as_claimer() -> Iterator[CursorWrapper]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE portal_claimer")
        yield cursor
        # Inside an outer transaction the role would stay until that one ends.
        cursor.execute("SET LOCAL ROLE NONE")
