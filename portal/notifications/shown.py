"""The list as a page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import pgettext_lazy

from portal.notifications.kinds import ATTENTION, KINDS
from portal.notifications.models import Notification
from portal.notifications.wording import Thing, Words, things_of, words_of
from portal.ui.looks import Look, Tone

# More than anybody reads at once; older ones are a page away.
PAGE = 50


@dataclass(frozen=True, slots=True)
class Item:
    """One line: what happened, when, and where to look. `url` is "" when the thing is gone."""

    id: UUID
    text: str
    at: datetime
    look: Look
    url: str
    unread: bool
    note: str


def shown(rows: Sequence[Notification]) -> list[Item]:
    """`rows` as lines: one query for each kind of thing among them."""
    things = things_of(rows)
    items = []
    for row in rows:
        words = words_of(row)
        thing = things.get((row.object_kind, row.object_id))
        items.append(
            Item(
                id=row.pk,
                text=str(words.subject) % {"name": row.object_name},
                at=row.at,
                look=_look(row, words, thing),
                url=thing.url if thing else "",
                unread=row.read_at is None,
                note=row.note,
            )
        )
    return items


def _look(row: Notification, words: Words, thing: Thing | None) -> Look:
    """The badge: the kind's word, in the state's tone; what needed somebody and no longer does is settled."""
    if row.kind == ATTENTION and not (thing and thing.still(row)):
        return Look(pgettext_lazy("notification", "Settled"), Tone.MUTE, "check")
    return Look(KINDS[row.kind].word, words.tone, words.icon)
