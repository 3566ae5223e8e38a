"""A brand that waits, and events about it that the carrier signed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from brands import states
from brands.models import Brand
from portal import clock
from portal.lifecycle.models import Due, Watch, watch
from portal.lifecycle.states import make
from tests.factories import brand_draft
from tests.lifecycle.signing import Signer, body_of, send
from tests.people import Person

TELNYX, FORGER = Signer(), Signer()


def waiting(person: Person, reference: str = "b-1", *, days: float = 1) -> tuple[Brand, UUID, Watch]:
    """A brand in review that is not to be read for `days`."""
    key, times = uuid4(), clock.read()
    brand = brand_draft(person)
    with person.acting():
        make(states.SUBMIT, brand, by=person.actor, at=times.business)
        make(states.ACCEPT, brand, by=person.actor, at=times.business, reference=reference)
        row = watch(
            brand,
            account="telnyx",
            reference=reference,
            key=key,
            first_read_at=times.business + timedelta(days=days),
            business_now=times.business,
        )
    return brand, key, row


def due_of(person: Person, item: UUID) -> Due:
    with person.acting():
        return Due.objects.get(pk=item)


def told(key: UUID, body: bytes | None = None, **more: Any) -> int:
    body = body_of(key, **more) if body is None else body
    return send(key, body, TELNYX.headers(body))
