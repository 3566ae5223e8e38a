"""Verifying: does every event still stand where it was sealed, word for word?

Reads everything once, in one moment of the database, as `portal_sealer`: nothing is changed, and events that
are written meanwhile do no harm. The first bad row is named, and what was done to it as far as hashes tell.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from portal.audit.chain import ABSENT, COLUMNS, SEAL, encoded, first_seal, genesis, linked
from portal.audit.damage import Damage, Fields, Finding, Row
from portal.audit.sealer import as_sealer, of_chain, turn_to

# Sealing looks every few seconds; whoever waits this long is not being sealed.
LATE = timedelta(minutes=15)
# Rows fetched at a time.
PAGE = 5000


@dataclass(slots=True)
class Verified:
    """What was found out about one chain."""

    organization_id: UUID | None
    links: int = 0
    absent: int = 0
    waiting: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def events(self) -> int:
        """How many events there are, sealed or not."""
        return self.links - self.absent + self.waiting


@dataclass(slots=True)
class Report:
    """What was found out about the whole log, or about the chains that were asked for."""

    chains: list[Verified]
    seals: int
    findings: list[Finding]
    seconds: float


def verify(
    organizations: Sequence[UUID | None] | None = None,
    *,
    all_of: Sequence[UUID] = (),
    anchors: Mapping[str, int | None] | None = None,
    late: timedelta = LATE,
) -> Report:
    """Verify the chains of `organizations` (None in it: the house), or all of them, and all seals.

    `all_of`: the organizations that there are; those that the seals name are added. `anchors`: digests of
    seals that were kept outside, in hex, each with the seal's number where it is known.
    """
    started = time.monotonic()
    with as_sealer(looking=True):
        seals, findings = _seals(anchors or {})
        if organizations is None:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT DISTINCT organization_id FROM audit_seal WHERE organization_id IS NOT NULL"
                )
                organizations = [None, *sorted({*all_of, *(row[0] for row in cursor.fetchall())}, key=str)]
        chains = [_chain(organization_id, late) for organization_id in organizations]
    findings += [finding for chain in chains for finding in chain.findings]
    return Report(chains, seals, findings, time.monotonic() - started)


def _rows(sql: str, values: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    """The rows of a query, fetched page by page: the log is larger than memory."""
    # Rows are wanted in order and from the first on: an index that has the order beats sorting everything.
    with connection.cursor() as setting:
        setting.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_sort = off")
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, values)
        while rows := cursor.fetchmany(PAGE):
            yield from rows


# --- the seals, which hold the chains together


def _seals(anchors: Mapping[str, int | None]) -> tuple[int, list[Finding]]:
    """Are the seals complete and unchanged, and are the ones that were kept outside among them?"""
    findings: list[Finding] = []
    known = {int(number): digest for digest, number in anchors.items() if number is not None}
    missing = {digest for digest, number in anchors.items() if number is None}
    before, doubt, expected = first_seal(), b"", 1
    columns = ", ".join(SEAL.values())
    sql = f"SELECT s.number, s.organization_id, s.digest, {columns} FROM audit_seal s ORDER BY s.number"  # noqa: S608
    for number, organization_id, stored, *fields in _rows(sql, []):
        if number != expected:
            findings.append(Finding.of_seals(expected, number - 1))
        digest, what = bytes(stored), encoded(fields)
        right = linked(before, what)
        if digest != right and doubt and linked(doubt, what) == digest:
            # The one before is right but for its digest, and has been named.
            right = digest
        doubt = right if digest != right and number == expected else b""
        if doubt:
            findings.append(Finding.of_seal(number, organization_id))
        missing.discard(digest.hex())
        if known.pop(number, digest.hex()) != digest.hex():
            findings.append(Finding.of_rewritten_seal(number, organization_id))
        before, expected = digest, number + 1
    findings += [Finding.of_lost_anchor(digest, number) for number, digest in sorted(known.items())]
    findings += [Finding.of_lost_anchor(digest, None) for digest in sorted(missing)]
    return expected - 1, findings


# --- one chain


def _chain(organization_id: UUID | None, late: timedelta) -> Verified:
    turn_to(organization_id)
    verified = Verified(organization_id)
    damage = Damage(organization_id)
    _follow(verified, damage)
    for event_id, fields, queued, age in _unlinked(organization_id):
        verified.waiting += 1
        if not queued:
            damage.unplaced(event_id, fields)
        elif age > late:
            damage.late(event_id, age)
    damage.gone_while_waiting(_gone(organization_id))
    verified.findings = damage.findings()
    return verified


def _follow(verified: Verified, damage: Damage) -> None:
    """Walk the chain from its first link to its last, beside its seals."""
    chain, values = of_chain(verified.organization_id, "l")
    sql = (
        f"SELECT l.position, l.event_id, l.digest, {', '.join(COLUMNS.values())} FROM audit_link l"  # noqa: S608
        f" LEFT JOIN audit_event e ON e.id = l.event_id WHERE {chain} ORDER BY l.position"
    )
    seals = _seals_of(verified.organization_id)
    number, last, head = next(seals, (0, 0, b""))
    previous, doubt, expected = genesis(verified.organization_id), b"", 1
    for position, event_id, stored, *columns in _rows(sql, values):
        fields: Fields | None = tuple(columns) if columns[0] is not None else None
        digest, what = bytes(stored), encoded(fields) if fields else ABSENT
        row = Row(position, event_id, previous, digest, fields)
        verified.links += 1
        right = linked(previous, what)
        if position != expected:
            # What stood before it is not known, so it cannot be judged by it.
            damage.hole(expected, position - 1, previous, row)
            right = digest
        if fields is None:
            verified.absent += 1
            damage.gone(row, queued=position == expected and digest == right)
            right = digest
        elif digest != right and doubt and linked(doubt, what) == digest:
            # It is the link before it that was changed, not that event and not this one.
            damage.only_the_link()
            right = digest
        doubt = b""
        if digest != right:
            damage.changed(row)
            doubt = right
        while number and position > last:
            number, last, head = next(seals, (0, 0, b""))
        if not number:
            damage.unsealed(row)
        elif position == last and digest != head:
            if doubt and doubt == head:
                damage.only_the_link()
                digest, doubt = head, b""
            elif not doubt:
                damage.against_its_seal(row, number)
        previous, expected = digest, position + 1
    while number:
        if last >= expected:
            damage.cut(expected, last, number, previous)
            expected = last + 1
        number, last, head = next(seals, (0, 0, b""))


def _seals_of(organization_id: UUID | None) -> Iterator[tuple[int, int, bytes]]:
    """Number, last position and head of the chain's seals, in order."""
    chain, values = of_chain(organization_id, "s")
    sql = f"SELECT s.number, s.last_position, s.head FROM audit_seal s WHERE {chain} ORDER BY s.number"  # noqa: S608
    for number, last, head in _rows(sql, values):
        yield number, last, bytes(head)


