"""The demo company's campaigns: one that is active with numbers on it, one that waits, one to finish.

The active one is really filed: the loop runs here for a moment, before any worker does, and the practice registry is
told to approve at once what otherwise takes days. Where it does not answer, what is there stays as it is, and the
worker goes on with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from brands import states as brand_states
from brands.models import Brand
from campaigns import states as campaign_states
from campaigns.models import Campaign, start_draft
from campaigns.submitting import submit
from portal import clock
from portal.audit.recording import Actor
from portal.lifecycle import gateway, loop
from portal.lifecycle.knocking import knock
from portal.lifecycle.models import Watch
from portal.management import demo_numbers
from portal.management.demo_practice import LOOK, told
from portal.tenancy.models import Organization
from portal.tenancy.scope import acting_for

REMINDERS: dict[str, Any] = {
    "name": "Larkspur Dental phone campaign",
    "collects_opt_ins": True,
    "processes_opt_outs": True,
    "answers_help": True,
    "product": "phone",
    "consent": {
        "website": {
            "words": (
                "Patients enter their mobile number when they book on our website and tick a separate box,"
                " empty at first, that says they agree to appointment texts from Larkspur Dental."
            ),
            "evidence": "https://www.larkspur.example/book",
        },
        "verbal": {
            "words": (
                "When patients call to book, our staff ask whether Larkspur Dental may text them reminders,"
                " and note a yes with date and name in the patient's file."
            ),
            "evidence": "",
        },
    },
    "use_case": "LOW_VOLUME",
    "sub_use_cases": ["ACCOUNT_NOTIFICATION", "CUSTOMER_CARE"],
    "categories_fit": False,
    "embedded_link": False,
    "embedded_phone": False,
    "age_gated": False,
    "direct_lending": False,
    "number_pool": False,
    "samples": [
        "Larkspur Dental: your appointment is on Monday at 9 AM. Reply YES to confirm it. Reply STOP to opt"
        " out.",
        "Larkspur Dental: thank you for your question. An agent will follow up on your account today. Reply"
        " STOP to opt out.",
    ],
    "description": (
        "Larkspur Dental reminds its patients of the appointments that they booked and answers their"
        " questions about treatments and their account."
    ),
    "message_flow": (
        "Patients opt in on https://www.larkspur.example/book, where they enter their mobile number and"
        " tick a separate box that says they agree to appointment texts from Larkspur Dental, or by saying"
        " yes when our staff ask on the phone. Message frequency varies. Msg & data rates may apply. Reply"
        " HELP for help, STOP to opt out. Privacy policy: https://www.larkspur.example/privacy. Terms:"
        " https://www.larkspur.example/terms."
    ),
    "message_flow_own": True,
    "privacy_url": "https://www.larkspur.example/privacy",
    "terms_url": "https://www.larkspur.example/terms",
    "optin_keywords": "START,SUBSCRIBE",
    "optout_keywords": "STOP,UNSUBSCRIBE,CANCEL,END,QUIT",
    "help_keywords": "HELP,INFO",
    "optin_message": (
        "Larkspur Dental: you are subscribed to appointment texts. Message frequency varies. Msg & data"
        " rates may apply. Reply HELP for help, STOP to opt out."
    ),
    "optout_message": "Larkspur Dental: you are unsubscribed and will receive no more messages.",
    "help_message": (
        "Larkspur Dental: for help, write to support@larkspur.example or call +1 206 555 0142. Reply STOP"
        " to opt out."
    ),
    "auto_renewal": True,
}
SURVEYS = REMINDERS | {
    "name": "Larkspur Dental contact center campaign",
    "product": "contact_center",
    "samples": [
        "Larkspur Dental: your ticket about the crown is open, and an agent will help you today. Reply STOP"
        " to opt out.",
        "Larkspur Dental: your statement for November is ready on your account at our desk. Reply STOP to"
        " opt out.",
    ],
    "description": (
        "Agents of Larkspur Dental answer patients who contacted the practice with a question about their"
        " treatment, their bill or their account."
    ),
    "auto_renewal": False,
}


def make(company: str, by: Actor) -> None:
    """The campaigns and numbers of `company`, whose brand has been submitted."""
    organization = Organization.objects.get(name=company)
    _step(organization, by, Brand)
    with acting_for(organization.pk, by=by):
        brand = Brand.objects.exclude(status=brand_states.DRAFT).order_by("created_at").first()
        first, second = (_draft(organization, by, brand, answers) for answers in (REMINDERS, SURVEYS))
        start_draft(organization_id=organization.pk, by=by, times=clock.read(), brand=brand)
        numbers = demo_numbers.stock(organization)
        if brand is None or brand.status != brand_states.VERIFIED:
            return
        submit(first, by=by, times=clock.read())
    _step(organization, by, Campaign)
    with acting_for(organization.pk, by=by):
        submit(second, by=by, times=clock.read())
        if Campaign.objects.get(pk=first.pk).status == campaign_states.ACTIVE:
            demo_numbers.put_on(first, numbers, by=by)
    demo_numbers.settle(organization, by=by)
    gateway.carrier(gateway.default_account()).close()
    gateway.carrier.cache_clear()


def _draft(
    organization: Organization, by: Actor, brand: Brand | None, answers: Mapping[str, Any]
) -> Campaign:
    campaign: Campaign = start_draft(organization_id=organization.pk, by=by, times=clock.read(), brand=brand)
    campaign.save_answers(dict(answers), times=clock.read())
    return campaign


def _step(organization: Organization, by: Actor, kind: type[Brand] | type[Campaign]) -> None:
    """Send what was submitted, have it approved, and read that."""
    loop.run(seconds=LOOK)
    with acting_for(organization.pk, by=by):
        waits = list(Watch.objects.filter(kind=kind.kind, closed_at=None))
    if waits and all(_approve(kind, wait.reference) for wait in waits):
        knock([wait.pk for wait in waits], clock.read())
        loop.run(seconds=LOOK)


def _approve(kind: type[Brand] | type[Campaign], reference: str) -> bool:
    """Have the practice registry decide now."""
    if kind is Brand:
        return told(f"brands/{reference}/verdict", outcome="verified")
    return told(f"campaigns/{reference}/decision", act="accept", stage="carriers")
