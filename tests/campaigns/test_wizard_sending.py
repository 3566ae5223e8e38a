"""The page before sending: what blocks, what is sent on deliberately, days and fees; and the submit, once."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from campaigns import states
from campaigns.estimating import estimate
from campaigns.models import Campaign
from campaigns.submitting import TERMS_VERSION
from portal.audit.models import Event
from portal.drafts.models import Typed
from portal.lifecycle.models import Due, Submission
from tests.campaigns.answers import DETAILS, SAMPLES, again, errors_of, step, text_of
from tests.factories import ALONE, CAMPAIGN, campaign_draft, submitted_campaign, verified_brand
from tests.people import Person, enrolled

NO_STOP = "Acme Plumbing: your plumber arrives tomorrow at nine, as agreed."
SHORTENED = "Acme Plumbing: your visit is at nine, see bit.ly/3xYzAb1 for details. Reply STOP to opt out."


def marks(page: str) -> list[str]:
    return re.findall(r'name="findings-known" value="([^"]+)"', page)


def likely_rejected(ada: Person) -> Campaign:
    return campaign_draft(
        ada,
        samples=[SHORTENED, CAMPAIGN["samples"][1]],
        embedded_link=True,
        embedded_link_sample="https://bit.ly/3xYzAb1",
    )


@pytest.mark.django_db
def test_submitting_files_it_once_with_who_accepted_the_terms(ada: Person) -> None:
    campaign = campaign_draft(ada)
    ada.post(step(campaign, "details"), DETAILS | {"name": "Unsaved"}, headers={"X-Autosave": "1"})
    answer = ada.post(step(campaign, "submission"), REMOTE_ADDR="203.0.113.9")
    assert answer["Location"] == f"/campaigns/{campaign.pk}/"
    saved = again(ada, campaign)
    assert saved.status == states.SUBMITTING
    assert (saved.terms_version, saved.terms_accepted_by, saved.terms_address) == (
        TERMS_VERSION,
        "Ada Osei",
        "203.0.113.9",
    )
    with ada.acting():
        submission = Submission.objects.get(subject_id=campaign.pk)
        assert Due.objects.filter(item=submission.pk).count() == 1
        assert Event.objects.filter(object_id=campaign.pk, action="campaign.submitted").count() == 1
        assert not Typed.objects.filter(subject_id=campaign.pk).exists()


@pytest.mark.django_db
def test_a_second_post_is_told_the_reference(ada: Person) -> None:
    campaign = submitted_campaign(ada)
    answer = ada.post(step(campaign, "submission"))
    assert answer.status_code == 409
    with ada.acting():
        submission = Submission.objects.get(subject_id=campaign.pk)
    assert submission.short_key in text_of(answer)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "title"),
    [
        ({"answers_help": False}, "Requirements"),
        ({"consent": {}}, "Details"),
        ({"name": ""}, "Details"),
        ({"age_gated": None}, "Carrier questions"),
        ({"sub_use_cases": []}, "Carrier questions"),
        ({"samples": CAMPAIGN["samples"][:1]}, "Samples"),
        ({"terms_url": ""}, "Texts"),
        ({"message_flow": ""}, "Message flow"),
        ({"auto_renewal": None}, "Renewal"),
    ],
)
def test_an_incomplete_draft_is_not_sent_and_says_what_is_missing(
    ada: Person, change: dict[str, Any], title: str
) -> None:
    campaign = campaign_draft(ada, **change)
    answer = ada.post(step(campaign, "submission"))
    assert answer.status_code == 422
    page = text_of(answer)
    assert f"The step “{title}” is not complete yet." in page
    assert "Confirm and submit" not in page
    with ada.acting():
        assert again(ada, campaign).is_draft
        assert not Submission.objects.filter(subject_id=campaign.pk).exists()


@pytest.mark.django_db
def test_an_error_blocks_and_leads_to_its_field(ada: Person) -> None:
    campaign = campaign_draft(ada, samples=[NO_STOP, CAMPAIGN["samples"][1]])
    page = text_of(ada.get(step(campaign, "check")))
    assert "Cannot be sent" in page
    assert f'href="{step(campaign, "samples")}?return=check#id_sample_1">Fix what blocks it' in page
    # No tick helps against it.
    answer = ada.post(step(campaign, "submission"), {"anyway": "on"})
    assert answer.status_code == 422
    assert again(ada, campaign).is_draft


@pytest.mark.django_db
def test_what_is_likely_rejected_needs_one_deliberate_click(ada: Person) -> None:
    campaign = likely_rejected(ada)
    page = text_of(ada.get(step(campaign, "check")))
    assert "Likely rejected" in page
    assert "charges about 15.00 USD for every submission" in page
    known = marks(page)
    assert known
    answer = ada.post(step(campaign, "submission"), {"findings-known": known})
    assert "Tick “Send it anyway”" in errors_of(answer)[0]
    # A tick for something that the page did not show counts for nothing.
    assert errors_of(ada.post(step(campaign, "submission"), {"anyway": "on"}))
    posted = {"findings-known": known, "anyway": "on", "reason": "It is our own <short> domain."}
    assert ada.post(step(campaign, "submission"), posted).status_code == 302
    with ada.acting():
        event = Event.objects.get(object_id=campaign.pk, action="campaign.submitted")
    assert event.detail["anyway"] is True
    assert any(one.startswith("C04:") for one in event.detail["findings"])
    assert "Reason: It is our own <short> domain." in event.detail["note"]


@pytest.mark.django_db
def test_answers_that_were_saved_after_the_check_are_not_sent_unseen(ada: Person) -> None:
    """What was ticked is what the page showed: another finding has to be seen first."""
    campaign = likely_rejected(ada)
    known = marks(text_of(ada.get(step(campaign, "check"))))
    with ada.acting():
        Campaign.objects.filter(pk=campaign.pk).update(
            samples=[SHORTENED, SHORTENED.replace("bit.ly", "tinyurl.com").replace("nine", "ten o'clock")]
        )
    answer = ada.post(step(campaign, "submission"), {"findings-known": known, "anyway": "on"})
    assert "Something came up since this page was opened" in " ".join(errors_of(answer))
    assert again(ada, campaign).is_draft


@pytest.mark.django_db
def test_bo_may_not_submit_and_cy_cannot_tell_that_it_exists(ada: Person, bo: Person, cy: Person) -> None:
    campaign = campaign_draft(ada)
    assert bo.post(step(campaign, "submission")).status_code == 403
    assert cy.post(step(campaign, "submission")).status_code == 404
    assert cy.post(f"/campaigns/drafts/{uuid4()}/submission/").status_code == 404
    assert again(ada, campaign).is_draft


# --- days and fees


@pytest.mark.django_db
def test_the_usual_answer_is_named_in_days_with_the_holidays_on_the_way(ada: Person) -> None:
    campaign = again(ada, campaign_draft(ada))
    with timezone.override("America/New_York"):
        found = estimate(campaign, datetime(2026, 11, 22, 12, tzinfo=UTC))
    assert found.first_in_words == "Monday 30 November 2026"
    assert found.last_in_words == "Wednesday 2 December 2026"
    assert found.holidays == ["Thanksgiving Day, Thursday 26 November 2026"]


@pytest.mark.django_db
def test_the_day_of_the_submission_is_the_pages_own(ada: Person) -> None:
    campaign = again(ada, campaign_draft(ada))
    late = datetime(2026, 7, 1, 3, tzinfo=UTC)
    with timezone.override("America/Los_Angeles"):
        assert estimate(campaign, late).today.isoformat() == "2026-06-30"
    with timezone.override("UTC"):
        assert estimate(campaign, late).today.isoformat() == "2026-07-01"


@pytest.mark.slow
@pytest.mark.django_db
def test_the_estimate_never_runs_backwards_over_ten_years(ada: Person) -> None:
    campaign = again(ada, campaign_draft(ada))
    moment = datetime(2026, 1, 1, 12, tzinfo=UTC)
    before = None
    while moment.year < 2036:
        found = estimate(campaign, moment)
        # From a Sunday to the Friday after; at most over Christmas, a New Year and two weekends.
        assert 5 <= (found.first - found.today).days <= 11
        assert found.first < found.last
        assert len(found.holidays) <= 2
        assert before is None or (before.first <= found.first and before.last <= found.last)
        before, moment = found, moment + timedelta(days=1)


@pytest.mark.django_db
def test_days_and_dated_fees_stand_on_the_page(ada: Person) -> None:
    page = text_of(ada.get(step(campaign_draft(ada), "check")))
    assert re.search(r"Between \w+ \d+ \w+ \d{4} and \w+ \d+ \w+ \d{4}", page)
    assert "5 to 7 business days after today: Monday to Friday without US federal holidays." in page
    assert "About 15.00 USD, charged for each submission, not refunded (as of 22 Nov 2026)" in page
    assert "About 1.50 USD a month once it is approved; the first 3 months, 4.50 USD" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("case", "words"),
    [("MARKETING", "About 10.00 USD a month"), ("CARRIER_EXEMPT", "Not known for this use case")],
)
def test_the_monthly_fee_is_that_of_the_use_case(ada: Person, case: str, words: str) -> None:
    campaign = campaign_draft(ada, use_case=case, sub_use_cases=[], categories_fit=None)
    assert words in text_of(ada.get(step(campaign, "check")))


@pytest.mark.django_db
def test_a_sole_proprietor_pays_the_fee_of_that_use_case(ada: Person) -> None:
    campaign = campaign_draft(
        ada, verified_brand(ada, **ALONE), use_case="SOLE_PROPRIETOR", sub_use_cases=[], categories_fit=None
    )
    assert "About 2.00 USD a month" in text_of(ada.get(step(campaign, "check")))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_twenty_posts_at_once_make_one_submission() -> None:
    ada = enrolled("ada")
    campaign = campaign_draft(ada)
    answers: list[int] = []
    gate = threading.Barrier(20)
    clients = [Client() for _ in range(20)]
    for client in clients:
        client.force_login(ada.user)

    def post(client: Client) -> None:
        try:
            gate.wait(timeout=30)
            answers.append(client.post(step(campaign, "submission")).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=post, args=[client], daemon=True) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(answers) == [302] + [409] * 19
    with ada.acting():
        assert Submission.objects.filter(subject_id=campaign.pk).count() == 1
        assert Event.objects.filter(object_id=campaign.pk, action="campaign.submitted").count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_save_beside_a_submit_changes_nothing_that_is_filed() -> None:
    """Whichever comes first: what is filed is what was checked, or nothing."""
    ada = enrolled("ada")
    changed = SAMPLES | {"sample_2": "Acme Plumbing: your invoice is paid. Reply STOP to opt out."}
    brand = None
    for _round in range(4):
        campaign = campaign_draft(ada, brand)
        brand = again(ada, campaign).brand
        gate = threading.Barrier(2)

        def post(path: str, data: dict[str, Any], gate: threading.Barrier = gate) -> None:
            client = Client()
            client.force_login(ada.user)
            try:
                gate.wait(timeout=30)
                client.post(path, data)
            finally:
                connection.close()

        threads = [
            threading.Thread(target=post, args=[step(campaign, "submission"), {}], daemon=True),
            threading.Thread(target=post, args=[step(campaign, "samples"), changed], daemon=True),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        with ada.acting():
            saved = again(ada, campaign)
            filed = Submission.objects.filter(subject_id=campaign.pk).first()
            assert (filed is not None) is (saved.status == states.SUBMITTING)
            if filed is not None:
                assert filed.payload["samples"] == saved.samples
