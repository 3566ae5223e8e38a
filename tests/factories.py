"""Things that start valid."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from brands import states as brand_states
from brands.models import Brand, start_draft
from campaigns import states as campaign_states
from campaigns.models import Campaign, Registration
from campaigns.models import start_draft as start_campaign
from campaigns.submitting import submit
from portal import clock
from portal.audit.recording import REGISTRY
from portal.lifecycle.models import Due, Submission, SubmissionState
from portal.lifecycle.states import make
from portal.tenancy.scope import acting_for
from tests.people import Person

COMPANY = {
    "legal_name": "Acme Plumbing, LLC",
    "display_name": "Acme Plumbing",
    "entity_type": "PRIVATE_PROFIT",
    "country": "US",
    "tax_id": "91-4730265",
}
ADDRESS = {
    "street": "1420 Fifth Avenue, Suite 2200",
    "city": "Seattle",
    "state": "WA",
    "postal_code": "98101",
}
BUSINESS = {"website": "https://www.acme.example", "vertical": "CONSTRUCTION"}
CONTACT = {
    "email": "support@acme.example",
    "phone": "+12065550142",
    "first_name": "Ada",
    "last_name": "Osei",
}
ANSWERS = COMPANY | ADDRESS | BUSINESS | CONTACT
PUBLIC = {
    "entity_type": "PUBLIC_PROFIT",
    "stock_exchange": "NASDAQ",
    "stock_symbol": "ACME",
    "business_contact_email": "ada.osei@acme.example",
}

# A sole proprietor. The tax id is typed only where a test says so.
ALONE = {
    "entity_type": "SOLE_PROPRIETOR",
    "legal_name": "",
    "display_name": "Osei Flowers",
    "tax_id": "",
    "first_name": "Ada",
    "last_name": "Osei",
    "mobile_phone": "+12065550177",
}

# A campaign of that company with which no rule finds anything wrong.
CAMPAIGN: dict[str, Any] = {
    "name": "Acme Plumbing visits",
    "collects_opt_ins": True,
    "processes_opt_outs": True,
    "answers_help": True,
    "product": "phone",
    "consent": {
        "website": {
            "words": "Customers type their mobile number into the booking form and tick an empty box that says"
            " they agree to texts about their visits.",
            "evidence": "https://www.acme.example/book",
        }
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
        "Acme Plumbing: your appointment is on Friday at 9 AM. Reply YES to confirm it. Reply STOP to opt out.",
        "Acme Plumbing: thank you for contacting support, your ticket is open and an agent will follow up today."
        " Reply STOP to opt out.",
    ],
    "description": "Acme Plumbing reminds its customers of the appointments that they booked and answers their"
    " questions about repairs on their account.",
    "message_flow": "Customers opt in on https://www.acme.example/book: they type their mobile number into the"
    " booking form and tick an empty box that says they agree to texts from Acme Plumbing about their"
    " appointments. Message frequency varies. Msg & data rates may apply. Reply HELP for help, STOP to opt out."
    " Privacy policy: https://www.acme.example/privacy. Terms: https://www.acme.example/terms.",
    "message_flow_own": True,
    "privacy_url": "https://www.acme.example/privacy",
    "terms_url": "https://www.acme.example/terms",
    "optin_keywords": "START,SUBSCRIBE",
    "optout_keywords": "STOP,UNSUBSCRIBE,CANCEL,END,QUIT",
    "help_keywords": "HELP,INFO",
    "optin_message": "Acme Plumbing: you are subscribed to appointment texts. Message frequency varies. Msg & data"
    " rates may apply. Reply HELP for help, STOP to opt out.",
    "optout_message": "Acme Plumbing: you are unsubscribed and will receive no more messages.",
    "help_message": "Acme Plumbing: for help, write to support@acme.example or see https://www.acme.example."
    " Reply STOP to opt out.",
    "auto_renewal": False,
}


def brand_draft(person: Person, **answers: Any) -> Brand:
    """A complete draft of `person`'s organization; keyword arguments replace answers."""
    times = clock.read()
    with acting_for(person.organization.pk, by=person.actor):
        brand = start_draft(organization_id=person.organization.pk, by=person.actor, times=times)
        brand.accept_terms(by=person.actor, times=times)
        brand.save_answers({**ANSWERS, **answers}, times=times)
    return brand


def submitted_brand(person: Person, **answers: Any) -> Brand:
    """A brand that has been submitted and not yet sent."""
    brand = brand_draft(person, **answers)
    with acting_for(person.organization.pk, by=person.actor):
        brand.submit(by=person.actor, times=clock.read())
    return brand


def verified_brand(person: Person, **answers: Any) -> Brand:
    """A brand that the registry verified, by its moves alone: no carrier was asked, and none knows it."""
    brand = submitted_brand(person, **answers)
    with acting_for(person.organization.pk, by=person.actor):
        at, reference = clock.read().business, f"4b{uuid4()}"
        rows = Submission.objects.filter(subject_id=brand.pk)
        Due.objects.filter(item__in=rows.values_list("pk", flat=True)).delete()
        rows.update(state=SubmissionState.CONFIRMED, reference=reference)
        make(brand_states.ACCEPT, brand, by=REGISTRY, at=at, reference=reference)
        make(brand_states.VERIFY, brand, by=REGISTRY, at=at)
    return brand


def campaign_draft(person: Person, brand: Brand | None = None, **answers: Any) -> Campaign:
    """A complete draft that may be submitted: of `brand`, or of a verified one; keyword arguments replace answers."""
    brand = brand or verified_brand(person)
    times = clock.read()
    with acting_for(person.organization.pk, by=person.actor):
        campaign = start_campaign(
            organization_id=person.organization.pk, by=person.actor, times=times, brand=brand
        )
        campaign.save_answers({**CAMPAIGN, **answers}, times=times)
    return campaign


def submitted_campaign(person: Person, brand: Brand | None = None, **answers: Any) -> Campaign:
    """A campaign that has been submitted and not yet sent."""
    campaign = campaign_draft(person, brand, **answers)
    with acting_for(person.organization.pk, by=person.actor):
        submit(campaign, by=person.actor, times=clock.read())
    return campaign


def active_campaign(
    person: Person, brand: Brand | None = None, *, days: float = 90, networks: int = 4, **answers: Any
) -> Campaign:
    """A campaign that everybody approved, by its moves alone: no carrier was asked, and none knows it.

    Its period ends in `days`; it renews by itself where `auto_renewal` says so.
    """
    campaign = submitted_campaign(person, brand, **answers)
    with acting_for(person.organization.pk, by=person.actor):
        at, reference = clock.read().business, f"4c{uuid4()}"
        rows = Submission.objects.filter(subject_id=campaign.pk)
        Due.objects.filter(item__in=rows.values_list("pk", flat=True)).delete()
        rows.update(state=SubmissionState.CONFIRMED, reference=reference)
        Registration.objects.create(
            organization_id=campaign.organization_id,
            campaign=campaign,
            number=1,
            key=rows.get().key,
            account=rows.get().account,
            reference=reference,
            word="MNO_PROVISIONED",
            networks=networks,
            approved=networks,
            taken_at=at,
            activated_at=at,
            ends_at=at + timedelta(days=days),
            renews=campaign.auto_renewal,
            confirmed_at=at,
        )
        make(campaign_states.ACCEPT, campaign, by=REGISTRY, at=at)
        make(campaign_states.ACTIVATE, campaign, by=REGISTRY, at=at)
    return campaign


def unique_name(stem: str = "Acme") -> str:
    """A company name nobody else uses in this run."""
    return f"{stem} {uuid4().hex[:8]} LLC"
