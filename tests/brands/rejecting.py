"""From a rejection to a correction, as tests need it: each step with the loop and the practice registry."""

from __future__ import annotations

from typing import Any

from brands import states
from brands.models import Brand
from brands.resubmitting import resubmit
from portal import clock
from portal.lifecycle.models import Submission
from tests.factories import submitted_brand, unique_name
from tests.lifecycle.moments import Later, work
from tests.people import Person
from tests.practice_registry import PracticeRegistry

WORDS = "EIN and name do not match."


def again(brand: Brand, person: Person) -> Brand:
    """The brand as it stands now."""
    with person.acting():
        found: Brand = Brand.objects.get(pk=brand.pk)
    return found


def send(person: Person, **answers: Any) -> Brand:
    """A brand that was submitted and sent."""
    brand = submitted_brand(person, **answers)
    work()
    return again(brand, person)


def rejected_brand(
    person: Person, registry: PracticeRegistry, *, failed: bool = False, **answers: Any
) -> Brand:
    """A brand that the registry did not verify, or (`failed`) could not register."""
    brand = send(person, **{"legal_name": unique_name(), **answers})
    if failed:
        registry.fail(brand.reference)
    else:
        registry.reject(brand.reference, "TAX_ID", WORDS, ["ein", "companyName"])
    later = Later()
    later.pass_(minutes=1)
    work(later)
    brand = again(brand, person)
    assert brand.status == states.REJECTED
    return brand


def correct(brand: Brand, person: Person, later: Later | None = None, **answers: str) -> Later:
    """Correct `brand`, submit it, and let the loop send what is due; the clock that it went by."""
    if later is None:
        # After everything that `rejected_brand` did: time goes one way.
        later = Later()
        later.pass_(minutes=2)
    with person.acting():
        brand = Brand.objects.get(pk=brand.pk)
        brand.save_answers(answers, times=clock.read())
        resubmit(brand, by=person.actor, times=clock.read())
    work(later)
    return later


def settle(brand: Brand, registry: PracticeRegistry, later: Later, *, reject: bool = False) -> None:
    """Let the registry decide on the version that is in review, and read it."""
    registry.reject(brand.reference) if reject else registry.approve(brand.reference)
    later.pass_(minutes=3)
    work(later)


def filings(brand: Brand, person: Person) -> list[Submission]:
    """Every write about `brand`, oldest first."""
    with person.acting():
        return list(Submission.objects.filter(subject_id=brand.pk).order_by("accepted_at"))


def looks(registry: PracticeRegistry, settings: Any, reference: str) -> tuple[int, int]:
    """How many corrections and how many reviews of a brand arrived at the registry."""
    puts = registry.ledger(account=settings.TELNYX_KEY, method="PUT")
    paths = [entry["path"] for entry in puts if reference in entry["path"]]
    reviews = sum(path.endswith("/revet") for path in paths)
    return len(paths) - reviews, reviews
