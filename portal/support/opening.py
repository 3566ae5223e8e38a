"""Opening a ticket: with its first message and files, in one transaction, told to everybody in the organization."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from portal.audit.recording import CLEARLINE, Actor, record
from portal.carriers.policy import Span
from portal.clock import Times
from portal.lib.business_days import business_days_after
from portal.notifications.kinds import SUPPORT
from portal.notifications.telling import tell
from portal.support import states
from portal.support.files import NewFile, keep
from portal.support.kinds import TYPES
from portal.support.models import Message, Ticket
from portal.ui.looks import Text

# What members are told; no statuses of a ticket.
OPENED, REFUSED = "opened", "refused"


class AlreadyOpen(Exception):
    """There is an open ticket of this type about the same thing: `ticket`."""

    def __init__(self, ticket: Ticket) -> None:
        super().__init__(str(ticket.pk))
        self.ticket = ticket


def open_ticket(
    type_name: str,
    *,
    organization_id: UUID,
    subject: str,
    text: str,
    token: UUID,
    by: Actor,
    times: Times,
    about_id: UUID | None = None,
    files: Sequence[NewFile] = (),
) -> Ticket:
    """A new ticket; or the one that the same form (`token`) made before.

    One that its type bars is closed as soon as it arrives, with the reason in its thread: what was asked for is on
    record, and nobody waits for an answer that cannot be yes. Raises AlreadyOpen.
    """
    with transaction.atomic():
        if (before := _made_by(token)) is not None:
            return before
        one = TYPES[type_name]
        ticket = Ticket(
            organization_id=organization_id,
            type=type_name,
            since=times.business,
            subject=subject[:200],
            about_id=about_id,
            token=token,
            opened_at=times.business,
            opened_by=by.user_id,
            opened_by_name=by.name,
            due_at=_due(one.wait().value, times),
        )
        barred = one.deciding.bars(ticket, times.business) if one.deciding else ""
        if barred:
            ticket.status, ticket.ended_at = states.CLOSED, times.business
        try:
            with transaction.atomic():
                ticket.save(force_insert=True)
        except IntegrityError:
            if (before := _made_by(token)) is not None:
                return before
            rows = Ticket.objects.filter(type=type_name, about_id=about_id, ended_at=None)
            raise AlreadyOpen(rows.get()) from None
        _first_words(ticket, text, files, by=by, times=times, barred=barred)
    return ticket


def _first_words(
    ticket: Ticket, text: str, files: Sequence[NewFile], *, by: Actor, times: Times, barred: Text
) -> None:
    said: Message = Message.objects.create(
        organization_id=ticket.organization_id,
        ticket=ticket,
        side=Message.Side.CUSTOMER,
        act=Message.Act.OPENED,
        text=text,
        at=times.business,
        by_id=by.user_id,
        by_name=by.name,
    )
    keep(files, said)
    if barred:
        Message.objects.create(
            organization_id=ticket.organization_id,
            ticket=ticket,
            side=Message.Side.PORTAL,
            act=Message.Act.CLOSED,
            text=str(barred),
            # Behind what it answers.
            at=times.business + timedelta(microseconds=1),
            by_name=CLEARLINE.name,
        )
    detail = {"name": ticket.subject, **({"note": str(barred)[:300]} if barred else {})}
    record(states.REFUSED if barred else states.OPENED, ticket, by=by, at=times.business, detail=detail)
    # Told by the portal and not by the person, who gets a receipt like everybody else.
    tell(
        ticket,
        kind=SUPPORT,
        state=REFUSED if barred else OPENED,
        at=times.business,
        by=CLEARLINE,
        note=str(barred),
    )


def _made_by(token: UUID) -> Ticket | None:
    ticket: Ticket | None = Ticket.objects.filter(token=token).first()
    return ticket


def _due(span: Span, times: Times) -> datetime:
    if span.business_days:
        return business_days_after(times.business, span.at_most.days)
    return times.business + span.at_most
