"""The wizard: one URL per step, nothing typed is lost, Change returns to the check page."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from brands.models import TERMS_VERSION, Brand
from brands.wizard import WIZARD
from portal.tenancy.scope import acting_for
from tests.factories import ADDRESS, BUSINESS, COMPANY, CONTACT, PUBLIC, brand_draft
from tests.people import Person

pytestmark = pytest.mark.django_db


def step(brand: Brand, slug: str) -> str:
    return f"/brands/drafts/{brand.pk}/{slug}/"


def text_of(answer: object) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())  # type: ignore[attr-defined]


def the_brand(person: Person) -> Brand:
    with acting_for(person.organization.pk, by=person.actor):
        brand: Brand = Brand.objects.get()
    return brand


def test_from_the_terms_to_the_check_page(ada: Person) -> None:
    assert ada.get("/brands/new/").status_code == 200
    answer = ada.post("/brands/new/", {"accept": "on"})
    brand = the_brand(ada)
    assert answer["Location"] == step(brand, "company")
    for slug, answers, following in (
        ("company", COMPANY, "address"),
        ("address", ADDRESS, "business"),
        ("business", BUSINESS, "contact"),
        ("contact", CONTACT, "check"),
    ):
        answer = ada.post(step(brand, slug), answers)
        assert answer["Location"] == step(brand, following), text_of(ada.post(step(brand, slug), answers))
    page = text_of(ada.get(step(brand, "check")))
    for shown in (
        "Acme Plumbing, LLC",
        "••-•••0265",
        "Washington",
        "https://www.acme.example",
        "+1 206 555 0142",
    ):
        assert shown in page
    assert "Confirm and submit" in page


def test_nobody_leaves_an_empty_draft_by_reading_the_terms(ada: Person) -> None:
    ada.get("/brands/new/")
    answer = ada.post("/brands/new/", {})
    assert answer.status_code == 422
    with acting_for(ada.organization.pk, by=ada.actor):
        assert not Brand.objects.exists()


def test_who_accepted_the_terms_is_kept(ada: Person) -> None:
    ada.post("/brands/new/", {"accept": "on"}, REMOTE_ADDR="203.0.113.9")
    brand = the_brand(ada)
    assert (brand.terms_version, brand.terms_accepted_by, brand.terms_address) == (
        TERMS_VERSION,
        "Ada Osei",
        "203.0.113.9",
    )
    assert brand.terms_accepted_at is not None


def test_errors_keep_what_was_typed_and_save_nothing(ada: Person) -> None:
    brand = brand_draft(ada)
    answer = ada.post(step(brand, "company"), {**COMPANY, "legal_name": "New Name", "tax_id": "123-45-6789"})
    page = text_of(answer)
    assert answer.status_code == 422
    assert "There is a problem" in page
    assert "<title>Error:" in page.replace("<title> ", "<title>")
    assert "social security number" in page
    assert 'value="New Name"' in page
    assert 'value="123-45-6789"' in page
    assert the_brand(ada).legal_name == "Acme Plumbing, LLC"


def test_change_returns_to_the_check_page(ada: Person) -> None:
    brand = brand_draft(ada)
    page = text_of(ada.get(step(brand, "check")))
    assert f"{step(brand, 'contact')}?return=check#id_phone" in page
    answer = ada.post(f"{step(brand, 'contact')}?return=check", {**CONTACT, "phone": "206 555 0199"})
    assert answer["Location"] == step(brand, "check")
    assert the_brand(ada).phone == "+12065550199"


def test_an_answer_that_opens_a_question_leads_to_it_before_the_check_page(ada: Person) -> None:
    brand = brand_draft(ada)
    answer = ada.post(f"{step(brand, 'company')}?return=check", {**COMPANY, "entity_type": "PUBLIC_PROFIT"})
    assert answer["Location"] == step(brand, "business")


def test_exchange_and_symbol_are_asked_of_listed_companies_only(ada: Person) -> None:
    private = brand_draft(ada)
    assert "Stock symbol" not in text_of(ada.get(step(private, "business")))
    public = brand_draft(ada, **PUBLIC)
    assert "Stock symbol" in text_of(ada.get(step(public, "business")))
    assert "own e-mail" in text_of(ada.get(step(public, "contact")))
    with acting_for(ada.organization.pk, by=ada.actor):
        assert WIZARD.first_incomplete(Brand.objects.get(pk=public.pk)) is None


def test_a_company_that_is_no_longer_listed_files_no_stock_data(ada: Person) -> None:
    brand = brand_draft(ada, **{**PUBLIC, "entity_type": "PRIVATE_PROFIT"})
    with ada.acting():
        payload = brand.payload()
    assert [payload[name] for name in ("stock_exchange", "stock_symbol", "business_contact_email")] == [
        ""
    ] * 3


def test_canada_has_provinces_and_its_own_postal_codes(ada: Person) -> None:
    brand = brand_draft(ada, country="CA", tax_id="123456782")
    page = text_of(ada.get(step(brand, "address")))
    assert "Province or territory" in page
    good = {"street": "80 Wellington St", "city": "Ottawa", "state": "ON", "postal_code": "k1a0a2"}
    assert ada.post(step(brand, "address"), good).status_code == 302
    assert the_brand(ada).postal_code == "K1A 0A2"
    bad = ada.post(step(brand, "address"), {**good, "postal_code": "98101"})
    assert "Canadian postal code" in text_of(bad)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("example.com", "https://example.com"),
        ("HTTPS://WWW.Example.com/", "https://www.example.com"),
        ("https://example.com/about", "https://example.com/about"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_web_addresses_are_brought_into_form(ada: Person, typed: str, kept: str) -> None:
    brand = brand_draft(ada)
    assert ada.post(step(brand, "business"), {**BUSINESS, "website": typed}).status_code == 302
    assert the_brand(ada).website == kept


@pytest.mark.parametrize(
    "typed",
    [
        "http://example.com",
        "ftp://example.com",
        "localhost",
        "https://127.0.0.1/",
        "https://example.com:8443",
        "https://user@example.com",
        "https://exa mple.com",
        "https://[::1",
        "https://example.com/" + "x" * 200,
        "javascript:alert(1)",
    ],
)
def test_web_addresses_that_carriers_refuse_get_a_sentence(ada: Person, typed: str) -> None:
    brand = brand_draft(ada)
    assert ada.post(step(brand, "business"), {**BUSINESS, "website": typed}).status_code == 422


HOSTILE = [
    "\x00",
    "a\x00b",
    "\ud800",
    "\u202eevil",
    "x" * 1_000_000,
    "🦷" * 101,
    "<script>alert(1)</script>",
    "%00",
]


@pytest.mark.slow
@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("slug", ["company", "address", "business", "contact"])
def test_hostile_text_gets_an_answer_and_never_a_crash(ada: Person, slug: str, value: str) -> None:
    brand = brand_draft(ada)
    answers = dict.fromkeys({**COMPANY, **ADDRESS, **BUSINESS, **CONTACT}, value)
    body = "&".join(f"{name}={_quoted(text)}" for name, text in answers.items())
    answer = ada.client.post(step(brand, slug), body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in {302, 400, 422}
    assert "<script>alert(1)" not in answer.content.decode()


def _quoted(text: str) -> str:
    from urllib.parse import quote_from_bytes

    return quote_from_bytes(text.encode("utf-8", "surrogatepass"))


def test_a_draft_is_deleted_after_asking(ada: Person) -> None:
    brand = brand_draft(ada)
    path = f"/brands/drafts/{brand.pk}/deletion/"
    assert "Delete the draft" in text_of(ada.get(path))
    assert ada.post(path).status_code == 302
    with acting_for(ada.organization.pk, by=ada.actor):
        assert not Brand.objects.exists()


PAGES = ["check", "company", "terms", "deletion"]


@pytest.mark.parametrize("page", PAGES)
def test_bo_may_not_open_the_wizard(ada: Person, bo: Person, page: str) -> None:
    assert bo.get(step(brand_draft(ada), page)).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_cy_gets_the_same_answer_as_for_a_draft_that_never_existed(
    ada: Person, cy: Person, page: str
) -> None:
    theirs, nobodys = cy.get(step(brand_draft(ada), page)), cy.get(f"/brands/drafts/{uuid4()}/{page}/")
    assert theirs.status_code == nobodys.status_code == 404
    strip = re.compile(r"[0-9a-f-]{36}|[0-9a-f]{16,}")
    assert strip.sub("", text_of(theirs)) == strip.sub("", text_of(nobodys))


def test_a_step_that_does_not_exist_is_a_404(ada: Person) -> None:
    assert ada.get(step(brand_draft(ada), "no-such-step")).status_code == 404
