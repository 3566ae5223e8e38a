"""The numbers of a file, assigned to one campaign: as by checkbox, with the same limits and the same reasons."""

from __future__ import annotations

import csv
import io
from typing import Any
from uuid import uuid4

import pytest

from campaigns.models import Campaign
from phone_numbers.import_models import Import
from phone_numbers.models import Assignment, Order
from tests.campaigns.numbering import numbers_of, numbers_on
from tests.factories import active_campaign
from tests.numbers.files import checked, fresh, refusals
from tests.people import Person, enrolled

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(ada: Person) -> Campaign:
    return active_campaign(ada)


def ordered(person: Person, source: Import, expected: int, **more: Any) -> Any:
    """The post of the preview's form."""
    data = {"token": str(uuid4()), "expected": str(expected), **more}
    return person.post(f"/numbers/imports/{source.pk}/order/", data)


def failures(person: Person, source: Import) -> list[dict[str, str]]:
    answer = person.get(f"/numbers/imports/{source.pk}/failures/")
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_a_files_numbers_go_on_its_campaign_as_many_as_were_shown(ada: Person, campaign: Campaign) -> None:
    numbers = numbers_of(ada, 3)
    (there,) = numbers_on(ada, campaign, 1)
    (canadian,) = numbers_of(ada, 1, country="CA")
    lines = [*(one.e164 for one in numbers), there.e164, canadian.e164, "+12065559999", numbers[0].e164, "x"]
    source = checked(ada, "number\n" + "\n".join(lines) + "\n", campaign=campaign)
    assert [one[3] for one in refusals(ada, source)] == ["unknown", "twice", "format"]
    page = ada.get(f"/numbers/imports/{source.pk}/").content.decode()
    assert "<strong>3</strong> will be assigned" in page
    assert "<strong>1</strong> already is" in page
    assert "from a country whose numbers" in page
    answer = ordered(ada, source, 3)
    with ada.acting():
        order = Order.objects.get()
        assert answer["Location"] == f"/numbers/orders/{order.pk}/?submitted=1"
        pending = Assignment.objects.open().filter(order=order)
        assert set(pending.values_list("e164", flat=True)) == {one.e164 for one in numbers}
    assert fresh(ada, source).order_id == order.pk
    assert ordered(ada, source, 3)["Location"] == f"/numbers/orders/{order.pk}/"


def test_the_file_of_failures_names_all_that_cannot_go_on_the_campaign(
    ada: Person, campaign: Campaign
) -> None:
    (good,) = numbers_of(ada, 1)
    (canadian,) = numbers_of(ada, 1, country="CA")
    source = checked(
        ada, f"phone,note\n{good.e164},a\n{canadian.e164},b\n+12065559999,c\n", campaign=campaign
    )
    unknown, barred = failures(ada, source)
    assert (unknown["phone"], unknown["note"], unknown["row"]) == ("'+12065559999", "c", "4")
    assert "not in your inventory" in unknown["problem"]
    assert barred["phone"].replace("-", "") == canadian.e164[1:]
    assert "United States" in barred["problem"]


def test_a_number_of_another_organization_is_as_unknown_as_what_nobody_has(
    ada: Person, cy: Person, campaign: Campaign
) -> None:
    (theirs,) = numbers_of(cy, 1)
    source = checked(ada, f"number\n{theirs.e164}\n+12065559999\n", campaign=campaign)
    first, second = refusals(ada, source)
    assert (first[1], first[3]) == (second[1], second[3]) == ("number", "unknown")


def test_another_count_than_was_shown_is_asked_again(ada: Person, campaign: Campaign) -> None:
    numbers = numbers_of(ada, 2)
    source = checked(ada, "\n".join(["number", *(one.e164 for one in numbers)]), campaign=campaign)
    answer = ordered(ada, source, 1)
    assert answer.status_code == 409
    assert "have changed since you looked" in answer.content.decode()
    with ada.acting():
        assert not Assignment.objects.exists()


def test_more_than_the_campaign_takes_is_told_with_the_way_on(ada: Person, campaign: Campaign) -> None:
    numbers_on(ada, campaign, 47)
    numbers = numbers_of(ada, 2)
    source = checked(ada, "\n".join(["number", *(one.e164 for one in numbers)]), campaign=campaign)
    page = ada.get(f"/numbers/imports/{source.pk}/").content.decode()
    assert "takes 48 numbers, and has 47" in page
    assert f"/numbers/pool/{campaign.pk}/" in page
    assert ordered(ada, source, 2).status_code == 409
    with ada.acting():
        assert Assignment.objects.open().count() == 47


def test_who_may_not_assign_may_not_do_it_by_file(ada: Person, campaign: Campaign) -> None:
    source = checked(ada, f"number\n{numbers_of(ada, 1)[0].e164}\n", campaign=campaign)
    ed = enrolled("ed")
    assert ed.get("/numbers/imports/assignment/").status_code == 403
    assert ordered(ed, source, 1).status_code == 403
    assert ada.post(f"/numbers/imports/{source.pk}/application/").status_code == 404


def test_a_file_for_a_campaign_of_another_organization_is_refused(
    ada: Person, cy: Person, campaign: Campaign
) -> None:
    from tests.numbers.files import a_file

    data = {"campaign": str(campaign.pk), "file": a_file("number\n2065550101\n"), "whole": "1"}
    assert cy.post("/numbers/imports/assignment/", data).status_code == 422
    with cy.acting():
        assert not Import.objects.exists()
