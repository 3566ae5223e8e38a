"""Where a ticket can stand, how that is shown, and which moves there are.

waiting ⇄ asked ─→ approved | rejected        a request that is decided
   └⇄ answered ─→ closed                      a question
   └─→ closed                                 withdrawn, or closed by itself
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.audit.sentences import Told
from portal.audit.sentences import teach as teach_sentence
from portal.lifecycle.states import Move
from portal.ui.looks import Look

WAITING = "waiting"
ASKED = "asked"
ANSWERED = "answered"
APPROVED = "approved"
REJECTED = "rejected"
CLOSED = "closed"

LOOKS: dict[str, Look] = {
    WAITING: Look(pgettext_lazy("status", "With the porting desk"), "wait", "in-review"),
    ASKED: Look(pgettext_lazy("status", "Information needed"), "late", "warning"),
    ANSWERED: Look(pgettext_lazy("status", "Answered"), "ok", "message"),
    APPROVED: Look(pgettext_lazy("status", "Approved"), "ok", "verified"),
    REJECTED: Look(pgettext_lazy("status", "Rejected"), "bad", "rejected"),
    CLOSED: Look(pgettext_lazy("status", "Closed"), "mute", "check"),
}
# Somebody may still write. What has ended stays as it is, to be read.
OPEN = frozenset({WAITING, ASKED, ANSWERED})
ENDED = frozenset(LOOKS) - OPEN

ASK = Move("asked", OPEN, ASKED, _("%(actor)s asked for information"))
SUPPLY = Move("supplied", OPEN - {WAITING}, WAITING, _("%(actor)s wrote to the porting desk"))
ANSWER = Move("answered", OPEN - {ANSWERED}, ANSWERED, _("%(actor)s answered"))
APPROVE = Move("approved", OPEN, APPROVED, _("%(actor)s approved the request"))
REJECT = Move("rejected", OPEN, REJECTED, _("%(actor)s rejected the request"))
CLOSE = Move("closed", OPEN, CLOSED, _("%(actor)s closed the ticket"))
MOVES = (ASK, SUPPLY, ANSWER, APPROVE, REJECT, CLOSE)

# Events that are no moves.
OPENED = "ticket.opened"
REFUSED = "ticket.refused"
WROTE = "ticket.wrote"
PROMISED = "ticket.promised"
# In the house's log: the organization's own would say that there is a note.
NOTED = "ticket.noted"


def teach() -> None:
    """Say how each event of a ticket is told on timelines."""
    for move in MOVES:
        look = LOOKS[move.target]
        teach_sentence(f"ticket.{move.name}", Told(move.sentence, look.tone, look.icon))
    teach_sentence(OPENED, Told(_("%(actor)s opened a ticket"), "wait", "desk"))
    teach_sentence(
        REFUSED, Told(_("The ticket of %(actor)s was closed as soon as it arrived"), "bad", "rejected")
    )
    teach_sentence(WROTE, Told(_("%(actor)s wrote in the ticket"), "mute", "message"))
    teach_sentence(PROMISED, Told(_("%(actor)s promised a date"), "mute", "in-review"))
    teach_sentence(NOTED, Told(_("%(actor)s noted something about a ticket"), "mute", "pencil"))
