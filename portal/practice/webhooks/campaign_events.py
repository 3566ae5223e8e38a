"""What the registry tells of campaigns, in the vendor's words, and the noticing of what time brought about.

Types and bodies: the vendor's `CampaignStatusUpdateEvent`; the registry's own events stand in `eventType` beside
the type TCR_EVENT, as the vendor's page "10DLC event notifications" shows them.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import Q

from portal.practice.campaigns.life import Happening, Standing
from portal.practice.campaigns.networks import APPROVED, NAMES, TMOBILE
from portal.practice.campaigns.rules import told
from portal.practice.clock import Moment
from portal.practice.models import Campaign, Delivery, Event
from portal.practice.webhooks import twisting

CAMPAIGN_EVENT = "10dlc.campaign.update"
CSP_ID = "SPRCTCE"
_ROUND = 200
_SUCCESS, _FAILED, _ACCEPTED, _REJECTED = "success", "failed", "ACCEPTED", "REJECTED"

# Type, status, the registry's own event if it is one, and words; by act.
_TOLD: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    "registry_accepted": (
        ("REGISTRATION", _SUCCESS, "", "is registered"),
        ("TCR_EVENT", _SUCCESS, "CAMPAIGN_ADD", "is added"),
    ),
    "registry_failed": (("REGISTRATION", _FAILED, "", "could not be registered"),),
    "provider_accepted": (("TELNYX_REVIEW", _ACCEPTED, "", "is accepted by Telnyx"),),
    "provider_rejected": (("TELNYX_REVIEW", _REJECTED, "", "is rejected by Telnyx"),),
    "carriers_rejected": (("MNO_REVIEW", _REJECTED, "", "is rejected by the carriers"),),
    "provisioned": (
        ("MNO_REVIEW", _ACCEPTED, "", "is accepted by the carriers"),
        ("VERIFIED", _SUCCESS, "", "is ready to send"),
    ),
    "provisioning_failed": (("VERIFIED", _FAILED, "", "could not be provisioned"),),
    "dormant": (("TELNYX_EVENT", "DORMANT", "", "has been marked as dormant"),),
    "woken": (("TELNYX_EVENT", _SUCCESS, "", "is no longer dormant"),),
    "suspended": (("TCR_EVENT", _SUCCESS, "MNO_CAMPAIGN_OPERATION_SUSPENDED", "is suspended"),),
    "unsuspended": (
        ("TCR_EVENT", _SUCCESS, "MNO_CAMPAIGN_OPERATION_UNSUSPENDED", "is not suspended any more"),
    ),
    "renewed": (("TCR_EVENT", _SUCCESS, "CAMPAIGN_BILLED", "is billed"),),
    "expired": (("TCR_EVENT", _SUCCESS, "CAMPAIGN_EXPIRED", "is expired"),),
    "deactivated": (("TCR_EVENT", _SUCCESS, "CAMPAIGN_EXPIRED", "is deactivated"),),
    "removed": (("TCR_EVENT", _SUCCESS, "CAMPAIGN_EXPIRED", "is removed"),),
    "changed": (("TCR_EVENT", _SUCCESS, "CAMPAIGN_UPDATE", "is updated"),),
    "appealed": (("TCR_EVENT", _SUCCESS, "CAMPAIGN_RESUBMISSION", "is submitted again"),),
    "odd": (("TCR_EVENT", _SUCCESS, "CAMPAIGN_UPDATE", "is updated"),),
    "pooled": (("NUMBER_POOL_PROVISIONED", _SUCCESS, "", "has a number pool"),),
    "unpooled": (("NUMBER_POOL_DEPROVISIONED", _SUCCESS, "", "has no number pool any more"),),
    "term": (("TCR_EVENT", _SUCCESS, "CAMPAIGN_UPDATE", "is updated"),),
}


def notice(moment: Moment) -> int:
    """Tell what happened since the last look. How many things."""
    owed = (
        Campaign.objects.filter(next_at__lte=moment.business)
        .visible(moment)
        .order_by("next_at")
        .values_list("pk", flat=True)
    )
    return sum(_announce(number, moment) for number in owed[:_ROUND])


def tell(campaign: Campaign, moment: Moment, *, now: Standing, kind: str, status: str, **more: Any) -> Event:
    """Write down an event about `campaign` and plan its delivery. Inside the transaction of what happened."""
    urls = [campaign.filed.get("webhookURL"), campaign.filed.get("webhookFailoverURL")]
    event = Event.objects.create(
        account=campaign.account.fingerprint,
        brand=campaign.brand,
        campaign=campaign,
        event_type=CAMPAIGN_EVENT,
        payload={
            "brandId": str(campaign.brand.id),
            "campaignId": str(campaign.id),
            "createDate": str(int(campaign.filed_at.timestamp())),
            "cspId": CSP_ID,
            "isTMobileRegistered": now.networks.get(TMOBILE) == APPROVED,
            "type": kind,
            "status": status,
            **more,
        },
        occurred_at=moment.business,
        urls=[url for url in urls if url],
    )
    twisting.plan(event, moment)
    return event


def early(campaign_id: uuid.UUID, moment: Moment, *, seconds: float) -> None:
    """Tell of a campaign whose creation is not answered yet, and wait until that was delivered."""
    campaign = Campaign.objects.select_related("account", "brand").get(id=campaign_id)
    with transaction.atomic():
        event = now(campaign, moment, "CAMPAIGN_ADD")
    until = time.monotonic() + seconds
    while time.monotonic() < until and Delivery.objects.filter(event=event, outcome="").exists():
        time.sleep(0.02)


def now(campaign: Campaign, moment: Moment, event_type: str) -> Event:
    """Tell one of the registry's own events now, whether it happened or not."""
    return tell(
        campaign,
        moment,
        now=campaign.standing(moment),
        kind="TCR_EVENT",
        status=_SUCCESS,
        eventType=event_type,
        description=f"Campaign {campaign.tcr_id}: {event_type}",
    )


@transaction.atomic
def _announce(number: int, moment: Moment) -> int:
    free = Campaign.objects.select_for_update(skip_locked=True).filter(
        Q(pk=number), next_at__lte=moment.business
    )
    if not free.exists():
        return 0
    campaign = Campaign.objects.select_related("account", "brand").get(pk=number)
    standing = campaign.standing(moment)
    fresh = [one for one in standing.happened if campaign.told_until < one.at <= moment.business]
    for happening in fresh:
        for kind, status, more in _said(campaign, happening):
            tell(campaign, moment, now=standing, kind=kind, status=status, **more)
    # Not the present: an order that is under way has an earlier moment than this look.
    campaign.told_until = max((one.at for one in fresh), default=campaign.told_until)
    campaign.wake(moment)
    campaign.save(update_fields=["told_until", "next_at"])
    return len(fresh)


def _said(campaign: Campaign, happening: Happening) -> Iterator[tuple[str, str, dict[str, Any]]]:
    if happening.act == "carrier":
        step = happening.step
        yield (
            "TCR_EVENT",
            _SUCCESS,
            {
                "eventType": f"MNO_CAMPAIGN_OPERATION_{step['word']}",
                "mnoName": NAMES[step["network"]],
                "description": f"Campaign {campaign.tcr_id} at {NAMES[step['network']]}: {step['word']}",
            },
        )
        return
    reasons = told(list(happening.step.get("reasons", ())))
    for kind, status, event_type, words in _TOLD.get(happening.act, ()):
        more = {"eventType": event_type} if event_type else {}
        description = f"Campaign {campaign.tcr_id} {words}"
        yield kind, status, {**more, "description": f"{description}. {reasons}" if reasons else description}
