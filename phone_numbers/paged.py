"""One page of the inventory: its rows, the counts of the tabs, and how much is ticked, here and elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.formats import number_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from campaigns import states as campaign_states
from campaigns.models import Campaign
from phone_numbers.inventory import (
    ALL,
    ANY,
    ASSIGNED,
    MOST_COUNTED,
    NONE,
    SIZES,
    SORTS,
    TABS,
    UNASSIGNED,
    USUAL,
    Search,
    counted_each,
    found,
)
from phone_numbers.models import Selection
from phone_numbers.selecting import is_empty, numbers_in
from phone_numbers.shown import Row, rows_of
from portal.ui.looks import Text
from portal.ui.paging import Heading, sliced

_SALT = "numbers.inventory"
# As many campaigns as a filter can name; an organization with more filters from a campaign's own page.
_MOST_CAMPAIGNS = 200

Count = tuple[int, bool]


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab of the list and how many numbers stand on it."""

    name: str
    title: Text
    count: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Ticked:
    """What is ticked. `elsewhere`: not on this page; `everything`: by a filter, which `again` (an address) shows."""

    count: int
    elsewhere: int
    everything: bool
    again: str

    @property
    def any(self) -> bool:
        """Is anything?"""
        return self.count > 0


@dataclass(frozen=True, slots=True)
class Page:
    """What the list shows. `matching`: how many the search finds on its tab; `total`: the product has."""

    rows: list[Row]
    headings: dict[str, Heading]
    tabs: list[Tab]
    ticked: Ticked
    matching: str
    total: str
    one_page: bool
    size: int
    sort: str
    here: str
    earlier: str = ""
    later: str = ""

    @property
    def sizes(self) -> tuple[int, ...]:
        """The sizes of a page to choose from."""
        return SIZES

    @property
    def watching(self) -> bool:
        """Can any badge of the page change by itself?"""
        return any(row.waits for row in self.rows)

    @property
    def all_ticked(self) -> bool:
        """Is every row of the page ticked?"""
        return bool(self.rows) and all(row.selected for row in self.rows)


def inventory_page(search: Search, query: Mapping[str, str], selection: Selection, at: datetime) -> Page:
    """The page of what a valid `search` finds that `query` (sort, after, before, size) names.

    At most eight queries for any number of numbers. Raises BadRequest as `ui.paging.sliced` does.
    """
    size = size_of(query)
    one = sliced(found(search, at), SORTS, query, usual=USUAL, salt=_SALT, size=size)
    on_page = [number.pk for number in one.rows]
    ticked = set()
    if not is_empty(selection):
        ticked = set(numbers_in(selection, at).filter(pk__in=on_page).values_list("pk", flat=True))
    search.fields["campaign"].widget = forms.Select(choices=campaigns_of(search))
    tab = search.cleaned_data["tab"]
    served, free, total, chosen = _counts(search, selection, at)
    counts = {ALL: _sum(served, free), ASSIGNED: served, UNASSIGNED: free}
    return Page(
        rows_of(one.rows, at, selected=ticked),
        dict(zip(SORTS, one.headings, strict=True)),
        [
            Tab(
                name,
                title,
                words_of(counts[name]),
                address(search.answers | {"tab": name}, size),
                name == tab,
            )
            for name, title in TABS.items()
        ],
        Ticked(chosen[0], chosen[0] - len(ticked), selection.everything, address(selection.query)),
        words_of(counts[tab]),
        words_of(total),
        not one.earlier and not one.later,
        size,
        "" if one.sort == USUAL else one.sort,
        here(query),
        one.earlier,
        one.later,
    )


def _counts(search: Search, selection: Selection, at: datetime) -> list[Count]:
    """Of the search: assigned, unassigned; of the product: all; and what is ticked. One query."""
    plain = Search({"product": search.cleaned_data["product"]})
    plain.is_valid()
    lists = [found(search, at, tab=ASSIGNED), found(search, at, tab=UNASSIGNED), numbers_in(selection, at)]
    if not search.asks:
        served, free, chosen = counted_each(*lists)
        return [served, free, _sum(served, free), chosen]
    served, free, chosen, total = counted_each(*lists, found(plain, at))
    return [served, free, total, chosen]


def _sum(one: Count, other: Count) -> Count:
    both, exact = one[0] + other[0], one[1] and other[1]
    return (both, True) if exact and both <= MOST_COUNTED else (min(both, MOST_COUNTED), False)


def words_of(count: Count) -> str:
    """A count as people read it: "12,480", or "50,000+" where nobody counted on."""
    number, exact = count
    text = number_format(number, use_l10n=True, force_grouping=True)
    return text if exact else _("%(number)s+") % {"number": text}


def size_of(query: Mapping[str, str]) -> int:
    """How many rows a page has: what the person chose, of the sizes offered."""
    text = query.get("size", "")
    return int(text) if text.isascii() and text.isdecimal() and int(text) in SIZES else SIZES[0]


def address(answers: Mapping[str, Any], size: int = SIZES[0]) -> str:
    """The query of a list that shows `answers`, with a leading "?"."""
    named = {name: value for name, value in answers.items() if value}
    if named.get("tab") == ALL:
        del named["tab"]
    return f"?{urlencode(named | ({'size': size} if size != SIZES[0] else {}))}"


def here(query: Mapping[str, str]) -> str:
    """The query that shows this page again, without its "?"."""
    return urlencode({name: query[name] for name in query if query[name] and name in _KEPT})


_KEPT = ("product", "tab", "q", "campaign", "status", "import", "sort", "size", "after", "before")


def campaigns_of(search: Search) -> list[tuple[str, Text]]:
    """What the filter of campaigns offers: any, none, and each that may have numbers."""
    rows = Campaign.objects.filter(product=search.cleaned_data["product"]).select_related("brand")
    rows = rows.exclude(status__in=(campaign_states.DRAFT, campaign_states.DELETED)).order_by("name", "pk")
    named = [(str(one.pk), one.display_name) for one in rows[:_MOST_CAMPAIGNS]]
    return [("", _("Any or none")), (ANY, _("On a campaign")), (NONE, _("On no campaign")), *named]
