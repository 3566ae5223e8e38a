"""Numbers at the carrier: onto a campaign, off it, and what the campaign's list says of each."""

from __future__ import annotations

from typing import Any

import pytest

from campaigns import states as campaign_states
from campaigns.deleting import ask_deletion, undo_deletion
from phone_numbers import reasons, states
from phone_numbers.models import Assignment, Roster
from phone_numbers.sending import sending, sleeping, stopping, stopping_by
from phone_numbers.states import look_of
from portal.lifecycle.models import Submission, SubmissionState, Watch
from portal.notifications.models import Notification
from tests.numbers.numbering import Numbering
from tests.people import Person
from tests.practice_registry import PracticeRegistry

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def numbering(ada: Person, registry: PracticeRegistry, settings: Any) -> Numbering:
    return Numbering(ada, registry, settings.TELNYX_KEY)


def told(person: Person, state: str) -> int:
    with person.acting():
        return int(Notification.objects.filter(object_kind="order", state=state).count())


def test_a_number_is_pending_until_the_carriers_have_it_and_then_it_can_send(numbering: Numbering) -> None:
    campaign = numbering.active()
    numbers = numbering.numbers(3)
    order = numbering.order(campaign, numbers)
    assert {numbering.state(one) for one in numbers} == {"pending"}
    assert {numbering.there(one) for one in numbers} == {numbering.reference(campaign)}
    assert told(numbering.person, "numbers-on") == 0
    numbering.answered(campaign)
    for one in numbers:
        assert numbering.state(one) == "on"
        assert numbering.latest(one).word == "ASSIGNED"
        assert numbering.actions(one) == ["assigning", "assigned"]
    with numbering.person.acting():
        now = numbering.later().business
        assert set(sending(now).values_list("number_id", flat=True)) == {one.pk for one in numbers}
        assert all(one.can_send(now) for one in Assignment.objects.filter(order=order))
    assert told(numbering.person, "numbers-on") == 1
    # Each was asked for once, and one list speaks of all.
    assert numbering.registry.invariants(numbering.key)["number_creates"] == dict.fromkeys(
        [one.e164 for one in numbers], 1
    )
    numbering.work(days=3)
    assert told(numbering.person, "numbers-on") == 1


def test_a_number_without_a_profile_is_set_up_first(numbering: Numbering) -> None:
    campaign = numbering.active()
    (number,) = numbering.numbers(1, profile=False)
    there = numbering.registry.number(numbering.key, number.e164)
    with numbering.person.acting():
        type(number).objects.filter(pk=number.pk).update(reference=there["id"], enabled=None)
    numbering.order(campaign, [number])
    numbering.answered(campaign)
    assert numbering.state(number) == "on"
    assert numbering.latest(number).number.enabled


def test_one_list_is_read_for_all_numbers_of_a_campaign(numbering: Numbering) -> None:
    campaign = numbering.active()
    numbering.order(campaign, numbering.numbers(30))
    before = numbering.asked()
    numbering.answered(campaign)
    with numbering.person.acting():
        assert not Assignment.objects.filter(state="pending").exists()
    asked = numbering.asked()[len(before) :]
    assert set(asked) == {"list"}
    assert len(asked) <= 3


def test_what_the_carriers_refuse_fails_with_their_reason_and_the_rest_goes_on(numbering: Numbering) -> None:
    """F38."""
    campaign = numbering.active()
    elsewhere, others = numbering.number("+12065550190"), numbering.number("+12065550191")
    good = numbering.numbers(2)
    order = numbering.order(campaign, [elsewhere, others, *good])
    numbering.answered(campaign)
    assert [numbering.state(one) for one in (elsewhere, others, *good)] == ["failed", "failed", "on", "on"]
    failed = numbering.latest(others)
    assert failed.ended_because == "failed"
    assert reasons.why_of(failed.reasons).what == reasons.why("other-network").what
    assert "NNID" in reasons.said_in(failed.reasons)
    assert numbering.actions(others) == ["assigning", "assignment-failed"]
    assert (told(numbering.person, "numbers-failed"), told(numbering.person, "numbers-on")) == (1, 0)
    with numbering.person.acting():
        assert Roster.objects.get().used == 2
        assert str(order).startswith("4 numbers")


