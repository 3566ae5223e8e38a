"""What taking numbers off means, as its page shows it: the exact list, by campaign, and what stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from django.db.models import F, QuerySet

from campaigns.models import Campaign
from phone_numbers.models import Assignment, Number
from phone_numbers.unassigning import Release, preview_release
from portal.lib.phones import shown as shown_phone
from portal.ui.paging import Sort, sliced

# More than so many want a fresh sign-in (DESIGN, people): as many as go on a campaign without anybody's help.
MANY = 48
PAGE = 100
_SALT = "numbers.release"
_SORTS = {"number": Sort("", F("e164"))}


@dataclass(frozen=True, slots=True)
class Going:
    """One number that is taken off, and its campaign."""

    called: str
    label: str
    campaign: str


@dataclass(frozen=True, slots=True)
class ReleaseShown:
    """`release` in counts, a page of the numbers that go, and how many go from which campaign."""

    release: Release
    numbers: list[Going]
    campaigns: list[tuple[Campaign, int]]
    token: str
    earlier: str = ""
    later: str = ""


def release_of(numbers: QuerySet[Number], query: Mapping[str, str]) -> ReleaseShown:
    """What taking `numbers` off would do; `query` (after, before) names the page of the list."""
    release = preview_release(numbers)
    named = {name: query[name] for name in ("after", "before") if name in query}
    there = Assignment.objects.open().filter(number__in=numbers.order_by().values("pk"))
    there = there.exclude(state=Assignment.State.RELEASING)
    rows = there.select_related("number", "campaign", "campaign__brand")
    one = sliced(rows, _SORTS, named, usual="number", salt=_SALT, size=PAGE)
    campaigns = (
        Campaign.objects.filter(pk__in=release.campaigns).select_related("brand").order_by("name", "pk")
    )
    return ReleaseShown(
        release,
        [Going(shown_phone(each.e164), each.number.label, each.campaign.display_name) for each in one.rows],
        [(campaign, release.campaigns[campaign.pk]) for campaign in campaigns],
        str(uuid4()),
        one.earlier,
        one.later,
    )
