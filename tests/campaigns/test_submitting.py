"""Submitting a campaign: once, whole, of a verified brand, and frozen as it was checked."""

from __future__ import annotations

from dataclasses import fields

import pytest
from django.db import IntegrityError, transaction

from brands import deleting
from brands import states as brand_states
from brands.models import Brand
from campaigns import rules, states
from campaigns.models import Campaign
from campaigns.readiness import obstacle
from campaigns.submitting import NotReady, StaleDraft, filing_of, payload, submit
from portal import clock
from portal.audit.models import Event
from portal.carriers.campaigns import CampaignFiling
from portal.lifecycle.blocking import Blocked
from portal.lifecycle.models import Due, Submission
from portal.lifecycle.states import StaleState
from tests.factories import brand_draft, campaign_draft, submitted_campaign, verified_brand
from tests.people import Person

pytestmark = [pytest.mark.django_db]


def test_a_submit_moves_writes_the_event_and_leaves_work_to_do(ada: Person) -> None:
    campaign = campaign_draft(ada)
    with ada.acting():
        submission = submit(campaign, by=ada.actor, times=clock.read(), detail={"findings": ["C29"]})
        assert campaign.status == states.SUBMITTING
        assert Due.objects.filter(item=submission.pk, kind=Due.SUBMISSION).count() == 1
        (event,) = Event.objects.filter(object_id=campaign.pk, action="campaign.submitted")
    assert event.detail == {"findings": ["C29"]}
    assert (submission.purpose, submission.version, submission.kind) == ("register", 1, "campaign")


def test_what_is_frozen_is_a_whole_filing_with_the_version_of_the_rules(ada: Person) -> None:
    campaign = submitted_campaign(ada)
    with ada.acting():
        frozen = Submission.objects.get(subject_id=campaign.pk).payload
        brand = campaign.brand
    filing = filing_of(frozen)
    assert isinstance(filing, CampaignFiling)
    assert filing.brand_reference == brand.reference != ""
    assert filing.samples == tuple(campaign.samples)
    assert (filing.subscriber_optin, filing.subscriber_optout, filing.subscriber_help) == (True, True, True)
    assert {one.name for one in fields(CampaignFiling)} == set(frozen) - {"portal", "rules"}
    assert frozen["rules"] == rules.VERSION
    assert frozen["portal"]["name"] == "Acme Plumbing visits"


def test_whoever_submits_accepts_the_terms_by_name_day_and_address(ada: Person) -> None:
    campaign = submitted_campaign(ada)
    assert campaign.terms_accepted_by == ada.actor.name
    assert campaign.terms_accepted_at is not None
    assert campaign.terms_address == "127.0.0.1"


def test_a_second_submit_is_refused_and_files_nothing(ada: Person) -> None:
    campaign = campaign_draft(ada)
    with ada.acting():
        stale = Campaign.objects.get(pk=campaign.pk)
        submit(campaign, by=ada.actor, times=clock.read())
        with pytest.raises(StaleState):
            submit(stale, by=ada.actor, times=clock.read())
        assert Submission.objects.filter(subject_id=campaign.pk).count() == 1


def test_what_changed_since_it_was_checked_is_not_sent(ada: Person) -> None:
    campaign = campaign_draft(ada)
    with ada.acting():
        checked = payload(campaign)
        Campaign.objects.get(pk=campaign.pk).save_answers({"embedded_phone": True}, times=clock.read())
        with pytest.raises(StaleDraft):
            submit(campaign, by=ada.actor, times=clock.read(), checked=checked)
        assert Campaign.objects.get(pk=campaign.pk).is_draft
        assert not Submission.objects.filter(subject_id=campaign.pk).exists()


@pytest.mark.parametrize("status", sorted(set(brand_states.LOOKS) - {brand_states.VERIFIED}))
def test_without_a_verified_brand_the_draft_waits_and_says_for_what(ada: Person, status: str) -> None:
    campaign = campaign_draft(ada)
    with ada.acting():
        Brand.objects.filter(pk=campaign.brand_id).update(status=status)
        with pytest.raises(NotReady) as refused:
            submit(campaign, by=ada.actor, times=clock.read())
        assert Campaign.objects.get(pk=campaign.pk).is_draft
        assert not Submission.objects.filter(subject_id=campaign.pk).exists()
    assert refused.value.obstacle.what
    assert refused.value.obstacle.to_do
    assert str(campaign.brand_id) in refused.value.obstacle.url


def test_without_any_brand_one_has_to_be_made_first(ada: Person) -> None:
    found = obstacle(None)
    assert found is not None
    assert found.url == "/brands/new/"


def test_a_verified_brand_is_no_obstacle(ada: Person) -> None:
    assert obstacle(verified_brand(ada)) is None


def test_the_draft_of_a_campaign_outlives_the_draft_of_its_brand(ada: Person) -> None:
    brand = brand_draft(ada)
    campaign = campaign_draft(ada, brand)
    with ada.acting():
        assert brand.delete_draft(by=ada.actor, times=clock.read())
        assert Campaign.objects.get(pk=campaign.pk).brand is None


@pytest.mark.parametrize("status", sorted(states.LIVE | {states.SUBMITTING, states.DELETING}))
def test_a_brand_is_not_deleted_under_its_campaigns(ada: Person, status: str) -> None:
    campaign = submitted_campaign(ada)
    with ada.acting():
        Campaign.objects.filter(pk=campaign.pk).update(status=status)
        brand = Brand.objects.get(pk=campaign.brand_id)
        with pytest.raises(Blocked) as blocked:
            deleting.ask_deletion(brand, by=ada.actor, times=clock.read())
        assert Brand.objects.get(pk=brand.pk).status == brand_states.VERIFIED
    assert [one.url for one in blocked.value.blockers] == [campaign.get_absolute_url()]


@pytest.mark.parametrize("status", [states.DRAFT, states.DELETED])
def test_what_stands_at_no_carrier_keeps_no_brand(ada: Person, status: str) -> None:
    campaign = submitted_campaign(ada)
    with ada.acting():
        Campaign.objects.filter(pk=campaign.pk).update(status=status)
        brand = Brand.objects.get(pk=campaign.brand_id)
        deleting.ask_deletion(brand, by=ada.actor, times=clock.read())
        assert brand.status == brand_states.DELETING


def test_a_campaign_cannot_belong_to_another_organizations_brand(ada: Person, cy: Person) -> None:
    theirs = verified_brand(ada)
    campaign = campaign_draft(cy)
    with cy.acting(), pytest.raises(IntegrityError), transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(brand_id=theirs.pk)
