"""The organization's campaigns as a list: searched, filtered by status, sorted, and paged by keys.

Statuses are derived (`deriving`): "expired" finds what is past its end, whoever has noticed. What is deleted is
left out until it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Lower, NullIf
from django.utils.translation import gettext_lazy as _

from campaigns import states
from campaigns.deriving import DERIVED, ENDS, Seen, all_seen, derived, ending
from campaigns.models import Campaign
from campaigns.registration import Registration
from portal.ui.forms import PortalForm
from portal.ui.paging import Heading, Sort, sliced

PAGE = 50
_SALT = "campaigns.listing"
# What may be asked for besides a status of its own.
NEEDS_YOU = "needs-you"
ENDING = "ending"
# On the page of SMS campaigns the brands are filtered, too: the names of ours begin with this.
PREFIX = "campaigns_"
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)


class Search(PortalForm):
    """What the list is asked for; empty: every campaign that is not deleted."""

    q = forms.CharField(label=_("Name or reference"), max_length=100, required=False)
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            ("", _("All but deleted ones")),
            (NEEDS_YOU, _("Needs you")),
            (ENDING, _("Ending soon")),
            *((status, look.word) for status, look in states.LOOKS.items()),
        ],
    )

    def add_prefix(self, field_name: str) -> str:
        """Two filters stand on one page."""
        return PREFIX + field_name

    @property
    def asks(self) -> bool:
        """Is anything asked for?"""
        return self.is_valid() and any(self.cleaned_data.values())

    @property
    def answers(self) -> dict[str, str]:
        """What a valid form was answered, as it stands in an address; nothing empty."""
        return {self.add_prefix(name): str(value) for name, value in self.cleaned_data.items() if value}


# In the order of the life of a campaign, which is that of the table of looks.
_PLACE = Case(
    *(When(**{DERIVED: status}, then=Value(place)) for place, status in enumerate(states.LOOKS)),
    output_field=IntegerField(),
)
_BRAND = Lower(Coalesce(NullIf("brand__display_name", Value("")), "brand__legal_name", Value("")))
SORTS = {
    "name": Sort(_("Campaign"), Lower("name")),
    "brand": Sort(_("Brand"), _BRAND),
    "status": Sort(_("Status"), _PLACE),
    "ends": Sort(_("Ends or renews"), Coalesce(F(ENDS), Value(_NEVER))),
    "created": Sort(_("Created"), F("created_at"), falling=True),
}
USUAL = "-created"


@dataclass(frozen=True, slots=True)
class Row:
    """One campaign of the list. `numbers`: how many are on it."""

    seen: Seen
    numbers: int


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the list, as `ui.paging.Slice` has it."""

    rows: list[Row]
    headings: dict[str, Heading]
    sort: str = ""
    earlier: str = ""
    later: str = ""

    @property
    def watching(self) -> bool:
        """Can any badge of the page change without anybody here doing anything?"""
        return any(row.seen.campaign.is_waiting for row in self.rows)


def found(search: Search, now: datetime) -> QuerySet[Any]:
    """The campaigns that a valid `search` asks for at business time `now`, with what a row needs."""
    rows = derived(Campaign.objects.select_related("brand"), now)
    status = search.cleaned_data["status"]
    if status == NEEDS_YOU:
        rows = rows.filter(**{f"{DERIVED}__in": states.NEEDS_YOU})
    elif status == ENDING:
        rows = ending(rows, now)
    elif status:
        rows = rows.filter(**{DERIVED: status})
    else:
        rows = rows.exclude(status=states.DELETED)
    if words := search.cleaned_data["q"]:
        named = Registration.objects.filter(
            Q(reference__iexact=words) | Q(registry_id__iexact=words), campaign=OuterRef("pk")
        )
        rows = rows.filter(Q(name__icontains=words) | Exists(named))
    return rows


def page(search: Search, query: Mapping[str, str], now: datetime, *, size: int = PAGE) -> Page:
    """The page of `size` rows that `query` names (sort, after, before, each behind PREFIX), of what `search` finds.

    A fixed number of queries for any number of campaigns. Raises BadRequest as `ui.paging.sliced` does.
    """
    asked = {name.removeprefix(PREFIX): query[name] for name in query if name.startswith(PREFIX)}
    one = sliced(found(search, now), SORTS, asked, usual=USUAL, salt=_SALT, size=size)
    numbers = numbers_on(one.rows)
    rows = [Row(each, numbers[each.campaign.pk]) for each in all_seen(one.rows, now)]
    headings = dict(zip(SORTS, one.headings, strict=True))
    return Page(rows, headings, "" if one.sort == USUAL else one.sort, one.earlier, one.later)


def numbers_on(campaigns: list[Campaign]) -> dict[Any, int]:
    """How many numbers are on each of `campaigns`: counted from above, over the reverse relation."""
    rows = Campaign.objects.filter(pk__in=[row.pk for row in campaigns])
    counted = rows.annotate(numbers=Count("assignments", filter=Q(assignments__ended_at=None)))
    return dict(counted.values_list("pk", "numbers"))
