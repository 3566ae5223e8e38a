"""What was typed and not saved is kept for who typed it, and offered again."""

from __future__ import annotations

import re
from typing import Any

import pytest

from brands.models import Brand
from portal.drafts.models import Typed
from tests.brands.searching import found
from tests.clocks import moved
from tests.drafts.pages import address, form_in, now, opened, text_of
from tests.factories import ADDRESS, brand_draft
from tests.people import Person, enrolled

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

KEEP = {"HTTP_X_AUTOSAVE": "1"}


@pytest.fixture
def brand(ada: Person) -> Brand:
    return brand_draft(ada)


def typed_rows(person: Person) -> list[Typed]:
    with person.acting():
        return list(Typed.objects.order_by("at"))


def test_answers_with_an_error_are_there_when_one_comes_back(ada: Person, brand: Brand) -> None:
    wrong = {"city": "Spokane", "postal_code": "half a c"}
    assert ada.post(address(brand, "address"), opened(ada, brand, "address") | wrong).status_code == 422
    answer = ada.get(address(brand, "address"))
    assert {name: form_in(answer)[name] for name in wrong} == wrong
    assert "This is what you typed, and it is not saved yet." in text_of(answer)
    assert now(ada, brand).city == "Seattle"
    stored = ada.get(address(brand, "address") + "?answers=stored")
    assert form_in(stored)["city"] == "Seattle"


def test_saving_settles_what_was_not_saved(ada: Person, brand: Brand) -> None:
    ada.post(address(brand, "address"), opened(ada, brand, "address") | {"postal_code": "no"})
    page = opened(ada, brand, "address")
    assert ada.post(address(brand, "address"), page | {"postal_code": "98402"}).status_code == 302
    assert "not saved yet" not in text_of(ada.get(address(brand, "address")))


def test_leaving_a_field_keeps_and_saves_nothing(ada: Person, brand: Brand) -> None:
    answer = ada.post(address(brand, "address"), opened(ada, brand, "address") | {"city": "Spo"}, **KEEP)
    said = answer.json()
    assert re.search(r"is kept, today, \d\d:\d\d E[SD]T,", said["words"])
    assert now(ada, brand).city == "Seattle"
    assert opened(ada, brand, "address")["city"] == "Spo"


@pytest.mark.parametrize("days", [-3, 40])
def test_today_is_the_day_of_the_business_clock(ada: Person, days: int) -> None:
    moved(days=days)
    page = text_of(ada.get(address(brand_draft(ada), "address")))
    assert re.search(r"Saved <time[^>]*>today, \d\d:\d\d E[SD]T</time>", page)


def test_typing_it_back_leaves_nothing_behind(ada: Person, brand: Brand) -> None:
    page = opened(ada, brand, "address")
    ada.post(address(brand, "address"), page | {"city": "Spo"}, **KEEP)
    assert ada.post(address(brand, "address"), page, **KEEP).json() == {"words": "", "said": ""}
    assert typed_rows(ada) == []


def test_finish_later_takes_along_what_was_typed(ada: Person, brand: Brand) -> None:
    page = opened(ada, brand, "address") | {"postal_code": "half a c", "leave": "yes"}
    answer = ada.post(address(brand, "address"), page)
    assert answer["Location"] == "/sms-campaigns/"
    assert "What you typed is kept" in text_of(ada.get("/sms-campaigns/"))
    assert opened(ada, brand, "address")["postal_code"] == "half a c"
    valid = opened(ada, brand, "address") | {"postal_code": "98402", "leave": "yes"}
    ada.post(address(brand, "address"), valid)
    assert now(ada, brand).postal_code == "98402"


def test_nobody_else_sees_what_is_not_saved(ada: Person, cy: Person, brand: Brand) -> None:
    di = enrolled("di")
    ada.post(address(brand, "address"), opened(ada, brand, "address") | {"city": "Secretville"}, **KEEP)
    (row,) = typed_rows(ada)
    for path in (address(brand, "address"), f"{address(brand, 'address')}?answers={row.pk}"):
        assert "Secretville" not in text_of(di.get(path))
    assert typed_rows(cy) == []


