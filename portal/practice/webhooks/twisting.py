"""Planning the deliveries of an event: one, unless a fault of phase P5 makes it another number or kind.

`Delivery.twist` carries what happens when it is sent: `forge` (how the signature is wrong), `age` (how many
seconds ago it claims to be sent), `skew` (how wrong the clock is), `brand` (what it speaks of instead), `side`
(sent beside the others of the brand, not after them).
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db import transaction

from portal.practice.clock import Moment
from portal.practice.faults.matching import Asked, dice, meet
from portal.practice.models import Delivery, Event, Fault
from portal.practice.webhooks.bell import BELL


def plan(event: Event, moment: Moment) -> None:
    """Write the rows that will deliver `event`. An event without an address has none."""
    if not event.urls:
        return
    account = event.brand.account
    if moment.webhooks_off or account.webhooks_off:
        _row(event, moment, fault="webhooks off", outcome="lost")
        return
    types = tuple(filter(None, (event.payload.get("type"), event.payload.get("eventType"))))
    asked = Asked(event.account, "webhook", "brand", event.brand.key, str(event.brand.id), types)
    if event.campaign is not None:
        asked = replace(asked, resource="campaign", key=event.campaign.key, campaign=str(event.campaign.id))
    if event.number:
        asked = replace(asked, resource="number", key=event.number)
    fault = meet(asked, moment)
    if fault is None:
        _row(event, moment)
    else:
        _twisted(event, moment, fault)
    transaction.on_commit(BELL.set)


def release(moment: Moment) -> None:
    """Let go what a `reverse` fault has held for too long."""
    for delivery in Delivery.objects.filter(outcome="", due_at=None).select_related("event"):
        held = moment.machine - delivery.event.created_at
        if held >= timedelta(seconds=delivery.twist.get("patience", 0)):
            Delivery.objects.filter(pk=delivery.pk, due_at=None).update(due_at=moment.machine)


def _twisted(event: Event, moment: Moment, fault: Fault) -> None:
    values, name = fault.values, f"{fault} #{fault.number}"

    def row(**more: Any) -> Delivery:
        return _row(event, moment, fault=name, **more)

    match fault.effect:
        case "duplicate":
            for _copy in range(values["copies"]):
                row(twist={"side": True})
        case "lost":
            row(outcome="lost")
        case "wait":
            row(after=values["seconds"])
        case "skew":
            row(twist={"skew": values["seconds"]})
        case "replay":
            row()
            for _copy in range(values["copies"]):
                row(after=values["seconds"] + 0.001, twist={"age": values["age"], "once": True})
        case "forge":
            row(twist={"forge": values["how"], "once": True})
            if values["also"]:
                row()
        case "unknown":
            strange = dice(moment.seed, "unknown", fault.account, fault.number, fault.used).getrandbits(128)
            brand = values["brand"] or str(uuid.UUID(int=strange, version=4))
            row(twist={"brand": brand, "once": True})
            if values["also"]:
                row()
        case "reverse":
            row(held=True, twist={"fault": fault.pk, "patience": values["seconds"]})
            _turn_round(fault, moment)


def _turn_round(fault: Fault, moment: Moment) -> None:
    """Send what the fault holds, newest first, once there is enough of it."""
    held = list(Delivery.objects.filter(outcome="", due_at=None, twist__fault=fault.pk).order_by("-id"))
    if len(held) >= fault.values["count"]:
        for place, delivery in enumerate(held):
            delivery.due_at = moment.machine + timedelta(milliseconds=place)
            delivery.save(update_fields=["due_at"])


def _row(
    event: Event,
    moment: Moment,
    *,
    after: float = 0,
    held: bool = False,
    twist: dict[str, Any] | None = None,
    fault: str = "",
    outcome: str = "",
) -> Delivery:
    return Delivery.objects.create(
        event=event,
        due_at=None if held else moment.machine + timedelta(seconds=after),
        done_at=moment.machine if outcome else None,
        twist=twist or {},
        fault=fault,
        outcome=outcome,
        url=event.urls[0][:2000],
    )
