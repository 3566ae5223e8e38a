"""What needs me, what waits, what ends soon: brands and campaigns in one line each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from brands import states as brand_states
from brands.models import Brand
from campaigns import states as campaign_states
from campaigns.deriving import DERIVED, ENDS, Seen, all_seen, derived, ending
from campaigns.models import Campaign
from portal.ui.looks import Text

# As many lines as a list of the start page shows; the place called SMS campaigns has them all.
LONGEST = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One thing: either a `brand` or a campaign (`seen`). `word` says what `at` is."""

    kind: Text
    name: str
    url: str
    word: Text
    at: datetime | None
    brand: Brand | None = None
    seen: Seen | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """The three lists, what has waited longest first; `more`: not everything stands on them."""

    needs_you: list[Line]
    waiting: list[Line]
    ending: list[Line]
    any_brand: bool
    watching: bool
    more: bool


def lines(now: datetime) -> Lines:
    """The lists of the organization in scope at business time `now`; a fixed number of queries."""
    brands = list(_brands(brand_states.NEEDS_YOU))
    waiting_brands = list(_brands(brand_states.WAITING - brand_states.NEEDS_YOU))
    rows = derived(Campaign.objects.order_by("since", "pk"), now)
    needing = rows.filter(**{f"{DERIVED}__in": campaign_states.NEEDS_YOU})
    waiting = rows.filter(**{f"{DERIVED}__in": campaign_states.WAITING})
    soon = ending(rows, now).order_by(ENDS, "pk")
    campaigns = [list(one[: LONGEST + 1]) for one in (needing, waiting, soon)]
    looks = {one.campaign.pk: one for one in all_seen([row for part in campaigns for row in part], now)}
    parts = [[looks[row.pk] for row in part] for part in campaigns]
    needs_you = sorted([*map(_of_brand, brands), *map(_of_campaign, parts[0])], key=_age)
    waits = sorted([*map(_of_brand, waiting_brands), *map(_of_campaign, parts[1])], key=_age)
    ends = [_end_of(one) for one in parts[2]]
    return Lines(
        needs_you[:LONGEST],
        waits[:LONGEST],
        ends[:LONGEST],
        any_brand=bool(brands or waiting_brands) or Brand.objects.exists(),
        watching=any(brand.is_waiting for brand in [*brands, *waiting_brands]) or bool(parts[1]),
        more=any(len(part) > LONGEST for part in (needs_you, waits, ends)),
    )


def _brands(statuses: frozenset[str]) -> list[Brand]:
    return list(Brand.objects.filter(status__in=statuses).order_by("since", "pk")[: LONGEST + 1])


def _age(line: Line) -> tuple[bool, datetime | None]:
    return line.at is None, line.at


def _of_brand(brand: Brand) -> Line:
    return Line(_("Brand"), brand.name, brand.get_absolute_url(), *_since(brand.is_draft, brand), brand=brand)


def _of_campaign(seen: Seen) -> Line:
    campaign = seen.campaign
    word, at = _since(campaign.is_draft, campaign)
    if seen.status == campaign_states.EXPIRED and seen.registration and seen.registration.ends_at:
        word, at = _("ended"), seen.registration.ends_at
    return _line(seen, word, at)


def _end_of(seen: Seen) -> Line:
    return _line(seen, _("ends"), seen.registration.ends_at if seen.registration else None)


def _line(seen: Seen, word: Text, at: datetime | None) -> Line:
    campaign = seen.campaign
    return Line(_("SMS campaign"), campaign.display_name, campaign.get_absolute_url(), word, at, seen=seen)


def _since(is_draft: bool, row: Brand | Campaign) -> tuple[Text, datetime]:
    return (_("last saved"), row.saved_at) if is_draft else (_("since"), row.since)
