"""Submitting an expired campaign again: a new registration behind the same campaign, and nothing paid for twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from brands import states as brand_states
from brands.models import Brand
from campaigns import renewing, states
from campaigns.models import Campaign
from campaigns.readiness import NotReady
from campaigns.registration import Registration
from campaigns.resubmitting import resubmit
from campaigns.versions import has_unsent_changes, versions_of
from phone_numbers.models import Assignment
from portal.audit.models import Event
from portal.lifecycle.models import SubmissionState
from portal.lifecycle.states import StaleState
from portal.notifications.models import Notification
from tests.campaigns.living import SAMPLES, Living
from tests.campaigns.numbering import numbers_on

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
REFUSAL = {"code": "10015", "title": "Bad Request", "detail": "The brand is not in order."}


def test_an_expired_campaign_is_registered_anew_with_the_same_settings(living: Living) -> None:
    campaign = living.expired()
    before = living.writes(campaign)[0].payload
    campaign = living.resubmit(campaign)
    assert (campaign.status, campaign.version) == (states.REGISTRY, 1)
    first, second = living.registrations(campaign)
    assert (first.number, second.number) == (1, 2)
    assert first.ended_at is not None
    assert second.ended_at is None
    assert first.reference != second.reference
    assert first.key != second.key
    _, again = living.writes(campaign)
    assert again.purpose == "register"
    assert {name: value for name, value in again.payload.items() if name != "replaces"} == before
    living.approve(campaign)
    assert len(living.registry.campaigns(key=str(second.key))) == 1


def test_its_numbers_sleep_until_the_new_registration_is_approved(living: Living) -> None:
    campaign = living.active()
    numbers_on(living.person, campaign, 1)
    assert _sends(living)
    living.registry.decide_campaign(living.reference(campaign), "expire")
    living.read()
    assert not _sends(living)
    living.resubmit(campaign)
    assert not _sends(living)
    living.registry.approve_campaign(living.reference(campaign), stage="provider")
    living.work(minutes=1)
    assert not _sends(living)
    living.approve(campaign)
    assert _sends(living)


def test_one_that_is_past_its_end_is_resubmitted_although_nobody_noticed_the_end(living: Living) -> None:
    campaign = living.active()
    (registration,) = living.registrations(campaign)
    living.later.ahead += registration.ends_at - living.later().business + timedelta(seconds=1)
    assert living.again(campaign).status == states.ACTIVE
    assert living.look(campaign) == "Expired"
    with living.person.acting():
        campaign = living.again(campaign)
        resubmit(campaign, by=living.person.actor, times=living.later())
        assert campaign.status == states.SUBMITTING
        actions = Event.objects.filter(object_id=campaign.pk).order_by("id").values_list("action", flat=True)
        assert list(actions)[-2:] == ["campaign.expired", "campaign.resubmitted"]
        assert campaign.registration().ended_at == registration.ends_at


def test_the_former_registration_is_over_whatever_was_said_of_it_last(living: Living) -> None:
    campaign = living.expired()
    with living.person.acting():
        Registration.objects.filter(campaign=campaign).update(ended_at=None)
    first, second = living.registrations(living.resubmit(campaign))
    assert first.ended_at is not None
    assert second.ended_at is None


def test_an_active_campaign_is_not_submitted_again(living: Living) -> None:
    campaign = living.active()
    with living.person.acting(), pytest.raises(StaleState):
        resubmit(campaign, by=living.person.actor, times=living.later())
    assert len(living.writes(campaign)) == 1


def test_two_who_submit_it_again_at_once_file_it_once(living: Living) -> None:
    campaign = living.expired()
    with living.person.acting():
        stale = Campaign.objects.get(pk=campaign.pk)
        resubmit(campaign, by=living.person.actor, times=living.later())
        with pytest.raises(StaleState):
            resubmit(stale, by=living.person.actor, times=living.later())
    assert len(living.writes(campaign)) == 2


def test_what_was_changed_first_is_the_next_version(living: Living) -> None:
    campaign = living.expired()
    campaign = living.resubmit(campaign, use_case="MIXED", samples=SAMPLES)
    assert (campaign.status, campaign.version) == (states.REGISTRY, 2)
    there = living.registry.campaign(living.reference(campaign))
    assert there["filed"]["usecase"] == "MIXED"
    with living.person.acting():
        second, first = versions_of(campaign)
        assert (first.payload["use_case"], second.payload["use_case"]) == ("LOW_VOLUME", "MIXED")


def test_a_renewal_that_was_chosen_in_between_is_no_change_of_the_settings(living: Living) -> None:
    campaign = living.active()
    with living.person.acting():
        renewing.switch(campaign, renews=True, by=living.person.actor, times=living.later())
    living.work()
    living.registry.decide_campaign(living.reference(campaign), "expire")
    living.read()
    campaign = living.again(campaign)
    with living.person.acting():
        assert not has_unsent_changes(campaign)
    campaign = living.resubmit(campaign)
    assert campaign.version == 1
    assert living.writes(campaign)[-1].payload["auto_renewal"] is True


def test_a_refused_resubmission_leaves_it_expired_and_says_why(living: Living, settings: Any) -> None:
    campaign = living.expired()
    living.registry.fault(
        "status",
        account=settings.TELNYX_KEY,
        verb="create",
        match={"resource": "campaign"},
        status=400,
        body=REFUSAL,
    )
    campaign = living.resubmit(campaign)
    assert campaign.status == states.EXPIRED
    assert campaign.reasons
    assert len(living.registrations(campaign)) == 1
    assert living.look(campaign) == "Expired"
    with living.person.acting():
        told = Notification.objects.filter(object_id=campaign.pk).values_list("state", flat=True)
        assert "refused-again" in set(told)
    campaign = living.resubmit(campaign)
    assert campaign.status == states.REGISTRY


def test_a_resubmission_of_unknown_outcome_is_found_and_not_sent_twice(living: Living, settings: Any) -> None:
    campaign = living.expired()
    living.registry.fault(
        "reset", phase="P3", account=settings.TELNYX_KEY, verb="create", match={"resource": "campaign"}
    )
    campaign = living.resubmit(campaign)
    assert living.writes(campaign)[-1].state == SubmissionState.UNKNOWN
    living.work(minutes=3)
    campaign = living.again(campaign)
    assert campaign.status == states.REGISTRY
    key = str(living.writes(campaign)[-1].key)
    assert len(living.registry.campaigns(key=key)) == 1


def test_one_that_the_carrier_renewed_after_all_is_not_registered_a_second_time(living: Living) -> None:
    """The end that we knew of is past, and the carrier was only late in saying that it is paid for."""
    campaign = living.active()
    (registration,) = living.registrations(campaign)
    with living.person.acting():
        ends = living.later().business - timedelta(days=1)
        type(registration).objects.filter(pk=registration.pk).update(ends_at=ends)
        campaign = living.again(campaign)
        resubmit(campaign, by=living.person.actor, times=living.later())
    living.work()
    living.work(minutes=1)
    campaign = living.again(campaign)
    assert campaign.status == states.ACTIVE
    assert len(living.registrations(campaign)) == 1
    assert living.look(campaign) == "Active"


def test_without_a_verified_brand_nothing_is_submitted_again(living: Living) -> None:
    campaign = living.expired()
    with living.person.acting():
        Brand.objects.filter(pk=campaign.brand_id).update(status=brand_states.SUSPENDED)
        with pytest.raises(NotReady):
            resubmit(campaign, by=living.person.actor, times=living.later())
    assert living.again(campaign).status == states.EXPIRED
    assert len(living.writes(campaign)) == 1


def test_a_reading_of_the_former_registration_changes_nothing_meanwhile(living: Living) -> None:
    campaign = living.expired()
    with living.person.acting():
        resubmit(campaign, by=living.person.actor, times=living.later())
        wait = campaign.open_watch()
    from portal.lifecycle import reading
    from portal.lifecycle.claiming import Claim

    before = wait.last_read_at
    living.later.pass_(minutes=2)
    claim = Claim(wait.pk, living.person.organization.pk, wait.account, "watch", wait.attempt + 1)
    reading.step(claim, living.later)
    assert living.again(campaign).status == states.SUBMITTING
    with living.person.acting():
        wait.refresh_from_db()
    # Taken note of, and neither an error nor a reason to look away.
    assert (wait.last_read_at > before, wait.failures, wait.last_error) == (True, 0, "")


def test_a_resubmitted_campaign_that_is_rejected_is_corrected_under_its_new_registration(
    living: Living,
) -> None:
    campaign = living.resubmit(living.expired())
    living.registry.reject_campaign(living.reference(campaign), stage="provider", code="803", text="No.")
    living.work(minutes=1)
    campaign = living.correct(campaign, samples=SAMPLES)
    assert campaign.version == 2
    assert len(living.registrations(campaign)) == 2
    assert [one.purpose for one in living.writes(campaign)] == ["register", "register", "update", "appeal"]
    living.approve(campaign)


def _sends(living: Living) -> bool:
    with living.person.acting():
        (assignment,) = Assignment.objects.select_related("campaign").all()
        return bool(assignment.can_send(living.later().business))
