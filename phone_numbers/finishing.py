"""When an order is finished: nothing of it waits for the carrier any more. People are told once."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from phone_numbers.models import Assignment, Order
from portal.audit.recording import REGISTRY
from portal.clock import Times
from portal.notifications.kinds import ATTENTION, DECISION
from portal.notifications.telling import tell

State = Assignment.State
# States of an order as notifications know them.
DONE, PARTLY, OFF, PARTLY_OFF = "numbers-on", "numbers-failed", "numbers-off", "numbers-stay"


def tell_finished(orders: Iterable[UUID | None], times: Times) -> None:
    """Tell members of those of `orders` (ids) that have just come to their end. Part of the caller's transaction.

    A few questions per order, whatever the number of its numbers.
    """
    ids = {one for one in orders if one is not None}
    for order in Order.objects.filter(pk__in=ids, undone_at=None):
        state = state_of(order)
        if state:
            kind = ATTENTION if state in (PARTLY, PARTLY_OFF) else DECISION
            tell(order, kind=kind, state=state, at=times.business, since=order.at, by=REGISTRY)


def state_of(order: Order) -> str:
    """How it ended; "" while something of it is under way, or nothing came of it."""
    if order.act == Order.Act.ASSIGN:
        rows = Assignment.objects.filter(order=order)
        if not order.total or rows.filter(state=State.PENDING).exists():
            return ""
        return PARTLY if rows.filter(state=State.FAILED).exists() else DONE
    rows = Assignment.objects.filter(release=order)
    if not order.total or rows.filter(state=State.RELEASING).exists():
        return ""
    return PARTLY_OFF if rows.filter(state=State.ON).exists() else OFF
