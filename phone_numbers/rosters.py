"""How many numbers a campaign has and may have: the row that the database counts in."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from campaigns.choices import UseCase
from campaigns.models import Campaign
from campaigns.registration import Registration
from phone_numbers.models import Roster
from portal.lifecycle import gateway
from portal.lifecycle.models import Watch


def direct_limit(campaign: Campaign, registration: Registration | None = None) -> int:
    """How many numbers its carrier lets everybody put on a campaign of this kind, without asking.

    `registration`: what stands for it at the carrier, where that was read already.
    """
    registration = registration or campaign.registration()
    account = registration.account if registration else gateway.default_account()
    if campaign.use_case == UseCase.SOLE_PROPRIETOR:
        return gateway.number_policy(account).sole_limit.value
    limit: int = gateway.campaign_policy(account).direct_limit.value
    return limit


def roster_of(campaign: Campaign, registration: Registration | None = None) -> Roster:
    """The roster of `campaign`, made at the first time; its direct limit is the carrier's of today.

    `registration` as in `direct_limit`.

    A limit that has become smaller lets the numbers stay that are there.
    """
    direct = direct_limit(campaign, registration)
    roster: Roster
    roster, _ = Roster.objects.get_or_create(
        campaign=campaign, organization_id=campaign.organization_id, defaults={"direct": direct}
    )
    wanted = max(direct, roster.used if roster.used > (roster.approved or 0) else 0)
    if roster.direct != wanted:
        Roster.objects.filter(pk=roster.pk).update(direct=wanted)
        roster.direct = wanted
    return roster


def room_of(campaign: Campaign) -> Roster:
    """The roster as it stands, for pages: one that was never needed is not written."""
    found: Roster | None = Roster.objects.filter(campaign=campaign).first()
    return found or Roster(
        organization_id=campaign.organization_id, campaign=campaign, direct=direct_limit(campaign)
    )


def hold(campaigns: Collection[UUID]) -> dict[UUID, Roster]:
    """Lock the rosters of `campaigns` (ids) and the waits about them until the end of the transaction; by campaign.

    Whoever changes assignments does this first, so that nobody waits for a roster while holding assignments that its
    holder wants: waits before rosters, as a reading takes them, and each in one order.
    """
    rosters = Roster.objects.filter(campaign__in=campaigns)
    waits = Watch.objects.filter(kind=Roster.kind, subject_id__in=rosters.values("pk"), closed_at=None)
    list(waits.select_for_update().order_by("subject_id").values_list("pk", flat=True))
    held = rosters.select_for_update(no_key=True).order_by("campaign_id")
    return {one.campaign_id: one for one in held}
