"""What a person or a test asks of the webhooks: show them, send one again, tell something now."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from portal.practice.clock import Moment
from portal.practice.ledger import BadFilter
from portal.practice.models import Brand, Campaign, Delivery, Event
from portal.practice.webhooks import campaign_events, events
from portal.practice.webhooks.bell import BELL

MOST = 10_000
USUAL = 1000


def deliveries(
    *,
    account: str = "",
    brand: str = "",
    campaign: str = "",
    key: str = "",
    number: str = "",
    outcome: str = "",
    limit: str = "",
) -> list[Delivery]:
    """The newest deliveries that fit, oldest of them first. Raises BadFilter.

    `key` is that of the campaign for a campaign's event, else that of the brand.
    """
    rows = Delivery.objects.select_related("event__brand", "event__campaign").order_by("-id")
    if account:
        rows = rows.filter(event__account=account)
    if key:
        rows = rows.filter(Q(event__campaign__key=key) | Q(event__campaign=None, event__brand__key=key))
    if number:
        rows = rows.filter(event__number=number)
    if outcome:
        rows = rows.filter(outcome="" if outcome == "waiting" else outcome)
    try:
        if brand:
            rows = rows.filter(event__brand__id=uuid.UUID(brand))
        if campaign:
            rows = rows.filter(event__campaign__id=uuid.UUID(campaign))
    except ValueError as problem:
        raise BadFilter(_("brand and campaign must be ids.")) from problem
    if limit and not (limit.isascii() and limit.isdigit() and len(limit) < 6 and 0 < int(limit) <= MOST):
        raise BadFilter(_("Expected a whole number between 1 and %(most)s.") % {"most": MOST})
    return list(rows[: int(limit or USUAL)])[::-1]


@transaction.atomic
def again(delivery_id: int, moment: Moment) -> Delivery:
    """Plan one more delivery of the same event, untwisted. Raises Delivery.DoesNotExist."""
    before = Delivery.objects.select_related("event__brand", "event__campaign").get(pk=delivery_id)
    row = Delivery.objects.create(event=before.event, due_at=moment.machine, url=before.event.urls[0][:2000])
    transaction.on_commit(BELL.set)
    return row


@transaction.atomic
def tell_now(brand_id: uuid.UUID, event_type: str, moment: Moment) -> Event:
    """Tell one of the registry's events about a brand or campaign, whether it happened or not.

    Raises Brand.DoesNotExist.
    """
    campaign = Campaign.objects.select_related("account", "brand").filter(id=brand_id).first()
    if campaign is not None:
        return campaign_events.now(campaign, moment, event_type)
    brand = Brand.objects.select_related("account").get(id=brand_id)
    return events.update(brand, moment, event_type, f"Brand {brand.tcr_id}: {event_type}")
