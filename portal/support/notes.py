"""The desk's own notes, behind a wall of their own.

A policy of the database (migration 0002) shows and takes rows of `Note` only in a transaction that said so. Nothing
that serves an organization's people says so; a query that forgets the difference finds an empty table.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, transaction

from portal.audit.recording import Actor, record_house
from portal.clock import Times
from portal.support import states
from portal.support.models import Note, Ticket

SETTING = "app.support_notes"


@contextmanager
def among_ourselves() -> Iterator[None]:
    """Within the scope of an organization, for the desk: its notes can be read and written. Ends with the block,
    also by an error: the setting goes with the savepoint."""
    with transaction.atomic():
        _say("on")
        yield
        _say("")


def note(ticket: Ticket, text: str, *, token: UUID, by: Actor, times: Times) -> bool:
    """Write a note; False when this form wrote it before. The house's log says that there is one, and not which."""
    with among_ourselves():
        Ticket.objects.select_for_update().get(pk=ticket.pk)
        if Note.objects.filter(token=token).exists():
            return False
        Note.objects.create(
            organization_id=ticket.organization_id,
            ticket=ticket,
            text=text,
            at=times.business,
            by_id=by.user_id,
            by_name=by.name,
            token=token,
        )
        record_house(states.NOTED, kind=Ticket.kind, object_id=ticket.pk, by=by, at=times.business)
    return True


def notes_of(ticket: Ticket) -> list[Note]:
    """The desk's notes on `ticket`, oldest first."""
    with among_ourselves():
        return list(Note.objects.filter(ticket=ticket).order_by("at", "pk"))


def _say(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, value])
