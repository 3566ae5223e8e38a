"""A file of numbers: looked at in a dry run, then taken over, and never twice."""

from __future__ import annotations

import pytest

from phone_numbers import importing
from phone_numbers.import_models import Import
from phone_numbers.importing import NotNow
from phone_numbers.models import Number
from portal import clock
from portal.audit.models import Event
from tests.campaigns.numbering import numbers_of
from tests.jobs.in_steps import all_steps
from tests.numbers.files import applied, checked, counts, fresh, refusals
from tests.people import Person

pytestmark = pytest.mark.django_db

FILE = (
    "Number;Label\n(206) 555-0101;Front desk\n+1 206 555 0102;Workshop\n\n1-888-555-0103;Hotline\n12;Nobody\n"
)


def test_a_dry_run_changes_nothing_and_says_what_would_happen(ada: Person) -> None:
    source = checked(ada, FILE)
    assert source.state == "ready"
    assert (source.total, source.empty, *counts(source)) == (5, 1, 3, 0, 0, 1)
    assert refusals(ada, source) == [(6, "number", "12", "format")]
    with ada.acting():
        assert not Number.objects.exists()
        assert [len(piece.rows()) for piece in source.pieces.all()] == [3]


def test_what_was_checked_is_taken_over_with_one_event_each(ada: Person) -> None:
    source = applied(ada, FILE)
    assert (source.state, source.added, source.altered) == ("applied", 3, 0)
    with ada.acting():
        rows = list(Number.objects.order_by("e164").values_list("e164", "type", "label", "product", "source"))
        assert rows == [
            ("+12065550101", "local", "Front desk", "phone", source.pk),
            ("+12065550102", "local", "Workshop", "phone", source.pk),
            ("+18885550103", "toll_free", "Hotline", "phone", source.pk),
        ]
        told = Event.objects.filter(object_kind="number")
        assert [(one.action, one.actor_name, one.address) for one in told] == [
            ("number.added", "Ada Osei", "127.0.0.1")
        ] * 3
        of_file = Event.objects.filter(object_kind="import").order_by("id")
        assert [one.action for one in of_file] == ["import.uploaded", "import.started", "import.applied"]


def test_the_same_file_again_changes_nothing(ada: Person) -> None:
    first = applied(ada, FILE)
    again = checked(ada, FILE)
    assert counts(again) == (0, 0, 3, 1)
    assert again.applies == 0
    with ada.acting():
        assert importing.same_before(again) == first
        events = Event.objects.count()
        importing.apply(again, by=ada.actor, times=clock.read())
    all_steps()
    with ada.acting():
        assert Event.objects.exclude(object_kind="import").count() == events - 4
        assert Number.objects.count() == 3
    assert fresh(ada, again).added == 0


def test_columns_that_a_file_does_not_have_stay_as_they_are_and_empty_cells_clear(ada: Person) -> None:
    (number,) = numbers_of(ada, 1, label="Old", serves_kind="queue", serves="Sales", sms=False)
    source = applied(ada, f"phone,name\n{number.e164},\n")
    assert counts(source) == (0, 1, 0, 0)
    with ada.acting():
        number.refresh_from_db()
        assert (number.label, number.serves_kind, number.serves, number.sms) == ("", "queue", "Sales", False)
        event = Event.objects.get(action="number.changed")
        assert (event.detail["before"], event.detail["after"]) == ({"label": "Old"}, {"label": ""})


def test_a_change_that_somebody_made_after_the_look_is_not_lost(ada: Person) -> None:
    numbers = numbers_of(ada, 2, label="Old")
    text = "".join(f"{one.e164},New\n" for one in numbers)
    source = checked(ada, f"number,label\n{text}")
    with ada.acting():
        Number.objects.filter(pk=numbers[0].pk).update(label="Theirs")
        importing.apply(source, by=ada.actor, times=clock.read())
    all_steps()
    source = fresh(ada, source)
    assert (source.altered, source.refused) == (1, 1)
    assert refusals(ada, source) == [(2, "number", numbers[0].e164, "meanwhile")]
    with ada.acting():
        assert set(Number.objects.values_list("label", flat=True)) == {"Theirs", "New"}


def test_a_number_that_was_taken_out_comes_back(ada: Person) -> None:
    (number,) = numbers_of(ada, 1, label="Old", removed_at=clock.read().business)
    source = applied(ada, f"number,label\n{number.e164},New\n")
    assert (counts(source), source.added) == ((1, 0, 0, 0), 1)
    with ada.acting():
        number.refresh_from_db()
        assert (number.label, number.removed_at, number.source_id) == ("New", None, source.pk)
        assert Event.objects.get(object_id=number.pk).action == "number.added-again"


def test_a_number_of_another_organization_is_one_that_nobody_has(ada: Person, cy: Person) -> None:
    (theirs,) = numbers_of(cy, 1)
    text = f"number\n{theirs.e164}\n+12065550199\n"
    assert counts(checked(ada, text)) == (2, 0, 0, 0)
    with ada.acting():
        assert Import.objects.count() == 1
    with cy.acting():
        assert Import.objects.count() == 0


def test_one_file_is_taken_over_once(ada: Person) -> None:
    source = checked(ada, FILE)
    with ada.acting():
        importing.apply(source, by=ada.actor, times=clock.read())
    with pytest.raises(NotNow), ada.acting():
        importing.apply(source, by=ada.actor, times=clock.read())
    all_steps()
    with pytest.raises(NotNow), ada.acting():
        importing.discard(fresh(ada, source), by=ada.actor, times=clock.read())
    with ada.acting():
        assert Number.objects.count() == 3


def test_a_discarded_file_leaves_nothing_to_do(ada: Person) -> None:
    source = checked(ada, FILE)
    with ada.acting():
        importing.discard(source, by=ada.actor, times=clock.read())
    assert all_steps() == 0
    assert fresh(ada, source).state == "discarded"
