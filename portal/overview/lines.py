"""What needs me, what waits, what ends soon: brands, campaigns and their numbers in one line each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from brands import states as brand_states
from brands.models import Brand
from campaigns import states as campaign_states
from campaigns.deriving import DERIVED, ENDS, Seen, all_seen, derived, ending
from campaigns.models import Campaign
from portal.overview import number_lines
from portal.overview.line import Line
from portal.ui.looks import Text

# As many lines as a list of the start page shows; the place called SMS campaigns has them all.
LONGEST = 50


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
    asleep = number_lines.sleep([one.campaign for one in parts[0]]) if parts[0] else {}
    stops = number_lines.stops([one.campaign.pk for one in parts[2]], now) if parts[2] else {}
    needing_lines = [_of_campaign(one, asleep.get(one.campaign.pk, "")) for one in parts[0]]
    needs_you = sorted([*map(_of_brand, brands), *needing_lines, *number_lines.failed(now)], key=_age)
    waits = sorted(
        [*map(_of_brand, waiting_brands), *map(_of_campaign, parts[1]), *number_lines.waiting()], key=_age
    )
    ends = [_end_of(one, stops.get(one.campaign.pk, "")) for one in parts[2]]
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


def _of_campaign(seen: Seen, numbers: Text = "") -> Line:
    campaign = seen.campaign
    word, at = _since(campaign.is_draft, campaign)
    if seen.status == campaign_states.EXPIRED and seen.registration and seen.registration.ends_at:
        word, at = _("ended"), seen.registration.ends_at
    return _line(seen, word, at, numbers)


def _end_of(seen: Seen, numbers: Text) -> Line:
    return _line(seen, _("ends"), seen.registration.ends_at if seen.registration else None, numbers)


def _line(seen: Seen, word: Text, at: datetime | None, numbers: Text) -> Line:
    one = seen.campaign
    url = one.get_absolute_url()
    return Line(_("SMS campaign"), one.display_name, url, word, at, seen=seen, numbers=numbers)


def _since(is_draft: bool, row: Brand | Campaign) -> tuple[Text, datetime]:
    return (_("last saved"), row.saved_at) if is_draft else (_("since"), row.since)
