"""What a worker does with a file, piece by piece: compare each row with the inventory, and later take it over."""

from __future__ import annotations

import json
import zlib
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from phone_numbers.adding import ADDED, BACK
from phone_numbers.describing import CHANGED
from phone_numbers.import_models import Import, ImportRow, packed
from phone_numbers.importing import APPLIED, FAILED, PIECE, STOPPED, State, ended
from phone_numbers.importing_columns import KIND, LABEL, SERVES, SMS
from phone_numbers.importing_rows import BadRow, Read, read
from phone_numbers.models import Number
from portal.clock import Times
from portal.jobs.models import Job
from portal.jobs.working import Stepped
from portal.lib.ids import random_ids
from portal.ui.text import without_unstorable

Verdict = ImportRow.Verdict
_CHANGED, _UNCHANGED, _REFUSED, _FOUND = (
    one.value for one in (Verdict.CHANGED, Verdict.UNCHANGED, Verdict.REFUSED, Verdict.FOUND)
)
_USER = Number.Serves.USER.value


@dataclass(frozen=True, slots=True)
class _Held:
    """What the inventory has under a number."""

    product: str
    is_gone: bool
    is_synced: bool
    values: dict[str, Any]


class Checking:
    """The dry run: a verdict for each row. Nothing but the file's own rows is written."""

    def step(self, job: Job, times: Times) -> Stepped:
        """Check the next piece."""
        source = Import.objects.select_for_update().get(pk=job.subject_id)
        piece = source.pieces.filter(place=source.pieces_checked).first()
        if source.state != State.CHECKING or piece is None:
            if source.state == State.CHECKING:
                Import.objects.filter(pk=source.pk).update(state=State.READY)
            return Stepped(source.total, source.total, ended=True)
        verdicts, new, seen = _verdicts(source, piece.rows())
        _insert(source, verdicts)
        for one, id_ in zip(new, random_ids(len(new)), strict=True):
            one["id"] = id_
        piece.packed, piece.seen = packed(new), seen.tobytes()
        piece.new = len(new)
        piece.save(update_fields=["packed", "seen", "new"])
        source.new += len(new)
        for verdict, count in Counter(one.verdict for one in verdicts).items():
            setattr(source, verdict, getattr(source, verdict) + count)
        source.pieces_checked += 1
        source.save(update_fields=["pieces_checked", *Verdict.values])
        return Stepped(min(source.total, source.pieces_checked * PIECE), source.total)

    def ended(self, job: Job, times: Times) -> None:
        """A person discarded it, or it fails again and again."""
        source = Import.objects.get(pk=job.subject_id)
        if source.state == State.CHECKING:
            ended(source, State.FAILED, FAILED, by=job.by, at=times.business)


@dataclass(slots=True)
class _Row:
    """An `ImportRow` to be written, without what a model costs a hundred thousand times."""

    row: int
    e164: str = ""
    country: str = ""
    type: str = ""
    verdict: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] | None = None
    column: str = ""
    value: str = ""
    reason: str = ""
    cells: list[str] | None = None

    def refuse(self, problem: BadRow, cells: Sequence[str] | None) -> _Row:
        """Not to be taken, because of `problem`."""
        self.e164, self.before = "", None
        self.values = {"row": problem.row} if problem.row else {}
        self.verdict, self.reason = _REFUSED, problem.why
        self.column, self.value = problem.column, without_unstorable(problem.value)[0][:200]
        self.cells = None if cells is None else [without_unstorable(cell)[0][:2000] for cell in cells]
        return self

    def compare(self, values: dict[str, Any], held: Mapping[str, Any]) -> _Row:
        """Changed or unchanged, beside what the inventory has."""
        self.values = {name: value for name, value in values.items() if held[name] != value}
        self.verdict = _CHANGED if self.values else _UNCHANGED
        self.before = {name: held[name] for name in self.values} or None
        return self


def _verdicts(
    source: Import, rows: Sequence[tuple[int, list[str]]]
) -> tuple[list[_Row], list[dict[str, Any]], array[int]]:
    """The rows that are not new, the new ones as they are packed, and each number that was taken with its row."""
    width = len(source.header) or max(source.columns.values()) + 1
    said: list[Read | BadRow] = []
    for _row, cells in rows:
        try:
            said.append(read(cells, source.columns, product=source.product, width=width))
        except BadRow as problem:
            said.append(problem)
    held = _held(source, [one.e164 for one in said if isinstance(one, Read)])
    first, seen = _rows_before(source), array("Q")
    verdicts, new = [], []
    for (row, cells), one in zip(rows, said, strict=True):
        if isinstance(one, BadRow):
            verdicts.append(_Row(row).refuse(one, cells))
            continue
        known, digits = held.get(one.e164), int(one.e164)
        against = _in_the_way(source, one, known)
        if first.setdefault(digits, row) != row:
            against = BadRow("twice", value=one.e164, row=first[digits])
        if against is not None:
            verdicts.append(_Row(row).refuse(against, cells))
            continue
        seen.extend((digits, row))
        if source.campaign_id:
            verdicts.append(_Row(row, one.e164, one.country, one.type, _FOUND))
        elif known is None or known.is_gone:
            values = _completed(one.values, known)
            new.append({"row": row, "e164": one.e164, "country": one.country, "type": one.type, **values})
        else:
            values = _completed(one.values, known)
            verdicts.append(_Row(row, one.e164, one.country, one.type).compare(values, known.values))
    return verdicts, new, seen


