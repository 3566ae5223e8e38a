"""Claiming: taking due rows so that nobody else has them, for as long as the lease lasts.

Runs as the role `portal_claimer`, which can see the table `due` and whether an account may be asked, and
nothing else. SKIP LOCKED keeps claimers out of each other's way; `attempt` is what fences off a holder that
outlived its lease.

A queue is what is due of one account, kind and urgency. Inside a queue organizations take turns, so that one
row does not wait behind somebody else's 50,000: each process goes round among those with something due, in
the order of their ids, from where it was last. That needs no write and no lock beside the claim itself, and
nothing of whoever makes rows; with n processes each organization gets its share n times over.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Case, F, Q, Value, When

from portal.clock import Times
from portal.lifecycle.gate import BREAKER
from portal.lifecycle.models import Due
from portal.lifecycle.schedule import LEASE

# So many rows that are due longest are looked at: fewer, and they are all there is, with every organization
# that has something due among them.
FRONT = 64
# Beyond that the next organization with something due is looked for by its id; at most so many are passed by
# in one claim (3 buffers each), and the next claim goes on from there.
PASSED_BY = 200

_FREE = "(lease_until IS NULL OR lease_until < %(machine)s)"
_OF_QUEUE = "account = %(account)s AND kind = %(kind)s AND background = %(background)s"

# Which queues have something to claim, whose account may be asked? One descent into the index per queue, so
# that it costs the same over ten rows and over a hundred thousand; LIMIT keeps it from becoming a join.
_QUEUES = """
    WITH RECURSIVE clocks AS MATERIALIZED (
         SELECT coalesce(%(machine)s::timestamptz, clock_timestamp()) AS machine,
                coalesce(%(business)s::timestamptz,
                         clock_timestamp() + make_interval(secs => coalesce(
                             (SELECT max(offset_seconds) FROM clock_clock WHERE id = 1), 0))) AS business
    ), queue AS (
        (SELECT account, kind, background FROM lifecycle_due ORDER BY account, kind, background LIMIT 1)
         UNION ALL
        SELECT following.* FROM queue, LATERAL (
               SELECT account, kind, background FROM lifecycle_due AS row
                WHERE (row.account, row.kind, row.background) > (queue.account, queue.kind, queue.background)
                ORDER BY account, kind, background LIMIT 1) AS following
    )
  SELECT queue.account, queue.kind, queue.background FROM clocks CROSS JOIN queue
    LEFT JOIN lifecycle_carrieraccount AS gate ON gate.account = queue.account
   WHERE NOT coalesce(gate.refused_key = ANY (%(keys)s)
                      OR gate.paused_for = 'person' AND queue.kind = 'submission'
                      OR gate.wait_until > clocks.machine
                      OR gate.open_until > clocks.machine AND gate.open_until <= clocks.machine + %(breaker)s, false)
     AND (SELECT true FROM lifecycle_due AS row
                  WHERE (row.account, row.kind, row.background) = (queue.account, queue.kind, queue.background)
                    AND due_at <= CASE queue.kind WHEN 'watch' THEN clocks.business ELSE clocks.machine END
                    AND (lease_until IS NULL OR lease_until < clocks.machine) LIMIT 1)
"""

# Whose turn is it? With few rows due, the next organization among them; else the next one that has something
# due, from organization to organization through the index.
_TURN = f"""
    WITH RECURSIVE front AS MATERIALIZED (
         SELECT organization_id FROM lifecycle_due
          WHERE {_OF_QUEUE} AND due_at <= %(now)s AND {_FREE} ORDER BY due_at LIMIT {FRONT}
    ), walk AS (
        (SELECT organization_id, due_at, 1 AS step FROM lifecycle_due
          WHERE {_OF_QUEUE} AND organization_id > %(after)s AND {_FREE}
            AND (SELECT count(*) FROM front) = {FRONT}
          ORDER BY organization_id, due_at LIMIT 1)
         UNION ALL
        SELECT following.*, step + 1 FROM walk, LATERAL (
               SELECT organization_id, due_at FROM lifecycle_due AS row
                WHERE {_OF_QUEUE} AND row.organization_id > walk.organization_id AND {_FREE}
                ORDER BY organization_id, due_at LIMIT 1) AS following
         WHERE walk.due_at > %(now)s AND step < {PASSED_BY}
    )
  SELECT (SELECT count(*) FROM front) = {FRONT},
         (SELECT organization_id FROM front ORDER BY organization_id <= %(after)s, organization_id LIMIT 1),
         (SELECT organization_id FROM front LIMIT 1),
         (SELECT organization_id FROM walk WHERE due_at <= %(now)s),
         (SELECT organization_id FROM walk WHERE step = {PASSED_BY})
"""  # noqa: S608  nothing but constants

# MATERIALIZED: a plan that repeats the sub-select for each row would take more rows than the limit.
_TAKE = f"""
    WITH due AS MATERIALIZED (
         SELECT item FROM lifecycle_due
          WHERE {_OF_QUEUE} AND due_at <= %(now)s AND {_FREE}
          ORDER BY due_at LIMIT %(limit)s
            FOR UPDATE SKIP LOCKED)
  UPDATE lifecycle_due AS row
     SET attempt = attempt + 1, lease_until = %(lease_until)s, knocked_at = NULL
    FROM due WHERE row.item = due.item
 RETURNING row.item, organization_id, account, kind, attempt, background
