"""Reading: what registry, provider and each mobile carrier say, taken over word for word and never improved."""

from __future__ import annotations

from typing import Any

import pytest

from campaigns import states
from campaigns.registration import Standing
from portal.lifecycle.models import Submission, SubmissionState
from tests.campaigns.living import Living

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
ATT, T_MOBILE = "10017", "10035"


def test_a_submitted_campaign_is_registered_once_and_watched(living: Living) -> None:
    campaign = living.sent()
    assert campaign.status == states.REGISTRY
    (registration,) = living.registrations(campaign)
    (submission,) = living.writes(campaign)
    assert (registration.number, registration.reference) == (1, submission.reference)
    assert registration.key == submission.key
    assert submission.state == SubmissionState.CONFIRMED
    there = living.registry.campaign(registration.reference)
    assert there["key"] == str(submission.key)
    with living.person.acting():
        wait = campaign.open_watch()
        assert (wait.reference, wait.key) == (registration.reference, submission.key)


def test_it_walks_through_registry_provider_and_carriers_to_active(living: Living) -> None:
    campaign = living.sent()
    reference = living.reference(campaign)
    seen = [living.again(campaign).status]
    for stage in ("registry", "provider"):
        living.registry.approve_campaign(reference, stage=stage)
        living.work(minutes=1)
        seen.append(living.again(campaign).status)
    living.approve(campaign)
    assert [*seen, living.again(campaign).status] == [
        states.REGISTRY,
        states.PROVIDER,
        states.CARRIERS,
        states.ACTIVE,
    ]
    (registration,) = living.registrations(campaign)
    assert registration.activated_at is not None
    assert registration.ends_at is not None
    assert registration.ends_said
    assert registration.renews is False
    assert registration.word == "MNO_PROVISIONED"


def test_each_mobile_carrier_has_its_own_row_with_its_own_word(living: Living) -> None:
    campaign = living.sent()
    reference = living.reference(campaign)
    living.registry.approve_campaign(reference, stage="provider")
    living.work(minutes=1)
    rows = _rows(living, campaign)
    assert {row.word for row in rows.values()} == {"REVIEW"}
    assert {ATT, T_MOBILE} <= set(rows)
    assert "T-Mobile" in rows[T_MOBILE].name
    living.registry.network(reference, T_MOBILE, "APPROVED")
    living.work(minutes=5)
    (registration,) = living.registrations(campaign)
    assert (registration.approved, registration.networks) == (1, len(rows))
    assert living.again(campaign).status == states.CARRIERS
    after = _rows(living, campaign)
    assert after[T_MOBILE].word == "APPROVED"
    assert after[T_MOBILE].since > rows[T_MOBILE].since
    assert after[ATT].since == rows[ATT].since


def test_one_that_a_single_carrier_turned_down_is_active_on_the_others_only(living: Living) -> None:
    campaign = living.active()
    assert living.look(campaign) == "Active"
    living.registry.network(living.reference(campaign), ATT, "REJECTED", "The terms are missing.")
    living.read()
    (registration,) = living.registrations(campaign)
    assert registration.is_partly
    assert (
        living.look(campaign) == f"Active on {registration.networks - 1} of {registration.networks} carriers"
    )
    assert _rows(living, campaign)[ATT].word == "REJECTED"


def test_one_that_a_single_carrier_suspended_is_not_shown_as_plainly_active(living: Living) -> None:
    campaign = living.active()
    living.registry.network(living.reference(campaign), T_MOBILE, "SUSPENDED")
    living.read()
    row = _rows(living, campaign)[T_MOBILE]
    assert row.state == "suspended"
    assert living.look(campaign).startswith("Active on ")


def test_an_unknown_word_is_kept_said_once_and_never_a_verdict(living: Living) -> None:
    campaign = living.sent()
    reference = living.reference(campaign)
    living.registry.decide_campaign(reference, "say", word="PONDERING")
    living.work(minutes=1)
    living.work(minutes=5)
    campaign = living.again(campaign)
    assert campaign.status == states.REGISTRY
    assert campaign.odd_word.startswith("PONDERING")
    assert living.look(campaign).startswith("Unknown: PONDERING")
    living.approve(campaign)
    assert living.again(campaign).odd_word == ""
    from portal.audit.models import Event

    with living.person.acting():
        assert Event.objects.filter(object_id=campaign.pk, action="campaign.unknown-word").count() == 1


@pytest.mark.parametrize(
    ("stage", "who"), [("registry", "registry"), ("provider", "provider"), ("carriers", "carrier")]
)
def test_a_rejection_says_who_decided_and_why(living: Living, stage: str, who: str) -> None:
    campaign = living.rejected(stage=stage, code="803", text="The opt-in is unclear.")
    assert campaign.decided_by == who
    assert [(one["code"], one["text"]) for one in campaign.reasons] == [("803", "The opt-in is unclear.")]


@pytest.mark.parametrize(
    ("act", "status"),
    [
        ("suspend", states.SUSPENDED),
        ("dormant", states.DORMANT),
        ("expire", states.EXPIRED),
    ],
)
def test_what_happens_to_an_active_campaign_is_seen_and_told(living: Living, act: str, status: str) -> None:
    campaign = living.active()
    living.registry.decide_campaign(living.reference(campaign), act)
    living.read()
    assert living.again(campaign).status == status
    assert status in _told(living, campaign)


def test_a_suspension_ends_where_the_carrier_lifts_it(living: Living) -> None:
    campaign = living.active()
    for act, status in (("suspend", states.SUSPENDED), ("unsuspend", states.ACTIVE)):
        living.registry.decide_campaign(living.reference(campaign), act)
        living.read()
        assert living.again(campaign).status == status


def test_one_empty_answer_is_not_believed_and_two_are(living: Living) -> None:
    campaign = living.active()
    living.registry.decide_campaign(living.reference(campaign), "remove")
    living.read()
    assert living.again(campaign).status == states.ACTIVE
    living.work(hours=2)
    assert living.again(campaign).status == states.MISSING
    assert states.MISSING in _told(living, campaign)
    with living.person.acting():
        assert Submission.objects.filter(subject_id=campaign.pk).count() == 1


def test_what_has_ended_may_be_forgotten_by_the_carrier(living: Living) -> None:
    campaign = living.expired()
    living.registry.decide_campaign(living.reference(campaign), "remove")
    for _ in range(3):
        living.read()
    assert living.again(campaign).status == states.EXPIRED


def test_what_has_ended_is_not_read_for_ever(living: Living) -> None:
    campaign = living.expired()
    for _ in range(8):
        living.work(days=5)
    with living.person.acting():
        assert living.again(campaign).open_watch() is None


def _rows(living: Living, campaign: Any) -> dict[str, Standing]:
    (registration,) = living.registrations(campaign)
    with living.person.acting():
        return {row.network: row for row in Standing.objects.filter(registration=registration)}


def _told(living: Living, campaign: Any) -> set[str]:
    """What somebody else of the organization would be told: the states of the notifications."""
    from portal.notifications.models import Notification

    with living.person.acting():
        return set(Notification.objects.filter(object_id=campaign.pk).values_list("state", flat=True))
