"""What a person posts at each step of the campaign wizard: the answers of a campaign that nothing is wrong with."""

from __future__ import annotations

import html
import re
from typing import Any

from campaigns.models import Campaign
from tests.people import Person

REQUIREMENTS: dict[str, Any] = {"collects_opt_ins": "on", "processes_opt_outs": "on", "answers_help": "on"}
DETAILS: dict[str, Any] = {
    "product": "phone",
    "consent": ["website"],
    "consent_website": "Customers type their mobile number into the booking form and tick an empty box that says they"
    " agree to texts about their visits.",
    "evidence_website": "https://www.acme.example/book",
    "use_case": "LOW_VOLUME",
    "name": "Acme Plumbing visits",
}
QUESTIONS: dict[str, Any] = {
    "categories_fit": "no",
    "sub_use_cases": ["ACCOUNT_NOTIFICATION", "CUSTOMER_CARE"],
    "embedded_link": "no",
    "embedded_phone": "no",
    "age_gated": "no",
    "direct_lending": "no",
    "number_pool": "no",
}
SAMPLES: dict[str, Any] = {
    "sample_1": "Acme Plumbing: your appointment is on Friday at 9 AM. Reply YES to confirm it. Reply STOP to opt out.",
    "sample_2": "Acme Plumbing: thank you for contacting support, your ticket is open and an agent will follow up"
    " today. Reply STOP to opt out.",
}
TEXTS: dict[str, Any] = {
    "description": "Acme Plumbing reminds its customers of the appointments that they booked and answers their"
    " questions about repairs on their account.",
    "privacy_url": "https://www.acme.example/privacy",
    "terms_url": "https://www.acme.example/terms",
    "optin_keywords": "START,SUBSCRIBE",
    "optin_message": "Acme Plumbing: you are subscribed to appointment texts. Message frequency varies. Msg & data"
    " rates may apply. Reply HELP for help, STOP to opt out.",
    "optout_keywords": "STOP,UNSUBSCRIBE,CANCEL,END,QUIT",
    "optout_message": "Acme Plumbing: you are unsubscribed and will receive no more messages.",
    "help_keywords": "HELP,INFO",
    "help_message": "Acme Plumbing: for help, write to support@acme.example or see https://www.acme.example."
    " Reply STOP to opt out.",
}
RENEWAL: dict[str, Any] = {"auto_renewal": "no"}
# In their order; the message flow is what the page shows.
STEPS: dict[str, dict[str, Any]] = {
    "requirements": REQUIREMENTS,
    "details": DETAILS,
    "questions": QUESTIONS,
    "samples": SAMPLES,
    "texts": TEXTS,
    "flow": {},
    "renewal": RENEWAL,
}


def step(campaign: Campaign, slug: str) -> str:
    """The address of one step of a draft."""
    return f"/campaigns/drafts/{campaign.pk}/{slug}/"


def the_campaign(person: Person) -> Campaign:
    """The only one of the person's organization."""
    with person.acting():
        campaign: Campaign = Campaign.objects.select_related("brand").get()
    return campaign


def again(person: Person, campaign: Campaign) -> Campaign:
    """The row as it is now, its brand at hand."""
    with person.acting():
        found: Campaign = Campaign.objects.select_related("brand").get(pk=campaign.pk)
    return found


def text_of(answer: Any) -> str:
    """The page as it is read, with its markup: white space is one space."""
    return re.sub(r"\s+", " ", html.unescape(answer.content.decode()))


def errors_of(answer: Any) -> list[str]:
    """The lines of the error summary."""
    assert answer.status_code == 422, text_of(answer)[-3000:]
    summary = re.search(r'errors__list">(.*?)</ul>', answer.content.decode(), re.DOTALL)
    assert summary
    lines = re.findall(r"<li>(.*?)</li>", summary[1], re.DOTALL)
    return [html.unescape(re.sub(r"<[^>]*>|\s+", " ", one)).strip() for one in lines]


def refused(ada: Person, campaign: Campaign, slug: str, answers: dict[str, Any]) -> str:
    """Post a step that has errors; nothing is saved. The lines of the summary, together."""
    before = again(ada, campaign).__dict__
    found = errors_of(ada.post(step(campaign, slug), answers))
    after = again(ada, campaign).__dict__
    assert {k: v for k, v in before.items() if k != "_state"} == {
        k: v for k, v in after.items() if k != "_state"
    }
    return " | ".join(found)
