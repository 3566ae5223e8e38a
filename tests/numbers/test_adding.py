"""Numbers come into the inventory by hand: in any notation, all or none, with the ticks kept."""

from __future__ import annotations

import pytest

from phone_numbers.adding import ADDED, BACK, NewNumber, add, read_all
from phone_numbers.models import Number, Selection
from portal import clock
from portal.audit.models import Event
from tests.campaigns.numbering import numbers_of
from tests.people import Person

pytestmark = [pytest.mark.django_db]
NEW = "/numbers/new/"


def numbers(person: Person) -> dict[str, Number]:
    with person.acting():
        return {one.e164: one for one in Number.objects.held()}


def actions(person: Person) -> list[str]:
    with person.acting():
        return list(Event.objects.order_by("id").values_list("action", flat=True))


def test_a_pasted_list_comes_in_with_what_phonenumbers_knows(ada: Person) -> None:
    text = "+1 206 555 0142\n(416) 555-0143, 833.555.0144;12065550145\t206-555-0142"
    answer = ada.post(NEW, {"numbers": text, "label": "Front desk", "back": "product=phone&tab=unassigned"})
    assert answer.headers["Location"] == "/numbers/?product=phone&tab=unassigned"
    made = numbers(ada)
    assert {e164: (one.country, one.type) for e164, one in made.items()} == {
        "+12065550142": ("US", "local"),
        "+14165550143": ("CA", "local"),
        "+18335550144": ("US", "toll_free"),
        "+12065550145": ("US", "local"),
    }
    assert {one.label for one in made.values()} == {"Front desk"}
    assert actions(ada) == [ADDED] * 4


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("+44 20 7946 0958", "is not from the US or Canada"),
        ("206 555 0142 ext 5", "has an extension"),
        ("+1 900 555 0142", "is a kind of number that cannot text"),
        ("+1 555 123 4567", "is no phone number of the US or Canada"),
        ("２０６５５５０１４２", "is no phone number of the US or Canada"),
        ("Front desk", "is no phone number of the US or Canada"),
    ],
)
def test_one_that_is_none_stops_all_and_is_named_with_the_reason(ada: Person, text: str, why: str) -> None:
    answer = ada.post(NEW, {"numbers": f"+1 206 555 0142\n{text}"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert why in page
    assert "+1 206 555 0142" in page
    assert numbers(ada) == {}


def test_ticks_are_kept_and_the_new_ones_join_them(ada: Person) -> None:
    before = numbers_of(ada, 2)
    ids = [str(one.pk) for one in before]
    ada.post("/numbers/selection/", {"shown": ids, "number": ids[:1], "act": "keep", "back": "product=phone"})
    ada.post(NEW, {"numbers": "+1 206 555 0142"})
    with ada.acting():
        assert set(Selection.objects.get().ids) == {before[0].pk, numbers(ada)["+12065550142"].pk}


def test_what_is_there_stays_and_what_was_taken_out_comes_back_with_its_history(ada: Person) -> None:
    there, gone = numbers_of(ada, 2, label="Mine")
    center = numbers_of(ada, 1, product="contact_center")[0]
    with ada.acting():
        Number.objects.filter(pk=gone.pk).update(removed_at=clock.read().business)
        new = [NewNumber(one.e164, label="Other") for one in (there, gone, center)]
        new.append(NewNumber("+12065550142"))
        added = add([*new, *new], product="phone", by=ada.actor, times=clock.read())
    assert (len(added.new), added.back, added.there) == (1, [gone.pk], [there.pk])
    assert [(one.text, one.why) for one in added.refused] == [(center.e164, "other-product")]
    made = numbers(ada)
    assert made[there.e164].label == "Mine"
    assert made[gone.e164].pk == gone.pk
    assert actions(ada) == [ADDED, BACK]


def test_two_organizations_may_list_the_same_number(ada: Person, cy: Person) -> None:
    for person in (ada, cy):
        assert person.post(NEW, {"numbers": "+1 206 555 0142"}).status_code == 302
    assert list(numbers(ada)) == list(numbers(cy)) == ["+12065550142"]


def test_who_a_number_serves_is_said_whole_or_not_at_all(ada: Person) -> None:
    number = numbers_of(ada, 1)[0]
    path = f"/numbers/{number.pk}/change/"
    assert ada.post(path, {"label": "Desk", "serves_kind": "user"}).status_code == 422
    assert ada.post(path, {"label": "Desk", "serves": "Dr. Osei"}).status_code == 422
    answer = ada.post(path, {"label": "Desk", "serves_kind": "user", "serves": "Dr. Osei"})
    assert answer.status_code == 302
    assert actions(ada) == ["number.changed"]
    ada.post(path, {"label": "Desk", "serves_kind": "user", "serves": "Dr. Osei"})
    assert actions(ada) == ["number.changed"]
    page = ada.get(f"/numbers/{number.pk}/").content.decode()
    assert "Dr. Osei (User)" in page
    assert "changed what the number is called" in page


def test_a_list_that_is_too_long_for_a_page_is_sent_to_the_import() -> None:
    good, bad = read_all(["206 555 0142", "nope", "+12065550142"])
    assert [one.e164 for one in good] == ["+12065550142"]
    assert [one.text for one in bad] == ["nope"]