def _completed(values: dict[str, Any], held: _Held | None) -> dict[str, Any]:
    """What the file says, as far as it is its to say, and what follows from that."""
    if held is not None and held.is_synced:
        # Whether it can text is the carrier's word, once it has said.
        values.pop(SMS, None)
    if SERVES in values and KIND not in values:
        before = held.values[KIND] if held is not None else ""
        values[KIND] = (before or _USER) if values[SERVES] else ""
    return values


def _in_the_way(source: Import, one: Read, held: _Held | None) -> BadRow | None:
    """What the inventory says against a number, if anything. What another organization has is as unknown as what
    nobody has.
    """
    is_here = held is not None and not held.is_gone
    if source.campaign_id and not is_here:
        return BadRow("unknown", value=one.e164)
    if held is not None and is_here and held.product != source.product:
        return BadRow("other-product", value=one.e164)
    return None


_KNOWN = """
    SELECT e164, product, removed_at IS NOT NULL, synced_at IS NOT NULL, label, serves_kind, serves, sms
      FROM numbers_number WHERE organization_id = %s AND e164 = ANY(%s)
"""


def _held(source: Import, e164s: list[str]) -> dict[str, _Held]:
    """What the inventory has of these numbers."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [source.organization_id, e164s])
        return {
            e164: _Held(product, gone, synced, dict(zip((LABEL, KIND, SERVES, SMS), values, strict=True)))
            for e164, product, gone, synced, *values in cursor.fetchall()
        }


def _rows_before(source: Import) -> dict[int, int]:
    """In which row each number of the pieces that are checked stands; a number as its digits."""
    found: dict[int, int] = {}
    for (seen,) in source.pieces.filter(place__lt=source.pieces_checked).values_list("seen"):
        pairs = array("Q", bytes(seen))
        found.update(zip(pairs[::2], pairs[1::2], strict=True))
    return found


# One value holds all rows: arrays of texts cost the client more than the server saves.
_INSERT = """
    INSERT INTO numbers_importrow (id, organization_id, source_id, row, verdict, e164, country, type, "values", before,
                                   "column", value, reason, cells)
    SELECT one.id, %s, %s, one.row, verdict, e164, country, type, "values", before, "column", value, reason, cells
      FROM json_to_recordset(%s) AS one(
           id uuid, row int, verdict text, e164 text, country text, type text, "values" jsonb, before jsonb,
           "column" text, value text, reason text, cells jsonb)
"""
_FIELDS = tuple(_Row.__slots__)


def _insert(source: Import, rows: Sequence[_Row]) -> None:
    if not rows:
        return
    said = json.dumps(
        [
            {"id": id_, **{name: getattr(one, name) for name in _FIELDS}}
            for one, id_ in zip(rows, random_ids(len(rows)), strict=True)
        ],
        ensure_ascii=False,
    )
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [source.organization_id, source.pk, said])


_EVENT = """
    INSERT INTO audit_event (organization_id, at, actor_id, actor_name, address, action, object_kind, object_id, detail)
"""
# New numbers, and those that come back: with one event each. A number that is there by now is left as it is.
_ADD = f"""
    WITH asked AS MATERIALIZED (
        SELECT * FROM json_to_recordset(%(rows)s)
            AS one(id uuid, row int, e164 text, country text, type text, sms bool, label text, serves_kind text,
                   serves text)
    ), put AS (
        INSERT INTO numbers_number (id, organization_id, e164, product, country, type, sms, label, serves_kind, serves,
                                    reference, added_at, source_id)
        SELECT id, %(organization)s, e164, %(product)s, country, type, coalesce(sms, true),
               coalesce(label, ''), coalesce(serves_kind, ''), coalesce(serves, ''), '', %(at)s, %(source)s
          FROM asked
            ON CONFLICT (organization_id, e164) DO UPDATE
           SET removed_at = NULL, added_at = excluded.added_at, product = excluded.product, label = excluded.label,
               serves_kind = excluded.serves_kind, serves = excluded.serves, source_id = excluded.source_id,
               sms = CASE WHEN numbers_number.synced_at IS NULL THEN excluded.sms ELSE numbers_number.sms END
         WHERE numbers_number.removed_at IS NOT NULL
        RETURNING id, e164, xmax = 0 AS is_new
    ), told AS (
        {_EVENT}
        SELECT %(organization)s, %(at)s, %(by_id)s, %(by_name)s, %(address)s,
               CASE WHEN is_new THEN %(added)s ELSE %(back)s END, 'number', id, %(detail)s::jsonb
          FROM put
    )
    SELECT (SELECT count(*) FROM put),
           ARRAY(SELECT asked.row FROM asked WHERE asked.e164 NOT IN (SELECT e164 FROM put))
