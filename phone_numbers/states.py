"""How a number on a campaign is shown, and how what happens to it is told."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from phone_numbers.models import Assignment
from portal.audit.sentences import Told
from portal.audit.sentences import teach as teach_sentence
from portal.ui.looks import Look

State = Assignment.State
LOOKS: dict[str, Look] = {
    State.PENDING: Look(pgettext_lazy("status", "Being assigned"), "wait", "submitting"),
    State.ON: Look(pgettext_lazy("status", "Can send"), "ok", "verified"),
    State.RELEASING: Look(pgettext_lazy("status", "Being released"), "wait", "submitting"),
    State.RELEASED: Look(pgettext_lazy("status", "Released"), "mute", "deleted"),
    State.FAILED: Look(pgettext_lazy("status", "Failed"), "bad", "rejected"),
}
# On a campaign that is not active: it keeps its place and wakes with it.
ASLEEP = Look(pgettext_lazy("status", "Asleep"), "late", "suspended")

# Why an assignment ended, in words.
REASONS = {
    "unassigned": _("Taken off by your organization"),
    "campaign-deleted": _("Its campaign was deleted"),
    "failed": _("The carrier refused it"),
    "cancelled": _("Taken back before it was sent to the carrier"),
    "elsewhere": _("Taken off at the carrier, outside this portal"),
}

ASSIGNING = "number.assigning"
ASSIGNING_AGAIN = "number.assigning-again"
ASSIGNED = "number.assigned"
FOUND_THERE = "number.found-on-campaign"
FAILED = "number.assignment-failed"
CANCELLED = "number.assignment-cancelled"
RELEASING = "number.releasing"
UNDONE = "number.release-undone"
STAYS = "number.release-failed"
RELEASED = "number.released"
LOST = "number.gone-elsewhere"

_TOLD = {
    ASSIGNING: Told(_("%(actor)s assigned the number to a campaign"), "wait", "submitting"),
    ASSIGNING_AGAIN: Told(_("The campaign was registered anew: the number follows it"), "wait", "submitting"),
    ASSIGNED: Told(_("The carrier put the number on the campaign"), "ok", "verified"),
    FOUND_THERE: Told(
        _("The carrier has the number on a campaign: it was put there elsewhere"), "ok", "verified"
    ),
    FAILED: Told(_("The carrier did not take the number onto the campaign"), "bad", "rejected"),
    CANCELLED: Told(
        _("%(actor)s took the assignment back before it was sent to the carrier"), "mute", "deleted"
    ),
    RELEASING: Told(_("%(actor)s asked for the number to be taken off its campaign"), "wait", "submitting"),
    UNDONE: Told(_("%(actor)s left the number on its campaign after all"), "mute", "refresh"),
    STAYS: Told(_("The carrier did not take the number off its campaign"), "bad", "rejected"),
    RELEASED: Told(_("The number was released from its campaign"), "mute", "deleted"),
    LOST: Told(
        _("The number is not on its campaign any more: it was taken off elsewhere"), "late", "warning"
    ),
    # The loop's, about one write (`lifecycle.filing`).
    "assignment.outcome-unknown": Told(
        _("No answer from the carrier: the number is looked up before anything is sent again"),
        "late",
        "unknown",
    ),
    "assignment.found-again": Told(
        _("Looked up at the carrier: the request had arrived"), "wait", "submitting"
    ),
    "assignment.sent-again": Told(
        _("Looked up at the carrier: the request had not arrived, and is sent again"), "wait", "submitting"
    ),
    "assignment.searched-first": Told(
        _("The number is looked up at the carrier before anything is sent"), "late", "unknown"
    ),
}


def look_of(assignment: Assignment, *, awake: bool) -> Look:
    """How it is shown. `awake`: its campaign's numbers may send now (`campaigns.deriving.Seen.sends`)."""
    if assignment.state == State.ON and not awake:
        return ASLEEP
    return LOOKS[assignment.state]


def teach() -> None:
    """Say how each event of a number is told on timelines."""
    for action, told in _TOLD.items():
        teach_sentence(action, told)
