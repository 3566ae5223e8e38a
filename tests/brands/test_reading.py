"""The registry's verdict, as it reaches the brand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from brands import states
from brands.explaining import explained
from brands.models import Brand
from brands.waiting import status_of
from portal import clock
from portal.lifecycle.models import Due
from portal.tenancy.scope import acting_for
from tests.brands.rejecting import again
from tests.factories import submitted_brand, unique_name
from tests.lifecycle.moments import Later, work
from tests.people import Person
from tests.practice_registry import PracticeRegistry

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture
def in_review(ada: Person, registry: PracticeRegistry) -> Brand:
    brand = submitted_brand(ada, legal_name=unique_name())
    work()
    return again(brand, ada)


def read_now(later: Later | None = None) -> None:
    later = later or Later()
    later.pass_(minutes=1)
    work(later)


def test_a_verified_brand_is_read_once_a_week_from_then_on(
    ada: Person, registry: PracticeRegistry, in_review: Brand
) -> None:
    registry.approve(in_review.reference)
    read_now()
    brand = again(in_review, ada)
    assert brand.status == states.VERIFIED
    assert brand.registry_id.startswith("B")
    with ada.acting():
        wait = Due.objects.get().due_at - clock.read().business
    assert timedelta(days=5) < wait < timedelta(days=9)


def test_a_rejected_brand_keeps_the_registrys_words_and_names_our_fields(
    ada: Person, registry: PracticeRegistry, in_review: Brand
) -> None:
    registry.reject(in_review.reference, "TAX_ID", "EIN and name do not match.", ["ein", "companyName"])
    read_now()
    brand = again(in_review, ada)
    assert brand.status == states.REJECTED
    with ada.acting():
        (reason,) = explained(brand)
    assert reason.text == "EIN and name do not match."
    assert [str(label) for label, _url in reason.fields] == ["EIN", "Legal company name"]


def test_an_unknown_word_is_kept_and_shown_and_never_taken_for_a_yes(
    ada: Person, registry: PracticeRegistry, in_review: Brand
) -> None:
    registry.say(in_review.reference, "PONDERING")
    later = Later()
    read_now(later)
    brand = again(in_review, ada)
    assert brand.status == states.IN_REVIEW
    with acting_for(ada.organization.pk, by=ada.actor):
        assert "PONDERING" in status_of(brand, clock.read()).word
    registry.approve(in_review.reference)
    read_now(later)
    assert again(brand, ada).status == states.VERIFIED


def test_a_silent_registry_is_asked_less_and_less_often(
    ada: Person, registry: PracticeRegistry, in_review: Brand
) -> None:
    registry.silence(in_review.reference)
    later = Later()
    readings = 0
    for _ in range(48):
        readings += work(later)
        later.pass_(hours=1)
    assert 24 <= readings <= 60
    assert again(in_review, ada).status == states.IN_REVIEW


def test_a_verdict_that_comes_with_business_time_is_seen_when_the_clock_is_moved(
    ada: Person, registry: PracticeRegistry
) -> None:
    brand = submitted_brand(ada, legal_name=unique_name("Slow"))
    clock.follow_practice()
    work()
    registry.advance(days=5)
    clock.follow_practice()
    work()
    assert again(brand, ada).status == states.VERIFIED
