"""The wizard of a sole proprietor: other questions, nothing typed is lost, and no tax id is sent."""

from __future__ import annotations

from typing import Any

import pytest

from brands.models import Brand
from brands.wizard import WIZARD
from portal import clock
from portal.tenancy.scope import acting_for
from tests.brands.proving import page
from tests.brands.rejecting import again
from tests.factories import ADDRESS, ALONE, ANSWERS, COMPANY, brand_draft, submitted_brand
from tests.lifecycle.moments import work
from tests.people import Person
from tests.practice_registry import PracticeRegistry

pytestmark = pytest.mark.django_db


def step(person: Person, brand: Brand, slug: str, answers: dict[str, Any]) -> Any:
    return person.post(f"/brands/drafts/{brand.pk}/{slug}/", answers)


COMPANY_STEP = {
    name: ALONE.get(name, "") for name in ("entity_type", "first_name", "last_name", "display_name")
} | {"country": "US", "legal_name": "", "tax_id": ""}


def test_neither_a_legal_name_nor_a_tax_id_is_asked(ada: Person) -> None:
    brand = brand_draft(ada)
    assert step(ada, brand, "company", COMPANY_STEP).status_code == 302
    brand = again(brand, ada)
    assert brand.is_sole_proprietor
    assert (brand.first_name, brand.last_name) == ("Ada", "Osei")


@pytest.mark.parametrize("missing", ["first_name", "last_name", "country", "entity_type"])
def test_what_is_missing_is_said(ada: Person, missing: str) -> None:
    brand = brand_draft(ada)
    answer = step(ada, brand, "company", COMPANY_STEP | {missing: ""})
    assert answer.status_code == 422
    assert f'href="#id_{missing}' in answer.content.decode()


@pytest.mark.parametrize("missing", ["legal_name", "tax_id"])
def test_a_company_is_asked_for_its_own_questions_and_not_for_a_persons(ada: Person, missing: str) -> None:
    brand = brand_draft(ada, tax_id="")
    answers = COMPANY | {"first_name": "", "last_name": "", missing: ""}
    answer = step(ada, brand, "company", answers)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="#id_{missing}"' in text
    assert 'href="#id_first_name"' not in text


def test_going_back_and_forth_between_legal_forms_loses_nothing(ada: Person) -> None:
    brand = brand_draft(ada)
    before = again(brand, ada)
    assert step(ada, brand, "company", COMPANY_STEP).status_code == 302
    alone = again(brand, ada)
    assert alone.legal_name == before.legal_name
    assert alone.tax_identity_id == before.tax_identity_id
    assert alone.masked_tax_id == ""
    assert (
        step(
            ada,
            brand,
            "contact",
            {"email": "a@osei.example", "phone": "+12065550142", "mobile_phone": "(206) 555-0177"},
        ).status_code
        == 302
    )
    back = COMPANY | {"tax_id": "", "first_name": "Ada", "last_name": "Osei"}
    assert step(ada, brand, "company", back).status_code == 302
    company = again(brand, ada)
    assert company.mobile_phone == "+12065550177"
    with ada.acting():
        assert company.masked_tax_id == before.masked_tax_id != ""
        assert company.payload()["mobile_phone"] == ""
        assert WIZARD.first_incomplete(company) is None


