"""The tax id of a brand: masked on pages, sealed at rest, shown after a fresh sign-in only."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from brands import states
from brands.models import Brand
from brands.tax_identity import TaxIdentity
from brands.wizard import WIZARD
from portal import clock
from portal.audit.models import Event
from portal.lib.sealing import CannotOpen
from portal.lifecycle.models import Submission
from portal.lifecycle.states import make
from portal.tenancy.scope import at_the_desk
from tests.factories import COMPANY, brand_draft, submitted_brand
from tests.people import PASSWORD, Person

pytestmark = pytest.mark.django_db
CLEAR = re.compile(r"91\W?4730265|4730265")
OTHER = "91-4730271"


def text_of(answer: object) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())  # type: ignore[attr-defined]


def company(brand: Brand) -> str:
    return f"/brands/drafts/{brand.pk}/company/"


def check(brand: Brand) -> str:
    return f"/brands/drafts/{brand.pk}/check/"


def show(brand: Brand) -> str:
    return f"/brands/{brand.pk}/tax-id/"


def kept(brand: Brand, person: Person) -> TaxIdentity:
    with person.acting():
        identity = Brand.objects.get(pk=brand.pk).tax_identity
    assert identity is not None
    return identity


def just_signed_in(person: Person) -> Client:
    """A browser in which `person` has typed the password a moment ago."""
    client = Client()
    client.post("/account/login/", {"login": person.user.email, "password": PASSWORD})
    return client


# --- at rest


def test_a_tax_id_rests_sealed_and_a_payload_holds_the_token(ada: Person) -> None:
    brand = submitted_brand(ada)
    identity = kept(brand, ada)
    with ada.acting():
        payload = Submission.objects.get(subject_id=brand.pk).payload
    assert payload["tax_id"] == f"tax-id:{identity.pk}"
    assert (identity.masked, str(identity), identity.open()) == ("••-•••0265", "••-•••0265", "91-4730265")
    with ada.acting(), connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, ' ') FROM brands_taxidentity t")
        assert not CLEAR.search(cursor.fetchone()[0])


def test_a_sealed_text_opens_in_its_own_row_only(ada: Person) -> None:
    one, other = kept(brand_draft(ada), ada), kept(brand_draft(ada, tax_id=OTHER), ada)
    one.sealed = other.sealed
    with pytest.raises(CannotOpen):
        one.open()


def test_a_brand_cannot_point_at_another_organizations_tax_id(ada: Person, cy: Person) -> None:
    theirs, mine = kept(brand_draft(ada), ada), brand_draft(cy)
    with pytest.raises(IntegrityError, match="tenant_fk"), transaction.atomic(), cy.acting():
        Brand.objects.filter(pk=mine.pk).update(tax_identity=theirs.pk)


def test_the_desk_compares_fingerprints_and_sees_no_more(ada: Person, cy: Person) -> None:
    brand_draft(ada)
    brand_draft(cy, tax_id="914730265")
    with at_the_desk():
        rows = list(TaxIdentity.everywhere.values_list("fingerprint", "organization_id"))
    assert len({fingerprint for fingerprint, _ in rows}) == 1
    assert len({organization for _, organization in rows}) == 2
    for column in ("sealed", "masked"):
        with pytest.raises(Exception, match="permission denied"), at_the_desk():
            list(TaxIdentity.everywhere.values_list(column))


def test_a_deleted_draft_takes_its_tax_id_along(ada: Person) -> None:
    brand = brand_draft(ada)
    assert ada.post(f"/brands/drafts/{brand.pk}/deletion/").status_code == 302
    with ada.acting():
        assert not TaxIdentity.objects.exists()


# --- the wizard


def test_the_field_comes_back_empty_and_says_what_is_on_file(ada: Person) -> None:
    brand = brand_draft(ada)
    page = text_of(ada.get(company(brand)))
    assert not CLEAR.search(page)
    assert "On file: ••-•••0265. Leave empty to keep it." in page
    (field,) = re.findall(r'<input[^>]*name="tax_id"[^>]*>', page)
    assert "value=" not in field
    assert 'autocomplete="off"' in field
    # It is a question that needs an answer, and the answer is there.
    assert "(optional)" not in page.split('for="id_tax_id"')[1][:200]


@pytest.mark.parametrize("typed", ["", "914730265", " 91-4730265 "])
def test_an_empty_field_or_the_same_number_keeps_the_token(ada: Person, typed: str) -> None:
    brand = brand_draft(ada)
    before = kept(brand, ada)
    answer = ada.post(company(brand), {**COMPANY, "legal_name": "New Name LLC", "tax_id": typed})
    assert answer.status_code == 302
    assert kept(brand, ada) == before
    with ada.acting():
        assert Brand.objects.get().legal_name == "New Name LLC"


def test_another_number_takes_the_place_of_the_former_one(ada: Person) -> None:
    brand = brand_draft(ada)
    before = kept(brand, ada)
    assert ada.post(company(brand), {**COMPANY, "tax_id": OTHER}).status_code == 302
    with ada.acting():
        (now,) = TaxIdentity.objects.all()
    assert now != before
    assert now.open() == OTHER


def test_without_one_on_file_the_field_must_be_filled_in(ada: Person) -> None:
    ada.post("/brands/new/", {"accept": "on"})
    with ada.acting():
        brand = Brand.objects.get()
    answer = ada.post(company(brand), {**COMPANY, "tax_id": ""})
    assert answer.status_code == 422
    assert "Enter the EIN or the Business Number." in text_of(answer)


def test_what_was_just_typed_is_kept_when_another_answer_is_wrong(ada: Person) -> None:
    brand = brand_draft(ada)
    answer = ada.post(company(brand), {**COMPANY, "legal_name": "", "tax_id": OTHER})
    assert answer.status_code == 422
    assert f'value="{OTHER}"' in text_of(answer)
    assert kept(brand, ada).open() == "91-4730265"


def test_a_number_of_the_other_country_is_asked_for_anew(ada: Person) -> None:
    brand = brand_draft(ada)
    answer = ada.post(company(brand), {**COMPANY, "country": "CA", "tax_id": ""})
    assert answer.status_code == 422
    assert "Enter the Business Number: what is on file, ••-•••0265, is an EIN" in text_of(answer)
    assert "Leave empty to keep it" not in text_of(answer)
    assert ada.post(company(brand), {**COMPANY, "country": "CA", "tax_id": "123456782"}).status_code == 302
    assert kept(brand, ada).country == "CA"
    with ada.acting():
        Brand.objects.update(country="US")
        incomplete = WIZARD.first_incomplete(Brand.objects.get())
    assert incomplete is not None
    assert incomplete.slug == "company"


# --- twins


def test_a_second_brand_with_the_same_tax_id_is_told_and_not_stopped(ada: Person) -> None:
    first = submitted_brand(ada, display_name="Larkspur Dental")
    second = brand_draft(ada, tax_id="91 4730265")
    for page in (check(second), company(second)):
        text = text_of(ada.get(page))
        assert "Larkspur Dental already uses this tax id." in text
        assert f'href="/brands/{first.pk}/"' in text
    assert ada.post(f"/brands/drafts/{second.pk}/submission/").status_code == 302


def test_program_accounts_of_one_canadian_business_are_twins(ada: Person) -> None:
    brand_draft(ada, country="CA", tax_id="123456782RC0001", display_name="Maple One")
    second = brand_draft(ada, country="CA", tax_id="123456782")
    assert "Maple One already uses" in text_of(ada.get(check(second)))


def test_a_rejected_brand_and_another_organizations_are_no_twins(ada: Person, cy: Person) -> None:
    rejected = submitted_brand(ada)
    with ada.acting():
        make(states.REFUSE, rejected, by=ada.actor, at=clock.read().business)
    brand_draft(cy)
    again = brand_draft(ada)
    assert "already uses" not in text_of(ada.get(check(again)))
    assert "already uses" not in text_of(ada.get(company(again)))


# --- showing it


@pytest.mark.parametrize("made", [brand_draft, submitted_brand])
def test_after_a_fresh_sign_in_it_is_shown_once_and_recorded(ada: Person, made: object) -> None:
    brand = made(ada)  # type: ignore[operator]
    client = just_signed_in(ada)
    page = client.get(f"/brands/{brand.pk}/", follow=True)
    assert f'action="{show(brand)}"' in text_of(page)
    assert not CLEAR.search(text_of(page))
    answer = client.post(show(brand))
    text = text_of(answer)
    assert answer.status_code == 200
    assert text.count("91-4730265") == 1
    assert "91-4730265" not in text.split("</head>")[0]
    assert "no-store" in answer["Cache-Control"]
    with ada.acting():
        (event,) = Event.objects.filter(action="brand.tax-id-shown")
    assert (event.object_id, event.actor_id, event.detail) == (brand.pk, ada.user.pk, {})
    assert not CLEAR.search(text_of(client.get(f"/brands/{brand.pk}/", follow=True)))


def test_a_stale_sign_in_is_asked_first_and_the_wish_goes_through_afterwards(ada: Person) -> None:
    brand = submitted_brand(ada)
    asked = ada.post(show(brand))
    assert asked.status_code == 302
    assert "reauthenticate" in asked["Location"]
    with ada.acting():
        assert not Event.objects.filter(action="brand.tax-id-shown").exists()
    shown = ada.post(asked["Location"], {"password": PASSWORD, "next": show(brand)}, follow=True)
    assert "91-4730265" in text_of(shown)


def test_a_get_shows_nothing(ada: Person) -> None:
    brand = submitted_brand(ada)
    answer = just_signed_in(ada).get(show(brand), follow=True)
    assert answer.redirect_chain == [(f"/brands/{brand.pk}/", 302)]
    with ada.acting():
        assert not Event.objects.filter(action="brand.tax-id-shown").exists()


def test_a_viewer_sees_the_mask_and_no_button_and_a_stranger_nothing(
    ada: Person, bo: Person, cy: Person
) -> None:
    brand = submitted_brand(ada)
    page = text_of(bo.get(f"/brands/{brand.pk}/"))
    assert "••-•••0265" in page
    assert show(brand) not in page
    assert just_signed_in(bo).post(show(brand)).status_code == 403
    client = just_signed_in(cy)
    assert (
        client.post(show(brand)).status_code == client.post(f"/brands/{uuid4()}/tax-id/").status_code == 404
    )


def test_without_its_key_it_says_who_has_to_put_it_back(ada: Person, settings: object) -> None:
    brand = submitted_brand(ada)
    client = just_signed_in(ada)
    settings.TAX_ID_KEYS = ["another key " * 5]  # type: ignore[attr-defined]
    answer = client.post(show(brand))
    assert answer.status_code == 200
    assert "The key that it was sealed with is missing" in text_of(answer)
    with ada.acting():
        assert not Event.objects.filter(action="brand.tax-id-shown").exists()
    assert client.get(f"/brands/{brand.pk}/").status_code == 200