def test_one_that_failed_once_goes_at_the_second_try(numbering: Numbering) -> None:
    campaign, number = numbering.active(), numbering.number("+12065550192")
    numbering.order(campaign, [number])
    numbering.answered(campaign)
    assert numbering.state(number) == "failed"
    numbering.order(campaign, [number])
    numbering.answered(campaign)
    assert numbering.state(number) == "on"
    assert numbering.actions(number) == ["assigning", "assignment-failed", "assigning", "assigned"]


def test_a_word_that_nobody_knows_is_kept_and_no_verdict(numbering: Numbering) -> None:
    campaign, number = numbering.active(), numbering.number("+12065550195")
    numbering.order(campaign, [number])
    numbering.answered(campaign)
    assert numbering.state(number) == "pending"
    assert numbering.latest(number).word == "ON_HOLD_AT_CARRIER"


def test_a_number_is_off_when_the_list_does_not_have_it_any_more(numbering: Numbering) -> None:
    campaign = numbering.active()
    numbers = numbering.on(campaign, 3)
    numbering.taken_off(numbers[:2])
    assert {numbering.state(one) for one in numbers[:2]} == {"releasing"}
    numbering.answered(campaign)
    assert [numbering.state(one) for one in numbers] == ["released", "released", "on"]
    assert [numbering.there(one) != "" for one in numbers] == [False, False, True]
    assert numbering.latest(numbers[0]).ended_because == "unassigned"
    assert numbering.actions(numbers[0])[-2:] == ["releasing", "released"]
    assert told(numbering.person, "numbers-off") == 1


def test_a_list_that_nobody_reads_any_more_is_read_again_for_what_is_taken_off(numbering: Numbering) -> None:
    campaign = numbering.active()
    (number,) = numbering.on(campaign, 1)
    with numbering.person.acting():
        Watch.objects.filter(kind="roster").update(closed_at=numbering.later().business)
    numbering.taken_off([number])
    numbering.answered(campaign)
    assert numbering.state(number) == "released"


def test_one_that_the_carrier_does_not_let_go_stays_with_its_reason(numbering: Numbering) -> None:
    campaign = numbering.active()
    stays = numbering.number("+12065550196")
    numbering.order(campaign, [stays])
    numbering.answered(campaign)
    goes = numbering.on(campaign, 1)[0]
    numbering.taken_off([stays, goes])
    numbering.answered(campaign)
    assert (numbering.state(stays), numbering.state(goes)) == ("on", "released")
    assert numbering.latest(stays).reasons
    assert numbering.actions(stays)[-2:] == ["releasing", "release-failed"]
    assert told(numbering.person, "numbers-stay") == 1


def test_an_answer_that_got_lost_is_looked_up_by_the_number(numbering: Numbering) -> None:
    campaign, number = numbering.active(), numbering.numbers(1)[0]
    numbering.registry.fault("status", account=numbering.key, verb="create", phase="P3", status=500)
    numbering.order(campaign, [number])
    (write,) = numbering.writes_about(number)
    assert write.state == SubmissionState.UNKNOWN
    numbering.work(minutes=10)
    numbering.work(minutes=1)
    numbering.answered(campaign)
    assert numbering.state(number) == "on"
    assert numbering.registry.invariants(numbering.key)["number_creates"] == {number.e164: 1}


def test_a_number_that_somebody_takes_off_elsewhere_is_shown_as_gone_at_the_second_list(
    numbering: Numbering,
) -> None:
    campaign = numbering.active()
    number = numbering.on(campaign, 1)[0]
    numbering.registry.take_number(numbering.key, number.e164)
    numbering.work(days=2)
    assert numbering.state(number) == "on"
    assert numbering.latest(number).missed_at is not None
    numbering.work(days=2)
    assert numbering.latest(number).ended_because == "elsewhere"
    assert numbering.actions(number)[-1] == "gone-elsewhere"


def test_a_number_that_somebody_puts_on_elsewhere_is_shown_and_counts(numbering: Numbering) -> None:
    """F39: it is on the campaign, and stays ours."""
    campaign = numbering.active()
    numbering.on(campaign, 1)
    number, other = numbering.numbers(2)
    numbering.registry.put_number(numbering.key, number.e164, numbering.reference(campaign))
    numbering.work(days=2)
    assert (numbering.state(number), numbering.actions(number)) == ("on", ["found-on-campaign"])
    with numbering.person.acting():
        assert Roster.objects.get().used == 2
        assert not Assignment.objects.filter(number=other).exists()
    numbering.work(days=2)
    assert numbering.actions(number) == ["found-on-campaign"]


