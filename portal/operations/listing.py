"""All organizations as a table: searched, sorted, and paged by keys.

A page says "after this row" instead of "from row 5,000 on", so its cost does not grow with its number and
no row is shown twice or left out when organizations come and go meanwhile. Read at the desk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core import signing
from django.core.exceptions import BadRequest
from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Lower
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brands import states
from brands.models import Brand
from portal.audit.models import Event
from portal.tenancy.models import Membership, Organization
from portal.ui.forms import PortalForm
from portal.ui.looks import Look, Text

PAGE = 50
# On the start page, below what needs somebody.
FEW = 10
SUSPENDED = Look(pgettext_lazy("status", "Suspended"), "bad", "suspended")
_SALT = "operations.listing"

_PEOPLE = Coalesce(
    Subquery(
        Membership.objects.filter(organization=OuterRef("pk"))
        .order_by()
        .values("organization")
        .annotate(number=Count("pk"))
        .values("number"),
        output_field=IntegerField(),
    ),
    0,
)
# The newest event: for each organization one step into the index event_newest.
_ACTIVE = Coalesce(
    Subquery(Event.objects.filter(organization=OuterRef("pk")).order_by("-at", "-id").values("at")[:1]),
    F("created_at"),
)


@dataclass(frozen=True, slots=True)
class Sort:
    """A column by which the table can be sorted. `falling`: which way round comes first."""

    title: Text
    falling: bool = False


SORTS = {
    "name": Sort(_("Organization")),
    "people": Sort(_("People"), falling=True),
    "active": Sort(_("Last activity"), falling=True),
    "created": Sort(_("Created"), falling=True),
}
_BY: dict[str, Any] = {
    "name": Lower("name"),
    "people": _PEOPLE,
    "active": _ACTIVE,
    "created": F("created_at"),
}


class Search(PortalForm):
    """What the table is asked for."""

    q = forms.CharField(label=_("Name, e-mail address or id"), max_length=100, required=False)
    only = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[("", _("All organizations")), ("suspended", _("Suspended ones"))],
    )


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's title: where pressing it leads, and how it is sorted now ("ascending", "descending" or "")."""

    title: Text
    sort: str
    sorted: str


@dataclass(frozen=True, slots=True)
class Row:
    """One organization."""

    pk: UUID
    name: str
    people: int
    active: datetime
    created: datetime
    is_suspended: bool
    brands: list[tuple[Look, int]]

    @property
    def look(self) -> Look:
        """The badge of a suspended one."""
        return SUSPENDED


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the table. `earlier` and `later` are the keys of its neighbours, "" where there is none."""

    rows: list[Row]
    headings: list[Heading]
    sort: str
    earlier: str = ""
    later: str = ""


def page(search: Search, query: Mapping[str, str], *, size: int = PAGE) -> Page:
    """The page of `size` rows that `query` (sort, after, before) names, of what a valid `search` finds.

    Raises BadRequest for a sort or a key that no page of ours has ever shown: a filter that cannot be
    honoured is refused, never ignored.
    """
    sort = query.get("sort", "name")
    column, falling = sort.removeprefix("-"), sort.startswith("-")
    if column not in SORTS:
        raise BadRequest("unknown sort")
    backwards = bool(query.get("before"))
    key = query.get("before") or query.get("after") or ""
    found: QuerySet[Any] = _found(search).annotate(key=_BY[column], people=_PEOPLE, active=_ACTIVE)
    if key:
        found = _beyond(found, _opened(key, sort), falling=falling is not backwards)
    way = "-" if falling is not backwards else ""
    rows: list[dict[str, Any]] = list(
        found.order_by(f"{way}key", f"{way}pk").values(
            "pk", "name", "key", "people", "active", "created_at", "suspended_at"
        )[: size + 1]
    )
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    return Page(
        rows=_rows(rows),
        headings=_headings(column, falling=falling),
        sort=sort,
        earlier=_closed(rows[0], sort) if rows and (more if backwards else bool(key)) else "",
        later=_closed(rows[-1], sort) if rows and (more or backwards) else "",
    )


def _found(search: Search) -> QuerySet[Organization]:
    """Search in names and members' addresses; a whole id finds its organization too."""
    rows = Organization.objects.all()
    words = search.cleaned_data["q"]
    if words:
        members = Membership.objects.filter(user__email__icontains=words)
        named = Q(name__icontains=words) | Q(pk__in=members.values("organization"))
        if (wanted := _uuid(words)) is not None:
            named |= Q(pk=wanted)
        rows = rows.filter(named)
    return rows.filter(suspended_at__isnull=False) if search.cleaned_data["only"] else rows


def _beyond(rows: QuerySet[Any], at: tuple[Any, UUID], *, falling: bool) -> QuerySet[Any]:
    """The rows that come after the key `at`, in the direction of travel."""
    value, pk = at
    past = "lt" if falling else "gt"
    return rows.filter(Q(**{f"key__{past}": value}) | Q(key=value, **{f"pk__{past}": pk}))


def _closed(row: dict[str, Any], sort: str) -> str:
    """The key of a row, signed: nobody else can make one, so whatever it holds is ours."""
    value = row["key"].isoformat() if isinstance(row["key"], datetime) else row["key"]
    return signing.dumps([sort, value, str(row["pk"])], salt=_SALT)


def _opened(key: str, sort: str) -> tuple[Any, UUID]:
    try:
        made_for, value, pk = signing.loads(key, salt=_SALT)
    except signing.BadSignature as problem:
        raise BadRequest("unknown page") from problem
    if made_for != sort:
        raise BadRequest("a page of another order")
    if sort.removeprefix("-") in {"active", "created"}:
        value = parse_datetime(value)
    return value, UUID(pk)


def _rows(found: list[dict[str, Any]]) -> list[Row]:
    brands: dict[UUID, list[tuple[Look, int]]] = {}
    counts = Brand.everywhere.filter(organization__in=[one["pk"] for one in found]).order_by()
    numbers = {
        (one["organization"], one["status"]): one["number"]
        for one in counts.values("organization", "status").annotate(number=Count("pk"))
    }
    for one in found:
        brands[one["pk"]] = [
            (look, numbers[one["pk"], status])
            for status, look in states.LOOKS.items()
            if (one["pk"], status) in numbers
        ]
    return [
        Row(
            one["pk"],
            one["name"],
            one["people"],
            one["active"],
            one["created_at"],
            one["suspended_at"] is not None,
            brands[one["pk"]],
        )
        for one in found
    ]


def _headings(column: str, *, falling: bool) -> list[Heading]:
    headings = []
    for name, sort in SORTS.items():
        here = name == column
        turned = not falling if here else sort.falling
        now = ("descending" if falling else "ascending") if here else ""
        headings.append(Heading(sort.title, f"-{name}" if turned else name, now))
    return headings


def _uuid(words: str) -> UUID | None:
    try:
        return UUID(words)
    except ValueError:
        return None


def totals() -> dict[str, int]:
    """How many organizations there are, and how many of them are suspended; at the desk."""
    return Organization.objects.aggregate(
        organizations=Count("pk"), suspended=Count("pk", filter=Q(suspended_at__isnull=False))
    )
