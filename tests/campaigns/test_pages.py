"""Pages of campaigns: the list among the brands, the page of one, its numbers, and the help pages."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

from campaigns import cloning, guides
from campaigns.models import Campaign
from campaigns.registration import Registration, Standing
from campaigns.throughput import throughput
from portal import clock
from tests.campaigns.numbering import numbers_on
from tests.factories import active_campaign, campaign_draft
from tests.people import Person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("slug", [one.slug for one in guides.GUIDES])
def test_every_help_page_opens_and_leads_to_the_others(bo: Person, slug: str) -> None:
    text = bo.get(f"/campaigns/guide/{slug}/").content.decode()
    for one in guides.GUIDES:
        assert (f'href="/campaigns/guide/{one.slug}/"' in text) is (one.slug != slug)


def test_a_help_page_that_does_not_exist_is_not_there(bo: Person) -> None:
    assert bo.get("/campaigns/guide/everything/").status_code == 404


def test_the_list_stands_below_the_brands_and_names_the_numbers(ada: Person) -> None:
    campaign = campaign_draft(ada, name="Acme reminders")
    numbers_on(ada, campaign, 3)
    text = ada.get("/sms-campaigns/").content.decode()
    assert text.index("My brand") < text.index("Acme reminders")
    assert f'href="/campaigns/{campaign.pk}/numbers/">3' in text


def test_the_campaigns_own_address_leads_to_the_list(ada: Person) -> None:
    assert ada.get("/campaigns/").headers["Location"] == "/sms-campaigns/"


def test_the_numbers_are_a_page_and_a_dialog_and_sleep_with_their_campaign(ada: Person) -> None:
    campaign = active_campaign(ada)
    numbers_on(ada, campaign, 3)
    path = f"/campaigns/{campaign.pk}/numbers/"
    page = ada.get(path).content.decode()
    assert "Assigned phone numbers" in page
    assert page.count("Can send") == 3
    part = ada.get(path, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert part.count("+1 206 555") == 3
    detail = " ".join(ada.get(f"/campaigns/{campaign.pk}/").content.decode().split())
    assert "3 phone numbers assigned" in detail
    assert 'data-dialog="assigned-numbers"' in detail
    with ada.acting():
        Registration.objects.filter(campaign=campaign).update(ends_at=clock.read().business)
    assert ada.get(path).content.decode().count("Asleep") == 3
    assert "Asleep" in ada.get("/sms-campaigns/").content.decode()
    assert "Asleep" in ada.get(f"/campaigns/{campaign.pk}/").content.decode()


def test_numbers_that_left_are_not_counted(ada: Person) -> None:
    campaign = active_campaign(ada)
    at = clock.read().business
    numbers_on(ada, campaign, 2, state="released", ended_at=at, ended_because="unassigned")
    assert "No phone numbers assigned" in ada.get(f"/campaigns/{campaign.pk}/numbers/").content.decode()
    assert "No phone numbers assigned" in ada.get(f"/campaigns/{campaign.pk}/").content.decode()


def test_what_each_carrier_makes_of_it_stands_below_its_one_badge(ada: Person) -> None:
    campaign = active_campaign(ada)
    at = clock.read().business
    with ada.acting():
        one = Registration.objects.get(campaign=campaign)
        Registration.objects.filter(pk=one.pk).update(networks=2, approved=1)
        for name, state, word in (("AT&T", "approved", "APPROVED"), ("T-Mobile", "rejected", "REJECTED")):
            Standing.objects.update_or_create(
                organization_id=one.organization_id,
                registration=one,
                network=name,
                defaults={
                    "name": name,
                    "state": state,
                    "word": word,
                    "since": at,
                    "reasons": [{"code": "7101", "text": "No privacy policy.", "fields": []}],
                },
            )
    text = " ".join(ada.get(f"/campaigns/{campaign.pk}/").content.decode().split())
    table = text[text.index('id="carriers"') :]
    assert "Active on 1 of 2 carriers" in text
    assert "AT&amp;T" in table
    assert "No privacy policy." in table


def test_a_copy_has_the_same_answers_and_says_where_it_comes_from(ada: Person) -> None:
    campaign = active_campaign(ada)
    answer = ada.post(f"/campaigns/{campaign.pk}/clone/")
    with ada.acting():
        copy = Campaign.objects.get(copied_from=campaign.pk)
        assert {name: getattr(copy, name) for name in cloning.ANSWERS} == {
            name: getattr(campaign, name) for name in cloning.ANSWERS
        }
        assert (copy.status, copy.brand_id, copy.version) == ("draft", campaign.brand_id, 1)
    assert answer.headers["Location"] == f"/campaigns/drafts/{copy.pk}/check/"
    assert copy.name == "Acme Plumbing visits (copy)"
    # Pressed twice it is one copy; changed, it is one's own and another one can be made.
    ada.post(f"/campaigns/{campaign.pk}/clone/")
    with ada.acting():
        assert Campaign.objects.filter(copied_from=campaign.pk).count() == 1
        copy.save_answers({"name": "Acme night shift"}, times=clock.read())
    ada.post(f"/campaigns/{campaign.pk}/clone/")
    with ada.acting():
        assert Campaign.objects.filter(copied_from=campaign.pk).count() == 2


def test_a_copy_of_a_copy_keeps_its_name_short(ada: Person) -> None:
    campaign = active_campaign(ada, name="x" * 100)
    with ada.acting():
        copy = cloning.clone(campaign, by=ada.actor, times=clock.read())
        again = cloning.clone(copy, by=ada.actor, times=clock.read())
    assert copy.name == again.name == "x" * 93 + " (copy)"


def test_the_start_page_lists_what_ends_soon_by_its_day(ada: Person) -> None:
    for name, days in (("Second", 12), ("First", 3), ("Not yet", 60)):
        active_campaign(ada, name=name, days=days)
    over = active_campaign(ada, name="Over", days=-1)
    text = " ".join(ada.get("/").content.decode().split())
    needs, ending = text[text.index('id="needs-you"') :], text[text.index('id="ending"') :]
    assert ending.index("First") < ending.index("Second")
    assert "Not yet" not in ending
    assert f"/campaigns/{over.pk}/" in needs[: needs.index('id="waiting"')]


@pytest.mark.parametrize(
    ("asked", "letter", "sms", "day"),
    [
        ("use_case=LOW_VOLUME&kind=company&score=100", "T", "75", "2,000"),
        ("use_case=MIXED&kind=company&score=100", "B", "4,500", "200,000"),
        ("use_case=MIXED&kind=company&score=74", "D", "2,400", "40,000"),
        ("use_case=CUSTOMER_CARE&kind=company&score=49", "E", "240", "10,000"),
        ("use_case=MARKETING&kind=company&score=24", "F", "240", "2,000"),
        ("use_case=MARKETING&kind=company&score=", "F", "240", "2,000"),
        ("use_case=MIXED&kind=russell&score=", "B", "4,500", "200,000"),
        ("use_case=MIXED&kind=sole-proprietor&score=", "W", "15", "1,000"),
        ("use_case=MIXED&kind=government&score=0", "B", "4,500", None),
    ],
)
def test_throughput_is_that_of_the_reference(
    bo: Person, asked: str, letter: str, sms: str, day: str | None
) -> None:
    text = " ".join(bo.get(f"/campaigns/throughput/?{asked}").content.decode().split())
    answer = text[text.index('id="answer-title"') : text.index('id="tiers-title"')]
    assert f"class {letter}" in answer
    assert f"<strong> {sms} SMS parts a minute </strong>" in answer
    assert (f"<strong> {day} parts a day </strong>" if day else "No daily cap") in answer


@pytest.mark.parametrize("score", ["101", "-1", "ten", "1.5"])
def test_a_score_that_no_vetting_gives_is_told(bo: Person, score: str) -> None:
    answer = bo.get(f"/campaigns/throughput/?score={score}")
    assert answer.status_code == 422
    assert "is a whole number from 0 to 100" in answer.content.decode()


def test_how_long_a_message_to_everybody_takes() -> None:
    asked = throughput("MIXED", "company", 60, parts=40_001)
    assert (asked.minutes, asked.days) == (17, 2)
    assert throughput("PROXY", "company", None, parts=121, numbers=2).minutes == 2
    assert throughput("TRIAL", "company", None, parts=10).minutes is None


def test_a_viewer_sees_the_page_without_what_only_others_may_do(ada: Person, bo: Person) -> None:
    campaign = active_campaign(ada)
    text = bo.get(f"/campaigns/{campaign.pk}/").content.decode()
    assert "/deletion/" not in text
    assert "/clone/" not in text
    draft = campaign_draft(ada, name="Draft")
    assert bo.get(f"/campaigns/{draft.pk}/").status_code == 200


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_the_list_can_be_taken_along_as_it_is_filtered(ada: Person, kind: str) -> None:
    campaign = active_campaign(ada, name="=HYPERLINK(1)", days=-1)
    campaign_draft(ada, name="Left out")
    answer = ada.get(f"/campaigns/export/?format={kind}&campaigns_status=expired")
    text = b"".join(answer).decode("utf-8-sig")
    assert 'filename="campaigns-acme-' in answer["Content-Disposition"]
    assert "Left out" not in text
    if kind == "json":
        found = json.loads(text)
        assert (found["count"], found["filter"]) == (1, {"campaigns_status": "expired"})
        (row,) = found["campaigns"]
        assert (row["id"], row["status"], row["samples"]) == (str(campaign.pk), "expired", campaign.samples)
    else:
        (row,) = csv.DictReader(io.StringIO(text))
        assert row["name"] == "'=HYPERLINK(1)"
        assert json.loads(row["samples"].removeprefix("'")) == campaign.samples
    assert ada.get(f"/campaigns/export/?format={kind}&campaigns_status=nonsense").status_code == 400
    assert ada.get("/campaigns/export/?format=xml").status_code == 404


def test_the_page_follows_a_carrier_that_says_something_and_the_badge_only_when_it_moves(ada: Person) -> None:
    campaign = active_campaign(ada)
    with ada.acting():
        Campaign.objects.update(status="carriers")
    page = ada.get(f"/campaigns/{campaign.pk}/").content.decode()
    (path,) = re.findall(r'hx-get="(/campaigns/[^"]+/status/[^"]+)"', page)
    path, htmx = path.replace("&amp;", "&"), {"headers": {"HX-Request": "true"}}
    assert ada.get(path, **htmx).status_code == 204
    with ada.acting():
        one = Registration.objects.get(campaign=campaign)
        Standing.objects.create(
            organization_id=one.organization_id,
            registration=one,
            network="1",
            name="Cellular One",
            state="approved",
            word="APPROVED",
            since=clock.read().business,
        )
    text = ada.get(path, **htmx).content.decode()
    assert "Cellular One" in text
    assert "is now" not in text
    with ada.acting():
        Campaign.objects.update(status="rejected")
    text = " ".join(ada.get(path, **htmx).content.decode().split())
    assert "Acme Plumbing visits is now: Rejected" in text
    assert 'id="campaign-badge"' in text
