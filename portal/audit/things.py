"""What events are about: the word for a kind of thing, its name and its page.

Each app tells how its own things are named, in its `ready()`, as it teaches the sentences: the log stands
below all of them and knows none.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise

from portal.audit.models import Event

Names = Mapping[UUID, str]


@dataclass(frozen=True, slots=True)
class Thing:
    """One kind: its `word`, and how many of it are named at once, in the scope that is open.

    `page` is the address of one; it is asked only for things that `names` still knows.
    """

    word: str | Promise
    names: Callable[[Collection[UUID]], Names] | None = None
    page: Callable[[UUID], str] | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """What one event is about, for people. `name` may be "", and so may `url`."""

    word: str
    name: str = ""
    url: str = ""


_THINGS: dict[str, Thing] = {}


def know(kind: str, thing: Thing) -> None:
    """Say how things of `kind` are named. Called once per kind by the app that has them."""
    _THINGS[kind] = thing


def word_for(kind: str) -> str:
    """The word for a kind: "Brand"; a kind that nobody named is shown as it is written."""
    thing = _THINGS.get(kind)
    return str(thing.word) if thing else kind.replace("-", " ").replace("_", " ").capitalize()


def named(events: Iterable[Event]) -> dict[tuple[str, UUID], Named]:
    """Everything that `events` are about, by kind and id. One question per kind, however many events."""
    ids: dict[str, set[UUID]] = {}
    told: dict[tuple[str, UUID], str] = {}
    for event in events:
        ids.setdefault(event.object_kind, set()).add(event.object_id)
        # A thing that is gone is still called what it was called when something happened to it.
        word = event.detail.get("name") or event.detail.get("email") if isinstance(event.detail, dict) else ""
        told.setdefault((event.object_kind, event.object_id), word if isinstance(word, str) else "")
    found = {}
    for kind, wanted in ids.items():
        thing = _THINGS.get(kind)
        names = thing.names(wanted) if thing and thing.names else {}
        for one in wanted:
            url = thing.page(one) if thing and thing.page and one in names else ""
            found[kind, one] = Named(word_for(kind), names.get(one) or told[kind, one], url)
    return found
