"""Campaigns as an adapter files them, for the tests here."""

from __future__ import annotations

from typing import Any

import httpx

from tests.practice.conftest import file
from tests.practice_registry import PracticeRegistry

ATT, TMOBILE, USCELLULAR, VERIZON = "10017", "10035", "10037", "10038"


def campaign_filing(brand_id: str, **changes: Any) -> dict[str, Any]:
    """A campaign that the vendor takes; None leaves a field out."""
    body = {
        "brandId": brand_id,
        "usecase": "LOW_VOLUME",
        "subUsecases": ["CUSTOMER_CARE", "ACCOUNT_NOTIFICATION"],
        "description": "Acme Flowers tells its customers about their orders and answers their questions.",
        "messageFlow": "Customers agree at https://acme.example/texts by ticking a box beside their number.",
        "sample1": "Acme Flowers: your order 123 is ready. Reply STOP to opt out.",
        "sample2": "Acme Flowers: we deliver today between 9 and 11. Reply STOP to opt out.",
        "subscriberOptin": True,
        "subscriberOptout": True,
        "subscriberHelp": True,
        "optinKeywords": "START",
        "optoutKeywords": "STOP,UNSUBSCRIBE",
        "helpKeywords": "HELP,INFO",
        "optinMessage": "Acme Flowers: you will get order texts. Reply HELP for help, STOP to opt out.",
        "optoutMessage": "Acme Flowers: you are unsubscribed and will get no more messages.",
        "helpMessage": "Acme Flowers: write to help@acme.example.",
        "embeddedLink": False,
        "embeddedPhone": False,
        "numberPool": False,
        "ageGated": False,
        "directLending": False,
        "privacyPolicyLink": "https://acme.example/privacy",
        "termsAndConditionsLink": "https://acme.example/terms",
        "termsAndConditions": True,
        "autoRenewal": True,
        "webhookURL": "https://portal.example/webhooks/telnyx/campaign-key/",
    } | changes
    return {name: value for name, value in body.items() if value is not None}


def verified(vendor: httpx.Client, registry: PracticeRegistry, **changes: Any) -> str:
    """The id of a verified brand."""
    brand: str = file(vendor, **changes)["brandId"]
    registry.approve(brand)
    return brand


def file_campaign(vendor: httpx.Client, brand_id: str, **changes: Any) -> dict[str, Any]:
    """File a campaign and return what the vendor answered."""
    answer = vendor.post("/campaignBuilder", json=campaign_filing(brand_id, **changes))
    assert answer.status_code == 200, answer.text
    campaign: dict[str, Any] = answer.json()
    return campaign


def read_campaign(vendor: httpx.Client, campaign: dict[str, Any]) -> dict[str, Any]:
    """Read a campaign that was filed."""
    answer = vendor.get(f"/campaign/{campaign['campaignId']}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def networks(vendor: httpx.Client, campaign: dict[str, Any]) -> dict[str, str]:
    """What each mobile carrier says of it."""
    answer = vendor.get(f"/campaign/{campaign['campaignId']}/operationStatus")
    assert answer.status_code == 200, answer.text
    found: dict[str, str] = answer.json()
    return found
