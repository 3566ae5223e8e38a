"""Claiming: taking due rows so that nobody else has them, for as long as the lease lasts.

Runs as the role `portal_claimer`, which can see the table `due` and nothing else. SKIP LOCKED
keeps claimers out of each other's way; `attempt` is what fences off a holder that outlived its lease.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Case, F, Q, Value, When

from portal.clock import Times
from portal.lifecycle.models import Due
from portal.lifecycle.schedule import LEASE

# MATERIALIZED: a plan that repeats the sub-select for each row would take more rows than the limit.
_CLAIM = """
    WITH due AS MATERIALIZED (
         SELECT item FROM lifecycle_due
          WHERE kind = %(kind)s AND due_at <= %(now)s
            AND (lease_until IS NULL OR lease_until < %(machine)s)
          ORDER BY due_at LIMIT %(limit)s
            FOR UPDATE SKIP LOCKED)
  UPDATE lifecycle_due AS row
     SET attempt = attempt + 1, lease_until = %(lease_until)s, knocked_at = NULL
    FROM due WHERE row.item = due.item
 RETURNING row.item, organization_id, account, kind, attempt
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A due row that is ours until the lease runs out: at `good_until`, by this machine's monotonic clock."""

    item: UUID
    organization_id: UUID
    account: str
    kind: str
    attempt: int
    good_until: float = math.inf


def claim(kind: str, times: Times, *, limit: int = 1) -> list[Claim]:
    """Take up to `limit` due rows of `kind`; submissions are due by machine time, watches by business time."""
    now = times.machine if kind == Due.SUBMISSION else times.business
    started = time.monotonic()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE portal_claimer")
        cursor.execute(
            _CLAIM,
            {
                "kind": kind,
                "now": now,
                "machine": times.machine,
                "lease_until": times.machine + LEASE,
                "limit": limit,
            },
        )
        good_until = started + LEASE.total_seconds()
        claims = [
            Claim(item, organization_id, account, kind, attempt, good_until)
            for item, organization_id, account, kind, attempt in cursor.fetchall()
        ]
        # Inside an outer transaction the role would stay until that one ends.
        cursor.execute("SET LOCAL ROLE NONE")
    return claims


def again(claim: Claim, *, at: datetime) -> bool:
    """Give the row back, due `at`. False when the claim was no longer ours: then nothing changed.

    A row that was knocked at while we held it stays due at once: an event causes a look after it.
    """
    knocked = Q(knocked_at__isnull=False)
    due_at = Case(When(knocked, then=F("due_at")), default=Value(at))
    turn = Case(When(knocked, then=F("turn")), default=Value(at))
    return bool(_ours(claim).update(due_at=due_at, turn=turn, lease_until=None))


def done(claim: Claim) -> bool:
    """Nothing more to do for this item. False when the claim was no longer ours."""
    return bool(_ours(claim).delete()[0])


def extend(claim: Claim, *, until: datetime) -> bool:
    """Hold the row longer than the usual lease. False when the claim was no longer ours."""
    return bool(_ours(claim).update(lease_until=until))


def _ours(claim: Claim):  # type: ignore[no-untyped-def]
    return Due.objects.filter(item=claim.item, attempt=claim.attempt)
