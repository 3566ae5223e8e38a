"""The list of numbers: tabs, search, filters, counts, paging; and what is ticked over its pages."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns import states as campaign_states
from campaigns.models import Campaign
from phone_numbers import inventory
from phone_numbers.inventory import Search, counted, found
from phone_numbers.models import Assignment, Number, Selection
from phone_numbers.selecting import numbers_in
from portal import clock
from portal.audit.recording import REGISTRY
from portal.lifecycle.states import make
from tests.campaigns.numbering import numbers_of, numbers_on
from tests.factories import active_campaign
from tests.people import Person

LIST = "/numbers/"
KEEP = "/numbers/selection/"


def called(page: Any) -> list[str]:
    """The numbers that a page of the list shows, as digits."""
    found = re.findall(
        r'class="mono" href="/numbers/[0-9a-f-]+/">\+1 (\d+) (\d+) (\d+)<', page.content.decode()
    )
    return ["".join(parts) for parts in found]


def search(person: Person, **asked: str) -> list[Number]:
    with person.acting():
        form = Search(asked)
        assert form.is_valid(), form.errors
        return list(found(form, clock.read().business).order_by("e164"))


def ticked(person: Person, product: str = "phone") -> set[str]:
    """What is selected, resolved now."""
    with person.acting():
        kept = Selection.objects.filter(user=person.user, product=product).first()
        return {one.e164 for one in numbers_in(kept, clock.read().business)} if kept else set()


def leave(person: Person, shown: list[Number], on: list[Number], act: str = "keep", back: str = "") -> Any:
    """The list's page is left with `on` ticked of the `shown`."""
    data = {
        "back": back or "product=phone",
        "shown": [str(one.pk) for one in shown],
        "number": [str(one.pk) for one in on],
        "act": act,
    }
    return person.post(KEEP, data)


# --- the list


def test_the_tabs_are_the_phone_systems_and_count_what_stands_on_them(ada: Person) -> None:
    numbers_of(ada, 3)
    numbers_of(ada, 2, serves_kind="user", serves="Dr. Osei")
    numbers_of(ada, 1, product="contact_center")
    page = ada.get(LIST).context["page"]
    assert [(tab.name, tab.count) for tab in page.tabs] == [
        ("all", "5"),
        ("assigned", "2"),
        ("unassigned", "3"),
    ]
    assert len(called(ada.get(f"{LIST}?tab=assigned"))) == 2
    assert len(called(ada.get(f"{LIST}?tab=unassigned"))) == 3
    assert len(called(ada.get(f"{LIST}?product=contact_center"))) == 1


@pytest.mark.parametrize(
    "text", ["0142", "5550142", "(206) 555-0142", "206.555.0142", "+1 206 555 0142", "12065550142", "206 555"]
)
def test_a_run_of_digits_finds_a_number_in_any_notation(ada: Person, text: str) -> None:
    numbers_of(ada, 1, e164="+12065550142")
    numbers_of(ada, 1, e164="+14155559999")
    assert [one.e164 for one in search(ada, q=text)] == ["+12065550142"]


def test_letters_find_a_name_and_two_digits_are_refused_rather_than_ignored(ada: Person) -> None:
    numbers_of(ada, 1, label="Front desk")
    numbers_of(ada, 1, label="", serves_kind="queue", serves="Billing 2")
    assert [one.label for one in search(ada, q="front")] == ["Front desk"]
    assert [one.serves for one in search(ada, q="billing 2")] == ["Billing 2"]
    answer = ada.get(f"{LIST}?q=12")
    assert answer.status_code == 422
    assert "Type at least three digits" in answer.content.decode()


@pytest.mark.parametrize("query", ["tab=mine", "status=nice", "campaign=all", "import=x"])
def test_a_filter_that_does_not_exist_is_refused(ada: Person, query: str) -> None:
    assert ada.get(f"{LIST}?{query}").status_code == 422


def test_statuses_are_found_as_they_are_shown(ada: Person) -> None:
    campaign = active_campaign(ada)
    on, pending = (numbers_on(ada, campaign, 1, state=state)[0] for state in ("on", "pending"))
    free = numbers_of(ada, 1)[0]
    toll_free = numbers_of(ada, 1, type="toll_free", e164="+18335550142")[0]
    mute = numbers_of(ada, 1, sms=False)[0]
    with ada.acting():
        at = clock.read().business
        failed = numbers_of(ada, 1)[0]
        Assignment.objects.create(
            organization_id=ada.organization.pk, number=failed, campaign=campaign, e164=failed.e164,
            state="failed", since=at, ended_at=at, ended_because="failed",
        )  # fmt: skip

    def ids(**asked: str) -> set[Any]:
        return {one.pk for one in search(ada, **asked)}

    assert ids(status="on") == {on.number_id}
    assert ids(status="pending") == {pending.number_id}
    assert ids(status="failed") == {failed.pk}
    assert ids(status="blocked") == {free.pk, failed.pk}
    assert ids(status="toll-free") == {toll_free.pk}
    assert ids(status="no-sms") == {mute.pk}
    assert ids(campaign="any") == {on.number_id, pending.number_id}
    assert ids(campaign=str(campaign.pk)) == {on.number_id, pending.number_id}
    assert ids(campaign="none") == {free.pk, toll_free.pk, mute.pk, failed.pk}
    assert ids(campaign=str(uuid4())) == set()
    with ada.acting():
        make(campaign_states.SUSPEND, Campaign.objects.get(pk=campaign.pk), by=REGISTRY, at=at)
    assert ids(status="on") == set()
    assert ids(status="asleep") == {on.number_id}
    page = ada.get(LIST).content.decode()
    for word in ("Asleep", "Being assigned", "Blocked", "Toll-free", "No SMS", "Failed"):
        assert word in page


