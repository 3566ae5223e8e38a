"""Putting numbers on a campaign: who may go, what is written, and what two orders at once come to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from campaigns.models import Campaign
from phone_numbers import reasons, states
from phone_numbers.assigning import Changed, NotAssignable, OverLimit, Preview, assign, preview, retry
from phone_numbers.models import FAILED, UNASSIGNED, Assignment, Number, Order, Roster
from phone_numbers.rosters import roster_of
from portal import clock
from portal.audit.models import Event
from portal.lifecycle.models import Due, Submission, SubmissionState, Watch
from tests.campaigns.numbering import numbers_of, numbers_on
from tests.factories import active_campaign, submitted_campaign
from tests.lifecycle.gates import together
from tests.people import Person, enrolled

pytestmark = pytest.mark.django_db


def chosen(numbers: list[Number]) -> QuerySet[Number]:
    found: QuerySet[Number] = Number.objects.filter(pk__in=[one.pk for one in numbers])
    return found


def ordered(person: Person, campaign: Campaign, numbers: list[Number], **kwargs: Any) -> Order:
    """An order as a page places it."""
    with person.acting():
        return assign(
            campaign,
            chosen(numbers),
            **{"token": uuid4(), "by": person.actor, "times": clock.read(), **kwargs},
        )


def previewed(person: Person, campaign: Campaign, numbers: list[Number]) -> Preview:
    with person.acting():
        return preview(campaign, chosen(numbers), times=clock.read())


def skipped(order: Order) -> dict[str, str]:
    return {one["e164"]: one["reason"] for one in order.skipped}


def test_each_number_gets_an_assignment_a_write_its_due_time_and_one_event(ada: Person) -> None:
    campaign, numbers = active_campaign(ada), numbers_of(ada, 5, enabled=True)
    order = ordered(ada, campaign, numbers, expected=5)
    with ada.acting():
        rows = {one.pk: one for one in Assignment.objects.all()}
        assert {one.number_id for one in rows.values()} == {one.pk for one in numbers}
        assert {(one.state, one.order_id, one.ended_at) for one in rows.values()} == {
            ("pending", order.pk, None)
        }
        writes = list(Submission.objects.filter(kind="assignment"))
        assert {one.subject_id for one in writes} == set(rows)
        registration = campaign.registration()
        assert registration is not None
        for one in writes:
            payload = {"e164": rows[one.subject_id].e164, "reference": registration.reference, "enable": ""}
            assert (one.purpose, one.state, one.account) == (
                "assign",
                SubmissionState.ACCEPTED,
                registration.account,
            )
            assert one.payload == payload
        due = Due.objects.filter(kind="submission", item__in=[one.pk for one in writes])
        assert {one.key for one in due} == {one.key for one in writes}
        assert not any(one.background for one in due)
        events = Event.objects.filter(action=states.ASSIGNING)
        assert sorted(one.object_id for one in events) == sorted(one.pk for one in numbers)
        assert {(one.object_kind, one.actor_id, one.detail["campaign"]) for one in events} == {
            ("number", ada.user.pk, str(campaign.pk))
        }
        wait = Watch.objects.get(kind="roster", closed_at=None)
        assert (wait.reference, wait.key) == (registration.reference, registration.key)
        assert Roster.objects.get().used == 5
    assert (order.total, order.skipped_total, order.skipped) == (5, 0, [])


def test_a_number_that_is_not_set_up_for_texts_is_set_up_first(ada: Person) -> None:
    ordered(ada, active_campaign(ada), numbers_of(ada, 1, enabled=None, reference="1293"))
    with ada.acting():
        assert Submission.objects.get(kind="assignment").payload["enable"] == "1293"


def test_what_cannot_go_is_named_with_its_reason_and_the_rest_goes(ada: Person) -> None:
    campaign, other = active_campaign(ada), active_campaign(ada, name="Another one")
    good = numbers_of(ada, 2)
    numbers_on(ada, campaign, 1)
    numbers_on(ada, other, 1)
    numbers_on(ada, other, 1, state="releasing")
    gone = numbers_on(
        ada, campaign, 1, state="released", ended_at=clock.read().business, ended_because=UNASSIGNED
    )
    bad = {
        reasons.TOLL_FREE: numbers_of(ada, 1, type="toll_free"),
        reasons.REGION: numbers_of(ada, 1, country="CA"),
        reasons.NO_TEXTS: numbers_of(ada, 1, sms=False),
        reasons.PRODUCT: numbers_of(ada, 1, product="contact_center"),
        reasons.REMOVED: numbers_of(ada, 1, removed_at=clock.read().business),
    }
    with ada.acting():
        everything = list(Number.objects.order_by("e164"))
    shown = previewed(ada, campaign, everything)
    assert (shown.will, shown.already, shown.fits) == (2, 1, True)
    assert (shown.used, shown.limit, shown.left) == (1, 48, 47)
    assert {one.reason: one.count for one in shown.cannot} == {
        **dict.fromkeys(bad, 1),
        reasons.ON_ANOTHER: 1,
        reasons.RELEASING: 1,
        reasons.BARRED: 1,
    }
    order = ordered(ada, campaign, everything, expected=2)
    said = skipped(order)
    assert order.total == 2
    assert order.skipped_total == 9 == len(said)
    assert not {one.e164 for one in good} & set(said)
    for reason, (one,) in bad.items():
        assert said[one.e164] == reason
    assert said[gone[0].e164] == reasons.BARRED
    assert all(reasons.why(code).what for code in said.values())


@pytest.mark.parametrize("how", ["failed", "cancelled", "campaign-deleted", "elsewhere"])
def test_only_a_completed_removal_bars_the_way_back(ada: Person, how: str) -> None:
    campaign, at = active_campaign(ada), clock.read().business
    state = "failed" if how == "failed" else "released"
    (one,) = numbers_on(ada, campaign, 1, state=state, ended_at=at, ended_because=how)
    with ada.acting():
        assert preview(campaign, Number.objects.filter(pk=one.number_id), times=clock.read()).will == 1


def test_a_removed_number_may_go_to_another_campaign(ada: Person) -> None:
    at = clock.read().business
    (one,) = numbers_on(ada, active_campaign(ada), 1, state="released", ended_at=at, ended_because=UNASSIGNED)
    with ada.acting():
        assert (
            preview(active_campaign(ada), Number.objects.filter(pk=one.number_id), times=clock.read()).will
            == 1
        )


def test_the_forty_ninth_is_refused_and_nothing_is_left_behind(ada: Person) -> None:
    campaign = active_campaign(ada)
    ordered(ada, campaign, numbers_of(ada, 40))
    with pytest.raises(OverLimit) as refused:
        ordered(ada, campaign, numbers_of(ada, 9))
    assert (refused.value.left, refused.value.will) == (8, 9)
    with ada.acting():
        assert Assignment.objects.count() == Roster.objects.get().used == 40
        assert Order.objects.count() == 1
    assert ordered(ada, campaign, numbers_of(ada, 8)).total == 8


def test_a_granted_pool_lifts_the_limit(ada: Person) -> None:
    campaign = active_campaign(ada)
    with ada.acting():
        Roster.objects.filter(pk=roster_of(campaign).pk).update(approved=60)
    assert ordered(ada, campaign, numbers_of(ada, 60)).total == 60
    with pytest.raises(OverLimit):
        ordered(ada, campaign, numbers_of(ada, 1))


def test_the_campaign_of_a_sole_proprietor_takes_one_number(ada: Person) -> None:
    campaign = active_campaign(ada, use_case="SOLE_PROPRIETOR", sub_use_cases=[])
    with pytest.raises(OverLimit):
        ordered(ada, campaign, numbers_of(ada, 2))
    assert ordered(ada, campaign, numbers_of(ada, 1)).total == 1


def test_a_count_that_changed_is_asked_again_and_nothing_is_assigned(ada: Person) -> None:
    campaign, numbers = active_campaign(ada), numbers_of(ada, 3)
    numbers_on(ada, active_campaign(ada), 1)
    with pytest.raises(Changed) as changed:
        ordered(ada, campaign, numbers, expected=4)
    assert changed.value.will == 3
    with ada.acting():
        assert not Assignment.objects.filter(campaign=campaign).exists()
        assert not Submission.objects.filter(kind="assignment").exists()


def test_the_same_form_twice_finds_the_order_that_it_made(ada: Person) -> None:
    campaign, numbers, token = active_campaign(ada), numbers_of(ada, 3), uuid4()
    first = ordered(ada, campaign, numbers, token=token)
    again = ordered(ada, campaign, numbers_of(ada, 2), token=token, expected=2)
    assert first.pk == again.pk
    with ada.acting():
        assert Assignment.objects.count() == 3


def test_a_campaign_that_is_not_active_takes_none(ada: Person) -> None:
    for campaign in (submitted_campaign(ada), active_campaign(ada, days=-1)):
        with pytest.raises(NotAssignable):
            ordered(ada, campaign, numbers_of(ada, 1))
    assert not previewed(ada, submitted_campaign(ada), []).active


def test_a_number_of_nobody_and_of_another_organization_is_not_there(ada: Person, cy: Person) -> None:
    theirs = numbers_of(cy, 2)
    order = ordered(ada, active_campaign(ada), [*theirs, *numbers_of(ada, 1)])
    assert (order.total, order.skipped_total) == (1, 0)


def test_a_number_that_another_organization_has_on_a_campaign_is_not_offered(ada: Person, cy: Person) -> None:
    (theirs,) = numbers_on(cy, active_campaign(cy), 1)
    mine = numbers_of(ada, 1, e164=theirs.e164)
    order = ordered(ada, active_campaign(ada), [*mine, *numbers_of(ada, 1)])
    assert order.total == 1
    assert skipped(order) == {theirs.e164: reasons.UNAVAILABLE}
    assert "Rival" not in str(order.skipped)


def test_a_failed_number_is_tried_again_as_a_new_assignment(ada: Person) -> None:
    campaign = active_campaign(ada)
    (failed,) = numbers_on(
        ada, campaign, 1, state="failed", ended_at=clock.read().business, ended_because=FAILED
    )
    with ada.acting():
        order = retry(failed, by=ada.actor, times=clock.read())
        assert order.total == 1
        assert Assignment.objects.open().get().number_id == failed.number_id


def test_a_large_order_leaves_a_share_to_people(ada: Person) -> None:
    campaign = active_campaign(ada)
    with ada.acting():
        Roster.objects.filter(pk=roster_of(campaign).pk).update(approved=100)
    ordered(ada, campaign, numbers_of(ada, 49))
    with ada.acting():
        assert set(Due.objects.filter(kind="submission").values_list("background", flat=True)) == {True}


def test_a_preview_and_an_order_ask_the_same_few_questions_of_any_number(ada: Person) -> None:
    campaign = active_campaign(ada)
    with ada.acting():
        Roster.objects.filter(pk=roster_of(campaign).pk).update(approved=1_000)
    asked: list[tuple[int, int]] = []
    for count in (1, 200):
        numbers = numbers_of(ada, count)
        with CaptureQueriesContext(connection) as looked:
            previewed(ada, campaign, numbers)
        with CaptureQueriesContext(connection) as did:
            ordered(ada, campaign, numbers)
        asked.append((len(looked), len(did)))
    # The second order begins a wait anew where the first one made it.
    assert asked[0][0] == asked[1][0] <= 10
    assert asked[1][1] <= asked[0][1] + 2 <= 35


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_twenty_orders_at_once_never_pass_the_limit() -> None:
    ada = enrolled("ada")
    campaign = active_campaign(ada)
    parts = [numbers_of(ada, 5) for _ in range(20)]

    def one(number: int) -> int:
        try:
            return ordered(ada, campaign, parts[number]).total
        except OverLimit:
            return 0

    done = together(20, one)
    with ada.acting():
        assert sum(done) == Assignment.objects.open().count() == Roster.objects.get().used == 45
        assert Submission.objects.filter(kind="assignment").count() == 45


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_of_overlapping_selections_each_number_ends_once_and_the_loser_is_told_which() -> None:
    ada = enrolled("ada")
    campaigns = [active_campaign(ada, name=f"Visits {place}") for place in range(6)]
    numbers = numbers_of(ada, 40)

    def one(place: int) -> Order:
        # The same numbers in another order each time: who comes second must wait, not deadlock.
        mine = numbers[place * 3 :] if place % 2 else numbers[place * 3 :][::-1]
        return ordered(ada, campaigns[place], mine)

    orders = together(6, one)
    with ada.acting():
        rows = list(Assignment.objects.open())
        assert len(rows) == len({row.number_id for row in rows}) == 40
        for place, order in enumerate(orders):
            won = {row.e164 for row in rows if row.order_id == order.pk}
            lost = skipped(order)
            assert len(won) == order.total
            assert set(lost) == {one.e164 for one in numbers[place * 3 :]} - won
            assert set(lost.values()) <= {reasons.ON_ANOTHER}
        assert Submission.objects.filter(kind="assignment").count() == 40
        assert Event.objects.filter(action=states.ASSIGNING).count() == 40
        assert sum(Roster.objects.values_list("used", flat=True)) == 40


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_the_same_form_at_the_same_moment_makes_one_order() -> None:
    ada = enrolled("ada")
    campaign, numbers, token = active_campaign(ada), numbers_of(ada, 10), uuid4()
    orders = together(6, lambda _number: ordered(ada, campaign, numbers, token=token, expected=10))
    assert len({order.pk for order in orders}) == 1
    with ada.acting():
        assert Assignment.objects.count() == 10


def test_the_reading_is_due_within_the_plans_first_step(ada: Person) -> None:
    ordered(ada, active_campaign(ada), numbers_of(ada, 1))
    with ada.acting():
        wait = Watch.objects.get(kind="roster")
        assert wait.next_read_at <= clock.read().business + timedelta(seconds=20)
