"""The nightly comparison with campaigns: twins, strangers, and what a restored database does not know."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from campaigns import states
from campaigns.models import Campaign
from campaigns.registration import Registration
from portal.lifecycle.models import Due, Stranger, Submission, SubmissionState, Watch
from portal.lifecycle.twins import CANCEL
from tests.campaigns.living import Living
from tests.campaigns.numbering import numbers_on
from tests.lifecycle.sweeps import sweep

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def planted(living: Living, reference: str, settings: Any, *, url: str | None = None) -> str:
    """What stands under `reference`, filed once more without its reference, with its address or `url`."""
    filed = living.registry.campaign(reference)["filed"]
    body = {name: value for name, value in filed.items() if name != "referenceId" and value is not None}
    if url is not None:
        body["webhookURL"] = url
    answer = httpx.post(
        f"{living.registry.url}/v2/10dlc/campaignBuilder",
        json=body,
        headers={"Authorization": f"Bearer {settings.TELNYX_KEY}"},
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["campaignId"])


def alive(living: Living, campaign: Campaign) -> list[str]:
    """The references of its key at the registry that have not ended."""
    key = str(living.registrations(campaign)[-1].key)
    return [one["id"] for one in living.registry.campaigns(key=key) if not one["ended_at"]]


def go_by(living: Living, reference: str, other: str) -> None:
    """As if the campaign had been taken under `other` and not under `reference`."""
    with living.person.acting():
        for model in (Registration, Submission, Watch):
            model.objects.filter(reference=reference).update(reference=other)


def test_where_all_is_well_a_comparison_changes_nothing(living: Living) -> None:
    campaign = living.active()
    before = len(living.writes(campaign))
    found = sweep(living.later)
    assert set(found) <= {"listed"}
    assert len(living.writes(campaign)) == before


def test_the_younger_of_two_is_ended(living: Living, settings: Any) -> None:
    campaign = living.active()
    ours = living.reference(campaign)
    planted(living, ours, settings)
    assert sweep(living.later)["twins"] == 1
    living.work()
    assert alive(living, campaign) == [ours]
    assert living.again(campaign).status == states.ACTIVE
    assert sweep(living.later).get("twins", 0) == 0


def test_when_ours_is_the_younger_one_the_registration_moves_to_the_older(
    living: Living, settings: Any
) -> None:
    campaign = living.active()
    older = living.reference(campaign)
    younger = planted(living, older, settings)
    go_by(living, older, younger)
    assert sweep(living.later)["twins"] == 1
    living.work()
    assert alive(living, campaign) == [older]
    (registration,) = living.registrations(campaign)
    assert registration.reference == older
    assert living.again(campaign).status == states.ACTIVE


def test_a_younger_one_with_numbers_is_left_to_a_person(living: Living, settings: Any) -> None:
    campaign = living.active()
    older = living.reference(campaign)
    go_by(living, older, planted(living, older, settings))
    numbers_on(living.person, campaign, 1)
    assert sweep(living.later)["twins for a person"] == 1
    living.work()
    assert len(alive(living, campaign)) == 2


def test_what_lives_under_the_key_of_a_registration_that_has_ended_is_ended_too(
    living: Living, settings: Any
) -> None:
    campaign = living.active()
    former = living.reference(campaign)
    twin = planted(living, former, settings)
    living.registry.decide_campaign(former, "expire")
    living.read()
    campaign = living.resubmit(campaign)
    living.approve(campaign)
    assert sweep(living.later)["twins"] == 1
    living.work()
    assert living.registry.campaign(twin)["ended_at"]
    assert len(alive(living, campaign)) == 1
    assert living.again(campaign).status == states.ACTIVE


def test_what_ended_as_a_twin_and_is_still_listed_is_not_asked_for_every_night(
    living: Living, settings: Any
) -> None:
    campaign = living.active()
    planted(living, living.reference(campaign), settings)
    sweep(living.later)
    living.work()
    before = len(living.registry.ledger(account=settings.TELNYX_KEY))
    sweep(living.later)
    asked = living.registry.ledger(account=settings.TELNYX_KEY)[before:]
    assert {row["verb"] for row in asked} <= {"list", "search"}


def test_what_nobody_here_made_is_shown_to_operators_and_adopted_by_nobody(
    living: Living, settings: Any
) -> None:
    campaign = living.active()
    reference = planted(living, living.reference(campaign), settings, url="https://other.example/hooks/")
    assert sweep(living.later)["strangers"] == 1
    (stranger,) = Stranger.objects.all()
    assert (stranger.kind, stranger.reference) == ("campaign", reference)
    assert len(living.registrations(campaign)) == 1
    with living.person.acting():
        assert not Submission.objects.filter(purpose=CANCEL).exists()


@pytest.mark.parametrize("state", [SubmissionState.ACCEPTED, SubmissionState.PARKED])
def test_a_write_that_a_restored_database_takes_for_unsent_is_adopted_and_not_sent(
    living: Living, settings: Any, state: str
) -> None:
    campaign = living.sent()
    with living.person.acting():
        (submission,) = Submission.objects.filter(subject_id=campaign.pk)
        Registration.objects.filter(campaign=campaign).delete()
        waits = Watch.objects.filter(subject_id=campaign.pk)
        Due.objects.filter(item__in=[one.pk for one in waits]).delete()
        waits.delete()
        Campaign.objects.filter(pk=campaign.pk).update(status=states.SUBMITTING)
        Submission.objects.filter(pk=submission.pk).update(
            state=state, reference="", answer={}, sent_at=None, ended_at=None
        )
    assert sweep(living.later)["adopted"] == 1
    living.work()
    assert living.again(campaign).status in states.REVIEW
    assert len(living.registry.campaigns(key=str(submission.key))) == 1
    creates = living.registry.ledger(account=settings.TELNYX_KEY, key=str(submission.key), method="POST")
    assert len(creates) == 1


def test_a_changed_word_makes_its_reading_due(living: Living) -> None:
    campaign = living.active()
    living.registry.decide_campaign(living.reference(campaign), "suspend")
    assert sweep(living.later)["changed"] == 1
    living.work()
    assert living.again(campaign).status == states.SUSPENDED