def test_a_number_that_was_assigned_again_after_a_failure_is_no_failed_one(ada: Person) -> None:
    campaign = active_campaign(ada)
    on = numbers_on(ada, campaign, 1)[0]
    with ada.acting():
        Assignment.objects.filter(pk=on.pk).update(
            state="failed", ended_at=on.since, ended_because="failed", since=on.since
        )
        later = clock.read().business
        Assignment.objects.create(
            organization_id=ada.organization.pk, number=on.number, campaign=campaign, e164=on.e164,
            state="pending", since=later,
        )  # fmt: skip
    assert search(ada, status="failed") == []
    assert [one.pk for one in search(ada, status="pending")] == [on.number_id]


def test_counts_are_exact_up_to_a_size_and_say_so_beyond(
    ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inventory, "MOST_COUNTED", 5)
    monkeypatch.setattr("phone_numbers.paged.MOST_COUNTED", 5)
    numbers_of(ada, 5)
    with ada.acting():
        assert counted(Number.objects.all()) == (5, True)
    assert ada.get(LIST).context["page"].tabs[0].count == "5"
    numbers_of(ada, 1)
    with ada.acting():
        assert counted(Number.objects.all()) == (5, False)
    assert ada.get(LIST).context["page"].tabs[0].count == "5+"


def test_pages_follow_each_other_without_a_gap_and_back_again(ada: Person) -> None:
    made = [one.e164.removeprefix("+1") for one in numbers_of(ada, 120)]
    seen, after = [], ""
    for _page in range(3):
        answer = ada.get(f"{LIST}?after={after}" if after else LIST)
        seen.append(called(answer))
        after = answer.context["page"].later
    assert [len(one) for one in seen] == [50, 50, 20]
    assert [one for page in seen for one in page] == made
    assert after == ""
    before = answer.context["page"].earlier
    assert called(ada.get(f"{LIST}?before={before}")) == seen[1]
    assert len(called(ada.get(f"{LIST}?size=200"))) == 120
    assert called(ada.get(f"{LIST}?sort=-number"))[0] == made[-1]


def test_the_list_asks_as_many_questions_for_many_numbers_as_for_few(ada: Person) -> None:
    campaign = active_campaign(ada)

    def questions(query: str = "") -> list[str]:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert ada.get(f"{LIST}?size=200{query}").status_code == 200
        return [one["sql"] for one in asked if "numbers_" in one["sql"] or "campaigns_" in one["sql"]]

    numbers_on(ada, campaign, 2)
    few = questions()
    numbers_on(ada, campaign, 40)
    shown = numbers_of(ada, 120)
    leave(ada, shown, shown[:60])
    many = questions()
    assert len(many) <= 8, many
    assert len(many) <= len(few) + 1
    assert len(questions("&status=on&q=206&campaign=any")) <= 8


# --- what is ticked


def test_ticks_outlive_the_page_and_add_up_over_pages(ada: Person) -> None:
    first, second = numbers_of(ada, 3), numbers_of(ada, 3)
    assert leave(ada, first, first[:2]).status_code == 204
    leave(ada, second, second[2:])
    assert ticked(ada) == {one.e164 for one in (*first[:2], second[2])}
    page = ada.get(LIST).context["page"]
    assert (page.ticked.count, page.ticked.elsewhere) == (3, 0)
    assert [row.selected for row in page.rows] == [True, True, False, False, False, True]
    leave(ada, first, first[1:2])
    assert ticked(ada) == {first[1].e164, second[2].e164}


