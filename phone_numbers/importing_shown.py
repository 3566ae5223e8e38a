"""A file of numbers as its page shows it: how far it is, what would happen or did, and its rows."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import BadRequest
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from phone_numbers.assigning import Preview, preview
from phone_numbers.import_models import Import, ImportPiece, ImportRow
from phone_numbers.importing import numbers_of, same_before
from phone_numbers.importing_columns import NAMES
from phone_numbers.importing_words import column_of, look_of, remarks_on, words_of_row
from portal.clock import Times
from portal.jobs import models as jobs
from portal.jobs.models import Job
from portal.lib.phones import shown as shown_phone
from portal.ui.looks import Look, Text
from portal.ui.paging import Slice, Sort, sliced

PAGE = 50
_SALT = "numbers.import"
_SORTS = {"row": Sort(gettext_lazy("Row"), F("row"))}
# Nothing has moved for so many seconds (machine time): the page says that it is not forgotten.
STILL = 60.0
State, Verdict = Import.State, ImportRow.Verdict
# Those that a person has to look at first.
_ORDER = (Verdict.REFUSED, Verdict.CHANGED, Verdict.NEW, Verdict.FOUND, Verdict.UNCHANGED)


@dataclass(frozen=True, slots=True)
class Tab:
    """A list of rows of one verdict, and how many there are."""

    name: str
    title: Text
    count: int
    current: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file. `changes`: column, what stood there, what will. The last three: of a refused one."""

    row: int
    called: str
    changes: list[tuple[str, str, str]]
    column: str = ""
    value: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything on the page. `job` is the work that is, or was, done on it; `preview`: of an assignment."""

    source: Import
    look: Look
    job: Job | None
    is_still: bool
    remarks: list[str]
    earlier_import: Import | None
    preview: Preview | None
    tabs: list[Tab]
    lines: list[Line]
    mark: str
    earlier: str = ""
    later: str = ""


def shown(source: Import, query: Mapping[str, str], times: Times) -> Shown:
    """The page of `source`; `query` names the tab (show) and the rows (after, before). Raises BadRequest."""
    job = jobs.latest(source)
    show, one = _rows(source, query)
    is_ready = source.state == State.READY
    return Shown(
        source,
        look_of(source),
        job,
        job is not None and jobs.stands_still(job, times.machine, longer_than=STILL),
        remarks_on(source),
        same_before(source) if is_ready else None,
        preview(source.campaign, numbers_of(source), times=times) if is_ready and source.campaign else None,
        [
            Tab(verdict.value, verdict.label, getattr(source, verdict), verdict == show)
            for verdict in _ORDER
            if getattr(source, verdict)
        ],
        [_line(source, row) for row in one.rows],
        hashlib.sha256(f"{source.state}|{job and (job.done, job.state)}".encode()).hexdigest()[:12],
        one.earlier,
        one.later,
    )


def _rows(source: Import, query: Mapping[str, str]) -> tuple[str, Slice]:
    """The tab that is open, and its rows. While a file is checked there is nothing to look at."""
    if source.state == State.CHECKING:
        return "", Slice([], [], "row")
    asked = query.get("show", "")
    filled = [verdict.value for verdict in _ORDER if getattr(source, verdict)]
    show = asked if asked in filled else (filled or [""])[0]
    if show == Verdict.NEW:
        return show, _new_rows(source, query)
    rows = source.rows.filter(verdict=show)
    return show, sliced(rows, _SORTS, query, usual="row", salt=f"{_SALT}.{show}", size=PAGE)


def _new_rows(source: Import, query: Mapping[str, str]) -> Slice:
    """New rows are kept in the file's pieces: those behind the row that `query` names, or before it."""
    try:
        after, before = int(query.get("after") or 0), int(query.get("before") or 0)
    except ValueError as problem:
        raise BadRequest("unknown key") from problem
    pieces = source.pieces.filter(new__gt=0)
    found: list[ImportRow] = []
    if before:
        for piece in pieces.filter(place__lte=_place_of(source, before)).order_by("-place").iterator(4):
            found = [one for one in _unpacked(source, piece) if one.row < before] + found
            if len(found) > PAGE:
                break
        shown_rows = found[-PAGE:]
        return _slice(shown_rows, is_first=len(found) <= PAGE, is_last=False)
    for piece in pieces.filter(last_row__gt=after).order_by("place").iterator(4):
        found += [one for one in _unpacked(source, piece) if one.row > after]
        if len(found) > PAGE:
            break
    return _slice(found[:PAGE], is_first=not after, is_last=len(found) <= PAGE)


def _place_of(source: Import, row: int) -> int:
    """The piece in which a row stands."""
    found = source.pieces.filter(last_row__gte=row).order_by("place").values_list("place", flat=True).first()
    return found if found is not None else source.pieces_checked


def _slice(rows: list[ImportRow], *, is_first: bool, is_last: bool) -> Slice:
    earlier = "" if is_first or not rows else str(rows[0].row)
    return Slice(rows, [], "row", earlier, "" if is_last or not rows else str(rows[-1].row))


def _unpacked(source: Import, piece: ImportPiece) -> list[ImportRow]:
    said = piece.rows()
    return [
        ImportRow(
            source=source,
            row=one["row"],
            verdict=Verdict.NEW,
            e164=one["e164"],
            values={name: one[name] for name in NAMES if name in one},
        )
        for one in said
    ]


def _line(source: Import, row: ImportRow) -> Line:
    if row.verdict == Verdict.REFUSED:
        return Line(row.row, "", [], column_of(source, row), row.value, words_of_row(row))
    changes = [
        (str(NAMES[name]), _word(before), _word(after)) for name, (before, after) in row.said().items()
    ]
    if row.verdict == Verdict.NEW:
        changes = [one for one in changes if one[2]]
    return Line(row.row, shown_phone(row.e164), changes)


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return str(value or "")
