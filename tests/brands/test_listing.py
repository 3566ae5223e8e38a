"""The list of brands: filtered, sorted, paged, and as quick with five hundred as with five."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from brands import listing, states
from brands.models import Brand
from portal import clock
from portal.lifecycle.states import make
from tests.brands.test_state_matrix import brand_in
from tests.factories import brand_draft, submitted_brand
from tests.people import Person

pytestmark = pytest.mark.django_db
NAMES = re.compile(r'<th scope="row">\s*<a href="[^"]+">([^<]+)</a>')


def names(person: Person, query: str = "") -> list[str]:
    return NAMES.findall(person.get(f"/sms-campaigns/{query}").content.decode())


def named(person: Person, *called: str) -> list[Brand]:
    return [brand_draft(person, display_name=name) for name in called]


def rejected(person: Person, **answers: Any) -> Brand:
    brand = submitted_brand(person, **answers)
    with person.acting():
        make(states.REFUSE, brand, by=person.actor, at=clock.read().business)
    return brand


def test_newest_first_unless_asked_otherwise(ada: Person) -> None:
    named(ada, "Beta", "alpha", "Gamma")
    assert names(ada) == ["Gamma", "alpha", "Beta"]
    assert names(ada, "?sort=name") == ["alpha", "Beta", "Gamma"]
    assert names(ada, "?sort=-name") == ["Gamma", "Beta", "alpha"]


def test_a_status_is_filtered_and_needs_you_is_one(ada: Person) -> None:
    named(ada, "Unfinished")
    submitted_brand(ada, display_name="Waiting")
    rejected(ada, display_name="Refused")
    assert names(ada, "?status=submitting") == ["Waiting"]
    assert names(ada, "?status=needs-you") == ["Refused", "Unfinished"]
    assert names(ada, "?q=fin&status=draft") == ["Unfinished"]


@pytest.mark.parametrize("status", sorted(states.LOOKS))
def test_needs_you_means_in_the_list_what_it_means_on_the_start_page(ada: Person, status: str) -> None:
    brand_in(ada, status)
    assert bool(names(ada, "?status=needs-you")) is (status in states.NEEDS_YOU)


def test_a_filter_that_nothing_fits_says_so(ada: Person) -> None:
    named(ada, "Unfinished")
    assert "No brand fits" in ada.get("/sms-campaigns/?status=suspended").content.decode()


@pytest.mark.parametrize("query", ["?sort=colour", "?after=junk", "?before=a:b:c"])
def test_what_no_page_of_ours_ever_asked_is_refused(ada: Person, query: str) -> None:
    named(ada, "One")
    assert ada.get(f"/sms-campaigns/{query}").status_code == 400


def test_a_status_that_does_not_exist_is_told_and_not_ignored(ada: Person) -> None:
    named(ada, "One")
    answer = ada.get("/sms-campaigns/?status=approved")
    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()


@pytest.mark.parametrize("sort", ["", "name", "-status", "since", "-created", "legal"])
def test_pages_lose_and_repeat_nothing_there_and_back(
    ada: Person, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    named(ada, *(f"Brand {number}" for number in range(7)))
    search = listing.Search({})
    assert search.is_valid()
    with ada.acting():
        whole = [row.brand.pk for row in listing.page(search, {"sort": sort}).rows]
        seen, query = [], {"sort": sort}
        while True:
            page = listing.page(search, query, size=3)
            seen.append([row.brand.pk for row in page.rows])
            if not page.later:
                break
            query = {"sort": sort, "after": page.later}
        assert [pk for rows in seen for pk in rows] == whole
        back = listing.page(search, {"sort": sort, "before": page.earlier}, size=3)
        assert [row.brand.pk for row in back.rows] == seen[-2]


def test_corrections_that_are_not_sent_are_marked(ada: Person) -> None:
    brand = rejected(ada)
    assert "Unsent changes" not in ada.get("/sms-campaigns/").content.decode()
    with ada.acting():
        brand.save_answers({"city": "Tacoma"}, times=clock.read())
    assert "Unsent changes" in ada.get("/sms-campaigns/").content.decode()


@pytest.mark.slow
def test_five_hundred_brands_cost_as_many_queries_as_five(ada: Person) -> None:
    pattern = rejected(ada)
    assert ada.get("/sms-campaigns/").status_code == 200

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert ada.get("/sms-campaigns/").status_code == 200
        return len(seen)

    few = queries()
    with ada.acting():
        row = Brand.objects.get(pk=pattern.pk)
        fields = {
            field.attname: getattr(row, field.attname)
            for field in Brand._meta.concrete_fields
            if not field.primary_key
        }
        Brand.objects.bulk_create(Brand(**fields) for _ in range(500))
    assert queries() == few
