"""An organization's tickets as a table: the open ones or all of them, newest first, page by page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from portal.support import states
from portal.support.kinds import type_of
from portal.support.models import Ticket
from portal.ui.looks import Look, Text
from portal.ui.paging import Heading, Sort, sliced

PAGE = 50
_SALT = "support.listing"
SORTS = {
    "opened": Sort(_("Opened"), F("opened_at"), falling=True),
    "due": Sort(_("Due"), F("due_at")),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One ticket. `due` is None where nobody waits for the desk any more."""

    ticket: Ticket
    type: Text
    look: Look
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the table."""

    rows: list[Row]
    headings: dict[str, Heading]
    total: int
    open: int
    all: bool
    earlier: str = ""
    later: str = ""


def page(query: Mapping[str, str], *, size: int = PAGE) -> Page:
    """The page that `query` (show, sort, after, before) names: `show=open` leaves out what has ended."""
    only_open = query.get("show") == "open"
    rows = Ticket.objects.all()
    counts = rows.aggregate(total=Count("pk"), open=Count("pk", filter=Q(ended_at=None)))
    found = rows.filter(ended_at=None) if only_open else rows
    one = sliced(found, SORTS, {"sort": "-opened", **_plain(query)}, usual="-opened", salt=_SALT, size=size)
    shown = [Row(row, type_of(row).title, row.look, due_of(row)) for row in one.rows]
    headings = dict(zip(SORTS, one.headings, strict=True))
    return Page(
        shown, headings, counts["total"], counts["open"], not only_open, earlier=one.earlier, later=one.later
    )


def due_of(ticket: Ticket) -> datetime | None:
    """By when the desk answers at the latest; None while the organization has the next word, and after the end."""
    return ticket.due_at if ticket.status == states.WAITING else None


def _plain(query: Mapping[str, str]) -> dict[str, str]:
    return {name: query[name] for name in ("sort", "after", "before") if query.get(name)}
