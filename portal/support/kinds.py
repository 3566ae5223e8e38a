"""What one can ask for: each type of ticket says what it is called, how long it takes, and what a decision does.

This app knows no campaign and no number: a flow app registers its own types in `ready()`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.carriers.policy import Span, Value
from portal.support.models import Ticket
from portal.ui.forms import PortalForm
from portal.ui.looks import Answer, Text

QUESTION = "question"
_DAY = date(2026, 11, 23)
# Nobody publishes how long a question may take; within two days somebody has read it twice.
_QUESTION_WAIT = Value(
    Span(timedelta(0), timedelta(days=2)), "ours: a question is answered within two days", _DAY
)


class CannotApprove(Exception):
    """The request cannot be granted as things are now; `words` say why, for the desk."""

    def __init__(self, words: Text) -> None:
        super().__init__(str(words))
        self.words = words


@dataclass(frozen=True, slots=True)
class Deciding:
    """What approving a ticket does, for types that are decided.

    `form(ticket)` is the class of what the desk fills in besides its words. `approve(ticket, answers, at)` makes it
    so in the caller's transaction and scope, and gives what was granted, for the thread; it raises CannotApprove.
    `granted(detail)` says that in words, and `onward(ticket)` is where one goes then: an address and its words.
    `bars(ticket, at)`: why it cannot be granted now, "" where it can; a ticket that arrives barred is closed at once,
    with these words.
    """

    form: Callable[[Ticket], type[PortalForm]]
    approve: Callable[[Ticket, Mapping[str, Any], datetime], dict[str, Any]]
    granted: Callable[[Mapping[str, Any]], Text]
    onward: Callable[[Ticket], tuple[str, Text]]
    bars: Callable[[Ticket, datetime], Text]


@dataclass(frozen=True, slots=True)
class TicketType:
    """One type of ticket.

    `title` is its name in lists, `request` and `problem` how the request is classified (the words of the form that
    people know from their vendor). `wait()` is how long it takes. In the scope of its organization `filed(ticket)`
    reads back what was filed, and `standing(ticket, at)` says how that stands now; `url(ticket)` is the page where
    its people go on.
    """

    name: str
    title: Text
    request: Text
    problem: Text
    wait: Callable[[], Value[Span]]
    filed: Callable[[Ticket], list[Answer]] = lambda _ticket: []
    standing: Callable[[Ticket, datetime], list[Answer]] = lambda _ticket, _at: []
    url: Callable[[Ticket], str] = lambda _ticket: ""
    deciding: Deciding | None = None


TYPES: dict[str, TicketType] = {}


def register(name: str, one: TicketType) -> TicketType:
    """Make the type `name` known; called by the app that has it, when it is ready."""
    TYPES[name] = one
    return one


def type_of(ticket: Ticket) -> TicketType:
    """The type of `ticket`; one whose app is gone is shown by its name."""
    return TYPES.get(ticket.type) or TicketType(
        ticket.type, ticket.type, ticket.type, "", lambda: _QUESTION_WAIT
    )


def register_questions() -> None:
    """For `ready()`: the type that needs no other app."""
    register(
        QUESTION,
        TicketType(QUESTION, _("Other question"), _("Other question"), _("Question"), lambda: _QUESTION_WAIT),
    )
