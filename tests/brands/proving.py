"""Brands that somebody has to prove, at a real practice registry, and time that passes for both."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from brands.models import Brand
from portal import clock
from portal.audit.models import Event
from portal.lifecycle.models import Submission
from portal.notifications.models import Notification
from tests.brands.rejecting import again
from tests.factories import ALONE, PUBLIC, submitted_brand, unique_name
from tests.lifecycle.moments import work
from tests.people import Person
from tests.practice_registry import PracticeRegistry


def pass_time(registry: PracticeRegistry, **span: float) -> None:
    """Let `span` go by for the registry and the portal, and do what is due then."""
    registry.advance(seconds=timedelta(**span).total_seconds())
    clock.follow_practice()
    work()


def public_brand(person: Person, registry: PracticeRegistry, **answers: Any) -> Brand:
    """A listed company whose contact has just been mailed."""
    clock.follow_practice()
    brand = submitted_brand(person, **{**PUBLIC, "legal_name": unique_name(), **answers})
    work()
    pass_time(registry, seconds=130)
    return again(brand, person)


def alone_brand(person: Person, registry: PracticeRegistry, **answers: Any) -> Brand:
    """A sole proprietor's brand that waits for the one-time password."""
    clock.follow_practice()
    name = unique_name("Osei").removesuffix(" LLC")
    brand = submitted_brand(person, **{**ALONE, "display_name": name, **answers})
    work()
    pass_time(registry, seconds=130)
    return again(brand, person)


def page(person: Person, brand: Brand) -> str:
    """The page of the brand, as text on one line."""
    answer = person.get(f"/brands/{brand.pk}/")
    assert answer.status_code == 200, answer.status_code
    return " ".join(answer.content.decode().split())


def submissions(person: Person, brand: Brand, purpose: str) -> list[Submission]:
    """Those of one purpose, oldest first."""
    with person.acting():
        rows = Submission.objects.filter(subject_id=brand.pk, purpose=purpose)
        return list(rows.order_by("accepted_at"))


def events(person: Person, brand: Brand) -> list[str]:
    """What happened to the brand, oldest first."""
    with person.acting():
        return list(Event.objects.filter(object_id=brand.pk).order_by("id").values_list("action", flat=True))


def told(person: Person, brand: Brand) -> list[str]:
    """The states that the person was told of, oldest first."""
    with person.acting():
        rows = Notification.objects.filter(user=person.user, object_id=brand.pk)
        return list(rows.order_by("at", "pk").values_list("state", flat=True))
