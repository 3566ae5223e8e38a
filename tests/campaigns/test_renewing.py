"""Renewal by the carrier's flag: the choice, the flag that is kept equal to it, its confirmation, and the periods."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from campaigns import states
from campaigns.models import Period, Registration
from campaigns.outlook import FLAG, State
from campaigns.renewing import TooLate, switch
from campaigns.versions import has_unsent_changes
from portal.lifecycle.models import Submission, SubmissionState
from tests.campaigns.in_step import InStep

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def test_the_first_period_begins_with_the_activation_and_ends_when_the_carrier_says(in_step: InStep) -> None:
    campaign = in_step.active()
    (registration,) = in_step.registrations(campaign)
    (period,) = in_step.periods(campaign)
    assert registration.ends_said
    assert (period.starts_at, period.ends_at) == (registration.activated_at, registration.ends_at)
    assert (period.renewed_by, period.billed_at) == (Period.By.START, registration.billed_at)
    assert 88 <= (period.ends_at - period.starts_at).days <= 92


def test_the_choice_is_switched_at_the_carrier_and_confirmed(in_step: InStep) -> None:
    campaign = in_step.active(auto_renewal=False)
    assert in_step.flag(campaign) is False
    assert in_step.switch(campaign, renews=True)
    assert not in_step.switch(campaign, renews=True), "it is the choice already"
    assert in_step.outlook(campaign).state == State.ON_ITS_WAY
    in_step.work()
    assert in_step.flag(campaign) is True
    (write,) = in_step.asked(campaign)
    assert write.state == SubmissionState.CONFIRMED
    (registration,) = in_step.registrations(campaign)
    assert registration.renews is True
    assert registration.confirmed_at is not None
    assert in_step.actions(campaign)[-2:] == ["renewal-switched-on", "renewal-set"]
    assert in_step.again(campaign).version == 1


def test_who_changes_their_mind_at_once_sends_the_last_choice_alone(in_step: InStep) -> None:
    campaign = in_step.active(auto_renewal=False)
    in_step.switch(campaign, renews=True)
    in_step.switch(campaign, renews=False)
    in_step.switch(campaign, renews=True)
    in_step.work()
    assert [one.state for one in in_step.asked(campaign)] == ["withdrawn", "withdrawn", "confirmed"]
    assert in_step.flag(campaign) is True


def test_a_choice_that_was_switched_while_the_other_one_was_on_its_way_follows_it(in_step: InStep) -> None:
    campaign = in_step.active(auto_renewal=False)
    in_step.switch(campaign, renews=True)
    with in_step.person.acting():
        Submission.objects.filter(subject_id=campaign.pk, purpose=FLAG).update(
            state=SubmissionState.SENDING, sent_at=in_step.later().machine
        )
        switch(campaign, renews=False, by=in_step.person.actor, times=in_step.later())
    in_step.work()
    in_step.work(minutes=10)
    in_step.work(minutes=10)
    assert in_step.flag(campaign) is False
    assert in_step.registrations(campaign)[-1].renews is False


def test_a_flag_that_differs_is_set_again(in_step: InStep, settings: Any) -> None:
    campaign = in_step.active(auto_renewal=True)
    in_step.put_flag(settings.TELNYX_KEY, campaign, renews=False)
    in_step.read()
    in_step.work(minutes=1)
    assert in_step.flag(campaign) is True
    assert "renewal-set-again" in in_step.actions(campaign)
    assert in_step.registrations(campaign)[-1].renews is True


def test_a_lost_answer_to_the_flag_sets_it_all_the_same(in_step: InStep, settings: Any) -> None:
    campaign = in_step.active(auto_renewal=False)
    in_step.registry.fault(
        "reset", phase="P3", account=settings.TELNYX_KEY, verb="update", match={"resource": "campaign"}
    )
    in_step.switch(campaign, renews=True)
    in_step.work()
    assert in_step.asked(campaign)[0].state == SubmissionState.UNKNOWN
    in_step.work(minutes=5)
    assert in_step.asked(campaign)[0].state == SubmissionState.CONFIRMED
    assert in_step.flag(campaign) is True


def test_a_refused_flag_says_so_and_is_tried_again(in_step: InStep, settings: Any) -> None:
    campaign = in_step.active(auto_renewal=False)
    in_step.registry.fault(
        "status",
        account=settings.TELNYX_KEY,
        verb="update",
        match={"resource": "campaign"},
        status=400,
        body={"code": "10015", "title": "Bad Request", "detail": "Not while the account is in arrears."},
    )
    in_step.switch(campaign, renews=True)
    in_step.work()
    assert in_step.asked(campaign)[0].state == SubmissionState.REFUSED
    assert in_step.outlook(campaign).state == State.REFUSED
    assert in_step.told(campaign).count("renewal-refused") == 1
    assert in_step.again(campaign).auto_renewal is True, "the choice stays"
    for _ in range(2):
        in_step.read()
    in_step.work(minutes=1)
    assert in_step.flag(campaign) is True
    assert in_step.outlook(campaign).state in (State.NOT_DUE, State.CONFIRMED)


def test_the_choice_can_be_switched_until_the_last_day_and_not_after_it(in_step: InStep) -> None:
    campaign = in_step.active(auto_renewal=False)
    in_step.until_before_the_end(campaign, minutes=5)
    assert in_step.switch(campaign, renews=True)
    in_step.work()
    assert in_step.flag(campaign) is True
    in_step.work(minutes=10)
    in_step.read()
    assert len(in_step.periods(campaign)) == 2, "five minutes were enough"
    in_step.switch(campaign, renews=False)
    in_step.work()
    in_step.until_before_the_end(campaign, seconds=-1)
    with pytest.raises(TooLate):
        in_step.switch(campaign, renews=True)


def test_in_review_the_choice_is_kept_and_told_when_it_is_active(in_step: InStep) -> None:
    campaign = in_step.sent(auto_renewal=False)
    in_step.work(minutes=5)
    in_step.switch(campaign, renews=True)
    in_step.work()
    assert in_step.asked(campaign) == []
    in_step.approve(campaign)
    in_step.work(minutes=1)
    assert in_step.flag(campaign) is True
    assert in_step.registrations(campaign)[-1].renews is True


def test_a_renewal_by_the_carrier_is_a_period_of_its_own(in_step: InStep) -> None:
    campaign = in_step.active(auto_renewal=True)
    in_step.until_before_the_end(campaign, days=2)
    in_step.work()
    assert in_step.outlook(campaign).state == State.CONFIRMED
    in_step.until_before_the_end(campaign, hours=-1)
    assert in_step.look(campaign) == "Renewal not confirmed"
    in_step.work(hours=7)
    first, second = in_step.periods(campaign)
    assert second.starts_at == first.ends_at
    assert second.renewed_by == Period.By.CARRIER
    assert second.billed_at is not None
    assert in_step.look(campaign) == "Active"
    assert in_step.outlook(campaign).state == State.NOT_DUE
    assert in_step.actions(campaign).count("renewed") == 1


def test_a_renewal_that_comes_two_days_late_does_not_put_anybody_to_sleep(in_step: InStep) -> None:
    campaign = in_step.active(auto_renewal=True)
    in_step.registry.renewals(in_step.reference(campaign), "late")
    in_step.until_before_the_end(campaign, days=-1)
    in_step.work()
    assert in_step.look(campaign) == "Renewal not confirmed"
    assert in_step.outlook(campaign).state == State.PAST
    in_step.until_before_the_end(campaign, days=-2, hours=-6)
    in_step.work()
    assert in_step.look(campaign) == "Active"
    assert len(in_step.periods(campaign)) == 2


def test_a_renewal_that_fails_ends_the_campaign_and_its_numbers_and_says_so(in_step: InStep) -> None:
    campaign = in_step.active(auto_renewal=True)
    in_step.registry.renewals(in_step.reference(campaign), "refused")
    in_step.until_before_the_end(campaign, hours=-7)
    in_step.work()
    campaign = in_step.again(campaign)
    assert campaign.status == states.EXPIRED
    assert len(in_step.periods(campaign)) == 1
    assert "expired" in in_step.told(campaign)


def test_the_carriers_own_date_wins_and_a_small_change_is_no_renewal(in_step: InStep) -> None:
    campaign = in_step.active(auto_renewal=True)
    in_step.registry.end_campaign(in_step.reference(campaign), days=40)
    in_step.read()
    (registration,) = in_step.registrations(campaign)
    (period,) = in_step.periods(campaign)
    assert period.ends_at == registration.ends_at
    assert (registration.ends_at - in_step.later().business).days == pytest.approx(38, abs=2)


def test_without_the_carriers_date_it_is_counted_from_the_activation_and_warned_from_the_earlier_day(
    in_step: InStep,
) -> None:
    campaign = in_step.active(auto_renewal=False)
    with in_step.person.acting():
        row = in_step.registrations(campaign)[-1]
        Registration.objects.filter(pk=row.pk).update(
            ends_said=False, taken_at=row.activated_at - timedelta(days=9)
        )
    found = in_step.outlook(campaign)
    assert found.deadline == row.activated_at + timedelta(days=81)
    assert found.ends == row.ends_at


def test_a_registration_that_follows_an_expired_one_has_periods_of_its_own(in_step: InStep) -> None:
    campaign = in_step.resubmit(in_step.expired())
    in_step.approve(campaign)
    assert len(in_step.periods(campaign)) == 2
    assert len({one.registration_id for one in in_step.periods(campaign)}) == 2


def test_what_is_past_its_grace_is_expired_until_the_carrier_names_a_later_end(in_step: InStep) -> None:
    """The carrier goes on saying "active" meanwhile: no reading and no sweep may take turns."""
    campaign = in_step.active(auto_renewal=True)
    in_step.registry.renewals(in_step.reference(campaign), "late", days=20)
    in_step.until_before_the_end(campaign, days=-10)
    for _ in range(3):
        in_step.sweep()
        in_step.read()
        assert in_step.again(campaign).status == states.EXPIRED
    assert in_step.told(campaign).count("expired") == 1
    in_step.work(days=7)
    assert in_step.again(campaign).status == states.ACTIVE
    assert len(in_step.periods(campaign)) == 2


def test_a_choice_that_was_switched_is_no_unsent_change_of_an_expired_campaign_and_goes_along_with_it(
    in_step: InStep,
) -> None:
    campaign = in_step.active(auto_renewal=False)
    in_step.switch(campaign, renews=True)
    in_step.work()
    in_step.registry.decide_campaign(in_step.reference(campaign), "expire")
    in_step.read()
    campaign = in_step.again(campaign)
    assert campaign.status == states.EXPIRED
    with in_step.person.acting():
        assert not has_unsent_changes(campaign)
    campaign = in_step.resubmit(campaign)
    assert campaign.version == 1
    in_step.approve(campaign)
    assert in_step.flag(campaign) is True