def test_the_check_page_says_what_is_not_saved(ada: Person, brand: Brand) -> None:
    ada.post(address(brand, "address"), opened(ada, brand, "address") | {"city": "Spo"}, **KEEP)
    page = text_of(ada.get(address(brand, "check")))
    assert "What you last typed at “Address” is not saved." in page
    assert f"{address(brand, 'address')}?return=check" in page
    assert "What you last typed" not in text_of(enrolled("di").get(address(brand, "check")))


def test_who_comes_back_after_somebody_saved_is_told_before_and_chooses(ada: Person, brand: Brand) -> None:
    di = enrolled("di")
    ada.post(address(brand, "address"), opened(ada, brand, "address") | {"city": "Spokane"}, **KEEP)
    di.post(address(brand, "address"), opened(di, brand, "address") | {"city": "Tacoma"})
    page = ada.get(address(brand, "address"))
    assert "Other answers were saved in the meantime" in text_of(page)
    assert ada.post(address(brand, "address"), form_in(page)).status_code == 409


@pytest.mark.parametrize("tax_id", ["93-1234567", "123-45-6789"], ids=["valid", "refused"])
def test_a_tax_id_is_never_kept_unsaved(ada: Person, brand: Brand, tax_id: str) -> None:
    typed = opened(ada, brand, "company") | {"display_name": "Kept Words", "tax_id": tax_id, "legal_name": ""}
    ada.post(address(brand, "company"), typed, **KEEP)
    ada.post(address(brand, "company"), typed)
    (row,) = typed_rows(ada)
    assert row.answers["display_name"] == "Kept Words"
    assert "tax_id" not in row.answers
    assert tax_id not in text_of(ada.get(address(brand, "company")))
    assert found(tax_id, {"row": str(row.answers), "hashes": row.opened_from}) == []


def test_submitting_and_deleting_leave_nothing_behind(ada: Person, brand: Brand) -> None:
    other = brand_draft(ada, legal_name="Other, LLC")
    for one in (brand, other):
        ada.post(address(one, "address"), opened(ada, one, "address") | {"city": "Spo"}, **KEEP)
    assert len(typed_rows(ada)) == 2
    ada.post(address(brand, "submission"), form_in(ada.get(address(brand, "check"))))
    ada.post(address(other, "deletion"))
    assert typed_rows(ada) == []


def test_what_is_too_long_to_be_kept_is_still_in_the_answer(ada: Person, brand: Brand) -> None:
    long = "x" * 60_000
    answer = ada.post(address(brand, "address"), ADDRESS | {"street": long})
    assert long in text_of(answer)
    assert typed_rows(ada) == []


def test_earlier_answers_are_few_and_the_newest(ada: Person, brand: Brand) -> None:
    for number in range(14):
        page = opened(ada, brand, "address") | {"city": f"Town {number}"}
        assert ada.post(address(brand, "address"), page).status_code == 302
    assert [row.answers["city"] for row in typed_rows(ada)] == [f"Town {number}" for number in range(4, 14)]


def test_saved_says_when_with_the_zone_and_once_aloud(ada: Person, brand: Brand) -> None:
    answer: Any = ada.client.post(
        address(brand, "address"), opened(ada, brand, "address") | {"city": "Spokane"}, follow=True
    )
    page = text_of(answer)
    assert re.search(r"Saved <time[^>]*>today, \d\d:\d\d E[SD]T</time>", page)
    assert '<span class="vh" data-spoken>Saved.</span>' in page
    assert "data-spoken" not in text_of(ada.get(address(brand, "business")))
    assert re.search(r"Saved <time", text_of(ada.get(address(brand, "check"))))