"""  # noqa: S608  nothing but constants
# Changed ones, as long as nobody has changed the same values since the file was checked.
_ALTER = f"""
    WITH asked AS MATERIALIZED (
        SELECT * FROM numbers_importrow
         WHERE source_id = %(source)s AND verdict = 'changed' AND row > %(after)s AND row <= %(upto)s
    ), put AS (
        UPDATE numbers_number AS number
           SET label = coalesce("values" ->> 'label', label),
               serves_kind = coalesce("values" ->> 'serves_kind', serves_kind),
               serves = coalesce("values" ->> 'serves', serves), sms = coalesce(("values" ->> 'sms')::bool, sms)
          FROM asked
         WHERE number.organization_id = asked.organization_id AND number.e164 = asked.e164 AND removed_at IS NULL
           AND product = %(product)s
           AND jsonb_build_object('label', label, 'serves_kind', serves_kind, 'serves', serves, 'sms', sms) @> before
        RETURNING number.id, number.organization_id, number.e164, before, "values"
    ), told AS (
        {_EVENT}
        SELECT organization_id, %(at)s, %(by_id)s, %(by_name)s, %(address)s, %(changed)s, 'number', id,
               %(detail)s::jsonb || jsonb_build_object('before', before, 'after', "values")
          FROM put
    ), late AS (
        UPDATE numbers_importrow AS one SET verdict = 'refused', reason = 'meanwhile', "column" = 'number',
               value = one.e164, cells = NULL
          FROM asked WHERE one.id = asked.id AND asked.e164 NOT IN (SELECT e164 FROM put)
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM put), (SELECT count(*) FROM late)
"""  # noqa: S608  nothing but constants


class Applying:
    """The doing, some thousand rows a step: each step is whole or did not happen."""

    def step(self, job: Job, times: Times) -> Stepped:
        """Take over the rows of the next piece."""
        source = Import.objects.select_for_update().get(pk=job.subject_id)
        piece = source.pieces.get(place=source.pieces_applied)
        before = source.pieces.filter(place=piece.place - 1).values_list("last_row", flat=True).first() or 0
        values = {
            "organization": source.organization_id,
            "source": source.pk,
            "rows": zlib.decompress(piece.packed).decode(),
            "after": before,
            "upto": piece.last_row,
            "product": source.product,
            "at": times.business,
            "by_id": job.by_id,
            "by_name": job.by_name,
            "address": job.by_address,
            "added": ADDED,
            "back": BACK,
            "changed": CHANGED,
            "detail": json.dumps({"note": source.file_name, "import": str(source.pk)}),
        }
        with connection.cursor() as cursor:
            cursor.execute(_ADD, values)
            added, late = cursor.fetchone()
            cursor.execute(_ALTER, values)
            altered, late_too = cursor.fetchone()
        missed = [one for one in piece.rows() if one["row"] in set(late)] if late else []
        _insert(
            source, [_Row(one["row"]).refuse(BadRow("meanwhile", value=one["e164"]), None) for one in missed]
        )
        source.pieces_applied += 1
        source.added, source.altered = source.added + added, source.altered + altered
        source.refused += len(late) + late_too
        source.save(update_fields=["pieces_applied", "added", "altered", "refused"])
        last = source.pieces_applied == source.pieces.count()
        if last:
            ended(source, State.APPLIED, APPLIED, by=job.by, at=times.business)
        return Stepped(min(source.applies, source.added + source.altered), source.applies, ended=last)

    def ended(self, job: Job, times: Times) -> None:
        """Stopped by a person, or failed: what is done stays, and the rest can follow."""
        source = Import.objects.get(pk=job.subject_id)
        if source.state == State.APPLYING:
            was_stopped = job.state == Job.State.CANCELLED
            state, action = (State.STOPPED, STOPPED) if was_stopped else (State.FAILED, FAILED)
            ended(source, state, action, by=job.by, at=times.business)
