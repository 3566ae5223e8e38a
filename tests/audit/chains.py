"""Events for the tests of the chain, and the hand that tampers with them: the server's superuser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import psycopg

from portal.audit import sealing
from portal.audit.models import Event
from portal.audit.recording import Actor, record_house
from portal.audit.verifying import Report, verify
from portal.clock import read
from portal.tenancy.models import Organization
from portal.tenancy.scope import acting_for
from tests.conftest import superuser_url

SOMEBODY = Actor("Ada Osei", UUID(int=7), "192.0.2.7")


def written(organization: Organization, many: int = 6) -> list[int]:
    """Events of an organization, not sealed yet; their ids in order."""
    at = read().business
    with acting_for(organization.pk, by=SOMEBODY):
        rows = Event.objects.bulk_create(
            Event(
                organization=organization,
                at=at,
                actor_id=SOMEBODY.user_id,
                actor_name=SOMEBODY.name,
                address=SOMEBODY.address,
                action="brand.created",
                object_kind="brand",
                object_id=uuid4(),
                detail={"number": number},
            )
            for number in range(many)
        )
    return [row.pk for row in rows]


def house_events(many: int = 3) -> None:
    """Events of the house, not sealed yet."""
    for _ in range(many):
        record_house("person.signed-in", kind="person", object_id=uuid4(), by=SOMEBODY, at=read().business)


def seal_all(batch: int = sealing.BATCH) -> int:
    """Everything that waits; how many."""
    return sealing.run(seconds=60, batch=batch)


@contextmanager
def tampering() -> Iterator[psycopg.Connection[Any]]:
    """As the superuser, with every trigger out of the way: the strongest hand there is."""
    with psycopg.connect(superuser_url()) as hand:
        hand.execute("SET session_replication_role = replica")
        yield hand


def verified(**kwargs: Any) -> Report:
    """The report on all chains."""
    return verify(all_of=list(Organization.objects.values_list("pk", flat=True)), **kwargs)


def told(report: Report) -> list[tuple[str, int | None]]:
    """What was found: the word and the event, in order."""
    return [(finding.what, finding.event_id) for finding in report.findings]
