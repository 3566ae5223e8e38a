"""Numbers as a file, written while they are read, in a form that comes back unchanged when it is imported.

A number is written as 1-206-555-0123: spreadsheets take that for text, so that neither its digits nor its leading 1
are lost, and it begins no formula. The words of a status are those of the pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from phone_numbers import reasons
from phone_numbers.assigning import judged
from phone_numbers.import_models import Import, ImportRow
from phone_numbers.importing import numbers_of
from phone_numbers.importing_words import column_of, words_of_row
from phone_numbers.models import Number
from phone_numbers.shown import Row as Seen
from phone_numbers.shown import rows_of
from portal.lib.tables import in_utc
from portal.tenancy.access import Acting
from portal.tenancy.streaming import as_file, in_batches

# Rows read at a time: some hundred kilobytes.
BATCH = 2_000
Row = dict[str, Any]
Batches = Iterator[Sequence[Row]]

# The first six are what an import reads; the others are for people.
COLUMNS = (
    *("number", "label", "serves_kind", "serves", "sms", "product"),
    *("country", "type", "status", "campaign", "status_since_utc", "added_utc", "carrier_reference"),
)


def file_of(
    kind: str, acting: Acting, numbers: Callable[[], QuerySet[Number]], asked: dict[str, str], *, at: datetime
) -> StreamingHttpResponse:
    """The numbers that `numbers` gives inside the organization's scope, in their order, as a file of `kind`."""
    return as_file(kind, acting, _rows(acting, numbers, at), COLUMNS, name="numbers", asked=asked, at=at)


def spreadsheet_number(e164: str) -> str:
    """+12065550123 as "1-206-555-0123"."""
    return f"{e164[1]}-{e164[2:5]}-{e164[5:8]}-{e164[8:]}"


def _rows(acting: Acting, numbers: Callable[[], QuerySet[Number]], at: datetime) -> Batches:
    def fetch(last: Row | None) -> list[Row]:
        rows = numbers().order_by("e164")
        if last is not None:
            rows = rows.filter(e164__gt=last["e164"])
        return [_row(one) for one in rows_of(rows[:BATCH], at)]

    return in_batches(acting, fetch)


def _row(seen: Seen) -> Row:
    number = seen.number
    return {
        "e164": number.e164,
        "number": spreadsheet_number(number.e164),
        "label": number.label,
        "serves_kind": number.serves_kind,
        "serves": number.serves,
        "sms": "yes" if number.sms else "no",
        "product": number.product,
        "country": number.country,
        "type": number.type,
        "status": str(seen.look.word),
        "campaign": seen.on.campaign.display_name if seen.on else "",
        "status_since_utc": in_utc(seen.assignment.since) if seen.on and seen.assignment else None,
        "added_utc": in_utc(number.added_at),
        "carrier_reference": number.reference,
    }


def failures_of(source: Import, acting: Acting, *, at: datetime) -> StreamingHttpResponse:
    """The rows of a file that were refused: its own cells, and behind them the row, the column, the value and the
    reason. Mended, it can be uploaded as it is. Of an assignment also the numbers that cannot go on the campaign.
    """
    own = _once([name or f"column {place + 1}" for place, name in enumerate(source.header or ["number"])])
    said = _once([*own, "row", "problem_column", "problem_value", "problem"])[len(own) :]
    batches = _failed(source, acting, own, said)
    stem = f"refused-{source.at:%Y-%m-%d}"
    return as_file("csv", acting, batches, (*own, *said), name="numbers", asked={}, at=at, stem=stem)


def _once(names: Sequence[str]) -> list[str]:
    """The names, each once: a file may call two columns the same."""
    found: list[str] = []
    for name in names:
        place, one = 2, name
        while one in found:
            one, place = f"{name} {place}", place + 1
        found.append(one)
    return found


def _failed(source: Import, acting: Acting, own: Sequence[str], said: Sequence[str]) -> Batches:
    def refused(last: Row | None) -> list[Row]:
        rows = source.rows.filter(verdict=ImportRow.Verdict.REFUSED, row__gt=last["at"] if last else 0)
        return [_failure(source, row, own, said) for row in rows.order_by("row")[:BATCH]]

    def barred(last: Row | None) -> list[Row]:
        if source.campaign is None:
            return []
        rows = judged(source.campaign, numbers_of(source)).exclude(verdict__in=["", reasons.ALREADY])
        rows = rows.filter(e164__gt=last["at"] if last else "").order_by("e164")
        place = own[source.columns["number"]] if source.header else own[0]
        return [
            {
                **dict.fromkeys((*own, *said), ""),
                "at": one.e164,
                place: spreadsheet_number(one.e164),
                said[2]: spreadsheet_number(one.e164),
                said[3]: f"{reasons.why(one.verdict).what}. {reasons.why(one.verdict).to_do}",
            }
            for one in rows[:BATCH]
        ]

    yield from in_batches(acting, refused)
    yield from in_batches(acting, barred)


def _failure(source: Import, row: ImportRow, own: Sequence[str], said: Sequence[str]) -> Row:
    cells = row.cells if row.cells is not None else [""] * source.columns["number"] + [row.value]
    named = dict(zip(own, [*cells, *[""] * len(own)], strict=False))
    return {
        **named,
        "at": row.row,
        **dict(zip(said, (str(row.row), column_of(source, row), row.value, words_of_row(row)), strict=True)),
    }
