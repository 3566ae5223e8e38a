"""The badges of a list of numbers: which of them look otherwise by now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict

from phone_numbers.models import Number
from phone_numbers.shown import Row, rows_of
from portal.ui.marks import marks_in


@dataclass(frozen=True, slots=True)
class Changed:
    """What changed of what a page has seen. `asked`: it showed anything that waits; `watching`: some may go on."""

    rows: list[Row]
    asked: bool
    watching: bool


def changed(query: QueryDict, at: datetime) -> Changed:
    """What the page has seen stands in `query` as `seen`, one `ui.marks.mark_of` each; three queries for any number."""
    marks = marks_in(query, "seen")
    rows = rows_of(Number.objects.filter(pk__in=marks), at) if marks else []
    return Changed(
        [row for row in rows if row.mark != marks[row.number.pk]],
        bool(marks),
        any(row.waits for row in rows),
    )
