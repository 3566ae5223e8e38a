"""Writing in a ticket: an answer, a question back, a promise, from either side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.audit.recording import Actor, record
from portal.clock import Times
from portal.lifecycle.states import Move, make
from portal.notifications.kinds import ATTENTION, SUPPORT
from portal.notifications.telling import tell
from portal.support import states
from portal.support.files import NewFile, keep
from portal.support.kinds import type_of
from portal.support.models import Message, Ticket

Act, Side = Message.Act, Message.Side


class Ended(Exception):
    """The ticket has ended: nobody can write in it any more."""


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody writes. `token` is the form's."""

    text: str = ""
    files: Sequence[NewFile] = ()
    promised_for: date | None = None
    token: UUID = field(default_factory=uuid4)


def reply(ticket: Ticket, said: Said, *, by: Actor, times: Times) -> bool:
    """The organization writes: the desk has the next word. False when this form wrote it before. Raises Ended."""
    with transaction.atomic():
        if not _still_new(ticket, said.token):
            return False
        message = say(ticket, said, side=Side.CUSTOMER, act=Act.WROTE, by=by, at=times.business)
        detail = {"name": ticket.subject}
        if ticket.status == states.WAITING:
            record(states.WROTE, ticket, by=by, at=times.business, detail=detail)
        else:
            make(states.SUPPLY, ticket, by=by, at=times.business, detail=detail)
        # Colleagues are told, and not whoever wrote it.
        _tell(ticket, message, by=by, times=times)
    return True


def answer(ticket: Ticket, said: Said, *, ask: bool = False, by: Actor, times: Times) -> bool:
    """The desk writes; with `ask` the organization has the next word. A date in it is a promise: what it was due
    by until now is forgotten. False when this form wrote it before. Raises Ended.
    """
    with transaction.atomic():
        if not _still_new(ticket, said.token):
            return False
        act = Act.ASKED if ask else Act.PROMISED if said.promised_for else Act.WROTE
        message = say(ticket, said, side=Side.DESK, act=act, by=by, at=times.business)
        if said.promised_for:
            changes: dict[str, Any] = {
                "promised_for": said.promised_for,
                "due_at": end_of(said.promised_for, ticket.organization.time_zone),
            }
            Ticket.objects.filter(pk=ticket.pk).update(**changes)
            for name, value in changes.items():
                setattr(ticket, name, value)
        detail = {"name": ticket.subject}
        if said.promised_for:
            detail["promised_for"] = said.promised_for.isoformat()
        move = _move(ticket, said, ask=ask)
        if move is not None:
            make(move, ticket, by=by, at=times.business, detail=detail)
        else:
            event = states.PROMISED if said.promised_for else states.WROTE
            record(event, ticket, by=by, at=times.business, detail=detail)
        _tell(ticket, message, by=by, times=times)
    return True


def say(ticket: Ticket, said: Said, *, side: str, act: str, by: Actor, at: datetime, **more: Any) -> Message:
    """One message with its files, in the caller's transaction."""
    message: Message = Message.objects.create(
        organization_id=ticket.organization_id,
        ticket=ticket,
        side=side,
        act=act,
        text=said.text,
        promised_for=said.promised_for,
        at=at,
        by_id=by.user_id,
        by_name=by.name,
        token=said.token,
        **more,
    )
    keep(said.files, message)
    return message


def end_of(day: date, time_zone: str) -> datetime:
    """The last moment of `day` where the organization is: until then a promise is kept."""
    return datetime.combine(day, time.max, ZoneInfo(time_zone))


def locked(ticket: Ticket) -> None:
    """Let nobody else write or decide until this transaction ends; `ticket` is read again. Raises Ended."""
    Ticket.objects.select_for_update(of=("self",)).get(pk=ticket.pk)
    ticket.refresh_from_db()
    if not ticket.is_open:
        raise Ended


def _still_new(ticket: Ticket, token: UUID) -> bool:
    """Wait for others, and see whether this form was taken before, also one that came before the end."""
    Ticket.objects.select_for_update(of=("self",)).get(pk=ticket.pk)
    ticket.refresh_from_db()
    if Message.objects.filter(ticket=ticket, token=token).exists():
        return False
    if not ticket.is_open:
        raise Ended
    return True


def _move(ticket: Ticket, said: Said, *, ask: bool) -> Move | None:
    """Where the desk's words take the ticket; None where it stays, as a request does until it is decided, and what
    is promised until it is done."""
    if ask:
        return states.ASK
    promises = said.promised_for is not None
    if type_of(ticket).deciding is None and ticket.status != states.ANSWERED and not promises:
        return states.ANSWER
    return None


def _tell(ticket: Ticket, message: Message, *, by: Actor, times: Times) -> None:
    asked = message.act == Act.ASKED
    tell(
        ticket,
        kind=ATTENTION if asked else SUPPORT,
        # A question stands until the ticket leaves that status, and is told as such.
        state=states.ASKED if asked else f"{message.side}-{message.act}",
        at=times.business,
        since=ticket.since if asked else None,
        by=by,
        note=" ".join(part for part in (_promise(message), message.text) if part),
    )


def _promise(message: Message) -> str:
    """The promised day in words, for the mail."""
    if message.promised_for is None:
        return ""
    day = format_date(message.promised_for, pgettext("date format", "l j F Y"))
    return _("Promised for %(day)s.") % {"day": day}
