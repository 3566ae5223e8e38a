"""The campaigns to which numbers can be assigned, how full each is, and why another cannot be chosen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from campaigns import states as campaign_states
from campaigns.deriving import Seen, all_seen
from campaigns.models import Campaign
from phone_numbers.models import Roster
from phone_numbers.rosters import direct_limit
from portal.ui.looks import Text


@dataclass(frozen=True, slots=True)
class Room:
    """How many numbers a campaign has, and may have. `approved`: the porting desk granted more than the usual."""

    used: int
    limit: int
    approved: bool = False

    @property
    def left(self) -> int:
        """How many more it takes."""
        return max(0, self.limit - self.used)

    @property
    def is_full(self) -> bool:
        """Does it take none?"""
        return self.left == 0


@dataclass(frozen=True, slots=True)
class Choice:
    """One campaign to choose. `why`: it cannot be chosen; "" where it can."""

    seen: Seen
    room: Room
    why: Text = ""

    @property
    def campaign(self) -> Campaign:
        """The campaign itself."""
        return self.seen.campaign


def rooms_of(campaigns: Iterable[Campaign]) -> dict[UUID, Room]:
    """How full each of `campaigns` is; one query for those that ever had a number, none for the others."""
    asked = {one.pk: one for one in campaigns}
    rows = {row.campaign_id: row for row in Roster.objects.filter(campaign__in=asked)}
    return {pk: _room(one, rows.get(pk)) for pk, one in asked.items()}


def _room(campaign: Campaign, roster: Roster | None) -> Room:
    if roster is None:
        return Room(0, direct_limit(campaign))
    return Room(roster.used, roster.limit, (roster.approved or 0) > roster.direct)


def choices_of(product: str, at: datetime) -> list[Choice]:
    """The submitted campaigns of `product` at business time `at`: those that can be chosen first. Three queries."""
    rows = Campaign.objects.filter(product=product).select_related("brand")
    rows = rows.exclude(status__in=(campaign_states.DRAFT, *campaign_states.GOING))
    seen = all_seen(rows.order_by("name", "pk"), at)
    rooms = rooms_of(one.campaign for one in seen)
    choices = [Choice(one, rooms[one.campaign.pk], _why(one, rooms[one.campaign.pk])) for one in seen]
    return sorted(choices, key=lambda choice: bool(choice.why))


def _why(seen: Seen, room: Room) -> Text:
    if seen.status != campaign_states.ACTIVE:
        return _WHY.get(seen.status, _("It is not active."))
    if room.is_full:
        return _("It is full. More numbers than that need the porting desk.")
    return ""


_WHY: dict[str, Text] = {
    **dict.fromkeys(
        campaign_states.REVIEW | {campaign_states.SUBMITTING},
        _("It is not approved yet: numbers can be assigned when it is active."),
    ),
    campaign_states.REJECTED: _("It was rejected: correct it and submit it again first."),
    campaign_states.EXPIRED: _("It has expired: submit it again first."),
    campaign_states.SUSPENDED: _("It is suspended."),
    campaign_states.DORMANT: _("The carrier put it to sleep."),
    campaign_states.MISSING: _("The carrier does not know it any more."),
}
