"""All organizations as a table: searched, sorted, and paged. Read at the desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brands import states
from brands.models import Brand
from portal.audit.models import Event
from portal.tenancy.models import Membership, Organization
from portal.ui.forms import PortalForm
from portal.ui.looks import Look
from portal.ui.paging import Heading, Sort, sliced

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


SORTS = {
    "name": Sort(_("Organization"), Lower("name")),
    "people": Sort(_("People"), _PEOPLE, falling=True),
    "active": Sort(_("Last activity"), _ACTIVE, falling=True),
    "created": Sort(_("Created"), F("created_at"), falling=True),
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

    Raises BadRequest for a sort or a key that is none of ours.
    """
    found = _found(search).annotate(people=_PEOPLE, active=_ACTIVE)
    columns = ("name", "people", "active", "created_at", "suspended_at")
    shown = sliced(found, SORTS, query, usual="name", size=size, salt=_SALT, values=columns)
    return Page(_rows(shown.rows), shown.headings, shown.sort, shown.earlier, shown.later)


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
