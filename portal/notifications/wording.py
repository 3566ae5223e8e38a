"""What is said of a thing in a state, and where it is found: taught by the flow that owns the thing.

The same words stand in the list, in mails and in the daily mail, so nobody reads of one event in two ways.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.notifications.models import Notification
from portal.ui.looks import Tone

Text = str | Promise
OPEN = _("Open it in the portal")


@dataclass(frozen=True, slots=True)
class Words:
    """How a state is told. Each text may hold %(name)s.

    `subject` says what and who, `happened` the same as a sentence, `todo` what to do, and `others` what
    somebody is told whose role does not allow it. `button` names the one link.
    """

    subject: Text
    happened: Text
    todo: Text = ""
    others: Text = ""
    button: Text = OPEN
    tone: str = Tone.MUTE
    icon: str = "info"


@dataclass(frozen=True, slots=True)
class Thing:
    """Where a thing is now: the path of its page, its state and since when. `state` "" when it has none.

    `also` is what else is true of it, as it was told: a reminder stands beside the state that it is about.
    """

    url: str
    state: str = ""
    since: datetime | None = None
    also: frozenset[tuple[str, datetime]] = frozenset()

    def still(self, told: Notification) -> bool:
        """Is it still in the state that `told` is about? True for things without states."""
        if not self.state or (self.state, self.since) == (told.state, told.since):
            return True
        return (told.state, told.since) in self.also


Find = Callable[[Collection[UUID]], dict[UUID, Thing]]
_words: dict[tuple[str, str], Words] = {}
_finds: dict[str, Find] = {}


def teach(object_kind: str, words: dict[str, Words], *, find: Find) -> None:
    """Say how each state of `object_kind` is told and how things of it are found, in the scope of their
    organization and with one query for any number. Called in the owning app's `ready()`."""
    _finds[object_kind] = find
    for state, one in words.items():
        _words[object_kind, state] = one


def words_of(told: Notification) -> Words:
    """The words for `told`; a state that nobody taught is named rather than hidden."""
    plain = _("%(name)s") + f": {told.state}".replace("%", "%%")
    return _words.get((told.object_kind, told.state), Words(plain, plain))


def things_of(rows: Iterable[Notification]) -> dict[tuple[str, UUID], Thing]:
    """The things that `rows` are about and that still exist: one query per kind of thing."""
    wanted: dict[str, set[UUID]] = {}
    for row in rows:
        wanted.setdefault(row.object_kind, set()).add(row.object_id)
    return {
        (kind, pk): thing
        for kind, ids in wanted.items()
        if kind in _finds
        for pk, thing in _finds[kind](ids).items()
    }
