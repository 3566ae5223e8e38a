"""How a ticket ends: approved or rejected by the desk, or closed by either side."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from portal.audit.recording import CLEARLINE, Actor
from portal.clock import Times
from portal.lifecycle.states import make
from portal.notifications.kinds import DECISION, SUPPORT
from portal.notifications.telling import tell
from portal.support import states
from portal.support.kinds import type_of
from portal.support.models import Message, Ticket
from portal.support.writing import Act, Said, Side, locked, say


def approve(
    ticket: Ticket, answers: Mapping[str, Any], said: Said, *, by: Actor, times: Times
) -> Mapping[str, Any]:
    """Grant what `ticket` asks for, as its type does that with `answers`; the detail of what was granted.

    Raises Ended, CannotApprove, and LookupError for a type that is not decided.
    """
    deciding = type_of(ticket).deciding
    if deciding is None:
        raise LookupError(ticket.type)
    with transaction.atomic():
        locked(ticket)
        detail = deciding.approve(ticket, answers, times.business)
        told = {"name": ticket.subject, "note": str(deciding.granted(detail)), **detail}
        make(states.APPROVE, ticket, by=by, at=times.business, detail=told, ended_at=times.business)
        say(ticket, said, side=Side.DESK, act=Act.APPROVED, by=by, at=times.business, detail=detail)
        note = " ".join(part for part in (str(deciding.granted(detail)), said.text) if part)
        tell(ticket, kind=DECISION, state=states.APPROVED, at=times.business, by=by, note=note)
    return detail


def reject(ticket: Ticket, said: Said, *, by: Actor, times: Times) -> None:
    """Say no, for the reason in `said`. Raises Ended."""
    with transaction.atomic():
        locked(ticket)
        detail = {"name": ticket.subject, "note": said.text[:300]}
        make(states.REJECT, ticket, by=by, at=times.business, detail=detail, ended_at=times.business)
        say(ticket, said, side=Side.DESK, act=Act.REJECTED, by=by, at=times.business)
        tell(ticket, kind=SUPPORT, state=states.REJECTED, at=times.business, by=by, note=said.text)


def close(ticket: Ticket, said: Said, *, side: str, by: Actor, times: Times) -> None:
    """End it without a decision: the organization withdraws it or needs nothing more, or the desk has said all.

    Raises Ended.
    """
    with transaction.atomic():
        locked(ticket)
        _close(ticket, said, side=side, by=by, at=times.business)


def close_all_about(type_name: str, about_id: object, why: str, at: datetime) -> None:
    """Close the open tickets of a type about something that is gone, with the reason; the caller's transaction."""
    rows = Ticket.objects.select_for_update(of=("self",)).filter(
        type=type_name, about_id=about_id, ended_at=None
    )
    for ticket in rows:
        _close(ticket, Said(why), side=Side.PORTAL, by=CLEARLINE, at=at)


def _close(ticket: Ticket, said: Said, *, side: str, by: Actor, at: datetime) -> None:
    detail = {"name": ticket.subject, **({"note": said.text[:300]} if said.text else {})}
    make(states.CLOSE, ticket, by=by, at=at, detail=detail, ended_at=at)
    say(ticket, said, side=side, act=Message.Act.CLOSED, by=by, at=at)
    tell(ticket, kind=SUPPORT, state=states.CLOSED, at=at, by=by, note=said.text)
