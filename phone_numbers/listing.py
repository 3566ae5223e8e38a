"""The numbers on a campaign: counted by what they can do, and page by page in the order of the numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from campaigns.deriving import Seen
from phone_numbers.models import Assignment
from phone_numbers.states import look_of
from portal.lib.phones import shown as shown_phone
from portal.ui.looks import Look
from portal.ui.paging import Heading, Sort, sliced

PAGE = 100
_SALT = "numbers.listing"
SORTS = {
    "number": Sort(_("Number"), F("number__e164")),
    "since": Sort(_("Since"), F("since"), falling=True),
}
USUAL = "number"


@dataclass(frozen=True, slots=True)
class Row:
    """One number on the campaign: as people read it, and how it stands."""

    assignment: Assignment
    called: str
    look: Look


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the numbers on a campaign, and how many there are in all: `on` are assigned for good."""

    rows: list[Row]
    headings: dict[str, Heading]
    total: int
    on: int
    awake: bool
    sort: str = ""
    earlier: str = ""
    later: str = ""


def page(seen: Seen, query: Mapping[str, str], *, size: int = PAGE) -> Page:
    """The page that `query` (sort, after, before) names. Raises BadRequest as `ui.paging.sliced` does.

    Two queries for any number of numbers: whether they can send follows from their campaign.
    """
    awake = seen.sends
    rows = Assignment.objects.open().filter(campaign=seen.campaign)
    counts = rows.aggregate(total=Count("pk"), on=Count("pk", filter=Q(state=Assignment.State.ON)))
    one = sliced(rows.select_related("number"), SORTS, query, usual=USUAL, salt=_SALT, size=size)
    found = [Row(each, shown_phone(each.number.e164), look_of(each, awake=awake)) for each in one.rows]
    return Page(
        found,
        dict(zip(SORTS, one.headings, strict=True)),
        counts["total"],
        counts["on"],
        awake,
        sort="" if one.sort == USUAL else one.sort,
        earlier=one.earlier,
        later=one.later,
    )
