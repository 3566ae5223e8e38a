"""Events in words: one sentence per action, read by timelines, the pages of the log and its exports."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from portal.audit.models import Event
from portal.audit.recording import Recorded
from portal.ui.looks import Moment


@dataclass(frozen=True, slots=True)
class Told:
    """How an action is told: `sentence` may hold %(actor)s, tone and icon are those of a badge."""

    sentence: str | Promise
    tone: str = "mute"
    icon: str = "draft"


_TOLD: dict[str, Told] = {}


def teach(action: str, told: Told) -> None:
    """Say how `action` is told. Called once per action by the app that records it."""
    _TOLD[action] = told


def taught() -> frozenset[str]:
    """Every action that somebody taught."""
    return frozenset(_TOLD)


def told(event: Event) -> Moment:
    """`event` as a line; an action that nobody taught is shown by its name rather than hidden."""
    how = _how(event.action)
    text = str(how.sentence) % {"actor": event.actor_name}
    return Moment(
        text, event.at, how.icon, how.tone, note=event.detail.get("word") or event.detail.get("note", "")
    )


def title_of(action: str) -> str:
    """`action` without an actor, for lists to choose from: "Somebody submitted the brand"."""
    return str(_how(action).sentence) % {"actor": _("Somebody")}


def _how(action: str) -> Told:
    return _TOLD.get(action) or Told(_("%(actor)s: ") + action.replace("%", "%%"))


def timeline(about: Recorded) -> list[Moment]:
    """Everything that happened to one thing, newest first."""
    events = Event.objects.filter(
        organization_id=about.organization_id, object_kind=about.kind, object_id=about.pk
    ).order_by("-id")
    return [told(event) for event in events]
