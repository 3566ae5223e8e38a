"""A ticket as pages show it: its thread, with each message's files, and in words what each did."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.support import states
from portal.support.kinds import type_of
from portal.support.models import Attachment, Message, Note, Ticket
from portal.ui.looks import Look, Text

Act, Side = Message.Act, Message.Side
_NOTE = Look(gettext_lazy("Internal note"), "late", "lock")
_LOOKS: dict[str, Look] = {
    Act.ASKED: states.LOOKS[states.ASKED],
    Act.APPROVED: states.LOOKS[states.APPROVED],
    Act.REJECTED: states.LOOKS[states.REJECTED],
    Act.CLOSED: states.LOOKS[states.CLOSED],
}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in a thread. `look`: the badge of what it did, None for plain words; `said`: in a sentence."""

    side: str
    by: str
    at: datetime
    text: str
    look: Look | None = None
    said: Text = ""
    promised_for: date | None = None
    files: list[Attachment] = field(default_factory=list)

    @property
    def internal(self) -> bool:
        """Is it for the desk alone?"""
        return self.side == "internal"


def thread_of(ticket: Ticket, notes: list[Note] | None = None) -> list[Item]:
    """Everything that was said in `ticket`, oldest first; two queries. `notes`: the desk's own, for its page only."""
    files: dict[UUID, list[Attachment]] = defaultdict(list)
    for one in Attachment.objects.filter(ticket=ticket).order_by("place", "pk"):
        files[one.message_id].append(one)
    rows = Message.objects.filter(ticket=ticket).order_by("at", "pk")
    items = [_item(ticket, row, files[row.pk]) for row in rows]
    items += [Item("internal", row.by_name, row.at, row.text, _NOTE) for row in notes or ()]
    return sorted(items, key=lambda item: item.at)


def _item(ticket: Ticket, row: Message, files: list[Attachment]) -> Item:
    return Item(
        row.side,
        row.by_name,
        row.at,
        row.text,
        _LOOKS.get(row.act),
        _said(ticket, row),
        row.promised_for,
        files,
    )


def _said(ticket: Ticket, row: Message) -> Text:
    if row.act == Act.OPENED:
        return _("Opened the ticket.")
    deciding = type_of(ticket).deciding
    if row.act == Act.APPROVED and deciding:
        return deciding.granted(row.detail)
    if row.act == Act.CLOSED and row.side == Side.CUSTOMER:
        return _("Closed the ticket.")
    return ""
