"""The campaign wizard: one URL per step, nothing typed is lost, Change returns to the check page."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest

from campaigns import flow
from campaigns.models import Campaign
from campaigns.wizard import WIZARD
from portal.drafts.models import Typed
from tests.campaigns.answers import (
    DETAILS,
    QUESTIONS,
    REQUIREMENTS,
    SAMPLES,
    STEPS,
    again,
    errors_of,
    refused,
    step,
    text_of,
    the_campaign,
)
from tests.factories import (
    ALONE,
    brand_draft,
    campaign_draft,
    submitted_brand,
    submitted_campaign,
    verified_brand,
)
from tests.people import Person

pytestmark = pytest.mark.django_db


# --- from the first step to the last


def test_from_the_requirements_to_the_check_page_in_the_order_of_the_seed(ada: Person) -> None:
    brand = verified_brand(ada)
    # The only brand that can carry campaigns is chosen already.
    assert "Step 1 of 8 · Requirements" in text_of(ada.get("/campaigns/new/"))
    answer = ada.post("/campaigns/new/", REQUIREMENTS)
    campaign = the_campaign(ada)
    assert campaign.brand == brand
    assert answer["Location"] == step(campaign, "details")
    for slug, following in pairwise([*list(STEPS)[1:], "check"]):
        answers = STEPS[slug]
        if slug == "flow":
            answers = {"message_flow": flow.compose(again(ada, campaign))}
        answer = ada.post(step(campaign, slug), answers)
        assert answer.status_code == 302, errors_of(answer)
        assert answer["Location"] == step(campaign, following)
    page = text_of(ada.get(step(campaign, "check")))
    for shown in (
        "“Acme Plumbing visits”, for the brand Acme Plumbing.",
        "On a website",
        "https://www.acme.example/book",
        "Low volume mixed",
        "Account notification, Customer care",
        "your appointment is on Friday",
        "Message frequency varies.",
        "No known problem",
        "Confirm and submit",
    ):
        assert shown in page
    saved = again(ada, campaign)
    with ada.acting():
        assert WIZARD.first_incomplete(saved) is None
    assert (saved.auto_renewal, saved.message_flow_own, saved.number_pool) == (False, False, False)


def test_every_note_of_the_seed_stands_on_its_page(ada: Person) -> None:
    campaign = campaign_draft(ada)
    for slug, notes in {
        "requirements": ["more than 1,000 text messages a day", "more than one message a second"],
        "details": [
            "Phone or Contact Center",
            "At least one way",
            "In your own words. For example: Customers enter their phone number",
            "Low volume mixed (recommended)",
            "Learn more: every use case",
        ],
        "questions": [
            "Do ALL messages fit the categories Account notification, Customer care, Delivery notification, "
            "Marketing, and Public service announcement?",
            "web links?",
            "phone numbers?",
            "age-restricted content?",
            "loans?",
        ],
        "samples": ["A message without it at its end is rejected.", "Add another sample message"],
        "renewal": ["for 3 months at a time", "can send neither SMS nor MMS", "has to be submitted again"],
        "check": ["business days", "Confirm and submit", "Change"],
    }.items():
        page = text_of(ada.get(step(campaign, slug)))
        for note in notes:
            assert note in page, (slug, note)


def test_nobody_leaves_an_empty_draft_by_looking_or_by_an_error(ada: Person) -> None:
    verified_brand(ada)
    ada.get("/campaigns/new/")
    assert ada.post("/campaigns/new/", {"collects_opt_ins": "on"}).status_code == 422
    with ada.acting():
        assert not Campaign.objects.exists()


def test_going_back_to_the_first_step_and_on_again_makes_no_second_draft(ada: Person) -> None:
    verified_brand(ada)
    first, second = (ada.post("/campaigns/new/", REQUIREMENTS)["Location"] for _ in range(2))
    assert first == second


# --- the brand


def test_without_any_brand_a_page_says_what_comes_first(ada: Person) -> None:
    page = text_of(ada.get("/campaigns/new/"))
    assert "A verified brand comes first" in page
    assert 'href="/brands/new/"' in page
    assert errors_of(ada.post("/campaigns/new/", {"brand": str(uuid4())}))


def test_a_draft_of_an_unverified_brand_is_prepared_and_waits(ada: Person) -> None:
    brand = submitted_brand(ada)
    page = text_of(ada.get("/campaigns/new/"))
    assert "A verified brand comes first" in page
    assert "the draft waits until its brand is verified" in page
    answer = ada.post("/campaigns/new/", {"brand": str(brand.pk)})
    campaign = the_campaign(ada)
    assert answer["Location"] == step(campaign, "requirements")
    with ada.acting():
        campaign.save_answers(_columns(), times=_times())
    page = text_of(ada.get(step(campaign, "check")))
    assert "The draft waits for its brand." in page
    assert "Confirm and submit" not in page
    assert ada.post(step(campaign, "submission")).status_code == 422
    assert again(ada, campaign).is_draft


def _columns() -> dict[str, Any]:
    from tests.factories import CAMPAIGN

    return dict(CAMPAIGN)


def _times() -> Any:
    from portal import clock

    return clock.read()


def test_of_two_verified_brands_one_is_chosen_first(ada: Person) -> None:
    first, second = verified_brand(ada), verified_brand(ada, display_name="Beta", tax_id="91-4730266")
    page = text_of(ada.get("/campaigns/new/"))
    assert "Step 1 of 9 · Brand" in page
    assert "A verified brand comes first" not in page
    assert "Choose the brand" in errors_of(ada.post("/campaigns/new/", {}))[0]
    answer = ada.post("/campaigns/new/", {"brand": str(second.pk)})
    campaign = the_campaign(ada)
    assert answer["Location"] == step(campaign, "requirements")
    assert ada.post(step(campaign, "brand"), {"brand": str(first.pk)}).status_code == 302
    assert again(ada, campaign).brand == first


@pytest.mark.parametrize("forged", ["", "nonsense", "00000000-0000-4000-8000-000000000000"])
def test_a_forged_brand_is_none_of_the_choices(ada: Person, forged: str) -> None:
    verified_brand(ada)
    verified_brand(ada, display_name="Beta", tax_id="91-4730266")
    assert ada.post("/campaigns/new/", {"brand": forged}).status_code == 422


def test_another_organizations_brand_is_none_of_the_choices(ada: Person, cy: Person) -> None:
    verified_brand(ada)
    verified_brand(ada, display_name="Beta", tax_id="91-4730266")
    theirs = verified_brand(cy)
    assert ada.post("/campaigns/new/", {"brand": str(theirs.pk)}).status_code == 422


def test_a_sole_proprietor_has_one_use_case_and_no_categories(ada: Person) -> None:
    campaign = campaign_draft(ada, verified_brand(ada, **ALONE), use_case="", sub_use_cases=[])
    page = text_of(ada.get(step(campaign, "details")))
    assert re.search(r'value="SOLE_PROPRIETOR"[^>]*checked', page)
    assert 'value="LOW_VOLUME"' not in page
    for other in ("LOW_VOLUME", "MIXED", "MARKETING"):
        assert "use case" in refused(ada, campaign, "details", DETAILS | {"use_case": other})
    assert ada.post(step(campaign, "details"), DETAILS | {"use_case": "SOLE_PROPRIETOR"}).status_code == 302
    assert "Do ALL messages fit" not in text_of(ada.get(step(campaign, "questions")))
    questions = {name: value for name, value in QUESTIONS.items() if name not in _CATEGORIES}
    assert ada.post(step(campaign, "questions"), questions).status_code == 302
    assert again(ada, campaign).sub_use_cases == []


_CATEGORIES = ("categories_fit", "sub_use_cases")


def test_a_company_is_offered_neither_a_persons_use_case_nor_what_carriers_refuse(ada: Person) -> None:
    page = text_of(ada.get(step(campaign_draft(ada), "details")))
    for missing in ("SOLE_PROPRIETOR", "SWEEPSTAKE", "EMERGENCY", "CHARITY", "POLITICAL"):
        assert f'value="{missing}"' not in page
    for offered in ("LOW_VOLUME", "MIXED", "2FA", "MARKETING", "M2M"):
        assert f'value="{offered}"' in page


# --- coming back, leaving, two at once


def test_change_returns_to_the_check_page(ada: Person) -> None:
    campaign = campaign_draft(ada)
    page = text_of(ada.get(step(campaign, "check")))
    assert f"{step(campaign, 'samples')}?return=check#id_sample_2" in page
    answers = SAMPLES | {"sample_2": "Acme Plumbing: your invoice is paid. Reply STOP to opt out."}
    answer = ada.post(f"{step(campaign, 'samples')}?return=check", answers)
    assert answer["Location"] == step(campaign, "check")
    assert again(ada, campaign).samples[1] == answers["sample_2"]


def test_an_answer_that_opens_a_question_leads_to_it_before_the_check_page(ada: Person) -> None:
    campaign = campaign_draft(ada, use_case="2FA", sub_use_cases=[], categories_fit=None)
    answer = ada.post(f"{step(campaign, 'details')}?return=check", DETAILS)
    assert answer["Location"] == step(campaign, "questions")


def test_errors_keep_what_was_typed(ada: Person) -> None:
    page = text_of(
        ada.post(step(campaign_draft(ada), "details"), DETAILS | {"name": "", "consent_website": "Here."})
    )
    assert "There is a problem" in page
    assert "<title>Error:" in page.replace("<title> ", "<title>")
    assert ">Here.</textarea>" in re.sub(r">\s+", ">", page)
    assert re.search(r'name="consent" value="website"[^>]*checked', page)


def test_what_is_typed_is_kept_unsaved_and_found_again(ada: Person) -> None:
    campaign = campaign_draft(ada)
    answer = ada.post(step(campaign, "details"), DETAILS | {"name": "Unsaved"}, headers={"X-Autosave": "1"})
    assert "kept" in answer.json()["words"]
    assert again(ada, campaign).name == "Acme Plumbing visits"
    page = text_of(ada.get(step(campaign, "details")))
    assert 'value="Unsaved"' in page
    assert "it is not saved yet" in page
    assert "is not saved" in text_of(ada.get(step(campaign, "check")))


def test_two_tabs_are_asked_which_answers_count_also_of_boxes_and_lists(ada: Person) -> None:
    campaign = campaign_draft(ada)
    opened = re.search(r'name="opened-from" value="([^"]+)"', text_of(ada.get(step(campaign, "questions"))))
    assert opened
    ada.post(step(campaign, "questions"), QUESTIONS | {"sub_use_cases": ["2FA"], "embedded_phone": "yes"})
    mine = QUESTIONS | {"sub_use_cases": ["MARKETING"], "opened-from": opened[1]}
    answer = ada.post(step(campaign, "questions"), mine)
    assert answer.status_code == 409
    page = text_of(answer)
    assert "Two-factor authentication" in page
    assert "Marketing" in page
    opened = re.search(r'name="opened-from" value="([^"]+)"', page)
    assert opened
    chosen = mine | {
        "opened-from": opened[1],
        "decision": "each",
        "marked-sub_use_cases": "stored",
        "marked-embedded_phone": "typed",
    }
    assert ada.post(step(campaign, "questions"), chosen).status_code == 302
    saved = again(ada, campaign)
    assert (saved.sub_use_cases, saved.embedded_phone) == (["2FA"], False)


def test_a_draft_is_deleted_after_asking_with_what_was_typed(ada: Person) -> None:
    campaign = campaign_draft(ada)
    ada.post(step(campaign, "details"), DETAILS | {"name": "Unsaved"}, headers={"X-Autosave": "1"})
    path = step(campaign, "deletion")
    assert "Delete the draft “Acme Plumbing visits”?" in text_of(ada.get(path))
    assert ada.post(path).status_code == 302
    with ada.acting():
        assert not Campaign.objects.exists()
        assert not Typed.objects.filter(subject_id=campaign.pk).exists()


PAGES = ["check", "details", "requirements", "deletion"]


@pytest.mark.parametrize("page", PAGES)
def test_bo_may_not_open_the_wizard(ada: Person, bo: Person, page: str) -> None:
    assert bo.get(step(campaign_draft(ada), page)).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_cy_gets_the_same_answer_as_for_a_draft_that_never_existed(
    ada: Person, cy: Person, page: str
) -> None:
    theirs = cy.get(step(campaign_draft(ada), page))
    nobodys = cy.get(f"/campaigns/drafts/{uuid4()}/{page}/")
    assert theirs.status_code == nobodys.status_code == 404
    strip = re.compile(r"[0-9a-f-]{36}|[0-9a-f]{16,}")
    assert strip.sub("", text_of(theirs)) == strip.sub("", text_of(nobodys))


def test_steps_that_do_not_exist_or_do_not_apply_are_404(ada: Person) -> None:
    campaign = campaign_draft(ada)
    assert ada.get(step(campaign, "no-such-step")).status_code == 404
    # There is only one brand: nothing to choose.
    assert ada.get(step(campaign, "brand")).status_code == 404


def test_a_draft_whose_brand_was_a_draft_and_is_gone_asks_for_another(ada: Person) -> None:
    brand = brand_draft(ada)
    campaign = campaign_draft(ada, brand)
    ada.post(f"/brands/drafts/{brand.pk}/deletion/")
    assert again(ada, campaign).brand is None
    page = text_of(ada.get(step(campaign, "check")))
    assert "The step “Brand” is not complete yet." in page
    assert "A verified brand comes first" in text_of(ada.get(step(campaign, "brand")))


@pytest.mark.parametrize("page", ["check", "samples", "details"])
def test_back_after_the_submit_says_already_submitted(ada: Person, page: str) -> None:
    campaign = submitted_campaign(ada)
    answer = ada.get(step(campaign, page))
    assert answer.status_code == 200
    assert "already been submitted" in text_of(answer)
    assert ada.post(step(campaign, "samples"), SAMPLES).status_code == 409
