"""What the registry tells by itself, in the vendor's words, and the noticing of what time brought about.

Types and bodies are those of the vendor's page "10DLC event notifications": REGISTRATION, REVET,
ORDER_EXTERNAL_VETTING, and TCR_BRAND_UPDATE with the registry's own `eventType`. The page shows no body for
the registry's events on identity, score, password and Authentication+; theirs have the form of BRAND_ADD.
"""

from __future__ import annotations

import time
import uuid
from typing import Any

from django.db import transaction
from django.db.models import Q

from portal.practice.clock import Moment
from portal.practice.models import FAILED, OK, PENDING, Brand, Delivery, Event, Vetting
from portal.practice.webhooks import campaign_events, number_events, twisting

BRAND_EVENT = "10dlc.brand.update"
_ROUND = 200


def tell(brand: Brand, moment: Moment, *, kind: str, **payload: Any) -> Event:
    """Write down an event about `brand` and plan its delivery. Inside the transaction of what happened."""
    urls = [brand.filed.get("webhookURL"), brand.filed.get("webhookFailoverURL")]
    event = Event.objects.create(
        account=brand.account.fingerprint,
        brand=brand,
        event_type=BRAND_EVENT,
        payload={"brandId": str(brand.id), "type": kind, **payload},
        occurred_at=moment.business,
        urls=[url for url in urls if url],
    )
    twisting.plan(event, moment)
    return event


def update(brand: Brand, moment: Moment, event_type: str, description: str, **more: Any) -> Event:
    """One of the registry's own events, TCR_BRAND_UPDATE."""
    return tell(
        brand,
        moment,
        kind="TCR_BRAND_UPDATE",
        eventType=event_type,
        brandName=brand.legal_name or brand.display_name,
        description=description,
        status="success",
        **({"tcrBrandId": brand.tcr_id} if brand.tcr_id else {}),
        **more,
    )


def early(
    brand_id: uuid.UUID,
    moment: Moment,
    *,
    seconds: float,
    campaign_id: uuid.UUID | None = None,
    number: str = "",
) -> None:
    """Tell of a brand, campaign or number whose creation is not answered yet, and wait until that was delivered."""
    if number and campaign_id is not None:
        number_events.early(campaign_id, number, moment, seconds=seconds)
        return
    if campaign_id is not None:
        campaign_events.early(campaign_id, moment, seconds=seconds)
        return
    brand = Brand.objects.select_related("account").get(id=brand_id)
    with transaction.atomic():
        event = update(brand, moment, "BRAND_ADD", f"Brand {brand.tcr_id} is added")
    until = time.monotonic() + seconds
    while time.monotonic() < until and Delivery.objects.filter(event=event, outcome="").exists():
        time.sleep(0.02)


def notice(moment: Moment) -> int:
    """Tell what time brought about since the last look: verdicts, suspensions, vettings. How many.

    A verdict is a row with a due time; nobody wakes up when it comes due, so it is looked for here.
    """
    # One that is held back must not stand in the way of the others, however many there are.
    decided = ~Q(status_now=PENDING) | Q(deleted_at__lte=moment.business)
    owed = (
        Brand.objects.filter(announced=False, due_at__lte=moment.business)
        .visible(moment)
        .as_of(moment)
        .filter(decided)
        .order_by("due_at")
        .values_list("pk", flat=True)
    )
    count = sum(_announce(number, moment) for number in owed[:_ROUND])
    for vetting in Vetting.objects.filter(announced=False, due_at__lte=moment.business)[:_ROUND]:
        count += _announce_vetting(vetting.pk, moment)
    return count


@transaction.atomic
def _announce(number: int, moment: Moment) -> bool:
    if not Brand.objects.select_for_update(skip_locked=True).filter(pk=number, announced=False).exists():
        return False
    brand = Brand.objects.as_of(moment).select_related("account").get(pk=number)
    gone = brand.deleted_at is not None and brand.deleted_at <= moment.business
    if brand.is_pending and not gone:
        return False
    words = "deleted" if gone else f"{brand.status_now}/{brand.identity_now}"
    changed = words != brand.told
    if changed:
        _say(brand, moment, gone=gone)
    later = [at for at in (brand.suspended_at, brand.deleted_at) if at is not None and at > moment.business]
    Brand.objects.filter(pk=number).update(announced=not later, told=words)
    return changed


def _say(brand: Brand, moment: Moment, *, gone: bool) -> None:
    if gone:
        update(brand, moment, "BRAND_DELETE", f"Brand {brand.tcr_id} is deleted")
        return
    if brand.status_now == FAILED:
        reasons = [{"fields": [], "description": brand.failure}]
        tell(brand, moment, kind="REGISTRATION", status="failed", reasons=reasons)
        return
    if brand.told == "revetting":
        tell(brand, moment, kind="REVET", status="success", reasons=[])
        update(brand, moment, "BRAND_REVET", f"Brand {brand.tcr_id} is revetted")
    elif not brand.told:
        update(brand, moment, "BRAND_ADD", f"Brand {brand.tcr_id} is added")
    if brand.status_now == OK:
        words = brand.identity_now
        update(
            brand,
            moment,
            "BRAND_IDENTITY_STATUS_UPDATE",
            f"Brand {brand.tcr_id} is {words}",
            brandIdentityStatus=words,
        )
    else:
        update(brand, moment, "BRAND_UPDATE", f"Brand {brand.tcr_id} is {brand.status_now}")


@transaction.atomic
def _announce_vetting(vetting_id: int, moment: Moment) -> bool:
    free = Vetting.objects.select_for_update(skip_locked=True).filter(Q(pk=vetting_id), announced=False)
    if not free.exists():
        return False
    vetting = Vetting.objects.select_related("brand__account").get(pk=vetting_id)
    Vetting.objects.filter(pk=vetting_id).update(announced=True)
    brand = vetting.brand
    if vetting.vetting_class == "AUTHPLUS":
        words = f"Authentication+ of brand {brand.tcr_id} is complete"
        update(brand, moment, "BRAND_AUTHPLUS_VERIFICATION_COMPLETE", words)
        return True
    if vetting.score is None:
        reasons = [{"fields": ["companyName"], "description": "The provider could not vet this company."}]
        tell(brand, moment, kind="ORDER_EXTERNAL_VETTING", status="failed", reasons=reasons)
        return True
    tell(brand, moment, kind="ORDER_EXTERNAL_VETTING", status="success", reasons=[])
    words = f"The score of brand {brand.tcr_id} is {vetting.score}"
    update(brand, moment, "BRAND_SCORE_UPDATE", words, vettingScore=vetting.score)
    # A score may lift the brand's own word.
    Brand.objects.filter(pk=brand.pk).update(announced=False)
    return True