"""  # noqa: S608  nothing but constants
_TAKE_OF = _TAKE.replace(_OF_QUEUE, f"{_OF_QUEUE} AND organization_id = %(whose)s")


@dataclass(frozen=True, slots=True)
class Queue:
    """What is claimed together: work of one kind for one account, for people who wait or in the background."""

    account: str
    kind: str
    background: bool

    @property
    def interactive(self) -> bool:
        """Does somebody wait for it in front of a page? Readings make a badge true; nobody asked for one."""
        return self.kind == Due.SUBMISSION and not self.background


@dataclass(frozen=True, slots=True)
class Claim:
    """A due row that is ours until the lease runs out: at `good_until`, by this machine's monotonic clock."""

    item: UUID
    organization_id: UUID
    account: str
    kind: str
    attempt: int
    good_until: float = math.inf
    background: bool = False


# Who was last served from a queue, in this process.
_last: dict[Queue, UUID] = {}
_BEFORE_ALL = UUID(int=0)


def queues(times: Times | None = None, *, keys: Iterable[str] = ()) -> list[Queue]:
    """The queues from which something can be claimed now: by `times`, or by the database's clocks as they are.

    Those of an account that must not be asked are left out: paused (of a person's pause, submissions), told to
    wait, with an open breaker, or refused under one of `keys`, the marks of the API keys in use.
    """
    values: dict[str, Any] = {
        # None: the database reads its clocks itself, so that an idle worker asks one thing a look.
        "machine": times and times.machine,
        "business": times and times.business,
        "keys": list(keys),
        # Longer than a breaker is ever open: beyond that the database's clock was set back.
        "breaker": 2 * BREAKER,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE portal_claimer")
        cursor.execute(_QUEUES, values)
        found = [Queue(*row) for row in cursor.fetchall()]
        # Inside an outer transaction the role would stay until that one ends.
        cursor.execute("SET LOCAL ROLE NONE")
    return found


def take(queue: Queue, times: Times, *, limit: int = 1) -> list[Claim]:
    """Take up to `limit` due rows of `queue`, all of the organization whose turn it is.

    Submissions and jobs are due by machine time, watches by business time. The loop takes one row at a time: a lease is
    as long as one call needs, and a row that waits in a process is one that nobody else can do.
    """
    now = times.business if queue.kind == Due.WATCH else times.machine
    values: dict[str, Any] = {
        "account": queue.account,
        "kind": queue.kind,
        "background": queue.background,
        "now": now,
        "machine": times.machine,
        "lease_until": times.machine + LEASE,
        "limit": limit,
        "after": _last.get(queue, _BEFORE_ALL),
    }
    started = time.monotonic()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE portal_claimer")
        whose, reached = _turn(cursor, values)
        if whose is None:
            rows = []
        else:
            cursor.execute(_TAKE_OF, {**values, "whose": whose})
            rows = cursor.fetchall()
            if not rows:
                # Others took all that this organization had due, this very moment: then anybody's turn.
                cursor.execute(_TAKE, values)
                rows = cursor.fetchall()
        cursor.execute("SET LOCAL ROLE NONE")
    _last[queue] = reached or _BEFORE_ALL
    good_until = started + LEASE.total_seconds()
    return [
        Claim(item, organization_id, account, kind, attempt, good_until, background)
        for item, organization_id, account, kind, attempt, background in rows
    ]


def _turn(cursor: CursorWrapper, values: dict[str, Any]) -> tuple[UUID | None, UUID | None]:
    """Whose rows to take, and up to whom everybody had a turn (None: begin anew)."""
    cursor.execute(_TURN, values)
    crowded, next_in_front, longest, next_due, passed_by = cursor.fetchone()
    if not crowded:
        return next_in_front, next_in_front
    if next_due is None and passed_by is None and values["after"] != _BEFORE_ALL:
        # The round is over: the next one begins with the first.
        return _turn(cursor, {**values, "after": _BEFORE_ALL})
    # Nobody among those passed by: whoever waits longest, and on from there next time.
    return next_due or longest, next_due or passed_by


def again(claim: Claim, *, at: datetime) -> bool:
    """Give the row back, due `at`. False when the claim was no longer ours: then nothing changed.

    A row that was knocked at while we held it stays due at once: an event causes a look after it.
    """
    knocked = Q(knocked_at__isnull=False)
    due_at = Case(When(knocked, then=F("due_at")), default=Value(at))
    return bool(_ours(claim).update(due_at=due_at, lease_until=None))


def done(claim: Claim) -> bool:
    """Nothing more to do for this item. False when the claim was no longer ours."""
    return bool(_ours(claim).delete()[0])


def extend(claim: Claim, *, until: datetime) -> bool:
    """Hold the row longer than the usual lease. False when the claim was no longer ours."""
    return bool(_ours(claim).update(lease_until=until))


def _ours(claim: Claim):  # type: ignore[no-untyped-def]
    return Due.objects.filter(item=claim.item, attempt=claim.attempt)
