"""Comparing with the carrier in tests: one sweep, a database from before, things that stand at the registry."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
from django.conf import settings

from brands import states
from brands.models import Brand
from brands.withholding import TaxIds
from portal import clock
from portal.audit.models import Event
from portal.lifecycle import gateway, sweeping
from portal.lifecycle.models import (
    CarrierAccount,
    Due,
    Submission,
    SubmissionState,
    Watch,
)
from portal.lifecycle.shared import ensure_account
from tests.factories import submitted_brand, unique_name
from tests.lifecycle.moments import work
from tests.people import Person
from tests.practice_registry import PracticeRegistry


def sweep(read: Any = clock.read) -> dict[str, int]:
    """One comparison now; what it found."""
    ensure_account("telnyx")
    CarrierAccount.objects.update(sweep_due_at=read().machine - timedelta(seconds=1), sweep_lease_until=None)
    (done,) = sweeping.run(read)
    return done.found


def at_the_registry(person: Person, **answers: Any) -> tuple[Brand, Submission]:
    """A brand in review that nobody will decide by itself."""
    submitted_brand(person, legal_name=unique_name("Silent"), **answers)
    work()
    return newest(person)


def newest(person: Person) -> tuple[Brand, Submission]:
    with person.acting():
        submission = Submission.objects.filter(purpose="register").order_by("-accepted_at").first()
        assert submission is not None
        return Brand.objects.get(pk=submission.subject_id), submission


def again(person: Person, brand: Brand) -> tuple[Brand, Submission]:
    with person.acting():
        return Brand.objects.get(pk=brand.pk), Submission.objects.get(subject_id=brand.pk, purpose="register")


def created(person: Person, submission: Submission) -> str:
    """Register what `submission` asks for once more, past everything that keeps the portal from it."""
    filing = TaxIds(person.organization.pk, submission.subject_id).filing(submission.payload)
    return gateway.carrier("telnyx").create_brand(filing, key=str(submission.key)).reference


def actions(person: Person, brand: Brand) -> list[str]:
    with person.acting():
        return list(Event.objects.filter(object_id=brand.pk).order_by("id").values_list("action", flat=True))


def put_off(person: Person) -> None:
    with person.acting():
        Due.objects.update(due_at=clock.read().business + timedelta(days=1), knocked_at=None)


def due_now(person: Person) -> bool:
    with person.acting():
        return Due.objects.filter(kind=Due.WATCH, due_at__lte=clock.read().business).exists()


def readable(registry: PracticeRegistry, reference: str) -> bool:
    """Asked past the portal, which has other things to count."""
    headers = {"Authorization": f"Bearer {settings.TELNYX_KEY}"}
    return httpx.get(f"{registry.url}/v2/10dlc/brand/{reference}", headers=headers).status_code == 200


def living(registry: PracticeRegistry, submission: Submission) -> list[str]:
    """The references at the registry that carry the key and can be read."""
    found = [one["id"] for one in registry.brands(key=str(submission.key))]
    return [one for one in found if readable(registry, one)]


def restored(
    person: Person, registry: PracticeRegistry, *, state: str = SubmissionState.ACCEPTED
) -> tuple[Brand, Submission]:
    """A brand that is at the registry, in a database from before it was sent."""
    brand, submission = at_the_registry(person)
    return restore(person, brand, submission, state=state)


def restore(
    person: Person, brand: Brand, submission: Submission, *, state: str = SubmissionState.ACCEPTED
) -> tuple[Brand, Submission]:
    """Turn the database back to the moment before the brand was sent."""
    with person.acting():
        Due.objects.all().delete()
        Watch.objects.all().delete()
        Brand.objects.filter(pk=brand.pk).update(status=states.SUBMITTING, reference="")
        Submission.objects.filter(pk=submission.pk).update(
            state=state, reference="", answer={}, sent_at=None, ended_at=None
        )
        if state == SubmissionState.ACCEPTED:
            Due.objects.create(
                item=submission.pk,
                organization_id=person.organization.pk,
                account="telnyx",
                kind=Due.SUBMISSION,
                due_at=clock.read().machine - timedelta(hours=1),
                key=submission.key,
            )
    return again(person, brand)


def planted(registry: PracticeRegistry, account: str, *, url: str = "") -> str:
    """A brand in our account that no portal made."""
    body = {
        "entityType": "PRIVATE_PROFIT",
        "displayName": "Silent Planted",
        "companyName": "Silent Planted LLC",
        "ein": "12-3456789",
        "phone": "+12065550101",
        "street": "1 Main",
        "city": "Seattle",
        "state": "WA",
        "postalCode": "98101",
        "country": "US",
        "email": "a@planted.example",
        "vertical": "RETAIL",
        **({"webhookURL": url} if url else {}),
    }
    answer = httpx.post(
        f"{registry.url}/v2/10dlc/brand", json=body, headers={"Authorization": f"Bearer {account}"}
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["brandId"])
