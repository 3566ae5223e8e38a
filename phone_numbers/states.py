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
    "campaign-deleted": _("Its campaign was deleted"),
}

RELEASED = "number.released"


def look_of(assignment: Assignment, *, awake: bool) -> Look:
    """How it is shown. `awake`: its campaign is active now."""
    if assignment.state == State.ON and not awake:
        return ASLEEP
    return LOOKS[assignment.state]


def teach() -> None:
    """Say how each event of a number is told on timelines."""
    teach_sentence(RELEASED, Told(_("The number was released from its campaign"), "mute", "deleted"))