def _unlinked(organization_id: UUID | None) -> Iterator[tuple[int, Fields, bool, timedelta]]:
    """The events without a link: id, fields, whether they wait in the queue, and since when."""
    chain, values = of_chain(organization_id, "e")
    sql = (
        "SELECT e.id, EXISTS (SELECT FROM audit_unsealed u WHERE u.event_id = e.id),"  # noqa: S608  our own names
        f" clock_timestamp() - e.recorded_at, {', '.join(COLUMNS.values())} FROM audit_event e"
        f" WHERE {chain} AND NOT EXISTS (SELECT FROM audit_link l WHERE l.event_id = e.id) ORDER BY e.id"
    )
    with connection.cursor() as setting:
        setting.execute("SET LOCAL enable_hashjoin = on; SET LOCAL enable_sort = on")
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, values)
        while rows := cursor.fetchmany(PAGE):
            for event_id, queued, age, *fields in rows:
                yield event_id, tuple(fields), queued, age


def _gone(organization_id: UUID | None) -> list[int]:
    """The ids that wait in the queue for an event that is not there any more."""
    chain, values = of_chain(organization_id, "u")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT u.event_id FROM audit_unsealed u WHERE {chain}"  # noqa: S608  our own names
            " AND NOT EXISTS (SELECT FROM audit_event e WHERE e.id = u.event_id) ORDER BY u.event_id",
            values,
        )
        return [event_id for (event_id,) in cursor.fetchall()]
