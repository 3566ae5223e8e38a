"""Things that start valid."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from brands.models import Brand, start_draft
from portal import clock
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


def unique_name(stem: str = "Acme") -> str:
    """A company name nobody else uses in this run."""
    return f"{stem} {uuid4().hex[:8]} LLC"
