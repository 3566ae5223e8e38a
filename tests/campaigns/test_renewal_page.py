"""The panel of a campaign's page about its renewal: what it says, and what its button does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from campaigns import feeds, states
from campaigns.models import Campaign, Period, Registration
from portal import clock
from portal.audit.models import Event
from portal.lifecycle.models import Submission
from tests.campaigns.numbering import numbers_on
from tests.factories import active_campaign, submitted_campaign, verified_brand
from tests.people import Person

pytestmark = pytest.mark.django_db


def page(person: Person, campaign: Campaign) -> str:
    """The page as text, in one line."""
    return " ".join(person.get(f"/campaigns/{campaign.pk}/").content.decode().split())


def active(person: Person, **answers: object) -> Campaign:
    return active_campaign(person, verified_brand(person), **answers)


def test_it_says_what_ends_on_which_day_and_for_how_many_numbers(ada: Person) -> None:
    campaign = active(ada)
    numbers_on(ada, campaign, 3)
    text = page(ada, campaign)
    assert "Ends on" in text
    assert "its 3 phone numbers cannot send any more" in text
    assert "Switch it on" in text


def test_it_says_what_a_renewal_costs_and_from_when_on_it_is_confirmed(ada: Person) -> None:
    text = page(ada, active(ada, auto_renewal=True))
    assert "Renews on" in text
    assert "About 4.50 USD: 3 months of 1.50 USD" in text
    assert "The carrier has to confirm it from this day on" in text
    assert "Switch it off" in text


def test_without_numbers_it_names_the_fee_and_its_day(ada: Person) -> None:
    campaign = active(ada)
    text = page(ada, campaign)
    assert "T-Mobile charges 250 USD" in text
    numbers_on(ada, campaign, 1)
    assert "T-Mobile charges" not in page(ada, campaign)


def test_who_may_submit_switches_it_and_a_viewer_only_reads(ada: Person, bo: Person) -> None:
    campaign = active(ada)
    path = f"/campaigns/{campaign.pk}/renewal/"
    assert "Switch it on" not in page(bo, campaign)
    assert bo.post(path, {"renews": "on"}).status_code == 403
    answer = ada.post(path, {"renews": "on"})
    assert (answer.status_code, answer["Location"]) == (302, f"/campaigns/{campaign.pk}/#renewal")
    with ada.acting():
        assert Campaign.objects.get(pk=campaign.pk).auto_renewal is True
        assert Submission.objects.filter(subject_id=campaign.pk, purpose="auto-renewal").count() == 1
    text = page(ada, campaign)
    assert "Being confirmed" in text
    assert "Switch it off" in text


def test_a_second_click_and_a_forged_one_change_nothing(ada: Person) -> None:
    campaign = active(ada)
    path = f"/campaigns/{campaign.pk}/renewal/"
    ada.post(path, {"renews": "on"})
    ada.post(path, {"renews": "on"})
    assert ada.post(path, {"renews": "maybe"}).status_code == 400
    assert ada.post(path).status_code == 400
    assert ada.get(path).status_code == 302
    with ada.acting():
        assert Submission.objects.filter(subject_id=campaign.pk, purpose="auto-renewal").count() == 1


def test_past_the_end_nothing_is_switched_any_more_and_the_page_says_expired(ada: Person) -> None:
    campaign = active(ada, days=-1)
    ada.post(f"/campaigns/{campaign.pk}/renewal/", {"renews": "on"})
    with ada.acting():
        campaign.refresh_from_db()
        assert campaign.auto_renewal is False
        assert campaign.status == states.ACTIVE, "no worker has been here"
    text = page(ada, campaign)
    assert "Switch it" not in text
    assert "Expired" in text


def test_in_review_the_choice_can_be_changed_and_nothing_is_sent(ada: Person) -> None:
    campaign = active(ada)
    with ada.acting():
        Campaign.objects.update(status=states.CARRIERS)
        Registration.objects.update(activated_at=None, ends_at=None)
    assert "The choice is told to the carrier then" in page(ada, campaign)
    ada.post(f"/campaigns/{campaign.pk}/renewal/", {"renews": "on"})
    with ada.acting():
        assert Campaign.objects.get(pk=campaign.pk).auto_renewal is True
        assert not Submission.objects.filter(purpose="auto-renewal").exists()


def test_before_it_is_taken_there_is_no_panel(ada: Person) -> None:
    assert 'id="renewal"' not in page(ada, submitted_campaign(ada))


def test_a_refused_flag_is_quoted_and_can_be_asked_for_again(ada: Person) -> None:
    campaign = active(ada)
    ada.post(f"/campaigns/{campaign.pk}/renewal/", {"renews": "on"})
    with ada.acting():
        Submission.objects.filter(purpose="auto-renewal").update(
            state="refused", reasons=[{"code": "1", "text": "<b>In arrears</b>", "fields": [], "source": ""}]
        )
    text = page(ada, campaign)
    assert "&lt;b&gt;In arrears&lt;/b&gt;" in text
    assert "Ask the carrier again now" in text
    ada.post(f"/campaigns/{campaign.pk}/renewal/", {"renews": "again"})
    with ada.acting():
        states_of = set(Submission.objects.filter(purpose="auto-renewal").values_list("state", flat=True))
        assert states_of == {"refused", "accepted"}
    ada.post(f"/campaigns/{campaign.pk}/renewal/", {"renews": "again"})
    with ada.acting():
        assert Submission.objects.filter(purpose="auto-renewal").count() == 2


def test_former_periods_are_listed(ada: Person) -> None:
    campaign = active(ada, auto_renewal=True)
    now = clock.read().business
    with ada.acting():
        row = Registration.objects.get()
        for number, by in ((2, "start"), (1, "carrier")):
            Period.objects.create(
                organization_id=row.organization_id,
                registration=row,
                starts_at=now - timedelta(days=91 * number),
                ends_at=now - timedelta(days=91 * (number - 1)),
                renewed_by=by,
            )
    text = page(ada, campaign)
    assert "Renewed by the carrier" in text
    assert "Activation" in text


def test_the_address_of_the_calendar_leaves_its_events(ada: Person) -> None:
    for act in ("make", "revoke", "revoke"):
        ada.post("/campaigns/calendar/address/", {"act": act})
    assert ada.post("/campaigns/calendar/address/", {"act": "other"}).status_code == 400
    with ada.acting():
        rows = Event.objects.filter(object_kind="calendar").order_by("id")
        assert list(rows.values_list("action", flat=True)) == [feeds.CREATED, feeds.REVOKED]
