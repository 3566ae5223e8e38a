"""A rejected campaign is corrected as version n + 1 where the carrier allows it, and said to be final where not."""

from __future__ import annotations

from typing import Any

import pytest

from campaigns import states
from campaigns.models import Campaign
from campaigns.resubmitting import NeedsNewCampaign, NothingChanged, correct, correctable, discard
from campaigns.submitting import payload
from campaigns.versions import has_unsent_changes, standing, versions_of
from portal import clock
from portal.lifecycle.models import SubmissionState
from portal.lifecycle.states import StaleState
from tests.campaigns.living import SAMPLES, Living

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
REFUSAL = {"errors": [{"code": "10015", "title": "Bad Request", "detail": "The samples are alike."}]}
FLOW = (
    "Customers tick an empty box at https://www.acme.example/book that says they agree to texts from Acme Plumbing."
    " Message frequency varies. Msg & data rates may apply. Reply HELP for help, STOP to opt out."
    " Privacy policy: https://www.acme.example/privacy. Terms: https://www.acme.example/terms."
)


def test_a_corrected_campaign_is_version_two_under_its_registration_and_looked_at_again(
    living: Living,
) -> None:
    campaign = living.rejected()
    reference = living.reference(campaign)
    campaign = living.correct(campaign, samples=SAMPLES, message_flow=FLOW)
    assert (campaign.version, campaign.reasons) == (2, [])
    assert campaign.status in states.REVIEW
    assert [(one.purpose, one.version, one.state) for one in living.writes(campaign)] == [
        ("register", 1, SubmissionState.CONFIRMED),
        ("update", 2, SubmissionState.CONFIRMED),
        ("appeal", 2, SubmissionState.CONFIRMED),
    ]
    (registration,) = living.registrations(campaign)
    there = living.registry.campaign(reference)
    assert there["key"] == str(registration.key), "the key of the registration stays with the campaign"
    assert there["filed"]["sample1"] == SAMPLES[0]
    assert there["filed"]["messageFlow"] == FLOW
    living.approve(campaign)
    assert living.again(campaign).reasons == []


def test_nothing_changed_is_refused_and_leaves_nothing(living: Living) -> None:
    campaign = living.rejected()
    with living.person.acting(), pytest.raises(NothingChanged):
        correct(campaign, by=living.person.actor, times=living.later())
    campaign = living.again(campaign)
    assert (campaign.status, campaign.version) == (states.REJECTED, 1)
    assert len(living.writes(campaign)) == 1


@pytest.mark.parametrize(
    ("answers", "named"),
    [
        ({"use_case": "MIXED"}, {"use_case"}),
        ({"embedded_phone": True, "samples": SAMPLES}, {"embedded_phone"}),
        ({"description": "Acme Plumbing sends its customers reminders of their visits."}, {"description"}),
    ],
)
def test_what_no_carrier_lets_anybody_change_needs_a_new_campaign(
    living: Living, answers: dict[str, Any], named: set[str]
) -> None:
    campaign = living.rejected()
    with living.person.acting():
        campaign.save_answers(answers, times=clock.read())
        with pytest.raises(NeedsNewCampaign) as refused:
            correct(campaign, by=living.person.actor, times=living.later())
    assert refused.value.fields == named
    assert living.again(campaign).status == states.REJECTED
    assert len(living.writes(campaign)) == 1


def test_what_the_registry_did_not_take_is_registered_anew_whatever_was_changed(living: Living) -> None:
    campaign = living.rejected(stage="registry")
    with living.person.acting():
        assert correctable(campaign) is None
    campaign = living.correct(campaign, use_case="CUSTOMER_CARE", sub_use_cases=[])
    first, second = living.registrations(campaign)
    assert first.ended_at is not None
    assert (campaign.status, campaign.version) == (states.REGISTRY, 2)
    assert living.registry.campaign(second.reference)["filed"]["usecase"] == "CUSTOMER_CARE"
    living.approve(campaign)


def test_what_never_reached_the_carrier_is_registered_under_a_new_key(living: Living, settings: Any) -> None:
    brand = living.brand()
    living.registry.fault(
        *("status",),
        account=settings.TELNYX_KEY,
        verb="create",
        match={"resource": "campaign"},
        status=400,
        body=REFUSAL,
    )
    campaign = living.sent(brand)
    assert (campaign.status, living.registrations(campaign)) == (states.REJECTED, [])
    assert campaign.reasons
    campaign = living.correct(campaign, use_case="CUSTOMER_CARE", sub_use_cases=[])
    first, second = living.writes(campaign)
    assert (second.purpose, second.version, second.state) == ("register", 2, SubmissionState.CONFIRMED)
    assert first.key != second.key
    assert campaign.status == states.REGISTRY