def test_what_was_typed_of_the_other_form_on_the_same_page_is_kept(ada: Person) -> None:
    brand = brand_draft(ada, legal_name="", tax_id="")
    typed = COMPANY_STEP | {"legal_name": "Osei Flowers LLC", "tax_id": "91-4730265"}
    assert step(ada, brand, "company", typed).status_code == 302
    kept = again(brand, ada)
    assert kept.legal_name == "Osei Flowers LLC"
    assert kept.tax_identity_id is not None
    half = COMPANY_STEP | {"tax_id": "12"}
    assert step(ada, brand, "company", half).status_code == 302
    assert again(brand, ada).tax_identity_id == kept.tax_identity_id


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter the mobile phone"),
        ("+1 800 555 0199", "Enter a mobile number"),
        ("+1 900 555 0199", "Enter a mobile number"),
        ("+44 7400 123456", "United States or Canada"),
        ("+1 206 555 0177 ext 5", "extension"),
        ("+1 555 123 4567", "phone number with area code"),
        (
            "\uff0b\uff11\uff12\uff10\uff16\uff15\uff15\uff15\uff10\uff11\uff17\uff17",
            "phone number with area code",
        ),
    ],
)
def test_only_a_phone_that_can_take_the_text_message_is_taken(ada: Person, typed: str, words: str) -> None:
    brand = brand_draft(ada, **ALONE)
    answers = {"email": "a@osei.example", "phone": "+12065550142", "mobile_phone": typed}
    answer = step(ada, brand, "contact", answers)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_the_check_page_reads_back_what_was_asked_and_nothing_else(ada: Person) -> None:
    brand = brand_draft(ada, **ALONE)
    text = ada.get(f"/brands/drafts/{brand.pk}/check/").content.decode()
    for shown in ("First name", "Your mobile phone", "+1 206 555 0177", "Sole proprietor"):
        assert shown in text
    for hidden in ("Legal company name", ">EIN<", "Contact person: first name"):
        assert hidden not in text
    assert "Something is missing" not in text


def test_a_website_may_be_left_out(ada: Person) -> None:
    brand = brand_draft(ada, **ALONE, website="")
    assert step(ada, brand, "business", {"website": "", "vertical": "RETAIL"}).status_code == 302
    company = brand_draft(ada)
    assert step(ada, company, "business", {"website": "", "vertical": "RETAIL"}).status_code == 422


def test_a_name_of_its_own_takes_the_place_of_the_legal_name(ada: Person) -> None:
    brand = submitted_brand(ada, **{**ALONE, "display_name": ""})
    assert brand.name == "Ada Osei"
    assert brand.payload()["legal_name"] == brand.payload()["display_name"] == "Ada Osei"
    # The operator's desk reads this column and no person's name.
    assert again(brand, ada).display_name == "Ada Osei"


def test_a_draft_of_a_person_is_not_taken_for_an_untouched_one(ada: Person) -> None:
    first = brand_draft(ada, **{**ALONE, "display_name": ""})
    assert brand_draft(ada).pk != first.pk


def test_a_tax_id_that_is_only_on_file_makes_no_twin(ada: Person) -> None:
    company = submitted_brand(ada)
    with ada.acting():
        alone = brand_draft(ada)
    step(ada, alone, "company", COMPANY_STEP)
    with ada.acting():
        assert not again(alone, ada).twins().exists()
        assert not company.twins().exists()


def test_a_phone_that_stands_for_three_brands_is_hinted_at(ada: Person) -> None:
    for _ in range(2):
        submitted_brand(ada, **ALONE)
    brand = brand_draft(ada, **ALONE)
    path = f"/brands/drafts/{brand.pk}/check/"
    assert "registries take three" not in ada.get(path).content.decode()
    submitted_brand(ada, **ALONE)
    assert "3 other sole proprietors use this mobile number" in ada.get(path).content.decode()


@pytest.mark.slow
def test_no_tax_id_reaches_the_registry(ada: Person, registry: PracticeRegistry) -> None:
    clock.follow_practice()
    brand = brand_draft(ada)
    step(ada, brand, "company", COMPANY_STEP)
    with acting_for(ada.organization.pk, by=ada.actor):
        Brand.objects.filter(pk=brand.pk).update(mobile_phone="+12065550177")
        brand.refresh_from_db()
        brand.submit(by=ada.actor, times=clock.read())
    work()
    brand = again(brand, ada)
    filed = registry.brand(brand.reference)["filed"]
    assert "ein" not in filed
    assert "companyName" not in filed
    assert (filed["firstName"], filed["lastName"]) == ("Ada", "Osei")
    assert filed["mobilePhone"] == "+12065550177"
    assert brand.payload()["tax_id"] == ""
    assert ANSWERS["tax_id"] not in page(ada, brand)
    assert filed["city"] == ADDRESS["city"]
