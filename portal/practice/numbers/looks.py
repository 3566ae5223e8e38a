"""How the control page words a number's standing and the acts of its history."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.practice.clock import Moment as Clocks
from portal.practice.models import Link
from portal.practice.models.number import ASSIGNED, FAILED, PENDING, RELEASE_FAILED, RELEASING
from portal.ui.looks import Look, Moment, Tone

_LOOKS = {
    PENDING: Look(gettext_lazy("Being assigned"), Tone.WAIT, "in-review"),
    ASSIGNED: Look(gettext_lazy("Assigned"), Tone.OK, "verified"),
    FAILED: Look(gettext_lazy("Failed"), Tone.BAD, "rejected"),
    RELEASING: Look(gettext_lazy("Being taken off"), Tone.WAIT, "submitting"),
    RELEASE_FAILED: Look(gettext_lazy("Cannot be taken off"), Tone.BAD, "rejected"),
}
_FREE = Look(gettext_lazy("On no campaign"), Tone.MUTE, "draft")
_SILENT = Look(gettext_lazy("Silent"), Tone.MUTE, "suspended")
WAITING = (PENDING, RELEASING)

_ACTS = {
    "asked": (gettext_lazy("Put on a campaign"), Tone.WAIT, "plus"),
    "assigned": (gettext_lazy("Assigned"), Tone.OK, "verified"),
    "failed": (gettext_lazy("Refused by the carriers"), Tone.BAD, "rejected"),
    "odd": (gettext_lazy("Answered with a word that nobody knows"), Tone.LATE, "unknown"),
    "release_asked": (gettext_lazy("Asked to be taken off"), Tone.WAIT, "submitting"),
    "release_released": (gettext_lazy("Taken off"), Tone.MUTE, "deleted"),
    "release_failed": (gettext_lazy("Could not be taken off"), Tone.BAD, "rejected"),
    "lost": (gettext_lazy("Dropped by the carriers"), Tone.BAD, "warning"),
    "replaced": (gettext_lazy("Moved, replaced or taken off elsewhere"), Tone.MUTE, "refresh"),
}


def look_of(link: Link | None, clocks: Clocks) -> Look:
    """The badge of a number by its present link, read with `as_of`."""
    if link is None:
        return _FREE
    if link.status_now in WAITING and is_silenced(link, clocks):
        return _SILENT
    return _LOOKS.get(link.status_now) or Look(link.status_now, Tone.LATE, "unknown")


def is_silenced(link: Link, clocks: Clocks) -> bool:
    """Does its answer wait because it, its account or the whole registry is silent?"""
    due = link.release_due_at if link.status_now == RELEASING else link.due_at
    return due is not None and not link.heard(due, "due", clocks)


def next_of(link: Link | None, clocks: Clocks) -> Moment | None:
    """What comes next by itself, or None."""
    if link is None:
        return None
    return next((one for one in timeline_of([link], clocks)[::-1] if one.expected), None)


def timeline_of(links: Iterable[Link], clocks: Clocks) -> list[Moment]:
    """What happened to a number on all its campaigns, newest first, and on top what will happen by itself."""
    told: list[tuple[datetime, Moment]] = []
    for link in links:
        over = link.over_since()
        for at, act in link.happenings():
            # What came after its end never happened, and an end that was reached by itself is told once.
            if (over is not None and at > over) or (act == "replaced" and told and told[-1][0] == at):
                continue
            if link.heard(at, act, clocks):
                told.append((at, _line(link, act, at, clocks)))
    told.sort(key=lambda one: one[0])
    return [line for _at, line in told][::-1]


def _line(link: Link, act: str, at: datetime, clocks: Clocks) -> Moment:
    sentence, tone, icon = _ACTS.get(act, (act, Tone.MUTE, "unknown"))
    parts = [str(link.campaign.tcr_id)] if act == "asked" else []
    if act == "asked" and link.made_by == Link.MadeBy.ELSEWHERE:
        parts.append(_("elsewhere"))
    if act == "asked" and link.made_by == Link.MadeBy.MOVE:
        parts.append(_("moved"))
    parts.append(
        {"failed": link.failure, "release_failed": link.release_failure, "odd": link.word}.get(act, "")
    )
    note = " · ".join(part for part in parts if part)
    return Moment(sentence, at, icon, tone, note=note, expected=at > clocks.business)
