"""Writing the audit log: called in the same transaction as the act it tells of."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from portal.audit.models import Event


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person with the address they came from, or one of the named parties below."""

    name: str
    user_id: UUID | None = None
    address: str | None = None


# The portal acting by itself, and a carrier or registry that decided something.
CLEARLINE = Actor("Clearline")
REGISTRY = Actor("The registry")


class Recorded(Protocol):
    """Anything an event can be about: a tenant's row with a kind."""

    @property
    def kind(self) -> str:
        """The word for its kind: "brand"."""

    @property
    def pk(self) -> Any:
        """Its id."""

    @property
    def organization_id(self) -> UUID:
        """Whose it is."""


def record(
    action: str, about: Recorded, *, by: Actor, at: datetime, detail: dict[str, Any] | None = None
) -> Event:
    """Append one event about `about`. `at` is business time; `action` reads `kind.what-happened`."""
    return Event.objects.create(
        organization_id=about.organization_id,
        at=at,
        actor_id=by.user_id,
        actor_name=by.name,
        address=by.address,
        action=action,
        object_kind=about.kind,
        object_id=about.pk,
        detail=detail or {},
    )


def record_each(
    action: str, about: Iterable[Recorded], *, by: Actor, at: datetime, detail: dict[str, Any] | None = None
) -> None:
    """Append one event about each of `about`, all with the same words: `record` for many at once."""
    Event.objects.bulk_create(
        [
            Event(
                organization_id=one.organization_id,
                at=at,
                actor_id=by.user_id,
                actor_name=by.name,
                address=by.address,
                action=action,
                object_kind=one.kind,
                object_id=one.pk,
                detail=detail or {},
            )
            for one in about
        ],
        batch_size=500,
    )


_ROWS = """
    INSERT INTO audit_event (organization_id, at, actor_id, actor_name, address, action, object_kind, object_id, detail)
    SELECT one.organization_id, %s, %s, %s, %s::inet, %s, %s, one.object_id, %s::jsonb
      FROM ({rows}) AS one (organization_id, object_id)
"""


def record_rows(
    action: str,
    rows: QuerySet[Any],
    *,
    about: str,
    kind: str,
    by: Actor,
    at: datetime,
    detail: dict[str, Any] | None = None,
) -> int:
    """Append one event about what column `about` of each of `rows` names, a thing of `kind`; how many.

    `record_each` in one statement, for thousands: nothing is fetched.
    """
    try:
        selected, values = rows.values_list("organization_id", about).query.sql_with_params()
    except EmptyResultSet:
        return 0
    said = [at, by.user_id, by.name, by.address, action, kind, json.dumps(detail or {})]
    with connection.cursor() as cursor:
        cursor.execute(_ROWS.format(rows=selected), [*said, *values])
        return int(cursor.rowcount)


_HOUSE = """
    INSERT INTO audit_event (at, actor_id, actor_name, address, action, object_kind, object_id, detail)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""


def record_house(
    action: str, *, kind: str, object_id: UUID, by: Actor, at: datetime, detail: dict[str, Any] | None = None
) -> None:
    """Append an event that belongs to no organization: a person's sign-in, an act of the operator's staff.

    Written by hand, because the app's role may add such rows and not see them, not even to be told the id.
    """
    values = [at, by.user_id, by.name, by.address, action, kind, object_id, json.dumps(detail or {})]
    with connection.cursor() as cursor:
        cursor.execute(_HOUSE, values)
