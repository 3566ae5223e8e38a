"""Writing the audit log: called in the same transaction as the act it tells of."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import connection

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