def test_one_that_is_no_longer_rejected_is_not_corrected(living: Living) -> None:
    campaign = living.rejected()
    with living.person.acting():
        campaign.save_answers({"samples": SAMPLES}, times=clock.read())
        stale = Campaign.objects.get(pk=campaign.pk)
        correct(campaign, by=living.person.actor, times=living.later())
        with pytest.raises(StaleState):
            correct(stale, by=living.person.actor, times=living.later())
    assert [one.purpose for one in living.writes(campaign)] == ["register", "update"]


def test_an_update_of_unknown_outcome_is_found_by_what_the_carrier_holds(
    living: Living, settings: Any
) -> None:
    campaign = living.rejected()
    living.registry.fault("reset", phase="P3", account=settings.TELNYX_KEY, verb="update")
    campaign = living.correct(campaign, samples=SAMPLES)
    assert living.writes(campaign)[-1].state == SubmissionState.UNKNOWN
    living.work(minutes=3)
    campaign = living.again(campaign)
    assert campaign.status in states.REVIEW
    assert _requests(living, settings, campaign) == (1, 1)


def test_an_update_that_never_arrived_is_sent_again(living: Living, settings: Any) -> None:
    campaign = living.rejected()
    living.registry.fault("reset", phase="P1", account=settings.TELNYX_KEY, verb="update")
    campaign = living.correct(campaign, samples=SAMPLES)
    for _ in range(3):
        living.work(minutes=3)
    assert living.registry.campaign(living.reference(campaign))["filed"]["sample1"] == SAMPLES[0]
    assert _requests(living, settings, campaign) == (2, 1)


def test_the_carriers_refusal_of_a_correction_is_shown_and_outlives_the_next_reading(
    living: Living, settings: Any
) -> None:
    campaign = living.rejected()
    living.registry.fault("status", account=settings.TELNYX_KEY, verb="update", status=400, body=REFUSAL)
    campaign = living.correct(campaign, samples=SAMPLES)
    assert (campaign.status, campaign.version) == (states.REJECTED, 2)
    assert "alike" in str(campaign.reasons)
    living.read()
    assert "alike" in str(living.again(campaign).reasons)
    campaign = living.correct(
        campaign, samples=[*SAMPLES, "Acme Plumbing: see you soon. Reply STOP to opt out."]
    )
    assert campaign.version == 3
    living.approve(campaign)


def test_discarding_puts_back_all_that_was_filed(living: Living) -> None:
    campaign = living.rejected()
    with living.person.acting():
        before = payload(campaign)
        campaign.save_answers(
            {"samples": SAMPLES, "use_case": "MIXED", "name": "Other", "consent": {}}, times=clock.read()
        )
        assert has_unsent_changes(campaign)
        assert discard(campaign, by=living.person.actor, times=living.later())
        assert not discard(campaign, by=living.person.actor, times=living.later())
        campaign = Campaign.objects.get(pk=campaign.pk)
        assert payload(campaign) == before == standing(campaign)
        assert not has_unsent_changes(campaign)


def test_each_version_keeps_what_was_filed_by_whom_and_the_verdict(living: Living) -> None:
    campaign = living.rejected(code="803", text="The samples are unclear.")
    campaign = living.correct(campaign, samples=SAMPLES)
    living.approve(campaign)
    with living.person.acting():
        second, first = versions_of(living.again(campaign))
    assert (first.number, first.by, str(first.verdict.word)) == (1, "Ada Osei", "Rejected")
    assert [reason["code"] for reason in first.reasons] == ["803"]
    assert str(first.decided_by) == "the provider"
    assert (second.number, second.by, str(second.verdict.word)) == (2, "Ada Osei", "Active")
    assert second.payload["samples"] == SAMPLES
    assert second.rules


def _requests(living: Living, settings: Any, campaign: Campaign) -> tuple[int, int]:
    """How many corrections and how many appeals arrived."""
    rows = living.registry.ledger(account=settings.TELNYX_KEY)
    mine = [row for row in rows if living.reference(campaign) in row["path"]]
    return (
        sum(row["verb"] == "update" for row in mine),
        sum(row["verb"] == "appeal" for row in mine),
    )
