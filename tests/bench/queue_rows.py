"""Rows of the table of due work, made in bulk, and the peer's way of claiming them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
from django.db import connection, transaction

from portal.clock import Times
from portal.lifecycle.claiming import Queue
from portal.lifecycle.schedule import LEASE
from tests.conftest import owner_url, superuser_url

# First in, first out, with SKIP LOCKED: what the usual queues on PostgreSQL do.
_PEER = """
    WITH due AS MATERIALIZED (
         SELECT item FROM lifecycle_due
          WHERE account = %(account)s AND kind = %(kind)s AND background = %(background)s
            AND due_at <= %(now)s AND (lease_until IS NULL OR lease_until < %(now)s)
          ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
  UPDATE lifecycle_due AS row SET attempt = attempt + 1, lease_until = %(lease_until)s
    FROM due WHERE row.item = due.item RETURNING row.item, organization_id
"""


def fill(
    queue: Queue,
    count: int,
    *,
    first: datetime,
    apart: timedelta = timedelta(microseconds=1),
    whose: UUID | None = None,
) -> UUID:
    """`count` rows of one organization, the first due at `first`, each `apart` from the one before."""
    organization = whose or uuid4()
    with psycopg.connect(superuser_url(), autocommit=True) as server:
        server.execute(
            "INSERT INTO lifecycle_due (item, organization_id, account, kind, background, due_at, attempt)"
            " SELECT gen_random_uuid(), %s, %s, %s, %s, %s + (n - 1) * %s, 0 FROM generate_series(1, %s) AS n",
            [organization, queue.account, queue.kind, queue.background, first, apart, count],
        )
    return organization


def settle() -> None:
    """Statistics and visibility as a database has them that was not filled a second ago."""
    with psycopg.connect(owner_url(), autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE lifecycle_due")


def empty() -> None:
    """No rows."""
    with psycopg.connect(owner_url(), autocommit=True) as owner:
        owner.execute("TRUNCATE lifecycle_due")


def as_claimer(statement: str, values: Any) -> list[Any]:
    """Rows of one statement by the claimer's role."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE portal_claimer")
        cursor.execute(statement, values)
        found = cursor.fetchall() if cursor.description else []
        cursor.execute("SET LOCAL ROLE NONE")
    return found


def peer_take(queue: Queue, times: Times, *, limit: int) -> list[tuple[UUID, UUID]]:
    """The peer's claim: item and organization of up to `limit` rows."""
    values = {
        "account": queue.account,
        "kind": queue.kind,
        "background": queue.background,
        "now": times.machine,
        "lease_until": times.machine + LEASE,
        "limit": limit,
    }
    return as_claimer(_PEER, values)
