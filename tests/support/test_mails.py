"""An e-mail at every step: who gets it, what it says, and where it leads."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portal import clock
from portal.notifications.kinds import Delivery
from portal.support.models import Ticket
from tests.factories import active_campaign
from tests.notifications.posting import post, prefer
from tests.operations.staff import Colleague, on_duty
from tests.people import Person
from tests.support.asking import PNG, pool_request, question

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def pia(db: None) -> Colleague:
    return on_duty("pia")


def arrived(mails: list[Any]) -> dict[str, Any]:
    """What leaves now, by the person's first name; each mail leads to the page of the ticket."""
    mails.clear()
    post()
    return {mail.to[0].partition("@")[0]: mail for mail in mails}


def test_every_step_of_a_request_is_mailed(ada: Person, bo: Person, pia: Colleague, mails: list[Any]) -> None:
    campaign = active_campaign(ada)
    # What was told of the brand and the campaign.
    arrived(mails)
    ticket = pool_request(ada, campaign)
    receipt = arrived(mails)
    assert set(receipt) == {"ada", "bo"}
    assert receipt["ada"].subject == f"Received: {ticket.subject}"
    assert f"/support/{ticket.pk}/" in receipt["ada"].body
    case = f"/operations/desk/{ticket.pk}"
    pia.post(f"{case}/message/", {"text": "Which offices are these?", "act": "ask"})
    asked = arrived(mails)
    assert asked["ada"].subject == f"The porting desk needs information: {ticket.subject}"
    assert "Which offices are these?" in asked["ada"].body
    assert "Answer on the page" in asked["ada"].body
    assert "Somebody who may submit" in asked["bo"].body
    ada.post(f"/support/{ticket.pk}/reply/", {"text": "Seattle and Portland."})
    replied = arrived(mails)
    assert set(replied) == {"bo"}, "nobody is told of their own words"
    day = clock.read().business.date() + timedelta(days=9)
    pia.post(f"{case}/message/", {"act": "answer", "promised_for": day.isoformat()})
    promised = arrived(mails)["ada"]
    assert promised.subject == f"The porting desk promised a date: {ticket.subject}"
    assert f"Promised for {day:%A} {day.day} {day:%B %Y}." in promised.body
    pia.post(f"{case}/message/", {"act": "answer", "text": "T-Mobile has agreed."})
    assert "T-Mobile has agreed." in arrived(mails)["bo"].body
    pia.post(f"{case}/approval/", {"granted": "150", "text": "The carriers take 150."})
    approved = arrived(mails)["ada"]
    assert approved.subject == f"Approved: {ticket.subject}"
    assert "150 numbers in total" in approved.body
    assert "The carriers take 150." in approved.body


@pytest.mark.parametrize(("who", "act"), [("desk", "rejection"), ("desk", "closing"), ("bo", "end")])
def test_an_end_is_mailed_with_its_reason(
    ada: Person, pia: Colleague, mails: list[Any], who: str, act: str
) -> None:
    ticket: Ticket = pool_request(ada, active_campaign(ada)) if act == "rejection" else question(ada)
    arrived(mails)
    why = {"text": "Because the moon is full."}
    if who == "desk":
        assert pia.post(f"/operations/desk/{ticket.pk}/{act}/", why).status_code == 302
        told = arrived(mails)["ada"]
        assert told.subject.startswith({"rejection": "Rejected", "closing": "Closed"}[act])
        assert "Because the moon is full." in told.body
    else:
        ada.post(f"/support/{ticket.pk}/end/", why)
        assert arrived(mails) == {}, "Ada is alone, and knows what she did"


def test_a_question_that_was_answered_meanwhile_is_mailed_to_nobody(
    ada: Person, pia: Colleague, mails: list[Any]
) -> None:
    ticket = question(ada)
    arrived(mails)
    pia.post(f"/operations/desk/{ticket.pk}/message/", {"text": "Which office?", "act": "ask"})
    ada.post(f"/support/{ticket.pk}/reply/", {"text": "The one in Seattle."})
    assert arrived(mails) == {}


def test_files_stay_behind_the_sign_in_and_preferences_are_kept(
    ada: Person, bo: Person, pia: Colleague, mails: list[Any]
) -> None:
    ticket = question(ada)
    arrived(mails)
    prefer(bo, support=Delivery.LISTED)
    file = SimpleUploadedFile("letter.png", PNG)
    pia.post(
        f"/operations/desk/{ticket.pk}/message/", {"text": "See it", "act": "answer", "attachments": [file]}
    )
    told = arrived(mails)
    assert set(told) == {"ada"}
    assert told["ada"].attachments == []
