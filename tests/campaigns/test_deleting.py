"""Deleting a submitted campaign: asked for by those who may, taken back within a minute, and then for good."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from campaigns import deleting, states
from campaigns.deleting import TooLate, ask_deletion, undo_deletion
from campaigns.models import Campaign
from phone_numbers.models import Assignment
from portal import clock
from portal.audit.models import Event
from portal.lifecycle.blocking import Blocked
from portal.lifecycle.models import Due, Submission, SubmissionState, Watch, accept
from portal.lifecycle.states import StaleState
from tests.campaigns.living import Living
from tests.campaigns.numbering import numbers_on
from tests.factories import campaign_draft
from tests.people import Person, enrolled
from tests.tenancy.matrix import events, fresh

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def path(campaign: Campaign) -> str:
    return f"/campaigns/{campaign.pk}/deletion/"


def delete(person: Person, campaign: Campaign) -> Any:
    fresh(person.client)
    return person.post(path(campaign), {"sure": "on"})


def ask(living: Living, campaign: Campaign) -> Campaign:
    with living.person.acting():
        ask_deletion(Campaign.objects.get(pk=campaign.pk), by=living.person.actor, times=living.later())
    return living.again(campaign)


def undo(living: Living, campaign: Campaign) -> None:
    with living.person.acting():
        undo_deletion(Campaign.objects.get(pk=campaign.pk), by=living.person.actor, times=living.later())


def asked(living: Living, campaign: Campaign) -> Submission:
    return next(one for one in reversed(living.writes(campaign)) if one.purpose == "delete")


def ended_there(living: Living, campaign: Campaign) -> list[Any]:
    return living.registry.ledger(method="DELETE", path=f"/v2/10dlc/campaign/{living.reference(campaign)}")


def test_the_carrier_is_called_after_a_minute_and_the_numbers_are_let_go_with_the_reason(
    living: Living,
) -> None:
    ada = living.person
    campaign = living.active()
    numbers_on(ada, campaign, 3)
    assert ask(living, campaign).status == states.DELETING
    living.work(seconds=50)
    assert ended_there(living, campaign) == []
    living.work(seconds=20)
    campaign = living.again(campaign)
    assert campaign.status == states.DELETED
    assert len(ended_there(living, campaign)) == 1
    with ada.acting():
        rows = list(Assignment.objects.filter(campaign=campaign))
        told = Event.objects.filter(action="number.released")
        assert {one.object_id for one in told} == {row.number_id for row in rows}
        assert all(one.detail["note"] == "Its campaign was deleted" for one in told)
        assert not Watch.objects.filter(subject_id=campaign.pk, closed_at=None).exists()
    assert {(row.state, row.ended_because) for row in rows} == {("released", "campaign-deleted")}
    assert all(row.ended_at is not None for row in rows)
    assert living.registrations(campaign)[-1].ended_at is not None
    text = ada.get("/sms-campaigns/").content.decode()
    assert f"/campaigns/{campaign.pk}/" not in text
    assert "1 deleted campaign is not shown" in text
    assert "cannot be brought back" in ada.get(f"/campaigns/{campaign.pk}/").content.decode()


def test_within_the_minute_it_is_taken_back_and_nothing_was_sent(living: Living) -> None:
    ada = living.person
    campaign = living.active()
    numbers_on(ada, campaign, 2)
    answer = delete(ada, campaign)
    assert (answer.status_code, answer["Location"]) == (302, f"/campaigns/{campaign.pk}/")
    page = ada.get(f"/campaigns/{campaign.pk}/").content.decode()
    assert f'action="/campaigns/{campaign.pk}/undo/"' in page
    assert "data-countdown" in page
    answer = ada.post(f"/campaigns/{campaign.pk}/undo/")
    assert answer.status_code == 302
    campaign = living.again(campaign)
    assert (campaign.status, campaign.undo_until) == (states.ACTIVE, None)
    write = asked(living, campaign)
    assert write.state == SubmissionState.WITHDRAWN
    with ada.acting():
        assert not Due.objects.filter(item=write.pk).exists()
    living.work(minutes=10)
    assert ended_there(living, campaign) == []
    assert living.again(campaign).status == states.ACTIVE
    with ada.acting():
        assert Assignment.objects.open().filter(campaign=campaign).count() == 2
    assert (events(ada, "campaign.deletion-asked"), events(ada, "campaign.deletion-undone")) == (1, 1)


def test_it_goes_back_to_where_it_stood_and_can_be_deleted_again(living: Living) -> None:
    campaign = living.rejected()
    ask(living, campaign)
    undo(living, campaign)
    assert living.again(campaign).status == states.REJECTED
    ask(living, campaign)
    living.work(minutes=2)
    assert living.again(campaign).status == states.DELETED


def test_after_the_minute_nobody_can_take_it_back_even_while_nothing_could_be_sent(living: Living) -> None:
    campaign = living.active()
    ask(living, campaign)
    living.later.pass_(seconds=61)
    with pytest.raises(TooLate):
        undo(living, campaign)
    assert living.again(campaign).status == states.DELETING


def test_the_page_says_that_it_is_too_late_and_changes_nothing(living: Living) -> None:
    ada = living.person
    campaign = living.active()
    ask(living, campaign)
    with ada.acting():
        Campaign.objects.update(undo_until=clock.read().machine - timedelta(seconds=1))
    answer = ada.post(f"/campaigns/{campaign.pk}/undo/")
    assert answer.status_code == 409
    assert "It is too late to undo this" in answer.content.decode()
    assert living.again(campaign).status == states.DELETING
    assert "data-countdown" not in ada.get(f"/campaigns/{campaign.pk}/").content.decode()


def test_what_is_being_sent_at_this_moment_is_not_taken_back(living: Living) -> None:
    campaign = ask(living, living.active())
    with living.person.acting():
        # A worker whose clock runs ahead has begun.
        Submission.objects.filter(subject_id=campaign.pk, purpose="delete").update(
            state=SubmissionState.SENDING, sent_at=living.later().machine
        )
    with pytest.raises(TooLate):
        undo(living, campaign)
    assert asked(living, campaign).state == SubmissionState.SENDING


def test_a_reading_within_the_minute_moves_nothing_and_after_the_undo_it_is_read_anew(living: Living) -> None:
    campaign = living.active()
    ask(living, campaign)
    living.registry.decide_campaign(living.reference(campaign), "suspend")
    living.work(seconds=30)
    assert living.again(campaign).status == states.DELETING
    undo(living, campaign)
    living.work(seconds=5)
    assert living.again(campaign).status == states.SUSPENDED


def test_a_refusal_brings_it_back_with_the_carriers_words(living: Living, settings: Any) -> None:
    ada = living.person
    campaign = living.active()
    refusal = {"errors": [{"code": "10015", "title": "Bad Request", "detail": "Not while it is billed."}]}
    living.registry.fault("status", account=settings.TELNYX_KEY, verb="delete", status=400, body=refusal)
    ask(living, campaign)
    living.work(minutes=2)
    campaign = living.again(campaign)
    assert campaign.status == states.ACTIVE
    assert asked(living, campaign).state == SubmissionState.REFUSED
    assert events(ada, "campaign.deletion-refused") == 1
    fresh(ada.client)
    page = ada.get(path(campaign)).content.decode()
    assert "The carrier refused this before." in page
    assert "Not while it is billed." in page


def test_an_answer_that_got_lost_is_found_out_by_looking(living: Living, settings: Any) -> None:
    campaign = living.active()
    living.registry.fault("reset", phase="P3", account=settings.TELNYX_KEY, verb="delete")
    ask(living, campaign)
    living.work(minutes=2)
    assert asked(living, campaign).state == SubmissionState.UNKNOWN
    living.work(minutes=3)
    assert living.again(campaign).status == states.DELETED
    assert len(ended_there(living, campaign)) == 1


def test_something_on_its_way_stands_in_the_way_and_is_named(living: Living) -> None:
    ada = living.person
    campaign = living.active()
    with ada.acting():
        times = clock.read()
        accept(
            campaign,
            purpose="auto-renewal",
            account="telnyx",
            payload={},
            machine_now=times.machine + timedelta(days=1),
        )
        with pytest.raises(Blocked):
            ask_deletion(campaign, by=ada.actor, times=times)
    answer = delete(ada, campaign)
    assert answer.status_code == 409
    assert "on its way to the carrier" in answer.content.decode()
    assert living.again(campaign).status == states.ACTIVE


def test_one_of_two_requests_wins(living: Living) -> None:
    ada = living.person
    campaign = ask(living, living.active())
    assert delete(ada, campaign).status_code == 409
    with ada.acting(), pytest.raises(StaleState):
        ask_deletion(campaign, by=ada.actor, times=clock.read())
    assert len([one for one in living.writes(campaign) if one.purpose == "delete"]) == 1


def test_without_the_tick_it_is_asked_again_and_the_number_is_named(living: Living) -> None:
    ada = living.person
    campaign = living.active()
    numbers_on(ada, campaign, 12)
    fresh(ada.client)
    answer = ada.post(path(campaign), {})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert text.count("Tick “I understand that 12 phone numbers will lose SMS” to go on.") == 2
    assert "12 phone numbers are removed from the campaign" in text


def test_only_who_may_remove_with_a_fresh_sign_in(living: Living) -> None:
    campaign = living.active()
    ed = enrolled("ed")
    assert ed.post(path(campaign), {"sure": "on"}).status_code == 403
    session = living.person.client.session
    session["account_authentication_methods"] = []
    session.save()
    answer = living.person.post(path(campaign), {"sure": "on"})
    assert answer.status_code == 302
    assert "/account/reauthenticate/" in answer["Location"]
    assert living.again(campaign).status == states.ACTIVE


def test_a_draft_is_deleted_elsewhere(ada: Person) -> None:
    campaign = campaign_draft(ada)
    fresh(ada.client)
    answer = ada.get(path(campaign))
    assert answer.headers["Location"] == f"/campaigns/drafts/{campaign.pk}/deletion/"


def test_every_state_that_stands_at_the_carrier_has_its_way_back() -> None:
    assert set(states.UNDO) == set(states.DELETION_REFUSED) == set(states.LIVE) == set(states.DELETE.sources)
    assert {move.target for move in states.UNDO.values()} == set(states.LIVE)
    assert deleting.PURPOSE == "delete"