def test_one_that_is_on_another_campaign_elsewhere_is_not_stolen(numbering: Numbering) -> None:
    """F39."""
    brand = numbering.brand()
    theirs, ours = numbering.active(brand), numbering.active(brand, name="Acme Plumbing offers")
    number = numbering.numbers(1)[0]
    numbering.registry.put_number(numbering.key, number.e164, numbering.reference(theirs))
    numbering.order(ours, [number])
    assert numbering.latest(number).state == "failed"
    assert numbering.latest(number).reasons[0]["code"] == "already-assigned"
    assert numbering.there(number) == numbering.reference(theirs)


def test_numbers_of_an_expired_campaign_sleep_and_follow_it_when_it_is_active_again(
    numbering: Numbering,
) -> None:
    campaign = numbering.active()
    numbers = numbering.on(campaign, 2)
    first = numbering.reference(campaign)
    with numbering.person.acting():
        before, far = numbering.later().business, numbering.later()
        assert stopping([campaign.pk], before) == {campaign.pk: 2}
        ends = campaign.registration()
        assert ends is not None
        assert stopping_by(before, ends.ends_at).count() == 2
    numbering.registry.decide_campaign(first, "expire")
    numbering.read()
    assert numbering.again(campaign).status == campaign_states.EXPIRED
    for _day in range(3):
        numbering.work(days=2)
    with numbering.person.acting():
        assert sending(numbering.later().business).count() == 0
        assert sleeping(numbering.later().business).count() == 2
    assert {numbering.state(one) for one in numbers} == {"on"}
    numbering.resubmit(campaign)
    numbering.approve(numbering.again(campaign))
    second = numbering.reference(campaign)
    assert second != first
    numbering.work(minutes=1)
    numbering.answered(campaign)
    numbering.work(hours=1)
    assert {numbering.there(one) for one in numbers} == {second}
    assert {numbering.state(one) for one in numbers} == {"on"}
    assert numbering.actions(numbers[0])[-2:] == ["assigning-again", "assigned"]
    assert far.business < numbering.later().business


def test_a_campaign_that_is_deleted_lets_its_numbers_go_and_takes_back_what_was_not_sent(
    numbering: Numbering,
) -> None:
    campaign = numbering.active()
    on = numbering.on(campaign, 2)
    with numbering.person.acting():
        ask_deletion(campaign, by=numbering.person.actor, times=numbering.later())
        again = numbering.again(campaign)
        # Until the carrier has ended it, it stands there as before, and so do its numbers.
        assert again.status == campaign_states.DELETING
        now = numbering.later().business
        assert sending(now).count() == 2
        one = Assignment.objects.first()
        assert one is not None
        assert one.can_send(now)
        assert look_of(one, awake=again.sends_at(now, again.registration())).word == "Can send"
        undo_deletion(again, by=numbering.person.actor, times=numbering.later())
        waiting = numbering.ordered(campaign, numbering.numbers(2))
        ask_deletion(numbering.again(campaign), by=numbering.person.actor, times=numbering.later())
        # Their carrier does not answer meanwhile.
        Submission.objects.filter(kind="assignment", state="accepted").update(rests_until=None)
    numbering.registry.fault("status", account=numbering.key, verb="create", phase="P2", status=503, times=50)
    numbering.work(minutes=2)
    numbering.registry.faults_off(numbering.key)
    assert numbering.again(campaign).status == campaign_states.DELETED
    with numbering.person.acting():
        rows = list(Assignment.objects.all())
        assert {(row.state, row.ended_because) for row in rows} == {("released", "campaign-deleted")}
        assert waiting.total == 2
        assert Roster.objects.get().used == 0
        assert not Watch.objects.filter(kind="roster", closed_at=None).exists()
        assert not Submission.objects.filter(kind="assignment", state="accepted").exists()
        assert sending(numbering.later().business).count() == 0
    assert numbering.actions(on[0])[-1] == states.RELEASED.removeprefix("number.")
