"""The porting desk's queue over all organizations, and the way into one ticket.

The queue is read at the desk, in the columns that its role is granted. What was filed and said is read in the scope
of the one organization whose ticket is opened, and the desk's own notes only here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Lower
from django.http import Http404
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from portal.audit.recording import Actor
from portal.support import states
from portal.support.kinds import TYPES, type_of
from portal.support.models import Ticket
from portal.tenancy.scope import acting_for, at_the_desk
from portal.ui.forms import PortalForm
from portal.ui.looks import Look, Text
from portal.ui.paging import Heading, Sort, sliced

PAGE = 50
_SALT = "operations.desk"
LATE = Look(pgettext_lazy("status", "Overdue"), "bad", "warning")
# Two days before it is due, a ticket is worth a look even where others are older.
SOON = timedelta(days=2)
DUE_SOON = Look(pgettext_lazy("status", "Due soon"), "late", "in-review")
SORTS = {
    "due": Sort(gettext_lazy("Due"), F("due_at")),
    "age": Sort(gettext_lazy("Age"), F("opened_at")),
    "organization": Sort(gettext_lazy("Organization"), Lower("organization__name")),
}
OURS, THEIRS, ENDED, ALL = "", "theirs", "ended", "all"
SHOWN = [
    (OURS, gettext_lazy("Waiting for us")),
    (THEIRS, gettext_lazy("Waiting for the organization")),
    (ENDED, gettext_lazy("Ended")),
    (ALL, gettext_lazy("All tickets")),
]
_COLUMNS = (
    *("type", "status", "since", "subject", "opened_at", "due_at", "promised_for"),
    *("organization_id", "organization__name"),
)


class Search(PortalForm):
    """What the queue is asked for; empty: everything that waits for us."""

    q = forms.CharField(
        label=gettext_lazy("Organization, subject or reference"), max_length=100, required=False
    )
    show = forms.ChoiceField(label=gettext_lazy("Show"), required=False, choices=SHOWN)
    type = forms.ChoiceField(label=gettext_lazy("Type"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The types that are known."""
        super().__init__(*args, **kwargs)
        known = [(one.name, one.title) for one in TYPES.values()]
        self.fields["type"].choices = [("", gettext_lazy("All types")), *known]  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Row:
    """A ticket in the queue. `due` says how long it has, or how late it is; "" where nobody waits for us."""

    pk: UUID
    subject: str
    organization: str
    type: Text
    age: str
    due_at: datetime | None
    due: str
    look: Look


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the queue."""

    rows: list[Row]
    headings: dict[str, Heading]
    sort: str
    earlier: str = ""
    later: str = ""


def totals(now: datetime) -> dict[str, int]:
    """How many tickets wait for us, how many of these are late, and how many wait for an organization; at the desk."""
    ours = Q(status=states.WAITING)
    return Ticket.everywhere.aggregate(
        ours=Count("pk", filter=ours),
        late=Count("pk", filter=ours & Q(due_at__lt=now)),
        theirs=Count("pk", filter=Q(status__in=states.OPEN - {states.WAITING})),
    )


def queue(search: Search, query: Mapping[str, str], now: datetime, *, size: int = PAGE) -> Page:
    """The page of what a valid `search` finds that `query` (sort, after, before) names; at the desk."""
    asked = {name: query[name] for name in ("sort", "after", "before") if query.get(name)}
    found = _found(search)
    one = sliced(found, SORTS, asked, usual="due", salt=_SALT, size=size, values=_COLUMNS)
    headings = dict(zip(SORTS, one.headings, strict=True))
    return Page([_row(row, now) for row in one.rows], headings, one.sort, one.earlier, one.later)


@contextmanager
def case(ticket_id: UUID, *, by: Actor, read_only: bool = False) -> Iterator[Ticket]:
    """The scope of the organization whose ticket this is, and the ticket. Raises Http404."""
    with at_the_desk():
        owner = Ticket.everywhere.filter(pk=ticket_id).values_list("organization_id", flat=True).first()
    if owner is None:
        raise Http404
    with acting_for(owner, by=by, read_only=read_only):
        yield Ticket.objects.select_related("organization").get(pk=ticket_id)


def of_the_desk(by: Actor) -> Actor:
    """How an organization reads who wrote to it: nobody there knows the desk's people by name alone."""
    return Actor(f"{by.name} (porting desk)", by.user_id, by.address)


def look_of(ticket: Ticket, now: datetime) -> Look:
    """A ticket's badge for the desk: whoever is late sees that first."""
    if ticket.is_late(now):
        return LATE
    if ticket.status == states.WAITING and ticket.due_at < now + SOON:
        return DUE_SOON
    return ticket.look


def due_in_words(ticket: Ticket, now: datetime) -> str:
    """ "in 3 days", "2 days late"; "" where nobody waits for us."""
    if ticket.status != states.WAITING:
        return ""
    if ticket.due_at < now:
        return _("%(time)s late") % {"time": timesince(ticket.due_at, now, depth=1)}
    return _("in %(time)s") % {"time": timesince(now, ticket.due_at, depth=1)}


def _found(search: Search) -> QuerySet[Ticket]:
    asked = search.cleaned_data
    rows: QuerySet[Ticket] = Ticket.everywhere.all()
    match asked["show"]:
        case "":
            rows = rows.filter(status=states.WAITING)
        case "theirs":
            rows = rows.filter(status__in=states.OPEN - {states.WAITING})
        case "ended":
            rows = rows.filter(ended_at__isnull=False)
    if asked["type"]:
        rows = rows.filter(type=asked["type"])
    if words := asked["q"]:
        named = Q(subject__icontains=words) | Q(organization__name__icontains=words)
        if (first := _reference(words)) is not None:
            named |= Q(pk__gte=first[0], pk__lte=first[1])
        rows = rows.filter(named)
    return rows


def _reference(words: str) -> tuple[UUID, UUID] | None:
    """The first and the last id that a reference, or the whole id, can belong to."""
    digits = words.replace("-", "").lower()
    if not 8 <= len(digits) <= 32 or set(digits) - set("0123456789abcdef"):
        return None
    return UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))


def _row(row: Mapping[str, Any], now: datetime) -> Row:
    ticket = Ticket(
        **{name: row[name] for name in ("pk", "type", "status", "since", "subject", "opened_at", "due_at")}
    )
    waits = ticket.status == states.WAITING
    return Row(
        ticket.pk,
        ticket.subject,
        row["organization__name"],
        type_of(ticket).title,
        timesince(ticket.opened_at, now, depth=1),
        ticket.due_at if waits else None,
        due_in_words(ticket, now),
        look_of(ticket, now),
    )
