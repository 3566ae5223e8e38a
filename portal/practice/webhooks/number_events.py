"""What the registry tells of numbers on campaigns, in the vendor's words, and the noticing of what time brought about.

Types and bodies: the vendor's page "10DLC event notifications". ASSIGNMENT and DELETION answer what the account asked
for, STATUS_UPDATE tells what nobody asked for. They go to the addresses of the campaign.
"""

from __future__ import annotations

import time
import uuid
from typing import Any

from django.db import transaction
from django.db.models import Q

from portal.practice.clock import Moment
from portal.practice.models import Campaign, Delivery, Event, Link
from portal.practice.webhooks import twisting

NUMBER_EVENT = "10dlc.phone_number.update"
_ROUND = 500
_SUCCESS, _FAILED = "success", "failed"

# Type and status, by act.
_TOLD: dict[str, tuple[str, str]] = {
    "assigned": ("ASSIGNMENT", _SUCCESS),
    "failed": ("ASSIGNMENT", _FAILED),
    "odd": ("STATUS_UPDATE", "PENDING"),
    "release_released": ("DELETION", _SUCCESS),
    "release_failed": ("DELETION", _FAILED),
    "lost": ("STATUS_UPDATE", "DELETED"),
}


def notice(moment: Moment) -> int:
    """Tell what happened since the last look. How many things."""
    owed = (
        Link.objects.filter(next_at__lte=moment.business)
        .visible(moment)
        .order_by("next_at")
        .values_list("pk", flat=True)
    )
    return sum(_announce(key, moment) for key in owed[:_ROUND])


def tell(campaign: Campaign, e164: str, moment: Moment, *, kind: str, status: str, **more: Any) -> Event:
    """Write down an event about a number and plan its delivery. Inside the transaction of what happened."""
    urls = [campaign.filed.get("webhookURL"), campaign.filed.get("webhookFailoverURL")]
    event = Event.objects.create(
        account=campaign.account.fingerprint,
        brand=campaign.brand,
        campaign=campaign,
        number=e164,
        event_type=NUMBER_EVENT,
        payload={
            "campaignId": str(campaign.id),
            "tcrCampaignId": campaign.tcr_id,
            "phoneNumber": e164,
            "type": kind,
            "status": status,
            **more,
        },
        occurred_at=moment.business,
        urls=[url for url in urls if url],
    )
    twisting.plan(event, moment)
    return event


def early(campaign_id: uuid.UUID, e164: str, moment: Moment, *, seconds: float) -> None:
    """Tell of a number whose assignment is not answered yet, and wait until that was delivered."""
    campaign = Campaign.objects.select_related("account", "brand").get(id=campaign_id)
    with transaction.atomic():
        event = tell(campaign, e164, moment, kind="STATUS_UPDATE", status="PENDING")
    until = time.monotonic() + seconds
    while time.monotonic() < until and Delivery.objects.filter(event=event, outcome="").exists():
        time.sleep(0.02)


@transaction.atomic
def _announce(key: int, moment: Moment) -> int:
    free = Link.objects.select_for_update(skip_locked=True).filter(Q(pk=key), next_at__lte=moment.business)
    if not free.exists():
        return 0
    link = Link.objects.select_related("account", "number", "campaign__account", "campaign__brand").get(
        pk=key
    )
    over = link.over_since()
    fresh = [
        (at, act)
        for at, act in link.happenings()
        if link.told_until < at <= moment.business
        and link.heard(at, act, moment)
        and (over is None or at <= over)
    ]
    for _at, act in fresh:
        if act in _TOLD:
            kind, status = _TOLD[act]
            tell(link.campaign, link.number.e164, moment, kind=kind, status=status, **_reasons(link, act))
    # Not the present: an order that is under way has an earlier moment than this look.
    link.told_until = max((at for at, _act in fresh), default=link.told_until)
    link.wake(moment)
    link.save(update_fields=["told_until", "next_at"])
    return len(fresh)


def _reasons(link: Link, act: str) -> dict[str, Any]:
    if _TOLD[act][0] == "STATUS_UPDATE":
        return {}
    reason = {"failed": link.failure, "release_failed": link.release_failure}.get(act, "")
    return {"reasons": [reason] if reason else []}
