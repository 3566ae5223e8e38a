"""What members are told of a ticket, in lists and mails."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from portal.notifications.wording import Thing, Words, teach
from portal.support import opening, states
from portal.support.models import Ticket

_LOOKS = states.LOOKS
_OPEN = _("Open the ticket")
WORDS = {
    opening.OPENED: Words(
        _("Received: %(name)s"),
        _("The porting desk has your request: %(name)s."),
        _(
            "Its page says by when it is answered at the latest. You are told by e-mail of every step, and can add to"
            " it there at any time."
        ),
        button=_OPEN,
        tone=_LOOKS[states.WAITING].tone,
        icon="desk",
    ),
    opening.REFUSED: Words(
        _("Closed as soon as it arrived: %(name)s"),
        _("%(name)s was closed by itself, because it cannot be granted as things are."),
        _("Once that has changed, send a new request."),
        button=_OPEN,
        tone=_LOOKS[states.REJECTED].tone,
        icon=_LOOKS[states.REJECTED].icon,
    ),
    states.ASKED: Words(
        _("The porting desk needs information: %(name)s"),
        _("The porting desk needs something from you to go on with %(name)s."),
        _("Answer on the page of the ticket. Until then it waits for you."),
        _("Somebody who may submit has to answer: an owner, admin or submitter of your organization."),
        button=_("Answer"),
        tone=_LOOKS[states.ASKED].tone,
        icon=_LOOKS[states.ASKED].icon,
    ),
    "customer-wrote": Words(
        _("A colleague wrote to the porting desk: %(name)s"),
        _("Somebody of your organization wrote in the ticket %(name)s."),
        button=_OPEN,
        icon="message",
    ),
    "desk-wrote": Words(
        _("The porting desk wrote: %(name)s"),
        _("The porting desk wrote in the ticket %(name)s."),
        button=_OPEN,
        icon="message",
    ),
    "desk-promised": Words(
        _("The porting desk promised a date: %(name)s"),
        _("The porting desk says by when %(name)s is done."),
        button=_OPEN,
        icon="in-review",
    ),
    states.APPROVED: Words(
        _("Approved: %(name)s"),
        _("The porting desk approved %(name)s."),
        _("The page of the ticket says what was granted, and leads on."),
        button=_OPEN,
        tone=_LOOKS[states.APPROVED].tone,
        icon=_LOOKS[states.APPROVED].icon,
    ),
    states.REJECTED: Words(
        _("Rejected: %(name)s"),
        _("The porting desk rejected %(name)s."),
        _("Nothing changes. When the reason no longer holds, send a new request."),
        button=_OPEN,
        tone=_LOOKS[states.REJECTED].tone,
        icon=_LOOKS[states.REJECTED].icon,
    ),
    states.CLOSED: Words(
        _("Closed: %(name)s"),
        _("The ticket %(name)s was closed."),
        _("If something is open still, send a new question."),
        button=_OPEN,
        icon=_LOOKS[states.CLOSED].icon,
    ),
}


def _find(ids: Collection[UUID]) -> dict[UUID, Thing]:
    rows = Ticket.objects.filter(pk__in=ids).only("organization", "status", "since")
    return {row.pk: Thing(row.get_absolute_url(), row.status, row.since) for row in rows}


def teach_words() -> None:
    """For `ready()`."""
    teach(Ticket.kind, WORDS, find=_find)
