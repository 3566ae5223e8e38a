"""Taking numbers off their campaigns: what is asked of the carrier, the undo, and what stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import QuerySet

from phone_numbers import reasons, states
from phone_numbers.assigning import Changed, assign
from phone_numbers.models import CANCELLED, Assignment, Number, Order, Roster
from phone_numbers.unassigning import Release, TooLate, can_undo, preview_release, unassign, undo
from portal import clock
from portal.audit.models import Event
from portal.clock import Times
from portal.lifecycle.models import Due, Submission, SubmissionState
from tests.campaigns.numbering import numbers_of, numbers_on
from tests.factories import active_campaign
from tests.lifecycle.gates import together
from tests.people import Person, enrolled

pytestmark = pytest.mark.django_db


def of(rows: list[Assignment]) -> QuerySet[Number]:
    found: QuerySet[Number] = Number.objects.filter(pk__in=[one.number_id for one in rows])
    return found


def asked(person: Person, rows: list[Assignment], **kwargs: Any) -> Order:
    with person.acting():
        return unassign(of(rows), **{"token": uuid4(), "by": person.actor, "times": clock.read(), **kwargs})


def previewed(person: Person, rows: list[Assignment]) -> Release:
    with person.acting():
        return preview_release(of(rows))


def later(**span: float) -> Times:
    now = clock.read()
    return Times(now.machine + timedelta(**span), now.business + timedelta(**span))


def test_the_carrier_is_asked_a_minute_later_and_each_number_has_one_event(ada: Person) -> None:
    campaign = active_campaign(ada)
    rows = numbers_on(ada, campaign, 3)
    assert previewed(ada, rows) == Release(3, 0, {campaign.pk: 3}, [])
    order = asked(ada, rows, expected=3)
    assert (order.total, order.campaign_id, order.act) == (3, campaign.pk, "unassign")
    with ada.acting():
        now = clock.read()
        assert {(one.state, one.release_id) for one in Assignment.objects.all()} == {("releasing", order.pk)}
        writes = Submission.objects.filter(kind="assignment", purpose="unassign")
        due = Due.objects.filter(item__in=writes.values("pk"))
        assert writes.count() == due.count() == 3
        assert {one.due_at for one in due} == {order.undo_until}
        assert order.undo_until is not None
        assert timedelta(seconds=50) < order.undo_until - now.machine <= timedelta(seconds=60)
        events = Event.objects.filter(action=states.RELEASING)
        assert sorted(one.object_id for one in events) == sorted(one.number_id for one in rows)
        # They count until they are off.
        assert Roster.objects.get().used == 3


def test_within_the_minute_all_of_it_is_taken_back(ada: Person) -> None:
    rows = numbers_on(ada, active_campaign(ada), 3, on_at=clock.read().business)
    order = asked(ada, rows)
    with ada.acting():
        assert can_undo(order, clock.read())
        assert undo(order, by=ada.actor, times=clock.read()) == 3
        assert {(one.state, one.release_id) for one in Assignment.objects.all()} == {("on", None)}
        assert {one.state for one in Submission.objects.filter(kind="assignment")} == {
            SubmissionState.WITHDRAWN
        }
        assert Event.objects.filter(action=states.UNDONE).count() == 3
        with pytest.raises(TooLate):
            undo(order, by=ada.actor, times=clock.read())
        order.refresh_from_db()
        assert not can_undo(order, clock.read())


def test_when_the_minute_is_over_nothing_is_taken_back(ada: Person) -> None:
    order = asked(ada, numbers_on(ada, active_campaign(ada), 1))
    with ada.acting():
        with pytest.raises(TooLate):
            undo(order, by=ada.actor, times=later(seconds=61))
        assert Assignment.objects.get().state == "releasing"


def test_what_was_never_sent_is_taken_back_at_once_and_may_come_again(ada: Person) -> None:
    campaign, numbers = active_campaign(ada), numbers_of(ada, 2)
    with ada.acting():
        chosen = Number.objects.filter(pk__in=[one.pk for one in numbers])
        assign(campaign, chosen, token=uuid4(), by=ada.actor, times=clock.read())
        rows = list(Assignment.objects.all())
    assert previewed(ada, rows) == Release(2, 2, {campaign.pk: 2}, [])
    order = asked(ada, rows)
    assert (order.total, order.undo_until) == (2, None)
    with ada.acting():
        assert {(one.state, one.ended_because) for one in Assignment.objects.all()} == {
            ("released", CANCELLED)
        }
        assert not Due.objects.filter(kind="submission").exists()
        assert Roster.objects.get().used == 0
        assert Event.objects.filter(action=states.CANCELLED).count() == 2
        again = assign(campaign, chosen, token=uuid4(), by=ada.actor, times=clock.read())
        assert again.total == 2


def test_what_is_on_no_campaign_on_its_way_or_leaving_is_named_with_its_reason(ada: Person) -> None:
    campaign = active_campaign(ada)
    (on,) = numbers_on(ada, campaign, 1)
    (leaving,) = numbers_on(ada, campaign, 1, state="releasing")
    (free,) = numbers_of(ada, 1)
    (sent,) = numbers_of(ada, 1)
    with ada.acting():
        assign(campaign, Number.objects.filter(pk=sent.pk), token=uuid4(), by=ada.actor, times=clock.read())
        Submission.objects.filter(kind="assignment").update(state=SubmissionState.SENDING)
        everything = Number.objects.all()
        shown = preview_release(everything)
        order = unassign(everything, token=uuid4(), by=ada.actor, times=clock.read(), expected=1)
    assert (shown.will, {one.reason: one.examples for one in shown.cannot}) == (
        1,
        {
            reasons.RELEASING: [leaving.e164],
            reasons.NOT_ON: [free.e164],
            reasons.UNDER_WAY: [sent.e164],
        },
    )
    said = {one["e164"]: one["reason"] for one in order.skipped}
    assert order.total == 1
    assert said == {
        leaving.e164: reasons.RELEASING,
        free.e164: reasons.NOT_ON,
        sent.e164: reasons.UNDER_WAY,
    }
    assert on.e164 not in said


def test_numbers_of_several_campaigns_are_one_order(ada: Person) -> None:
    first, second = active_campaign(ada), active_campaign(ada)
    rows = [*numbers_on(ada, first, 2), *numbers_on(ada, second, 1)]
    assert previewed(ada, rows).campaigns == {first.pk: 2, second.pk: 1}
    order = asked(ada, rows)
    assert (order.total, order.campaign_id) == (3, None)


def test_a_count_that_changed_is_asked_again(ada: Person) -> None:
    rows = numbers_on(ada, active_campaign(ada), 2)
    with pytest.raises(Changed):
        asked(ada, rows, expected=3)
    with ada.acting():
        assert not Order.objects.exists()
        assert {one.state for one in Assignment.objects.all()} == {"on"}


def test_another_organizations_numbers_are_not_there(ada: Person, cy: Person) -> None:
    theirs = numbers_on(cy, active_campaign(cy), 2)
    order = asked(ada, theirs)
    assert (order.total, order.skipped_total) == (0, 0)
    with cy.acting():
        assert {one.state for one in Assignment.objects.all()} == {"on"}


def test_a_filter_that_its_own_order_changes_is_settled_first(ada: Person) -> None:
    numbers_on(ada, active_campaign(ada), 3)
    with ada.acting():
        on = Number.objects.filter(assignments__state="on", assignments__ended_at=None)
        assert unassign(on, token=uuid4(), by=ada.actor, times=clock.read(), expected=3).total == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_the_same_form_and_others_at_the_same_moment_take_each_number_off_once() -> None:
    ada = enrolled("ada")
    rows, token = numbers_on(ada, active_campaign(ada), 20), uuid4()

    def one(number: int) -> Order:
        return asked(ada, rows if number % 2 else rows[::-1], token=token if number < 4 else uuid4())

    orders = together(8, one)
    assert len({order.pk for order in orders[:4]}) == 1
    totals = {order.pk: order.total for order in orders}
    assert sorted(totals.values()) == [0, 0, 0, 0, 20]
    with ada.acting():
        assert Submission.objects.filter(purpose="unassign").count() == 20
        assert Event.objects.filter(action=states.RELEASING).count() == 20
