"""Events as pages and exports show them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from portal.audit.models import Event, Link
from portal.audit.sentences import told
from portal.audit.things import Named, named
from portal.ui.looks import Moment

# What one line can hold beside its sentence.
_NOTE = 120


@dataclass(frozen=True, slots=True)
class Line:
    """An event: its sentence, what it is about, a note from its details, and the details themselves."""

    event: Event
    moment: Moment
    thing: Named
    note: str
    details: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Sealed:
    """How far the log is sealed: the time of the last sealed event, what still waits, and for how long."""

    up_to: Any = None
    waiting: int = 0
    oldest: timedelta = timedelta()

    @property
    def is_late(self) -> bool:
        """Has something waited longer than sealing ever takes?"""
        return self.oldest > timedelta(minutes=15)


def lines(events: Sequence[Event]) -> list[Line]:
    """`events` in words. One question for each kind of thing among them."""
    things = named(events)
    return [_line(event, things[event.object_kind, event.object_id]) for event in events]


def _line(event: Event, thing: Named) -> Line:
    details = _details(event.detail)
    said = {thing.name}
    note = " · ".join(value for _, value in details if value not in said and len(value) <= _NOTE)
    return Line(event, told(event), thing, note if len(note) <= _NOTE else "", details)


def _details(detail: Any) -> list[tuple[str, str]]:
    """What was written down beside the act: each key and its value as text; nothing empty."""
    if not isinstance(detail, dict):
        return [("", json.dumps(detail, ensure_ascii=False))] if detail else []
    return [(_key(key), text) for key, value in detail.items() if (text := _text(value))]


def _key(key: str) -> str:
    return key.replace("_", " ").replace("-", " ").capitalize()


def _text(value: Any) -> str:
    if value is None or value == "":
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def places_of(events: Sequence[Event]) -> dict[int, tuple[int, str]]:
    """Of those that are sealed: position and digest in the chain, by the event's id."""
    links = Link.objects.filter(event_id__in=[event.pk for event in events])
    return {one.event_id: (one.position, bytes(one.digest).hex()) for one in links}


_SEALED = """
    SELECT (SELECT e.at FROM audit_link l JOIN audit_event e ON e.id = l.event_id
             WHERE l.organization_id = %(whose)s ORDER BY l.position DESC LIMIT 1),
           (SELECT count(*) FROM audit_unsealed u WHERE u.organization_id = %(whose)s),
           (SELECT clock_timestamp() - e.recorded_at FROM audit_unsealed u JOIN audit_event e ON e.id = u.event_id
             WHERE u.organization_id = %(whose)s ORDER BY u.event_id LIMIT 1)
"""


def sealed(organization_id: UUID) -> Sealed:
    """How far the log of the organization in scope is sealed."""
    with connection.cursor() as cursor:
        cursor.execute(_SEALED, {"whose": organization_id})
        up_to, waiting, oldest = cursor.fetchone()
    return Sealed(up_to, waiting, oldest or timedelta())
