"""Numbers as a file: everything that the list finds, harmless in a spreadsheet, and unchanged when it comes back."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phone_numbers.exporting import COLUMNS, spreadsheet_number
from phone_numbers.models import Number
from portal.audit.models import Event
from portal.lib.phones import parse
from portal.ui.text import one_line, without_unstorable
from tests.campaigns.numbering import numbers_of, numbers_on
from tests.factories import active_campaign
from tests.numbers.files import applied, checked, counts
from tests.people import Person

pytestmark = pytest.mark.django_db


def exported(person: Person, query: str = "product=phone") -> bytes:
    answer = person.get(f"/numbers/export/?{query}")
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    return b"".join(answer.streaming_content)


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_a_filtered_list_is_exported_with_the_words_of_its_pages(ada: Person) -> None:
    campaign = active_campaign(ada, name="Visits")
    (on,) = numbers_on(ada, campaign, 1)
    (free,) = numbers_of(ada, 1, label="=SUM(A1)", serves_kind="queue", serves="+Sales")
    numbers_of(ada, 1, product="contact_center")
    found = rows(exported(ada))
    assert [one["number"] for one in found] == [spreadsheet_number(on.e164), spreadsheet_number(free.e164)]
    assert list(found[0]) == list(COLUMNS)
    assert (found[0]["status"], found[0]["campaign"]) == ("Can send", "Visits")
    assert (found[1]["status"], found[1]["label"], found[1]["serves"]) == ("Blocked", "'=SUM(A1)", "'+Sales")
    assert len(rows(exported(ada, "product=phone&tab=assigned"))) == 1
    assert len(rows(exported(ada, f"product=phone&campaign={campaign.pk}"))) == 1
    assert ada.get("/numbers/export/?status=nonsense").status_code == 400


def test_what_is_exported_and_imported_changes_nothing(ada: Person) -> None:
    numbers_on(ada, active_campaign(ada), 2)
    numbers_of(ada, 3, label="'=not a formula", serves_kind="site", serves="-1", sms=False)
    numbers_of(ada, 1, type="toll_free", label='a "b", c;d')
    content = exported(ada)
    with ada.acting():
        events = Event.objects.count()
    source = checked(ada, content)
    assert counts(source) == (0, 0, 6, 0)
    with ada.acting():
        assert Event.objects.exclude(object_kind="import").count() == events


def test_into_an_empty_inventory_the_same_list_comes_back(ada: Person, cy: Person) -> None:
    numbers_of(ada, 3, label="=1+1", serves_kind="user", serves="@ada", sms=False)
    content = exported(ada)
    applied(cy, content)
    assert [one | {"added_utc": ""} for one in rows(exported(cy))] == [
        one | {"added_utc": ""} for one in rows(content)
    ]


LABELS = (
    st.text(max_size=40)
    .map(lambda text: one_line(without_unstorable(text)[0]))
    .filter(lambda text: "\ufffd" not in text)
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(label=LABELS | st.from_regex(r"'*[=+\-@]?[a-z]{0,3}'?", fullmatch=True))
def test_any_label_comes_back_as_it_was(ada: Person, label: str) -> None:
    label = one_line(label)
    with ada.acting():
        Number.objects.all().delete()
    numbers_of(ada, 1, label=label)
    assert counts(checked(ada, exported(ada))) == (0, 0, 1, 0)


def test_a_spreadsheets_number_is_read_back() -> None:
    assert spreadsheet_number("+12065550101") == "1-206-555-0101"
    assert parse("1-206-555-0101") == "+12065550101"


def test_a_long_list_is_read_in_batches_each_number_once(ada: Person, monkeypatch: Any) -> None:
    monkeypatch.setattr("phone_numbers.exporting.BATCH", 4)
    numbers = numbers_of(ada, 9)
    found = [one["number"] for one in rows(exported(ada))]
    assert found == [spreadsheet_number(one.e164) for one in numbers]