def test_everything_that_a_filter_finds_is_a_filter_with_exceptions(ada: Person) -> None:
    first, rest = numbers_of(ada, 3, label="Desk"), numbers_of(ada, 2, label="Desk")
    other = numbers_of(ada, 1, label="Lab")
    answer = leave(ada, first, first, "everything", "product=phone&q=desk")
    assert answer.headers["Location"] == "/numbers/?product=phone&q=desk"
    assert ticked(ada) == {one.e164 for one in (*first, *rest)}
    leave(ada, first, first[1:])
    assert ticked(ada) == {one.e164 for one in (*first[1:], *rest)}
    # What the filter finds later belongs to it; what stands outside is ticked for itself.
    late = numbers_of(ada, 1, label="Desk")
    leave(ada, other, other)
    assert ticked(ada) == {one.e164 for one in (*first[1:], *rest, *late, *other)}
    page = ada.get(LIST).context["page"]
    assert page.ticked.everything
    assert [row.selected for row in page.rows] == [False, True, True, True, True, True, True]
    leave(ada, first, [], "none")
    assert ticked(ada) == set()


def test_the_page_is_ticked_by_a_button_and_the_ticks_travel_with_every_other(ada: Person) -> None:
    made = numbers_of(ada, 60)
    answer = leave(ada, made[:50], [], "page", "product=phone&tab=unassigned")
    assert answer.headers["Location"] == "/numbers/?product=phone&tab=unassigned"
    assert len(ticked(ada)) == 50
    later = ada.get(LIST).context["page"].later
    answer = leave(ada, made[:50], made[:7], f"after:{later}")
    assert answer.headers["Location"] == f"/numbers/?product=phone&after={later.replace(':', '%3A')}"
    assert len(ticked(ada)) == 7
    answer = leave(ada, made[50:], made[50:], "assign")
    assert answer.headers["Location"].startswith("/numbers/assignment/?product=phone&back=")
    assert len(ticked(ada)) == 17


def test_a_forged_id_refuses_the_whole_post(ada: Person, cy: Person) -> None:
    mine, theirs = numbers_of(ada, 2), numbers_of(cy, 1)
    for forged in (theirs[0].pk, uuid4()):
        data = {"shown": [str(mine[0].pk)], "number": [str(mine[0].pk), str(forged)], "act": "keep"}
        assert ada.post(KEEP, data).status_code == 404
    assert ticked(ada) == set()
    assert ada.post(KEEP, {"number": "one", "act": "keep"}).status_code == 400


def test_a_selection_is_a_persons_own_and_a_products_own(ada: Person, cy: Person) -> None:
    from tests.people import enrolled

    di = enrolled("di")
    phone, center = numbers_of(ada, 1), numbers_of(ada, 1, product="contact_center")
    leave(ada, phone, phone)
    leave(ada, center, center, back="product=contact_center")
    assert ticked(di) == set()
    assert ticked(ada) == {phone[0].e164}
    assert ticked(ada, "contact_center") == {center[0].e164}


def test_what_left_the_inventory_is_ticked_no_more(ada: Person) -> None:
    made = numbers_of(ada, 2)
    leave(ada, made, made)
    with ada.acting():
        Number.objects.filter(pk=made[0].pk).update(removed_at=clock.read().business)
    assert ticked(ada) == {made[1].e164}
    assert ada.get(LIST).context["page"].ticked.count == 1


def test_a_viewer_sees_the_list_without_boxes_and_ticks_nothing(ada: Person, bo: Person) -> None:
    made = numbers_of(ada, 1)
    page = bo.get(LIST).content.decode()
    assert called(bo.get(LIST))
    assert 'name="number"' not in page
    assert "Assign SMS/MMS campaign" not in page
    assert leave(bo, made, made).status_code == 403


# --- badges


def test_badges_are_refreshed_by_one_request_that_sends_what_changed_and_no_row(ada: Person) -> None:
    campaign = active_campaign(ada)
    rows = numbers_on(ada, campaign, 3, state="pending")
    page = ada.get(LIST)
    seen = re.findall(r'name="seen" value="([^"]+)"', page.content.decode())
    assert len(seen) == 3
    asked = {"seen": seen}
    headers = {"HX-Request": "true"}
    assert ada.get("/numbers/badges/", data=asked, headers=headers).status_code == 204
    with ada.acting():
        Assignment.objects.filter(pk=rows[0].pk).update(state="on")
    answer = ada.get("/numbers/badges/", data=asked, headers=headers).content.decode()
    assert answer.count("hx-swap-oob") == 2
    assert f'id="badge-{rows[0].number_id}"' in answer
    assert 'type="checkbox"' not in answer
    assert "<tr" not in answer
    assert "is now: Can send" in answer
    assert ada.get("/numbers/badges/", data=asked).status_code == 302


def test_what_the_largest_page_has_seen_fits_into_an_address(ada: Person) -> None:
    numbers_on(ada, active_campaign(ada), 200, state="pending")
    seen = re.findall(r'name="seen" value="([^"]+)"', ada.get(f"{LIST}?size=200").content.decode())
    assert len(seen) == 200
    # Of gunicorn (`embedded.programs`), and less than the eight kilobytes of most proxies.
    assert len(f"GET /numbers/badges/?{urlencode({'seen': seen}, doseq=True)} HTTP/1.1") < 8_190
