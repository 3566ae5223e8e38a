"""Fix and resubmit: corrected under its reference, looked at again once, and nothing filed or paid for twice."""

from __future__ import annotations

from typing import Any

import pytest

from brands import states
from brands.models import Brand
from brands.resubmitting import NothingChanged, NotYet, discard, resubmit, review_again, unreviewed
from brands.versions import has_unsent_changes, versions_of
from portal import clock
from portal.lifecycle import gateway
from portal.lifecycle.models import Submission, SubmissionState
from portal.lifecycle.states import StaleState
from tests.brands.rejecting import again, correct, filings, looks, rejected_brand, send, settle
from tests.factories import unique_name
from tests.lifecycle.moments import Later, work
from tests.people import Person
from tests.practice_registry import PracticeRegistry

REFUSAL = {"errors": [{"code": "10015", "title": "Bad Request", "detail": "The website is not reachable."}]}
pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def test_a_corrected_brand_is_filed_as_version_two_under_its_reference_and_verified(
    ada: Person, registry: PracticeRegistry, settings: Any
) -> None:
    brand = rejected_brand(ada, registry)
    reference, key = brand.reference, filings(brand, ada)[0].key
    later = correct(brand, ada, city="Tacoma")
    brand = again(brand, ada)
    assert (brand.status, brand.version, brand.reference) == (states.IN_REVIEW, 2, reference)
    assert brand.revetted_at is not None
    assert [(one.purpose, one.version, one.state) for one in filings(brand, ada)] == [
        ("register", 1, SubmissionState.CONFIRMED),
        ("update", 2, SubmissionState.CONFIRMED),
        ("review", 2, SubmissionState.CONFIRMED),
    ]
    there = registry.brand(reference)
    assert there["key"] == str(key), "the key of the registration stays with the brand"
    assert there["filed"]["city"] == "Tacoma"
    assert looks(registry, settings, reference) == (1, 1)
    settle(brand, registry, later)
    assert again(brand, ada).status == states.VERIFIED
    assert again(brand, ada).reasons == []


def test_nothing_changed_is_refused_and_leaves_nothing(ada: Person, registry: PracticeRegistry) -> None:
    brand = rejected_brand(ada, registry)
    with pytest.raises(NothingChanged), ada.acting():
        resubmit(brand, by=ada.actor, times=clock.read())
    assert (again(brand, ada).status, again(brand, ada).version) == (states.REJECTED, 1)
    assert len(filings(brand, ada)) == 1


def test_going_back_to_the_tax_id_that_was_filed_is_no_change(
    ada: Person, registry: PracticeRegistry
) -> None:
    brand = rejected_brand(ada, registry)
    with ada.acting():
        brand.save_answers({"tax_id": "92-1234567"}, times=clock.read())
        assert has_unsent_changes(brand)
        brand.save_answers({"tax_id": "91-4730265"}, times=clock.read())
        assert not has_unsent_changes(brand)


def test_the_address_from_which_the_terms_were_accepted_is_no_correction(
    ada: Person, registry: PracticeRegistry
) -> None:
    brand = rejected_brand(ada, registry)
    with ada.acting():
        Brand.objects.filter(pk=brand.pk).update(terms_address="203.0.113.77")
        assert not has_unsent_changes(Brand.objects.get(pk=brand.pk))


def test_a_brand_that_is_no_longer_rejected_is_not_resubmitted(
    ada: Person, registry: PracticeRegistry
) -> None:
    brand = rejected_brand(ada, registry)
    with ada.acting():
        brand.save_answers({"city": "Tacoma"}, times=clock.read())
        stale = Brand.objects.get(pk=brand.pk)
        resubmit(brand, by=ada.actor, times=clock.read())
        with pytest.raises(StaleState):
            resubmit(stale, by=ada.actor, times=clock.read())
    assert [one.purpose for one in filings(brand, ada)] == ["register", "update"]


def test_a_failed_registration_is_registered_again_by_the_correction_alone(
    ada: Person, registry: PracticeRegistry, settings: Any
) -> None:
    brand = rejected_brand(ada, registry, failed=True)
    later = correct(brand, ada, city="Tacoma")
    brand = again(brand, ada)
    assert (brand.status, brand.revetted_at) == (states.IN_REVIEW, None)
    assert looks(registry, settings, brand.reference) == (1, 0)
    settle(brand, registry, later)
    assert again(brand, ada).status == states.VERIFIED


