"""The pages on which numbers are put on a campaign, and taken off: what they show, refuse, and lead to."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest

from campaigns import states as campaign_states
from campaigns.models import Campaign
from phone_numbers.models import Assignment, Number, Order, Selection
from portal import clock
from portal.audit.recording import REGISTRY
from portal.lifecycle.states import make
from tests.campaigns.numbering import numbers_of, numbers_on
from tests.factories import active_campaign, submitted_campaign, verified_brand
from tests.people import Person
from tests.tenancy.matrix import fresh

pytestmark = [pytest.mark.django_db]
ASSIGN, REMOVE = "/numbers/assignment/", "/numbers/removal/"
HTMX = {"HX-Request": "true"}


def tick(person: Person, numbers: list[Number]) -> None:
    ids = [str(one.pk) for one in numbers]
    answer = person.post(
        "/numbers/selection/", {"shown": ids, "number": ids, "act": "keep", "back": "product=phone"}
    )
    assert answer.status_code == 204


def hidden(page: Any, form: str) -> dict[str, str]:
    """The hidden fields of the form that posts to `form`, as a browser would send them."""
    (body,) = re.findall(
        rf'<form[^>]*method="post"[^>]*action="{form}"[^>]*>(.*?)</form>', page.content.decode(), re.DOTALL
    )
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', body)
    return {name: value.replace("&amp;", "&") for name, value in found if name != "csrfmiddlewaretoken"}


def submit(person: Person, campaign: Campaign) -> Any:
    page = person.get(f"{ASSIGN}?product=phone&campaign={campaign.pk}")
    return person.post(ASSIGN, hidden(page, ASSIGN))


def test_ticked_numbers_are_previewed_and_submitted_in_the_words_of_the_phone_system(ada: Person) -> None:
    campaign = active_campaign(ada)
    made = numbers_of(ada, 3)
    tick(ada, made)
    page = ada.get(f"{ASSIGN}?product=phone")
    text = page.content.decode()
    assert "3 numbers selected" in text
    assert "0 of 48" in text
    assert "<strong>3</strong> will be assigned" in text
    answer = ada.post(ASSIGN, hidden(page, ASSIGN))
    assert answer.status_code == 302
    text = ada.get(answer.headers["Location"]).content.decode()
    assert "Your request has been submitted." in text
    assert "It can take one business day" in text
    assert ">Close<" in text
    assert "3 with the carrier" in text
    with ada.acting():
        assert Assignment.objects.filter(campaign=campaign, state="pending").count() == 3
        assert not Selection.objects.exists()


def test_the_same_form_twice_is_one_order(ada: Person) -> None:
    active_campaign(ada)
    tick(ada, numbers_of(ada, 2))
    fields = hidden(ada.get(f"{ASSIGN}?product=phone"), ASSIGN)
    first = ada.post(ASSIGN, fields)
    with ada.acting():
        assert Order.objects.count() == 1
    # The ticks are gone by now: a double click says so, and orders nothing.
    ada.post(ASSIGN, fields)
    with ada.acting():
        assert Order.objects.count() == 1
    assert first.status_code == 302


def test_a_mixed_selection_names_each_kind_and_goes_on_with_the_rest(ada: Person) -> None:
    campaign = active_campaign(ada)
    there = numbers_on(ada, campaign, 1)[0].number
    good = numbers_of(ada, 2)
    mute = numbers_of(ada, 1, sms=False, e164="+12065559901")[0]
    free = numbers_of(ada, 1, type="toll_free", e164="+18335559902")[0]
    north = numbers_of(ada, 1, country="CA", e164="+14165559903")[0]
    tick(ada, [there, *good, mute, free, north])
    text = ada.get(f"{ASSIGN}?product=phone").content.decode()
    assert "<strong>2</strong> will be assigned" in text
    assert "<strong>1</strong> already is" in text
    assert "The selected numbers do not support SMS." in text
    for number in ("+1 206 555 9901", "+1 833 555 9902", "+1 416 555 9903"):
        assert number in text
    assert "Submit the other 2" in text
    page = ada.get(submit(ada, campaign).headers["Location"]).content.decode()
    assert "4 were not submitted" in page
    assert "+1 206 555 9901" in page


def test_the_49th_is_refused_with_the_way_on_and_the_ticks_stay(ada: Person) -> None:
    campaign = active_campaign(ada)
    numbers_on(ada, campaign, 46)
    made = numbers_of(ada, 3)
    tick(ada, made)
    page = ada.get(f"{ASSIGN}?product=phone")
    text = page.content.decode()
    assert "The campaign takes 48 numbers, and has 46." in text
    assert f'href="/numbers/pool/{campaign.pk}/?from=selection"' in text
    assert "up to four weeks" in text
    assert f'action="{ASSIGN}"' not in text
    forged = {"product": "phone", "campaign": campaign.pk, "token": uuid4(), "expected": 3}
    answer = ada.post(ASSIGN, forged)
    assert answer.status_code == 409
    assert "The campaign takes 48 numbers" in answer.content.decode()
    with ada.acting():
        assert Assignment.objects.open().count() == 46
        assert len(Selection.objects.get().ids) == 3


def test_what_changed_since_the_preview_is_asked_again(ada: Person) -> None:
    campaign = active_campaign(ada)
    made = numbers_of(ada, 3)
    tick(ada, made)
    fields = hidden(ada.get(f"{ASSIGN}?product=phone"), ASSIGN)
    with ada.acting():
        Number.objects.filter(pk=made[0].pk).update(sms=False)
    answer = ada.post(ASSIGN, fields)
    assert answer.status_code == 409
    assert "The numbers have changed since you looked." in answer.content.decode()
    with ada.acting():
        assert not Assignment.objects.exists()
    assert hidden(answer, ASSIGN)["expected"] == "2"
    assert ada.post(ASSIGN, hidden(answer, ASSIGN)).status_code == 302
    with ada.acting():
        assert Assignment.objects.filter(campaign=campaign).count() == 2


def test_campaigns_that_cannot_take_numbers_are_closed_and_say_why(ada: Person) -> None:
    brand = verified_brand(ada)
    full = active_campaign(ada, brand, name="Full")
    numbers_on(ada, full, 48)
    active_campaign(ada, brand, name="Open")
    waiting = submitted_campaign(ada, brand, name="Waiting")
    active_campaign(ada, brand, name="Agents", product="contact_center")
    suspended = active_campaign(ada, brand, name="Stopped")
    with ada.acting():
        make(campaign_states.SUSPEND, suspended, by=REGISTRY, at=clock.read().business)
    tick(ada, numbers_of(ada, 1))
    page = ada.get(f"{ASSIGN}?product=phone")
    asked = page.context["asked"]
    assert [one.campaign.name for one in asked.choices if not one.why] == ["Open"]
    assert {one.campaign.name for one in asked.choices if one.why} == {"Full", "Waiting", "Stopped"}
    assert asked.choice.campaign.name == "Open"
    text = page.content.decode()
    assert "It is not approved yet" in text
    assert "It is full" in text
    assert "It is suspended" in text
    # Chosen past the page, it is refused all the same.
    forged = {"product": "phone", "campaign": waiting.pk, "token": uuid4(), "expected": 1}
    assert ada.post(ASSIGN, forged).status_code == 409
    with ada.acting():
        assert Assignment.objects.count() == 48


def test_several_campaigns_are_chosen_from_and_none_is_guessed(ada: Person) -> None:
    brand = verified_brand(ada)
    one, _two = (active_campaign(ada, brand, name=name) for name in ("One", "Two"))
    tick(ada, numbers_of(ada, 1))
    page = ada.get(f"{ASSIGN}?product=phone")
    assert page.context["asked"].choice is None
    answer = ada.post(ASSIGN, {"product": "phone", "token": uuid4(), "expected": 1})
    assert answer.status_code == 422
    assert "Choose the campaign on which the numbers will text." in answer.content.decode()
    part = ada.get(f"{ASSIGN}?product=phone&campaign={one.pk}", headers=HTMX).content.decode()
    assert "<html" not in part
    assert "will be assigned" in part


def test_another_organizations_campaign_and_number_are_unknown(ada: Person, cy: Person) -> None:
    theirs, number = active_campaign(cy), numbers_of(cy, 1)[0]
    active_campaign(ada)
    tick(ada, numbers_of(ada, 1))
    assert ada.get(f"{ASSIGN}?product=phone&campaign={theirs.pk}").status_code == 404
    assert ada.get(f"{ASSIGN}?number={number.pk}").status_code == 404
    assert ada.get(f"{REMOVE}?number={number.pk}").status_code == 404
    assert ada.get(f"/numbers/{number.pk}/").status_code == 404


def test_one_number_is_assigned_and_taken_off_from_its_own_page(ada: Person) -> None:
    campaign = active_campaign(ada)
    number = numbers_of(ada, 1)[0]
    others = numbers_of(ada, 2)
    tick(ada, others)
    text = ada.get(f"/numbers/{number.pk}/").content.decode()
    assert "carriers have blocked local numbers" in text
    assert f'href="/numbers/assignment/?number={number.pk}"' in text
    fields = hidden(ada.get(f"{ASSIGN}?number={number.pk}"), ASSIGN)
    assert ada.post(ASSIGN, fields).status_code == 302
    with ada.acting():
        assert Assignment.objects.get().number_id == number.pk
        assert len(Selection.objects.get().ids) == 2
        Assignment.objects.update(state="on")
    text = ada.get(f"/numbers/{number.pk}/").content.decode()
    assert campaign.name in text
    assert "Deactivate SMS/MMS" in text


def test_nothing_ticked_is_said_and_orders_nothing(ada: Person) -> None:
    active_campaign(ada)
    for path in (ASSIGN, REMOVE):
        assert "No numbers are selected." in ada.get(path).content.decode()
        answer = ada.post(path, {"token": uuid4(), "expected": 0, "sure": "on"})
        assert answer.status_code in {200, 409, 422}
    with ada.acting():
        assert not Order.objects.filter(total__gt=0).exists()


# --- off again


def test_numbers_are_taken_off_after_the_exact_list_and_taken_back_in_time(ada: Person) -> None:
    campaign = active_campaign(ada)
    on = [one.number for one in numbers_on(ada, campaign, 2, on_at=clock.read().business)]
    free = numbers_of(ada, 1)[0]
    tick(ada, [*on, free])
    page = ada.get(f"{REMOVE}?product=phone")
    text = page.content.decode()
    assert "2 numbers leave" in text
    assert "2 numbers to deactivate" in text
    assert "1 stays as it is:" in text
    fields = hidden(page, REMOVE)
    assert ada.post(REMOVE, fields).status_code == 422
    answer = ada.post(REMOVE, fields | {"sure": "on"})
    where = answer.headers["Location"]
    text = ada.get(where).content.decode()
    assert "SMS/MMS has been deactivated for the numbers." in text
    assert "data-countdown" in text
    with ada.acting():
        assert set(Assignment.objects.values_list("state", flat=True)) == {"releasing"}
        order = Order.objects.get()
    back = ada.post(f"/numbers/orders/{order.pk}/undo/")
    assert "This was taken back." in ada.get(back.headers["Location"]).content.decode()
    with ada.acting():
        assert set(Assignment.objects.values_list("state", flat=True)) == {"on"}
    late = ada.client.post(f"/numbers/orders/{order.pk}/undo/", follow=True)
    assert "too late" in late.content.decode()


def test_more_than_48_are_taken_off_after_a_fresh_sign_in_only(ada: Person) -> None:
    campaign = active_campaign(ada)
    tick(ada, [one.number for one in numbers_on(ada, campaign, 49)])
    fields = hidden(ada.get(f"{REMOVE}?product=phone"), REMOVE) | {"sure": "on"}
    answer = ada.post(REMOVE, fields)
    assert "/account/reauthenticate/" in answer.headers["Location"]
    with ada.acting():
        assert not Order.objects.exists()
    fresh(ada.client)
    assert "/numbers/orders/" in ada.post(REMOVE, fields).headers["Location"]


def test_a_list_that_changed_is_shown_again_before_anything_is_taken_off(ada: Person) -> None:
    campaign = active_campaign(ada)
    on = [one.number for one in numbers_on(ada, campaign, 2)]
    tick(ada, on)
    fields = hidden(ada.get(f"{REMOVE}?product=phone"), REMOVE) | {"sure": "on"}
    with ada.acting():
        at = clock.read().business
        Assignment.objects.filter(number=on[0]).update(
            state="released", ended_at=at, ended_because="unassigned"
        )
    answer = ada.post(REMOVE, fields)
    assert answer.status_code == 409
    assert "The numbers have changed since you looked." in answer.content.decode()
    with ada.acting():
        assert Assignment.objects.open().get().state == "on"


def test_an_order_shows_reasons_of_failures_and_tries_those_again(ada: Person) -> None:
    campaign = active_campaign(ada)
    made = numbers_of(ada, 3)
    tick(ada, made)
    where = submit(ada, campaign).headers["Location"].partition("?")[0]
    with ada.acting():
        at = clock.read().business
        Assignment.objects.filter(number=made[0]).update(state="on")
        Assignment.objects.filter(number=made[1]).update(
            state="failed",
            ended_at=at,
            ended_because="failed",
            reasons=[{"code": "number-not-found", "text": "Nope"}],
        )
    page = ada.get(where)
    text = page.content.decode()
    assert "1 can text" in text
    assert "1 with the carrier" in text
    assert "1 failed" in text
    assert "known to the carrier" in text
    again = ada.post(f"{where}again/", hidden(page, f"{where}again/"))
    with ada.acting():
        assert Assignment.objects.open().get(number=made[1]).state == "pending"
        assert again.headers["Location"] != where
    seen = re.findall(r'name="seen" value="([^"]+)"', text)
    with ada.acting():
        Assignment.objects.filter(number=made[2]).update(state="on")
    part = ada.get(where, data={"seen": seen}, headers=HTMX).content.decode()
    assert part.count('hx-swap-oob="outerHTML"') == 1
    assert "<tr" not in part
    assert "2 of 3 are done." in part
    # The next request says anew what is shown then.
    assert "seen=" not in part


def test_people_who_may_not_assign_see_no_way_to(ada: Person, bo: Person) -> None:
    active_campaign(ada)
    number = numbers_of(ada, 1)[0]
    assert bo.get(f"{ASSIGN}?number={number.pk}").status_code == 403
    assert bo.get(f"{REMOVE}?number={number.pk}").status_code == 403
    text = bo.get(f"/numbers/{number.pk}/").content.decode()
    assert "Choose campaign" not in text
    assert "Change" not in text.partition("<main")[2]
