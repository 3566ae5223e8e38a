"""Sealing: what was written since the last look is linked into its chain.

Events are added by many transactions at once, so ids commit out of order and no event can name its
predecessor when it is written. It is queued by a trigger instead, and linked here, batch by batch. Until
then a change leaves no trace, which is what the interval in `portal.beat` is for.
"""

from __future__ import annotations

import time
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from portal.audit.chain import ABSENT, COLUMNS, SEAL, VERSION, encoded, first_seal, genesis, linked
from portal.audit.sealer import as_sealer, of_chain, turn_to

log = structlog.get_logger(__name__)

# Rows of one seal: some 4 MB in memory, and well under a second.
BATCH = 5000
# Of the advisory lock: one sealer at a time, because each seal names the one before it.
LOCK = 0x5EA1


class Sealed(NamedTuple):
    """What one seal covers; `digest` is the new head of all seals."""

    number: int
    organization_id: UUID | None
    first_position: int
    last_position: int
    digest: bytes


def run(*, seconds: float, batch: int = BATCH) -> int:
    """Seal until nothing is left or `seconds` have passed; the number of events. One broken chain stops no other.

    Every seal is logged: kept apart from the database, those lines are what `verify_audit --anchors` reads.
    """
    stop_at = time.monotonic() + seconds
    events = 0
    chains = _chains()
    while chains and time.monotonic() < stop_at:
        for organization_id in list(chains):
            try:
                sealed = seal(organization_id, batch=batch)
            except (OperationalError, InterfaceError):
                raise
            except DatabaseError:
                log.exception("audit log not sealed", organization=str(organization_id or "house"))
                sealed = None
            if sealed is None:
                chains.remove(organization_id)
                continue
            size = sealed.last_position - sealed.first_position + 1
            events += size
            log.info(
                "audit log sealed",
                seal=sealed.number,
                digest=sealed.digest.hex(),
                organization=str(organization_id or "house"),
                events=size,
            )
    return events


def _chains() -> list[UUID | None]:
    """The chains that have something to seal."""
    with as_sealer(), connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT organization_id FROM audit_unsealed")
        return [organization_id for (organization_id,) in cursor.fetchall()]


def seal(organization_id: UUID | None, *, batch: int = BATCH) -> Sealed | None:
    """Link at most `batch` waiting events of one chain and seal them, all or nothing.

    None when nothing waits, or when another sealer is at work.
    """
    with as_sealer(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return None
        turn_to(organization_id)
        waiting = _waiting(cursor, organization_id, batch)
        if not waiting:
            return None
        last_position, head = _end_of(cursor, organization_id)
        digests = []
        for event_id, fields in waiting:
            if fields is None:
                log.error("an event was gone before it was sealed", event_id=event_id)
            head = linked(head, encoded(fields) if fields else ABSENT)
            digests.append(head)
        events = [event_id for event_id, _ in waiting]
        _link(cursor, organization_id, last_position, events, digests)
        return _seal(cursor, organization_id, last_position + 1, last_position + len(events), head)


def _waiting(
    cursor: Any, organization_id: UUID | None, batch: int
) -> list[tuple[int, tuple[str | None, ...] | None]]:
    """The ids and fields of the events that wait, by id; no fields where the event is gone."""
    # By the key, always: where statistics lag behind, the planner would rather read the whole log each time
    # (measured: 0.20 s a batch of 300,000 rows, and growing, against 0.08 s).
    cursor.execute(
        "SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_seqscan = off"
    )
    chain, values = of_chain(organization_id, "u")
    cursor.execute(
        f"SELECT u.event_id FROM audit_unsealed u WHERE {chain} ORDER BY u.event_id LIMIT %s",  # noqa: S608
        [*values, batch],
    )
    waiting = [event_id for (event_id,) in cursor.fetchall()]
    cursor.execute(
        f"SELECT e.id, {', '.join(COLUMNS.values())} FROM audit_event e WHERE e.id = ANY(%s)",  # noqa: S608
        [waiting],
    )
    found = {event_id: tuple(fields) for event_id, *fields in cursor.fetchall()}
    return [(event_id, found.get(event_id)) for event_id in waiting]


def _end_of(cursor: Any, organization_id: UUID | None) -> tuple[int, bytes]:
    """Where the chain ends, by its last seal: what somebody took off behind it is not silently replaced."""
    chain, values = of_chain(organization_id, "s")
    cursor.execute(
        f"SELECT s.last_position, s.head FROM audit_seal s WHERE {chain} ORDER BY s.number DESC LIMIT 1",  # noqa: S608
        values,
    )
    found = cursor.fetchone()
    return (found[0], bytes(found[1])) if found else (0, genesis(organization_id))


def _link(
    cursor: Any, organization_id: UUID | None, after: int, events: list[int], digests: list[bytes]
) -> None:
    cursor.execute(
        "INSERT INTO audit_link (event_id, organization_id, position, digest)"
        " SELECT event_id, %s::uuid, %s::bigint + place, digest"
        " FROM unnest(%s::bigint[], %s::bytea[]) WITH ORDINALITY AS one (event_id, digest, place)",
        [organization_id, after, events, digests],
    )
    cursor.execute("DELETE FROM audit_unsealed WHERE event_id = ANY(%s)", [events])


def _seal(cursor: Any, organization_id: UUID | None, first: int, last: int, head: bytes) -> Sealed:
    cursor.execute("SELECT number, digest FROM audit_seal ORDER BY number DESC LIMIT 1")
    found = cursor.fetchone()
    number, before = (found[0] + 1, bytes(found[1])) if found else (1, first_seal())
    # Printed by the database, as the one who verifies will have it printed.
    cursor.execute(
        f"SELECT {', '.join(SEAL.values())} FROM (SELECT %s::int AS version, %s::bigint AS number,"  # noqa: S608
        " %s::uuid AS organization_id, %s::bigint AS first_position, %s::bigint AS last_position,"
        " %s::bytea AS head, clock_timestamp() AS sealed_at) s",
        [VERSION, number, organization_id, first, last, head],
    )
    fields = cursor.fetchone()
    digest = linked(before, encoded(fields))
    cursor.execute(
        f"INSERT INTO audit_seal ({', '.join(SEAL)}, digest) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",  # noqa: S608
        [VERSION, number, organization_id, first, last, head, fields[-1], digest],
    )
    return Sealed(number, organization_id, first, last, digest)
