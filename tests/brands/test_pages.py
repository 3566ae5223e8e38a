"""The pages of a brand: what they say, to whom, and how they refresh."""

from __future__ import annotations

from uuid import uuid4

import pytest

from brands import states
from brands.models import Brand
from brands.waiting import status_of
from portal import clock
from portal.lifecycle.states import make
from portal.tenancy.scope import acting_for
from portal.ui.marks import mark_of
from tests.factories import brand_draft, submitted_brand
from tests.people import Person

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def page(brand: Brand) -> str:
    return f"/brands/{brand.pk}/"


def test_ada_and_bo_see_the_brand_and_cy_does_not(ada: Person, bo: Person, cy: Person) -> None:
    brand = submitted_brand(ada)
    for member in (ada, bo):
        answer = member.get(page(brand))
        assert answer.status_code == 200
        assert "Acme Plumbing" in answer.content.decode()
    theirs, nobodys = cy.get(page(brand)), cy.get(f"/brands/{uuid4()}/")
    assert theirs.status_code == nobodys.status_code == 404


def test_the_tax_id_is_masked_once_it_is_filed(ada: Person) -> None:
    text = ada.get(page(submitted_brand(ada))).content.decode()
    assert "4730265" not in text
    assert "0265" in text


def test_a_drafts_page_leads_to_its_check_page(ada: Person) -> None:
    brand = brand_draft(ada)
    assert ada.get(page(brand))["Location"] == f"/brands/drafts/{brand.pk}/check/"


def test_a_refresh_without_news_is_empty_and_with_news_announces_it_once(ada: Person) -> None:
    brand = submitted_brand(ada)
    with acting_for(ada.organization.pk, by=ada.actor):
        seen = status_of(brand, clock.read()).fingerprint
    path = f"{page(brand)}status/?seen={seen}&mark={brand.mark}"
    assert ada.get(path, **HTMX).status_code == 204
    with acting_for(ada.organization.pk, by=ada.actor):
        make(states.ACCEPT, brand, by=ada.actor, at=clock.read().business)
    answer = ada.get(path, **HTMX)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "is now: In review" in text
    assert "<html" not in text


def test_a_final_status_is_not_refreshed_any_more(ada: Person) -> None:
    brand = submitted_brand(ada)
    assert "data-refresh" in ada.get(page(brand)).content.decode()
    with acting_for(ada.organization.pk, by=ada.actor):
        make(states.ACCEPT, brand, by=ada.actor, at=clock.read().business)
        make(states.VERIFY, brand, by=ada.actor, at=clock.read().business)
    assert "data-refresh" not in ada.get(page(brand)).content.decode()


def test_back_from_history_gets_a_whole_page(ada: Person) -> None:
    brand = submitted_brand(ada)
    answer = ada.get(f"{page(brand)}status/", **HTMX, HTTP_HX_HISTORY_RESTORE_REQUEST="true")
    assert "<html" in answer.content.decode()
    assert "HX-Request" in answer["Vary"]


def test_one_request_refreshes_the_badges_of_a_whole_list(ada: Person) -> None:
    first, second = submitted_brand(ada), submitted_brand(ada)
    query = f"?seen={mark_of(first.pk, 'submitting')}&seen={mark_of(second.pk, 'submitting')}"
    assert ada.get(f"/sms-campaigns/badges/{query}", **HTMX).status_code == 204
    with acting_for(ada.organization.pk, by=ada.actor):
        make(states.ACCEPT, first, by=ada.actor, at=clock.read().business)
    text = ada.get(f"/sms-campaigns/badges/{query}", **HTMX).content.decode()
    assert f"badge-{first.pk}" in text
    assert f"badge-{second.pk}" not in text


def test_a_row_that_never_existed_is_no_news(ada: Person) -> None:
    seen = mark_of(uuid4(), "draft")
    assert ada.client.get("/sms-campaigns/badges/", {"seen": seen}, **HTMX).status_code == 204


@pytest.mark.parametrize("seen", ["junk", "1.2", ".", "\x00.draft"])
def test_a_badge_request_that_names_no_row_ends_the_watching(ada: Person, seen: str) -> None:
    answer = ada.client.get("/sms-campaigns/badges/", {"seen": seen}, **HTMX)
    assert answer.status_code == 200
    assert "data-refresh" not in answer.content.decode()


def test_another_tenants_badge_is_not_told(ada: Person, cy: Person) -> None:
    brand = submitted_brand(ada)
    answer = cy.get(f"/sms-campaigns/badges/?seen={mark_of(brand.pk, 'draft')}", **HTMX)
    assert str(brand.pk) not in answer.content.decode()


def test_a_viewer_is_shown_no_button_that_does_not_work(ada: Person, bo: Person) -> None:
    submitted_brand(ada)
    assert "Create 10DLC brand" in ada.get("/sms-campaigns/").content.decode()
    assert "Create 10DLC brand" not in bo.get("/sms-campaigns/").content.decode()


def test_the_overview_counts_what_needs_somebody(ada: Person) -> None:
    brand_draft(ada, display_name="Unfinished Ltd")
    submitted_brand(ada, display_name="Waiting Inc")
    assert "1 thing needs you" in ada.get("/").content.decode()


def test_pages_with_company_data_are_not_stored_by_the_browser(ada: Person) -> None:
    assert "no-store" in ada.get(page(submitted_brand(ada)))["Cache-Control"]
