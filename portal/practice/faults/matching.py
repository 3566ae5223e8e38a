"""Which fault meets this request? The first that fits and whose turn it is."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q

from portal.practice.clock import Moment
from portal.practice.models import Fault

_READING = ("read", "list", "search")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, or a webhook, as faults see it. `type` is a webhook's type or event type."""

    account: str
    verb: str
    resource: str
    key: str = ""
    brand: str = ""
    types: tuple[str, ...] = ()
    campaign: str = ""


def meet(asked: Asked, moment: Moment) -> Fault | None:
    """The fault that hits `asked`, counted as used, or None.

    Every fault that fits counts it as seen, up to and with the one that hits. Chance is worked out of
    the registry's seed, the fault's number and the count, so the same run meets the same faults.
    """
    rows = Fault.objects.filter(removed_at=None).filter(Q(account=asked.account) | Q(account=""))
    if not rows.exists():
        return None
    with transaction.atomic():
        for fault in rows.select_for_update().order_by("id"):
            if fault.is_spent or (fault.ends_at is not None and fault.ends_at <= moment.machine):
                continue
            if not _fits(fault.match, asked):
                continue
            fault.seen += 1
            if not _turn(fault, moment.seed):
                fault.save(update_fields=["seen"])
                continue
            fault.used += 1
            fault.save(update_fields=["seen", "used"])
            return fault
    return None


def dice(seed: int, *places: object) -> random.Random:
    """Chance for one place in the run, always the same for the same seed."""
    # Repeatable on purpose; nothing here is a secret.
    return random.Random(":".join(map(str, (seed, *places))))  # noqa: S311


def _fits(match: Mapping[str, Any], asked: Asked) -> bool:
    verb = match.get("verb")
    if verb == "write":
        right = asked.verb not in (*_READING, "webhook")
    elif verb == "list":
        right = asked.verb in ("list", "search")
    elif verb is None:
        right = asked.verb != "webhook"
    else:
        right = asked.verb == verb
    return (
        right
        and match.get("resource", asked.resource) == asked.resource
        and match.get("key", asked.key) == asked.key
        and match.get("brand", asked.brand) == asked.brand
        and match.get("campaign", asked.campaign) == asked.campaign
        and (match.get("type") is None or match["type"] in asked.types)
    )


def _turn(fault: Fault, seed: int) -> bool:
    nth, prob = fault.match.get("nth"), fault.match.get("prob")
    if nth is not None and fault.seen not in nth:
        return False
    return prob is None or dice(seed, "fault", fault.account, fault.number, fault.seen).random() < prob
