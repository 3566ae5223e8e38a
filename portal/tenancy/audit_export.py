"""The audit log as a file, CSV or JSON, written while it is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.http import StreamingHttpResponse

from portal.audit.models import Event
from portal.audit.reading import Filter, Place
from portal.audit.shown import lines, places_of
from portal.lib.tables import in_utc, in_zone
from portal.tenancy.access import Acting
from portal.tenancy.streaming import as_file, in_batches

# Rows read at a time: some 1 MB, and some 20 ms of a connection.
BATCH = 1000
Row = dict[str, Any]
Batches = Iterator[Sequence[Row]]

# The columns of the CSV file, and the keys that make them.
COLUMNS = (
    "id",
    "time_utc",
    "time_local",
    "actor",
    "actor_id",
    "address",
    "action",
    "sentence",
    "object_kind",
    "object_id",
    "object_name",
    "detail",
    "recorded_utc",
    "chain_position",
    "chain_digest",
)


def file_of(
    kind: str, acting: Acting, asked: Filter, answers: dict[str, str], *, up_to: int, at: datetime
) -> StreamingHttpResponse:
    """The events that are asked for and have an id up to `up_to`, oldest first, as a file of `kind`."""
    rows = _rows(acting, asked, up_to)
    return as_file(kind, acting, rows, COLUMNS, name="events", stem="audit-log", asked=answers, at=at)


def _rows(acting: Acting, asked: Filter, up_to: int) -> Batches:
    organization = acting.organization
    zone = ZoneInfo(organization.time_zone)

    def fetch(last: Row | None) -> list[Row]:
        events = asked.of(Event.objects.filter(organization=organization, id__lte=up_to))
        after = last["place"].newer if last else Q()
        found = list(events.filter(after).order_by("at", "id")[:BATCH])
        sealed = places_of(found)
        return [_row(line, zone, sealed.get(line.event.pk)) for line in lines(found)]

    return in_batches(acting, fetch)


def _row(line: Any, zone: ZoneInfo, link: tuple[int, str] | None) -> Row:
    event: Event = line.event
    return {
        "place": Place.of(event),
        "id": event.pk,
        "time_utc": in_utc(event.at, "microseconds"),
        "time_local": in_zone(event.at, zone),
        "recorded_utc": in_utc(event.recorded_at, "microseconds"),
        "actor": event.actor_name,
        "actor_id": str(event.actor_id) if event.actor_id else None,
        "address": event.address,
        "action": event.action,
        "sentence": str(line.moment.sentence),
        "object_kind": event.object_kind,
        "object_id": str(event.object_id),
        "object_name": line.thing.name or None,
        "detail": event.detail,
        "chain_position": link[0] if link else None,
        "chain_digest": link[1] if link else None,
    }
