"""The organization's brands as a list: searched, filtered by status, sorted, and paged.

What is deleted is left out until it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django import forms
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Lower, NullIf
from django.utils.translation import gettext_lazy as _

from brands import states
from brands.models import Brand
from brands.versions import unsent_among
from portal.ui.forms import PortalForm
from portal.ui.paging import Heading, Sort, sliced

PAGE = 50
_SALT = "brands.listing"
# What may be asked for besides a status of its own.
NEEDS_YOU = "needs-you"


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
        rows = rows.filter(status__in=states.NEEDS_YOU)
    elif status:
        rows = rows.filter(status=status)
    else:
        rows = rows.exclude(status=states.DELETED)
    if words := search.cleaned_data["q"]:
        rows = rows.filter(Q(display_name__icontains=words) | Q(legal_name__icontains=words))
    return rows


def page(search: Search, query: Mapping[str, str], *, size: int = PAGE) -> Page:
    """The page of `size` rows that `query` (sort, after, before) names, of what a valid `search` finds.

    A fixed number of queries for any number of brands. Raises BadRequest for a sort or a key that is none of ours.
    """
    shown = sliced(found(search), SORTS, query, usual=USUAL, size=size, salt=_SALT)
    unsent = unsent_among(shown.rows)
    return Page(
        rows=[Row(brand, brand.pk in unsent) for brand in shown.rows],
        headings=shown.headings,
        sort="" if shown.sort == USUAL else shown.sort,
        earlier=shown.earlier,
        later=shown.later,
    )
