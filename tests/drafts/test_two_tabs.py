"""Two tabs, or two people, at one step: the second is told, sees both, and chooses."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from brands.models import Brand
from portal.ui import answers
from tests.brands.searching import found
from tests.drafts.pages import address, form_in, now, opened, text_of
from tests.factories import ADDRESS, COMPANY, brand_draft
from tests.people import Person, enrolled

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

OTHER_TAX_ID = "92-4567890"


@pytest.fixture
def di(ada: Person) -> Person:
    return enrolled("di")


@pytest.fixture
def brand(ada: Person) -> Brand:
    return brand_draft(ada)


def test_the_second_tab_is_told_and_nothing_of_it_is_saved(ada: Person, brand: Brand) -> None:
    first, second = opened(ada, brand, "address"), opened(ada, brand, "address")
    assert ada.post(address(brand, "address"), first | {"city": "Tacoma"}).status_code == 302
    answer = ada.post(address(brand, "address"), second | {"city": "Spokane"})
    assert answer.status_code == 409
    page = text_of(answer)
    assert "You saved other answers in another window" in page
    assert "Tacoma" in page
    assert "Spokane" in page
    # Only what differs is asked.
    assert re.findall(r'name="marked-(\w+)"', page) == ["city", "city"]
    assert now(ada, brand).city == "Tacoma"


def test_another_person_is_named_with_the_time(ada: Person, di: Person, brand: Brand) -> None:
    hers, mine = opened(di, brand, "address"), opened(ada, brand, "address")
    di.post(address(brand, "address"), hers | {"city": "Tacoma"})
    page = text_of(ada.post(address(brand, "address"), mine | {"city": "Spokane"}))
    assert "Di Marsh saved other answers" in page
    assert re.search(r"“Address” was saved <time[^>]*>today, \d\d:\d\d E[SD]T</time>", page)


def clash(ada: Person, di: Person, brand: Brand) -> Any:
    """Di changed the city while Ada changed city and street."""
    hers, mine = opened(di, brand, "address"), opened(ada, brand, "address")
    di.post(address(brand, "address"), hers | {"city": "Tacoma"})
    return ada.post(address(brand, "address"), mine | {"city": "Spokane", "street": "1 Own Way"})


@pytest.mark.parametrize(
    ("decision", "city", "street"),
    [
        ({"decision": "typed"}, "Spokane", "1 Own Way"),
        ({"decision": "stored"}, "Tacoma", ADDRESS["street"]),
        ({"decision": "each", "marked-city": "stored"}, "Tacoma", "1 Own Way"),
        ({"decision": "each", "marked-street": "stored"}, "Spokane", ADDRESS["street"]),
    ],
    ids=["typed", "stored", "stored city", "stored street"],
)
def test_what_is_chosen_is_saved_and_the_way_goes_on(
    ada: Person, di: Person, brand: Brand, decision: dict[str, str], city: str, street: str
) -> None:
    page = form_in(clash(ada, di, brand))
    answer = ada.post(address(brand, "address"), page | decision)
    assert answer["Location"] == address(brand, "business")
    assert (now(ada, brand).city, now(ada, brand).street) == (city, street)


@pytest.mark.parametrize("decision", ["typed", "stored"])
def test_what_was_not_chosen_can_be_had_again(ada: Person, di: Person, brand: Brand, decision: str) -> None:
    ada.post(address(brand, "address"), form_in(clash(ada, di, brand)) | {"decision": decision})
    page = text_of(ada.get(address(brand, "address")))
    links = re.findall(r'href="([^"]+answers=[0-9a-f-]{36})"', page)
    cities = {form_in(ada.get(link))["city"] for link in links} | {now(ada, brand).city}
    assert cities >= {"Spokane", "Tacoma"}


def test_what_only_the_other_one_changed_is_marked_as_saved(ada: Person, di: Person, brand: Brand) -> None:
    hers, mine = opened(di, brand, "address"), opened(ada, brand, "address")
    di.post(address(brand, "address"), hers | {"city": "Tacoma"})
    page = form_in(ada.post(address(brand, "address"), mine | {"street": "1 Own Way"}))
    assert (page["marked-city"], page["marked-street"]) == ("stored", "typed")
    ada.post(address(brand, "address"), page | {"decision": "each"})
    assert (now(ada, brand).city, now(ada, brand).street) == ("Tacoma", "1 Own Way")


def test_equal_answers_do_not_conflict(ada: Person, di: Person, brand: Brand) -> None:
    hers, mine = opened(di, brand, "address"), opened(ada, brand, "address")
    di.post(address(brand, "address"), hers | {"city": "Tacoma"})
    assert ada.post(address(brand, "address"), mine | {"city": "  Tacoma "}).status_code == 302


def test_a_change_at_another_step_does_not_conflict(ada: Person, di: Person, brand: Brand) -> None:
    mine = opened(ada, brand, "address")
    di.post(address(brand, "contact"), opened(di, brand, "contact") | {"first_name": "Di"})
    assert ada.post(address(brand, "address"), mine | {"city": "Spokane"}).status_code == 302


def test_going_back_and_changing_ones_own_answer_does_not_conflict(ada: Person, brand: Brand) -> None:
    for city in ("Tacoma", "Spokane"):
        answer = ada.post(address(brand, "address"), opened(ada, brand, "address") | {"city": city})
        assert answer.status_code == 302


def test_an_error_page_still_knows_what_it_was_opened_from(ada: Person, di: Person, brand: Brand) -> None:
    hers, mine = opened(di, brand, "address"), opened(ada, brand, "address")
    di.post(address(brand, "address"), hers | {"city": "Tacoma"})
    wrong = ada.post(address(brand, "address"), mine | {"city": "Spokane", "postal_code": "nonsense"})
    assert wrong.status_code == 422
    answer = ada.post(address(brand, "address"), form_in(wrong) | {"postal_code": "98101"})
    assert answer.status_code == 409


def test_a_third_change_while_one_compares_is_told_too(ada: Person, di: Person, brand: Brand) -> None:
    page = form_in(clash(ada, di, brand))
    di.post(address(brand, "address"), opened(di, brand, "address") | {"city": "Everett"})
    answer = ada.post(address(brand, "address"), page | {"decision": "typed"})
    assert answer.status_code == 409
    assert "Everett" in text_of(answer)


def test_an_empty_draft_is_compared_too(ada: Person, di: Person) -> None:
    ada.post("/brands/new/", {"accept": "on"})
    with ada.acting():
        brand = Brand.objects.get()
    hers, mine = opened(di, brand, "company"), opened(ada, brand, "company")
    di.post(address(brand, "company"), hers | COMPANY | {"legal_name": "Hers, LLC"})
    answer = ada.post(address(brand, "company"), mine | COMPANY | {"legal_name": "Mine, LLC"})
    assert answer.status_code == 409
    assert "Hers, LLC" in text_of(answer)


def test_accepting_the_terms_twice_is_no_conflict(ada: Person, di: Person, brand: Brand) -> None:
    with ada.acting():
        Brand.objects.update(terms_accepted_at=None, terms_accepted_by="", terms_version="")
    hers, mine = opened(di, brand, "terms"), opened(ada, brand, "terms")
    assert di.post(address(brand, "terms"), hers | {"accept": "on"}).status_code == 302
    assert ada.post(address(brand, "terms"), mine | {"accept": "on"}).status_code == 302


def test_terms_that_changed_since_the_page_was_opened_are_not_accepted_unread(
    ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = form_in(ada.get("/brands/new/"))
    for module in ("forms", "drafting", "models"):
        monkeypatch.setattr(f"brands.{module}.TERMS_VERSION", "2027-01")
    answer = ada.post("/brands/new/", page | {"accept": "on"})
    assert answer.status_code == 422
    assert "changed since you opened this page" in text_of(answer)
    again = form_in(answer)
    assert ada.post("/brands/new/", again | {"accept": "on"}).status_code == 302


# --- the tax id


def test_a_tax_id_is_compared_in_words_and_kept_without_digits(ada: Person, di: Person, brand: Brand) -> None:
    hers, mine = opened(di, brand, "company"), opened(ada, brand, "company")
    assert di.post(address(brand, "company"), hers | {"tax_id": OTHER_TAX_ID}).status_code == 302
    answer = ada.post(address(brand, "company"), mine | {"tax_id": "93-1234567"})
    assert answer.status_code == 409
    page = text_of(answer)
    assert "The one that you typed" in page
    assert "The one that is on file now" in page
    assert found(OTHER_TAX_ID, {"page": page}) + found("93-1234567", {"page": page}) == []
    assert ada.post(address(brand, "company"), form_in(answer) | {"decision": "typed"}).status_code == 302
    with ada.acting():
        kept = now(ada, brand).tax_identity
        assert kept is not None
        assert kept.open() == "93-1234567"


def test_a_tax_id_that_was_left_as_it_is_takes_over_the_new_one(
    ada: Person, di: Person, brand: Brand
) -> None:
    hers, mine = opened(di, brand, "company"), opened(ada, brand, "company")
    di.post(address(brand, "company"), hers | {"tax_id": OTHER_TAX_ID})
    assert ada.post(address(brand, "company"), mine | {"display_name": "Own"}).status_code == 302
    with ada.acting():
        assert now(ada, brand).tax_identity.open() == OTHER_TAX_ID  # type: ignore[union-attr]


def test_the_hashes_of_a_page_tell_nothing_and_differ_by_draft(ada: Person, brand: Brand) -> None:
    page = opened(ada, brand, "company")
    other = brand_draft(ada, legal_name="Another, LLC")
    assert answers.readable(page["opened-from"])
    for clear in ("Acme", "91-4730265", "914730265", "PRIVATE_PROFIT"):
        assert clear not in page["opened-from"]
    mine = dict(pair.split(":") for pair in page["opened-from"].split("."))
    theirs = dict(pair.split(":") for pair in opened(ada, other, "company")["opened-from"].split("."))
    assert mine.keys() == theirs.keys()
    assert not set(mine.values()) & set(theirs.values())


def test_a_sealed_answer_of_another_draft_does_not_open(ada: Person, di: Person, brand: Brand) -> None:
    other = brand_draft(ada, legal_name="Another, LLC")
    page = form_in(_tax_clash(ada, di, brand))
    sealed = {name: value for name, value in page.items() if name.startswith("sealed-")}
    assert sealed
    ada.post(address(other, "company"), opened(ada, other, "company") | sealed | {"decision": "typed"})
    with ada.acting():
        assert now(ada, other).tax_identity.open() == "91-4730265"  # type: ignore[union-attr]


def _tax_clash(ada: Person, di: Person, brand: Brand) -> Any:
    hers, mine = opened(di, brand, "company"), opened(ada, brand, "company")
    di.post(address(brand, "company"), hers | {"tax_id": OTHER_TAX_ID})
    return ada.post(address(brand, "company"), mine | {"tax_id": "93-1234567"})


@pytest.mark.parametrize(
    "forged", ["", "nonsense", "city:0", "x" * 5000, "\x00", "city:0123456789abcdef." * 200]
)
def test_what_is_no_hash_of_ours_says_nothing_of_what_was_shown(
    ada: Person, brand: Brand, forged: str
) -> None:
    answer = ada.post(address(brand, "address"), ADDRESS | {"city": "Spokane", "opened-from": forged})
    assert answer.status_code == 302


def test_a_forged_hash_makes_one_compare_and_no_more(ada: Person, brand: Brand) -> None:
    forged = {"city": "Spokane", "opened-from": "city:" + "0" * 16}
    assert ada.post(address(brand, "address"), ADDRESS | forged).status_code == 409


def test_a_page_from_before_a_change_of_keys_is_not_taken_for_another(
    ada: Person, brand: Brand, settings: Any
) -> None:
    mine = opened(ada, brand, "address")
    session = ada.client.session  # Sessions are signed with the same key.
    assert session.session_key
    before = settings.SECRET_KEY
    opened_from = mine["opened-from"]
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = (
        "another key of more than forty characters " * 2,
        [before],
    )
    with ada.acting():
        fresh = now(ada, brand)
        from brands.forms import AddressForm

        form = AddressForm(mine | {"city": "Spokane"}, draft=fresh)
        assert form.is_valid()
        assert answers.differences(form, opened_from, f"brand/{brand.pk}/address") == []
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = before, []


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_of_twenty_different_answers_at_once_one_is_saved_and_the_others_are_told(ada: Person) -> None:
    brand = brand_draft(ada)
    mine = opened(ada, brand, "address")

    def send(number: int) -> int:
        try:
            client = Client()
            client.cookies = ada.client.cookies
            return client.post(address(brand, "address"), mine | {"city": f"Town {number}"}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        codes = sorted(pool.map(send, range(20)))
    assert codes == [302] + [409] * 19
