"""Reading the log: filters, pages and counts, for an organization's page and the operator's alike.

Every function takes the events of one organization, or of the house, as a QuerySet, and asks an index for
them (`Event.Meta.indexes`). Pages go by time and id, never by number, so page 400 costs what page 1 does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Self
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from portal.audit.models import Event
from portal.audit.recording import CLEARLINE, REGISTRY

PAGE = 50
# Nobody reads a larger number as more than "many", and counting a million rows takes as long as reading them.
COUNTED = 1000
_PLACE = re.compile(r"([0-9]{1,17})-([0-9]{1,18})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Filter:
    """What is asked for; what is None or "" is not asked. `since` is the first moment, `until` the first too late.

    `party` is an actor without an account: the portal itself, a registry.
    """

    actor_id: UUID | None = None
    party: str = ""
    action: str = ""
    kind: str = ""
    object_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None

    def of(self, events: QuerySet[Event]) -> QuerySet[Event]:
        """Those of `events` that are asked for."""
        wanted = Q()
        if self.party:
            wanted &= Q(actor_id=None, actor_name=self.party)
        elif self.actor_id:
            wanted &= Q(actor_id=self.actor_id)
        if self.action:
            wanted &= Q(action=self.action)
        if self.kind:
            wanted &= Q(object_kind=self.kind)
        if self.object_id:
            wanted &= Q(object_id=self.object_id)
        if self.since:
            wanted &= Q(at__gte=self.since)
        if self.until:
            wanted &= Q(at__lt=self.until)
        return events.filter(wanted)

    @property
    def asks(self) -> bool:
        """Is anything left out?"""
        return self != Filter()


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the log: that of one event. Written into addresses as "microseconds-id"."""

    at: datetime
    id: int

    @classmethod
    def of(cls, event: Event) -> Self:
        """Where `event` stands."""
        return cls(event.at, event.pk)

    @classmethod
    def read(cls, text: str) -> Self:
        """The place that `str` wrote. Raises ValueError for anything else."""
        found = _PLACE.fullmatch(text)
        if not found:
            raise ValueError(f"{text!r} is no place in the log")
        try:
            return cls(_EPOCH + timedelta(microseconds=int(found[1])), int(found[2]))
        except OverflowError as problem:
            raise ValueError(f"{text!r} is no place in the log") from problem

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // timedelta(microseconds=1)}-{self.id}"

    @property
    def older(self) -> Q:
        """What happened before."""
        return Q(at__lte=self.at) & (Q(at__lt=self.at) | Q(id__lt=self.id))

    @property
    def newer(self) -> Q:
        """What happened after."""
        return Q(at__gte=self.at) & (Q(at__gt=self.at) | Q(id__gt=self.id))


@dataclass(frozen=True, slots=True)
class Page:
    """Some events, newest first, and the places that the pages beside it begin at; None at an end."""

    events: list[Event] = field(default_factory=list)
    newer: Place | None = None
    older: Place | None = None


def newest(events: QuerySet[Event], *, before: Place | None = None, size: int = PAGE) -> Page:
    """The newest `size` of `events`, or the newest of those that happened before a place."""
    rows = events.filter(before.older) if before else events
    found = list(rows.order_by("-at", "-id")[: size + 1])
    page = found[:size]
    return Page(
        page,
        newer=Place.of(page[0]) if before and page else None,
        older=Place.of(page[-1]) if len(found) > size else None,
    )


def next_newer(events: QuerySet[Event], *, after: Place, size: int = PAGE) -> Page:
    """The `size` events next after a place, newest first; the newest page where that is not a full one."""
    found = list(events.filter(after.newer).order_by("at", "id")[: size + 1])
    if len(found) <= size:
        return newest(events, size=size)
    page = found[:size][::-1]
    return replace(Page(page), newer=Place.of(page[0]), older=Place.of(page[-1]))


def counted(events: QuerySet[Event]) -> int:
    """How many there are, up to COUNTED + 1, which means "more"."""
    return events.order_by()[: COUNTED + 1].count()


# --- what can be asked for

# Each value of a column once, by hopping through its index: as many steps as there are values, not rows.
_EACH = """
    WITH RECURSIVE hop AS (
        (SELECT {column} AS value FROM audit_event WHERE {whose} AND {column} IS NOT NULL ORDER BY {column} LIMIT 1)
        UNION ALL
        SELECT (SELECT {column} FROM audit_event WHERE {whose} AND {column} > hop.value ORDER BY {column} LIMIT 1)
          FROM hop WHERE hop.value IS NOT NULL
    )
    SELECT value FROM hop WHERE value IS NOT NULL
"""
# And for each person the name they bore last.
_PEOPLE = """
    SELECT each.value, last.actor_name FROM ({each}) each,
           LATERAL (SELECT actor_name FROM audit_event WHERE {whose} AND actor_id = each.value
                     ORDER BY at DESC, id DESC LIMIT 1) last
"""


@dataclass(frozen=True, slots=True)
class Choices:
    """What the log of one organization, or of the house, can be filtered by."""

    people: Sequence[tuple[UUID, str]]
    actions: Sequence[str]
    kinds: Sequence[str]
    parties: Sequence[str] = (CLEARLINE.name, REGISTRY.name)


def choices(organization_id: UUID | None) -> Choices:
    """Who acted, what happened and to what kinds of things: everything that stands in the log."""
    whose = "organization_id IS NULL" if organization_id is None else "organization_id = %s::uuid"
    people, actions, kinds = (
        _EACH.format(column=column, whose=whose) for column in ("actor_id", "action", "object_kind")
    )
    return Choices(
        people=_ask(_PEOPLE.format(each=people, whose=whose), organization_id),
        actions=[value for (value,) in _ask(actions, organization_id)],
        kinds=[value for (value,) in _ask(kinds, organization_id)],
    )


def _ask(sql: str, organization_id: UUID | None) -> list[tuple]:  # type: ignore[type-arg]
    values = [] if organization_id is None else [organization_id] * sql.count("%s")
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
