"""The pages of a campaign on its way back, as a person meets them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from campaigns import states
from campaigns.models import Campaign
from campaigns.registration import Registration
from portal import clock
from portal.audit.recording import REGISTRY
from portal.lifecycle.models import Submission
from portal.lifecycle.states import make
from tests.campaigns.living import SAMPLES
from tests.factories import active_campaign
from tests.people import Person

pytestmark = [pytest.mark.django_db]
REASONS = [{"code": "803", "text": "The samples are unclear.", "fields": ["samples"]}]


def rejected(person: Person, **answers: Any) -> Campaign:
    """A campaign that a reviewer returned."""
    campaign = active_campaign(person, **answers)
    with person.acting():
        at = clock.read().business
        make(states.REJECT, campaign, by=REGISTRY, at=at, reasons=REASONS, decided_by="provider")
    return campaign


def expired(person: Person, **answers: Any) -> Campaign:
    """A campaign whose period is past, and that nobody has noticed yet."""
    return active_campaign(person, days=-1, **answers)


def save(person: Person, campaign: Campaign, **answers: Any) -> None:
    with person.acting():
        Campaign.objects.get(pk=campaign.pk).save_answers(answers, times=clock.read())


def again(person: Person, campaign: Campaign) -> Campaign:
    with person.acting():
        found: Campaign = Campaign.objects.get(pk=campaign.pk)
    return found


def purposes(person: Person, campaign: Campaign) -> list[str]:
    with person.acting():
        rows = Submission.objects.filter(subject_id=campaign.pk).order_by("accepted_at")
        return list(rows.values_list("purpose", flat=True))


def test_a_rejected_campaign_leads_to_its_corrections_and_to_the_appeal(ada: Person) -> None:
    campaign = rejected(ada)
    page = ada.get(f"/campaigns/{campaign.pk}/").content.decode()
    assert f"/campaigns/drafts/{campaign.pk}/check/" in page
    assert f"/campaigns/{campaign.pk}/appeal/" in page
    assert "The samples are unclear." in page
    assert "the provider turned it down" in page


def test_the_corrections_show_what_was_filed_beside_what_will_be_and_are_filed_once(ada: Person) -> None:
    campaign = rejected(ada)
    save(ada, campaign, samples=SAMPLES)
    page = ada.get(f"/campaigns/drafts/{campaign.pk}/check/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "2 changes" in text
    assert "your plumber comes on Monday" in text
    assert "Resubmit version 2" in text
    assert ada.post(f"/campaigns/drafts/{campaign.pk}/submission/").status_code == 302
    assert ada.post(f"/campaigns/drafts/{campaign.pk}/submission/").status_code == 409
    assert purposes(ada, campaign) == ["register", "update"]
    assert again(ada, campaign).status == states.SUBMITTING


def test_nothing_changed_says_so(ada: Person) -> None:
    campaign = rejected(ada)
    answer = ada.post(f"/campaigns/drafts/{campaign.pk}/submission/")
    assert answer.status_code == 422
    assert "Nothing has been changed" in answer.content.decode()


def test_what_cannot_change_needs_a_new_campaign_one_click_away(ada: Person) -> None:
    campaign = rejected(ada)
    save(ada, campaign, use_case="CUSTOMER_CARE", sub_use_cases=[], categories_fit=None)
    page = ada.get(f"/campaigns/drafts/{campaign.pk}/check/").content.decode()
    assert "This needs a new campaign" in page
    assert "Resubmit version" not in page
    answer = ada.post(f"/campaigns/drafts/{campaign.pk}/submission/")
    assert answer.status_code == 422
    assert "cannot change in a campaign that was submitted" in answer.content.decode()
    assert purposes(ada, campaign) == ["register"]
    copied = ada.post(f"/campaigns/{campaign.pk}/clone/")
    with ada.acting():
        copy = Campaign.objects.get(copied_from=campaign.pk)
    assert str(copy.pk) in copied["Location"]
    assert copy.use_case == "CUSTOMER_CARE"


def test_changes_are_discarded_after_asking(ada: Person) -> None:
    campaign = rejected(ada)
    save(ada, campaign, samples=SAMPLES)
    asked = ada.get(f"/campaigns/drafts/{campaign.pk}/discarding/").content.decode()
    assert "Discard 2 changes" in asked
    assert ada.post(f"/campaigns/drafts/{campaign.pk}/discarding/").status_code == 302
    assert again(ada, campaign).samples == campaign.samples
    assert ada.post(f"/campaigns/drafts/{campaign.pk}/discarding/").status_code == 302


def test_a_submitted_campaign_keeps_its_brand(ada: Person) -> None:
    campaign = rejected(ada)
    assert ada.get(f"/campaigns/drafts/{campaign.pk}/brand/").status_code == 404


def test_an_expired_campaign_is_resubmitted_with_two_presses(ada: Person) -> None:
    campaign = expired(ada)
    page = ada.get(f"/campaigns/{campaign.pk}/").content.decode()
    assert 'id="resubmit-campaign"' in page
    asked = ada.get(f"/campaigns/{campaign.pk}/resubmission/")
    assert "same settings" in asked.content.decode()
    assert ada.post(f"/campaigns/{campaign.pk}/resubmission/").status_code == 302
    assert ada.post(f"/campaigns/{campaign.pk}/resubmission/").status_code == 409
    assert again(ada, campaign).status == states.SUBMITTING
    assert purposes(ada, campaign) == ["register", "register"]


def test_an_expired_campaign_can_be_changed_first(ada: Person) -> None:
    campaign = expired(ada)
    answer = ada.post(f"/campaigns/{campaign.pk}/resubmission/", {"change": "1"})
    assert answer["Location"] == f"/campaigns/drafts/{campaign.pk}/check/"
    assert again(ada, campaign).status == states.EXPIRED
    assert "Change and resubmit" in ada.get(answer["Location"]).content.decode()
    save(ada, campaign, use_case="CUSTOMER_CARE", sub_use_cases=[], categories_fit=None)
    assert ada.post(f"/campaigns/drafts/{campaign.pk}/submission/").status_code == 302
    campaign = again(ada, campaign)
    assert (campaign.status, campaign.version) == (states.SUBMITTING, 2)


def test_what_is_not_expired_is_not_resubmitted(ada: Person) -> None:
    campaign = active_campaign(ada)
    assert ada.get(f"/campaigns/{campaign.pk}/resubmission/").status_code == 200
    assert ada.post(f"/campaigns/{campaign.pk}/resubmission/").status_code == 409
    assert purposes(ada, campaign) == ["register"]


@pytest.mark.parametrize("reason", ["", "Fixed.", "x" * 1001])
def test_an_appeal_needs_a_reason_that_somebody_can_read(ada: Person, reason: str) -> None:
    campaign = rejected(ada)
    answer = ada.post(f"/campaigns/{campaign.pk}/appeal/", {"reason": reason})
    assert answer.status_code == 422
    assert purposes(ada, campaign) == ["register"]


def test_an_appeal_is_sent_once(ada: Person) -> None:
    campaign = rejected(ada)
    reason = "The privacy policy says now that numbers are never shared."
    assert ada.get(f"/campaigns/{campaign.pk}/appeal/").status_code == 200
    assert ada.post(f"/campaigns/{campaign.pk}/appeal/", {"reason": reason}).status_code == 302
    assert ada.post(f"/campaigns/{campaign.pk}/appeal/", {"reason": reason}).status_code == 409
    assert purposes(ada, campaign) == ["register", "appeal"]
    assert again(ada, campaign).status == states.APPEALED


def test_each_version_has_a_page_with_its_difference(ada: Person) -> None:
    campaign = rejected(ada)
    save(ada, campaign, samples=SAMPLES)
    ada.post(f"/campaigns/drafts/{campaign.pk}/submission/")
    assert "Version 2" in ada.get(f"/campaigns/{campaign.pk}/versions/").content.decode()
    second = ada.get(f"/campaigns/{campaign.pk}/versions/2/").content.decode()
    assert "Changed against version 1" in second
    first = ada.get(f"/campaigns/{campaign.pk}/versions/1/").content.decode()
    assert "The samples are unclear." in first
    assert ada.get(f"/campaigns/{campaign.pk}/versions/3/").status_code == 404


def test_bo_looks_and_is_told_who_can_act(ada: Person, bo: Person) -> None:
    campaign = rejected(ada)
    page = bo.get(f"/campaigns/{campaign.pk}/").content.decode()
    assert "can correct and resubmit it" in page
    assert bo.post(f"/campaigns/drafts/{campaign.pk}/submission/").status_code == 403
    assert bo.post(f"/campaigns/{campaign.pk}/appeal/", {"reason": "x" * 50}).status_code == 403
    assert bo.post(f"/campaigns/{campaign.pk}/resubmission/").status_code == 403


def test_a_campaign_that_some_carriers_approved_says_on_how_many_it_is_active(ada: Person) -> None:
    campaign = active_campaign(ada)
    with ada.acting():
        Registration.objects.filter(campaign=campaign).update(approved=3)
    assert "Active on 3 of 4 carriers" in ada.get(f"/campaigns/{campaign.pk}/").content.decode()


LONG = (
    f"Acme Plumbing: your plumber comes on Monday{' and brings what you ordered' * 8}. Reply STOP to opt out."
)


def test_an_answer_that_no_correction_carries_is_named_with_its_length_and_nothing_is_sent(
    ada: Person,
) -> None:
    campaign = rejected(ada, samples=[LONG, SAMPLES[1]])
    save(ada, campaign, samples=[LONG, SAMPLES[0]])
    page = ada.get(f"/campaigns/drafts/{campaign.pk}/check/").content.decode()
    assert "Sample message 1: at most 255 characters" in page
    answer = ada.post(f"/campaigns/drafts/{campaign.pk}/submission/", {})
    assert answer.status_code == 422
    assert "too long for a correction" in answer.content.decode()
    assert "update" not in purposes(ada, campaign)
    save(ada, campaign, samples=SAMPLES)
    ada.post(f"/campaigns/drafts/{campaign.pk}/submission/", {})
    assert "update" in purposes(ada, campaign)


def test_where_only_a_new_campaign_helps_the_first_button_makes_one(ada: Person) -> None:
    campaign = active_campaign(ada)
    frozen = [{"code": "601", "text": "Attributes do not match the website.", "fields": []}]
    with ada.acting():
        at = clock.read().business
        make(states.REJECT, campaign, by=REGISTRY, at=at, reasons=frozen, decided_by="provider")
    page = ada.get(f"/campaigns/{campaign.pk}/").content.decode()
    first = re.search(r'<a class="btn btn--primary"\s+href="([^"]*)"', page)
    assert first
    assert first[1] == f"/campaigns/{campaign.pk}/clone/"
    assert page.count(f'href="/campaigns/{campaign.pk}/clone/"') <= 2
