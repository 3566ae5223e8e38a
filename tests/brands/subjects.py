"""Answers of brands for the rules: one that nothing can be said against, and what replaces its answers."""

from __future__ import annotations

from typing import Any

from brands.rules_subject import BrandSubject

HONEST: dict[str, str] = {
    "entity_type": "PRIVATE_PROFIT",
    "country": "US",
    "legal_name": "Acme Plumbing, LLC",
    "display_name": "Acme Plumbing",
    "tax_id": "91-4730265",
    "street": "1420 Fifth Avenue, Suite 2200",
    "city": "Seattle",
    "state": "WA",
    "postal_code": "98101",
    "website": "https://www.acmeplumbing.com",
    "vertical": "CONSTRUCTION",
    "email": "support@acmeplumbing.com",
    "phone": "+12065550142",
    "first_name": "Ada",
    "last_name": "Osei",
}
LISTED = {
    "entity_type": "PUBLIC_PROFIT",
    "legal_name": "Acme Plumbing, Inc.",
    "stock_exchange": "NASDAQ",
    "stock_symbol": "ACME",
    "business_contact_email": "ada.osei@acmeplumbing.com",
}
CANADIAN = {
    "country": "CA",
    "legal_name": "Acme Plumbing Ltd.",
    "tax_id": "123456782RC0001",
    "street": "200 Kent Street",
    "city": "Ottawa",
    "state": "ON",
    "postal_code": "K1A 0E6",
    "phone": "+16135550142",
}
PERSON = {
    "entity_type": "SOLE_PROPRIETOR",
    "legal_name": "Ada Osei",
    "display_name": "Ada's Plumbing",
    "tax_id": "",
    "mobile_phone": "+12065550143",
}


def subject(*parts: dict[str, str], **answers: Any) -> BrandSubject:
    """The honest company with `parts`, then `answers`, in the place of its answers."""
    merged: dict[str, Any] = dict(HONEST)
    for part in parts:
        merged |= part
    return BrandSubject(**(merged | answers))
