"""The appeal alone: something outside the form was fixed, and somebody looks again; paid for and heard once."""

from __future__ import annotations

from typing import Any

import pytest

from campaigns import states
from campaigns.appealing import CannotAppeal, appealable, ask, refused_appeal
from campaigns.models import Campaign
from portal.lifecycle.models import SubmissionState
from tests.campaigns.living import Living

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
REASON = "The privacy policy at https://www.acme.example/privacy says now that numbers are not shared."
REFUSAL = {"code": "10012", "title": "Bad Request", "detail": "This was appealed too often."}


def appealed(living: Living, campaign: Campaign) -> Campaign:
    with living.person.acting():
        campaign = Campaign.objects.get(pk=campaign.pk)
        ask(campaign, REASON, by=living.person.actor, times=living.later())
    living.work()
    return living.again(campaign)


def test_an_appeal_is_heard_and_may_end_well(living: Living) -> None:
    campaign = appealed(living, living.rejected())
    assert campaign.status == states.APPEALED
    assert campaign.version == 1
    living.work(minutes=1)
    assert living.again(campaign).status == states.PROVIDER
    living.approve(campaign)


def test_while_it_is_on_its_way_the_former_verdict_does_not_come_back(living: Living, settings: Any) -> None:
    campaign = living.rejected()
    living.registry.fault(
        "status", account=settings.TELNYX_KEY, verb="appeal", times=None, phase="P2", status=503
    )
    campaign = appealed(living, campaign)
    living.work(hours=30)
    assert living.again(campaign).status == states.APPEALED
    living.registry.faults_off(settings.TELNYX_KEY)
    for _ in range(3):
        living.work(hours=4)
    assert living.again(campaign).status in states.REVIEW


def test_only_what_a_reviewer_returned_can_be_appealed(living: Living) -> None:
    failed = living.rejected(stage="registry")
    with living.person.acting():
        assert appealable(failed) is None
        with pytest.raises(CannotAppeal):
            ask(failed, REASON, by=living.person.actor, times=living.later())
    active = living.active()
    with living.person.acting(), pytest.raises(CannotAppeal):
        ask(active, REASON, by=living.person.actor, times=living.later())


def test_a_second_appeal_at_the_same_moment_is_refused(living: Living) -> None:
    campaign = living.rejected()
    with living.person.acting():
        stale = Campaign.objects.get(pk=campaign.pk)
        ask(campaign, REASON, by=living.person.actor, times=living.later())
        with pytest.raises(CannotAppeal):
            ask(stale, REASON, by=living.person.actor, times=living.later())
    assert [one.purpose for one in living.writes(campaign)] == ["register", "appeal"]


def test_an_appeal_that_the_carrier_refuses_leaves_the_verdict_and_its_reasons(
    living: Living, settings: Any
) -> None:
    campaign = living.rejected(code="803", text="The opt-in is unclear.")
    living.registry.fault("status", account=settings.TELNYX_KEY, verb="appeal", status=400, body=REFUSAL)
    campaign = appealed(living, campaign)
    assert (campaign.status, campaign.decided_by) == (states.REJECTED, "provider")
    assert [reason["code"] for reason in campaign.reasons] == ["803"]
    with living.person.acting():
        assert "too often" in str(refused_appeal(campaign).reasons)
        assert appealable(campaign) is not None


@pytest.mark.parametrize("phase", ["P1", "P3"])
def test_an_appeal_of_unknown_outcome_is_heard_once(living: Living, settings: Any, phase: str) -> None:
    campaign = living.rejected()
    living.registry.fault("reset", phase=phase, account=settings.TELNYX_KEY, verb="appeal")
    campaign = appealed(living, campaign)
    assert living.writes(campaign)[-1].state == SubmissionState.UNKNOWN
    for _ in range(3):
        living.work(minutes=3)
    assert living.again(campaign).status in states.REVIEW
    history = living.registry.campaign(living.reference(campaign))["history"]
    assert str(history).count("appeal") >= 1
    assert living.writes(campaign)[-1].state == SubmissionState.CONFIRMED


def test_an_appeal_that_was_turned_down_again_is_a_rejection_again(living: Living) -> None:
    campaign = appealed(living, living.rejected())
    living.registry.reject_campaign(
        living.reference(campaign), stage="provider", code="805", text="Still not."
    )
    living.work(minutes=5)
    campaign = living.again(campaign)
    assert campaign.status == states.REJECTED
    assert [reason["code"] for reason in campaign.reasons] == ["805"]
