"""The pages of a rejection and its correction: what they say, to whom, and what they refuse in words."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from brands import states
from brands.models import Brand
from portal import clock
from portal.lifecycle.models import Submission, SubmissionState
from portal.lifecycle.states import make
from tests.factories import ADDRESS, COMPANY, submitted_brand
from tests.people import Person

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WORDS = "Tax Id does not match with the company name."
REASON = {"code": "TAX_ID", "text": WORDS, "fields": ["tax_id", "legal_name"]}


def rejected(person: Person, reason: dict[str, Any] = REASON, **answers: Any) -> Brand:
    brand = submitted_brand(person, **answers)
    with person.acting():
        Submission.objects.filter(subject_id=brand.pk).update(
            state=SubmissionState.CONFIRMED, reference="there"
        )
        at = clock.read().business
        make(states.ACCEPT, brand, by=person.actor, at=at, reference="there")
        make(states.REJECT, brand, by=person.actor, at=at, reasons=[reason])
    return brand


def save(person: Person, brand: Brand, **answers: str) -> None:
    with person.acting():
        Brand.objects.get(pk=brand.pk).save_answers(answers, times=clock.read())


def check(brand: Brand) -> str:
    return f"/brands/drafts/{brand.pk}/check/"


def submit(brand: Brand) -> str:
    return f"/brands/drafts/{brand.pk}/submission/"


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def test_the_page_says_why_in_plain_words_with_the_registrys_own_beside(ada: Person) -> None:
    brand = rejected(ada)
    page = text_of(ada.get(f"/brands/{brand.pk}/"))
    assert "Decided by the registry" in page
    assert re.search(rf'<blockquote class="quote" lang="en"> {re.escape(WORDS)} </blockquote>', page)
    assert f"/brands/drafts/{brand.pk}/company/?return=check#id_tax_id" in page
    assert "Fix and resubmit" in page


def test_a_viewer_is_told_who_can_correct_it(ada: Person, bo: Person) -> None:
    brand = rejected(ada)
    page = text_of(bo.get(f"/brands/{brand.pk}/"))
    assert WORDS in page
    assert "can correct and resubmit it" in page
    assert "/brands/drafts/" not in page


def test_each_field_of_the_wizard_shows_what_was_said_of_it(ada: Person) -> None:
    brand = rejected(ada)
    page = text_of(ada.get(f"/brands/drafts/{brand.pk}/company/"))
    assert page.count("This answer was objected to:") == 2
    assert "objected to" not in text_of(ada.get(f"/brands/drafts/{brand.pk}/address/"))


def test_an_answer_is_changed_and_stands_beside_what_was_filed(ada: Person) -> None:
    brand = rejected(ada)
    step = f"/brands/drafts/{brand.pk}/address/?return=check"
    assert ada.post(step, {**ADDRESS, "city": "Tacoma"})["Location"] == check(brand)
    page = text_of(ada.get(check(brand)))
    assert "<del >Seattle</del>" in page.replace("<del>", "<del >")
    assert "<ins >Tacoma</ins>" in page.replace("<ins>", "<ins >")
    assert "1 change" in page
    assert "Resubmit version 2" in page
    # The brand's page shows what stands at the registry.
    seen = text_of(ada.get(f"/brands/{brand.pk}/"))
    assert "Tacoma" not in seen
    assert "Unsent changes" in seen


def test_a_changed_tax_id_is_told_and_not_shown(ada: Person) -> None:
    brand = rejected(ada)
    ada.post(f"/brands/drafts/{brand.pk}/company/?return=check", {**COMPANY, "tax_id": "92-7654321"})
    page = text_of(ada.get(check(brand)))
    assert "Changed" in page
    assert "7654321" not in page
    assert "4730265" not in page
    # A button that shows the new one stands nowhere beside the old one.
    assert f"/brands/{brand.pk}/tax-id/" not in text_of(ada.get(f"/brands/{brand.pk}/"))


def test_nothing_changed_is_refused_in_words(ada: Person) -> None:
    brand = rejected(ada)
    answer = ada.post(submit(brand))
    assert answer.status_code == 422
    assert "Nothing has been changed" in text_of(answer)
    with ada.acting():
        assert Submission.objects.filter(subject_id=brand.pk).count() == 1


def test_resubmitting_twice_files_one_version(ada: Person) -> None:
    brand = rejected(ada)
    save(ada, brand, city="Tacoma")
    assert ada.post(submit(brand))["Location"] == f"/brands/{brand.pk}/"
    assert ada.post(submit(brand)).status_code == 409
    with ada.acting():
        brand = Brand.objects.get(pk=brand.pk)
        assert (brand.status, brand.version) == (states.SUBMITTING, 2)
        assert Submission.objects.filter(subject_id=brand.pk, version=2).count() == 1


def test_an_incomplete_correction_is_not_sent(ada: Person) -> None:
    brand = rejected(ada)
    save(ada, brand, phone="")
    answer = ada.post(submit(brand))
    assert answer.status_code == 422
    assert "Something is missing" in text_of(answer)


def test_fees_and_limits_stand_on_the_page(ada: Person) -> None:
    brand = rejected(ada)
    page = text_of(ada.get(check(brand)))
    assert "About 4.00 USD for each review" in page
    assert "once every 90 days" in page
    with ada.acting():
        Brand.objects.filter(pk=brand.pk).update(revetted_at=clock.read().business)
    assert "does not look at this brand again before" in text_of(ada.get(check(brand)))


def test_a_review_that_came_too_soon_says_from_when_on_and_what_else(ada: Person) -> None:
    brand = rejected(ada, {"code": "too-soon", "text": "Once every 3 months.", "fields": []})
    now = clock.read().business
    with ada.acting():
        Brand.objects.filter(pk=brand.pk).update(revetted_at=now)
        Submission.objects.create(
            organization_id=ada.organization.pk,
            kind="brand",
            subject_id=brand.pk,
            purpose="review",
            account="telnyx",
            payload={"seen": {}},
            state=SubmissionState.REFUSED,
        )
    day = now + timedelta(days=90)
    page = text_of(ada.get(f"/brands/{brand.pk}/"))
    assert f"{day:%B} {day.year}" in page
    assert "CP 575" in page
    early = ada.post(f"/brands/drafts/{brand.pk}/review/")
    assert early.status_code == 422
    assert "It is too soon" in text_of(early)
    with ada.acting():
        Brand.objects.filter(pk=brand.pk).update(revetted_at=now - timedelta(days=91))
    assert "Ask for the review" in text_of(ada.get(check(brand)))
    assert ada.post(f"/brands/drafts/{brand.pk}/review/").status_code == 302
    with ada.acting():
        assert Brand.objects.get(pk=brand.pk).status == states.SUBMITTING


def test_discarding_asks_first_and_says_what_is_lost(ada: Person) -> None:
    brand = rejected(ada)
    save(ada, brand, city="Tacoma")
    path = f"/brands/drafts/{brand.pk}/discarding/"
    page = text_of(ada.get(path))
    assert "Discard 1 change" in page
    assert "Tacoma" in page
    assert ada.post(path)["Location"] == f"/brands/{brand.pk}/"
    with ada.acting():
        assert Brand.objects.get(pk=brand.pk).city == "Seattle"


def test_a_version_is_read_with_what_changed_against_the_one_before(ada: Person, bo: Person) -> None:
    brand = rejected(ada)
    save(ada, brand, city="Tacoma")
    ada.post(submit(brand))
    listed = text_of(bo.get(f"/brands/{brand.pk}/versions/"))
    assert "Version 1" in listed
    assert "Version 2" in listed
    second = text_of(bo.get(f"/brands/{brand.pk}/versions/2/"))
    assert "Changed against version 1" in second
    assert "Seattle" in second
    first = text_of(bo.get(f"/brands/{brand.pk}/versions/1/"))
    assert WORDS in first
    assert "Tacoma" not in first
    for page in (listed, first, second):
        assert "4730265" not in page


@pytest.mark.parametrize("number", [0, 2, 99999999999999999999])
def test_a_version_that_was_never_filed_is_not_found(ada: Person, number: int) -> None:
    assert ada.get(f"/brands/{rejected(ada).pk}/versions/{number}/").status_code == 404


def test_an_outsider_gets_the_same_answer_as_for_nothing(ada: Person, cy: Person) -> None:
    brand = rejected(ada)
    for path in ("/brands/{}/versions/", "/brands/{}/versions/1/", "/brands/drafts/{}/discarding/"):
        theirs, nobodys = cy.get(path.format(brand.pk)), cy.get(path.format(uuid4()))
        assert theirs.status_code == nobodys.status_code == 404
