"""The organization's brands as a list: searched, filtered by status, sorted, and paged by keys.

A page says "after this row", so that it costs the same wherever it stands, and no row is shown twice or left
out when brands come and go meanwhile. What is deleted is left out until it is asked for.
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
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Lower, NullIf
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from brands import states
from brands.models import Brand
from brands.versions import unsent_among
from portal.ui.forms import PortalForm
from portal.ui.looks import Text

PAGE = 50
_SALT = "brands.listing"
# What may be asked for besides a status of its own.
NEEDS_YOU = "needs-you"
_NEEDING = (states.DRAFT, states.REJECTED, states.CONFIRM, states.PASSWORD)


class Search(PortalForm):
    """What the list is asked for; empty: every brand that is not deleted."""

    q = forms.CharField(label=_("Name"), max_length=100, required=False)
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            ("", _("All but deleted ones")),
            (NEEDS_YOU, _("Needs you")),
            *((status, look.word) for status, look in states.LOOKS.items()),
        ],
    )

    @property
    def asks(self) -> bool:
        """Is anything asked for?"""
        return self.is_valid() and any(self.cleaned_data.values())

    @property
    def answers(self) -> dict[str, str]:
        """What a valid form was answered, as it stands in an address; nothing empty."""
        return {name: str(value) for name, value in self.cleaned_data.items() if value}


@dataclass(frozen=True, slots=True)
class Sort:
    """A column by which the list can be sorted. `falling`: which way round comes first."""

    title: Text
    by: Any
    falling: bool = False


_NAME = Lower(Coalesce(NullIf("display_name", Value("")), "legal_name"))
# In the order of the life of a brand, which is that of the table of looks.
_PLACE = Case(
    *(When(status=status, then=Value(place)) for place, status in enumerate(states.LOOKS)),
    output_field=IntegerField(),
)
SORTS = {
    "name": Sort(_("Brand"), _NAME),
    "legal": Sort(_("Legal name"), Lower("legal_name")),
    "status": Sort(_("Status"), _PLACE),
    "since": Sort(_("Since"), F("since"), falling=True),
    "created": Sort(_("Created"), F("created_at"), falling=True),
}
USUAL = "-created"


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's title: where pressing it leads, and how it is sorted now ("ascending", "descending" or "")."""

    title: Text
    sort: str
    sorted: str


@dataclass(frozen=True, slots=True)
class Row:
    """One brand of the list. `unsent`: corrections have begun that are not sent."""

    brand: Brand
    unsent: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the list. `earlier` and `later` are the keys of its neighbours, "" where there is none."""

    rows: list[Row]
    headings: list[Heading]
    sort: str
    earlier: str = ""
    later: str = ""

    @property
    def watching(self) -> bool:
        """Can any badge of the page change without anybody here doing anything?"""
        return any(row.brand.is_waiting for row in self.rows)


def found(search: Search) -> QuerySet[Brand]:
    """The brands that a valid `search` asks for, with what a row of the list or of a file needs."""
    rows: QuerySet[Brand] = Brand.objects.select_related("tax_identity")
    status = search.cleaned_data["status"]
    if status == NEEDS_YOU:
        rows = rows.filter(status__in=_NEEDING)
    elif status:
        rows = rows.filter(status=status)
    else:
        rows = rows.exclude(status=states.DELETED)
    if words := search.cleaned_data["q"]:
        rows = rows.filter(Q(display_name__icontains=words) | Q(legal_name__icontains=words))
    return rows


def page(search: Search, query: Mapping[str, str], *, size: int = PAGE) -> Page:
    """The page of `size` rows that `query` (sort, after, before) names, of what a valid `search` finds.

    A fixed number of queries for any number of brands. Raises BadRequest for a sort or a key that no page of
    ours has ever shown: a filter that cannot be honoured is refused, never ignored.
    """
    sort = query.get("sort") or USUAL
    column, falling = sort.removeprefix("-"), sort.startswith("-")
    if column not in SORTS:
        raise BadRequest("unknown sort")
    backwards = bool(query.get("before"))
    key = query.get("before") or query.get("after") or ""
    rows: QuerySet[Any] = found(search).annotate(key=SORTS[column].by)
    if key:
        value, pk = _opened(key, sort)
        past = "lt" if falling is not backwards else "gt"
        rows = rows.filter(Q(**{f"key__{past}": value}) | Q(key=value, **{f"pk__{past}": pk}))
    way = "-" if falling is not backwards else ""
    brands = list(rows.order_by(f"{way}key", f"{way}pk")[: size + 1])
    more, brands = len(brands) > size, brands[:size]
    if backwards:
        brands.reverse()
    unsent = unsent_among(brands)
    return Page(
        rows=[Row(brand, brand.pk in unsent) for brand in brands],
        headings=[_heading(name, column, falling=falling) for name in SORTS],
        sort="" if sort == USUAL else sort,
        earlier=_closed(brands[0], sort) if brands and (more if backwards else bool(key)) else "",
        later=_closed(brands[-1], sort) if brands and (more or backwards) else "",
    )


def _heading(name: str, column: str, *, falling: bool) -> Heading:
    here = name == column
    turned = not falling if here else SORTS[name].falling
    now = ("descending" if falling else "ascending") if here else ""
    return Heading(SORTS[name].title, f"-{name}" if turned else name, now)


def _closed(brand: Any, sort: str) -> str:
    """The key of a row, signed: nobody else can make one, so whatever it holds is ours."""
    value = brand.key.isoformat() if isinstance(brand.key, datetime) else brand.key
    return signing.dumps([sort, value, str(brand.pk)], salt=_SALT)


def _opened(key: str, sort: str) -> tuple[Any, UUID]:
    try:
        made_for, value, pk = signing.loads(key, salt=_SALT)
    except signing.BadSignature as problem:
        raise BadRequest("unknown page") from problem
    if made_for != sort:
        raise BadRequest("a page of another order")
    if sort.removeprefix("-") in {"since", "created"}:
        value = parse_datetime(value)
    return value, UUID(pk)