def test_what_never_reached_the_registry_is_registered_under_a_new_key(
    ada: Person, registry: PracticeRegistry, settings: Any
) -> None:
    registry.fault("status", account=settings.TELNYX_KEY, verb="create", status=400, body=REFUSAL)
    brand = send(ada, legal_name=unique_name())
    assert (brand.status, brand.reference) == (states.REJECTED, "")
    correct(brand, ada, city="Tacoma")
    first, second = filings(brand, ada)
    assert (second.purpose, second.version, second.state) == ("register", 2, SubmissionState.CONFIRMED)
    assert first.key != second.key
    assert again(brand, ada).reference == second.reference != ""


def test_a_carrier_that_takes_no_corrections_gets_a_new_registration(
    ada: Person, registry: PracticeRegistry, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    from dataclasses import replace

    brand = rejected_brand(ada, registry)
    carrier = gateway.carrier(settings.CARRIER)
    monkeypatch.setattr(carrier, "capabilities", replace(carrier.capabilities, brand_updates=False))
    former = brand.reference
    correct(brand, ada, city="Tacoma")
    brand = again(brand, ada)
    assert [one.purpose for one in filings(brand, ada)] == ["register", "register"]
    assert brand.reference not in {"", former}
    with ada.acting():
        wait = brand.open_watch()
        assert wait is not None
        assert wait.reference == brand.reference


def test_an_update_of_unknown_outcome_is_found_by_what_the_registry_holds(
    ada: Person, registry: PracticeRegistry, settings: Any
) -> None:
    brand = rejected_brand(ada, registry)
    registry.fault("reset", phase="P3", account=settings.TELNYX_KEY, verb="update")
    later = correct(brand, ada, city="Tacoma")
    assert filings(brand, ada)[-1].state == SubmissionState.UNKNOWN
    later.pass_(minutes=3)
    work(later)
    assert again(brand, ada).status == states.IN_REVIEW
    assert looks(registry, settings, brand.reference) == (1, 1)


def test_an_update_that_never_arrived_is_sent_again(
    ada: Person, registry: PracticeRegistry, settings: Any
) -> None:
    brand = rejected_brand(ada, registry)
    registry.fault("reset", phase="P1", account=settings.TELNYX_KEY, verb="update")
    later = correct(brand, ada, city="Tacoma")
    for _ in range(3):
        later.pass_(minutes=3)
        work(later)
    assert registry.brand(brand.reference)["filed"]["city"] == "Tacoma"
    assert looks(registry, settings, brand.reference) == (2, 1)


def test_a_review_of_unknown_outcome_is_paid_for_once(
    ada: Person, registry: PracticeRegistry, settings: Any
) -> None:
    brand = rejected_brand(ada, registry)
    registry.fault("reset", phase="P3", account=settings.TELNYX_KEY, verb="revet")
    later = correct(brand, ada, city="Tacoma")
    assert filings(brand, ada)[-1].state == SubmissionState.UNKNOWN
    later.pass_(minutes=3)
    work(later)
    brand = again(brand, ada)
    assert brand.status == states.IN_REVIEW
    assert brand.revetted_at is not None
    assert looks(registry, settings, brand.reference) == (1, 1)


def test_a_review_that_was_decided_again_before_we_looked_is_known_to_have_happened(
    ada: Person, registry: PracticeRegistry, settings: Any
) -> None:
    brand = rejected_brand(ada, registry)
    registry.fault("reset", phase="P3", account=settings.TELNYX_KEY, verb="revet")
    later = correct(brand, ada, city="Tacoma")
    # The same verdict as before the review: only the registry's own date tells them apart.
    registry.reject(brand.reference, "TAX_ID", "EIN and name do not match.", ["ein"])
    for _ in range(3):
        later.pass_(minutes=3)
        work(later)
    assert again(brand, ada).status == states.REJECTED
    assert looks(registry, settings, brand.reference) == (1, 1)


def test_a_review_that_never_arrived_is_asked_for_again(
    ada: Person, registry: PracticeRegistry, settings: Any
) -> None:
    brand = rejected_brand(ada, registry)
    registry.fault("reset", phase="P1", account=settings.TELNYX_KEY, verb="revet")
    later = correct(brand, ada, city="Tacoma")
    for _ in range(3):
        later.pass_(minutes=3)
        work(later)
    assert again(brand, ada).status == states.IN_REVIEW
    assert len(registry.brand(brand.reference)["history"]) == 3


def test_too_soon_after_an_open_outcome_means_that_the_first_one_arrived(
    ada: Person, registry: PracticeRegistry, settings: Any
) -> None:
    brand = rejected_brand(ada, registry)
    key = settings.TELNYX_KEY
    registry.fault("reset", phase="P3", account=key, verb="revet")
    later = correct(brand, ada, city="Tacoma")
    registry.reject(brand.reference)
    with ada.acting():
        (review,) = Submission.objects.filter(purpose="review")
        # As the loop leaves it after a search that found nothing, because the registry's readings lag behind.
        back = {"state": SubmissionState.ACCEPTED, "searched_at": clock.read().machine}
        Submission.objects.filter(pk=review.pk).update(**back)
    later.pass_(minutes=3)
    work(later)
    with ada.acting():
        review.refresh_from_db()
    assert review.state == SubmissionState.CONFIRMED
    assert again(brand, ada).revetted_at is not None


def test_a_review_that_comes_too_soon_is_refused_and_the_corrections_stay_filed(
    ada: Person, registry: PracticeRegistry, settings: Any
) -> None:
    brand = rejected_brand(ada, registry)
    later = correct(brand, ada, city="Tacoma")
    settle(brand, registry, later, reject=True)
    later = correct(again(brand, ada), ada, later, city="Olympia")
    brand = again(brand, ada)
    assert (brand.status, brand.version) == (states.REJECTED, 3)
    assert [reason["code"] for reason in brand.reasons] == ["too-soon"]
    assert registry.brand(brand.reference)["filed"]["city"] == "Olympia"
    with ada.acting():
        assert unreviewed(brand) is not None
        assert not has_unsent_changes(brand)
        with pytest.raises(NotYet):
            review_again(brand, by=ada.actor, times=clock.read())
        Brand.objects.filter(pk=brand.pk).update(revetted_at=None)
        review_again(brand, by=ada.actor, times=clock.read())
    registry.advance(days=91)
    work(later)
    assert again(brand, ada).status == states.IN_REVIEW
    settle(brand, registry, later)
    brand = again(brand, ada)
    assert (brand.status, brand.version) == (states.VERIFIED, 3)


def test_a_review_of_what_was_looked_at_is_not_asked_for(ada: Person, registry: PracticeRegistry) -> None:
    brand = rejected_brand(ada, registry)
    with pytest.raises(NothingChanged), ada.acting():
        review_again(brand, by=ada.actor, times=clock.read())


def test_a_reading_that_comes_while_corrections_are_sent_changes_nothing(
    ada: Person, registry: PracticeRegistry
) -> None:
    brand = rejected_brand(ada, registry)
    with ada.acting():
        brand.save_answers({"city": "Tacoma"}, times=clock.read())
        resubmit(brand, by=ada.actor, times=clock.read())
        wait = brand.open_watch()
    from portal.lifecycle import reading
    from portal.lifecycle.claiming import Claim

    later, before = Later(), wait.last_read_at
    later.pass_(minutes=2)
    reading.step(Claim(wait.pk, ada.organization.pk, wait.account, "watch", wait.attempt + 1), later)
    assert again(brand, ada).status == states.SUBMITTING
    with ada.acting():
        wait.refresh_from_db()
    # Taken note of, and neither an error nor a reason to look away for minutes.
    assert (wait.last_read_at > before, wait.failures, wait.last_error) == (True, 0, "")


def test_discarding_puts_back_what_was_filed(ada: Person, registry: PracticeRegistry) -> None:
    brand = rejected_brand(ada, registry)
    with ada.acting():
        before = brand.payload()
        brand.save_answers({"city": "Tacoma", "tax_id": "92-1234567"}, times=clock.read())
        assert discard(brand, by=ada.actor, times=clock.read())
        assert not discard(brand, by=ada.actor, times=clock.read())
        assert Brand.objects.get(pk=brand.pk).payload() == before


def test_each_version_keeps_what_was_filed_by_whom_and_the_verdict(
    ada: Person, registry: PracticeRegistry
) -> None:
    brand = rejected_brand(ada, registry)
    later = correct(brand, ada, city="Tacoma")
    settle(brand, registry, later)
    brand = again(brand, ada)
    with ada.acting():
        second, first = versions_of(brand)
    assert (first.number, first.by, str(first.verdict.word)) == (1, "Ada Osei", "Rejected")
    assert [reason["code"] for reason in first.reasons] == ["TAX_ID"]
    assert (second.number, second.by, str(second.verdict.word)) == (2, "Ada Osei", "Verified")
    assert (first.payload["city"], second.payload["city"]) == ("Seattle", "Tacoma")


def test_the_carriers_refusal_of_a_correction_makes_it_rejected_with_its_words(
    ada: Person, registry: PracticeRegistry, settings: Any
) -> None:
    brand = rejected_brand(ada, registry)
    registry.fault("status", account=settings.TELNYX_KEY, verb="update", status=400, body=REFUSAL)
    correct(brand, ada, city="Tacoma")
    brand = again(brand, ada)
    assert (brand.status, brand.version) == (states.REJECTED, 2)
    assert brand.reasons
    assert looks(registry, settings, brand.reference)[1] == 0
