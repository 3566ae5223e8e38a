"""The status line: what is happening, who is waited for, since when, and what one can do; for every state."""

from __future__ import annotations

from datetime import timedelta

import pytest

from campaigns import states
from campaigns.models import Campaign
from campaigns.registration import Registration
from campaigns.waiting import expected_of, status_of
from portal import clock
from portal.clock import Times
from portal.lifecycle.models import Submission, SubmissionState
from tests.campaigns.test_state_matrix import EVERY, campaign_in
from tests.factories import active_campaign
from tests.people import Person

pytestmark = [pytest.mark.django_db]


def later(**span: float) -> Times:
    times = clock.read()
    return Times(times.machine, times.business + timedelta(**span))


@pytest.mark.parametrize("status", EVERY)
def test_every_state_says_what_is_happening_and_what_to_do(ada: Person, status: str) -> None:
    campaign = campaign_in(ada, status)
    with ada.acting():
        said = status_of(campaign, clock.read())
    assert said.headline
    assert said.to_do or status == states.ACTIVE
    assert bool(said.whom) == (status in {*states.WAITING, states.SUSPENDED, states.MISSING})
    assert (said.since is None) == (status == states.DRAFT)
    assert said.fingerprint


@pytest.mark.parametrize("status", sorted(states.REVIEW))
def test_a_review_that_takes_longer_than_usual_is_called_late(ada: Person, status: str) -> None:
    campaign = campaign_in(ada, status)
    with ada.acting():
        assert status_of(campaign, later(days=5)).late == ""
        assert "longer than usual" in str(status_of(campaign, later(days=16)).late)
        assert "operator should ask" in str(status_of(campaign, later(days=30)).late)


def test_what_has_been_decided_is_never_late(ada: Person) -> None:
    campaign = active_campaign(ada)
    with ada.acting():
        assert status_of(campaign, later(days=60)).late == ""


def test_past_its_end_it_says_expired_since_then_whoever_has_noticed(ada: Person) -> None:
    campaign = active_campaign(ada, days=-3)
    with ada.acting():
        said = status_of(campaign, clock.read())
        registration = campaign.registration()
    assert "expired" in str(said.headline)
    assert said.since == registration.ends_at


def test_one_that_is_active_in_part_says_on_how_many(ada: Person) -> None:
    campaign = active_campaign(ada)
    with ada.acting():
        Registration.objects.filter(campaign=campaign).update(approved=3)
        assert "3 of 4" in str(status_of(campaign, clock.read()).headline)


@pytest.mark.parametrize(
    ("state", "words"), [(SubmissionState.UNKNOWN, "answer got lost"), (SubmissionState.PARKED, "operator")]
)
def test_a_submission_in_trouble_says_so(ada: Person, state: str, words: str) -> None:
    campaign = campaign_in(ada, states.SUBMITTING)
    with ada.acting():
        Submission.objects.filter(subject_id=campaign.pk).update(state=state)
        said = status_of(campaign, clock.read())
    assert words in f"{said.headline} {said.problem}"


def test_who_still_has_to_look_stands_above_the_history(ada: Person) -> None:
    def coming(status: str) -> int:
        return len(expected_of(Campaign(status=status)))

    assert [coming(one) for one in (states.REGISTRY, states.PROVIDER, states.CARRIERS, states.ACTIVE)] == [
        3,
        2,
        1,
        0,
    ]
