"""The brands as a file: what the list shows, whole, safe to open, and with no tax id in it."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any
from uuid import uuid4

import pytest

from brands import exporting, states
from brands.models import Brand
from portal import clock
from portal.lifecycle.states import make
from tests.clocks import moved
from tests.factories import ANSWERS, brand_draft, submitted_brand
from tests.people import Person

pytestmark = pytest.mark.django_db


def whole(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def rows(person: Person, query: str = "") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(whole(person.get(f"/brands/export/?format=csv{query}")))))


def test_every_column_is_there_and_says_what_the_page_says(ada: Person) -> None:
    brand = submitted_brand(ada)
    (row,) = rows(ada)
    assert tuple(row) == exporting.COLUMNS
    assert (row["name"], row["status"], row["status_word"]) == ("Acme Plumbing", "submitting", "Submitting")
    assert row["tax_id_masked"] == "••-•••0265"
    assert row["version"] == "1"
    with ada.acting():
        filing = brand.filing()
        assert filing is not None
        assert row["our_key"] == str(filing.key)
    assert row["our_reference"] == filing.short_key
    assert row["created_utc"].endswith("Z")
    assert re.search(r"[+-]\d\d:\d\d$", row["created_local"])
    for name, value in ANSWERS.items():
        if name != "tax_id":
            assert row[name].lstrip("'") == value


def test_every_time_in_it_is_business_time(ada: Person) -> None:
    moved(days=-40)
    submitted_brand(ada)
    (row,) = rows(ada)
    assert row["submitted_utc"] == row["status_since_utc"]


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_no_tax_id_is_in_it(ada: Person, kind: str) -> None:
    submitted_brand(ada)
    brand_draft(ada, tax_id="92-1234567")
    text = whole(ada.get(f"/brands/export/?format={kind}"))
    assert "4730265" not in text
    assert "1234567" not in text
    assert "tax-id:" not in text


def test_a_cell_is_never_run_as_a_formula(ada: Person) -> None:
    brand_draft(ada, display_name='=HYPERLINK("https://evil.example")')
    (row,) = rows(ada)
    assert row["name"].startswith("'=")


def test_the_filter_of_the_list_is_that_of_the_file(ada: Person) -> None:
    brand_draft(ada, display_name="Unfinished")
    submitted_brand(ada, display_name="Waiting")
    gone = submitted_brand(ada, display_name="Gone")
    with ada.acting():
        Brand.objects.filter(pk=gone.pk).update(status=states.DELETED)
    assert {row["name"] for row in rows(ada)} == {"Unfinished", "Waiting"}
    assert [row["name"] for row in rows(ada, "&status=submitting")] == ["Waiting"]
    assert [row["name"] for row in rows(ada, "&status=deleted")] == ["Gone"]
    assert [row["name"] for row in rows(ada, "&q=unfin")] == ["Unfinished"]
    told = json.loads(whole(ada.get("/brands/export/?format=json&status=deleted")))
    assert told["filter"] == {"status": "deleted"}
    assert (told["count"], [one["name"] for one in told["brands"]]) == (1, ["Gone"])


def test_batches_lose_and_repeat_nothing(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "BATCH", 2)
    names = [brand_draft(ada, display_name=f"Brand {number}").name for number in range(5)]
    assert [row["name"] for row in rows(ada)] == names[::-1]


def test_corrections_that_are_not_sent_are_named(ada: Person) -> None:
    brand = submitted_brand(ada)
    with ada.acting():
        make(states.REFUSE, brand, by=ada.actor, at=clock.read().business)
        brand.save_answers({"city": "Tacoma"}, times=clock.read())
    (row,) = rows(ada)
    assert (row["unsent_changes"], row["city"]) == ("true", "Tacoma")


def test_one_brand_alone(ada: Person) -> None:
    brand, _other = submitted_brand(ada), submitted_brand(ada)
    told = json.loads(whole(ada.get(f"/brands/{brand.pk}/export/?format=json")))
    assert [one["id"] for one in told["brands"]] == [str(brand.pk)]


def test_a_viewer_may_and_an_outsider_gets_their_own(ada: Person, bo: Person, cy: Person) -> None:
    brand = submitted_brand(ada)
    assert len(rows(bo)) == 1
    assert rows(cy) == []
    theirs, nobodys = cy.get(f"/brands/{brand.pk}/export/"), cy.get(f"/brands/{uuid4()}/export/")
    assert theirs.status_code == nobodys.status_code == 404


@pytest.mark.parametrize(
    ("query", "status"), [("format=xlsx", 404), ("status=approved", 400), ("q=%00", 400)]
)
def test_what_cannot_be_honoured_is_refused(ada: Person, query: str, status: int) -> None:
    assert ada.get(f"/brands/export/?{query}").status_code == status
