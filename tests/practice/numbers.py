"""Numbers on campaigns as an adapter orders them, for the tests here."""

from __future__ import annotations

from typing import Any

import httpx

from tests.practice.campaigns import file_campaign, verified
from tests.practice_registry import PracticeRegistry

LINKS = "/phone_number_campaigns"
FIRST = "+12065550101"


def e164(number: int, area: str = "206") -> str:
    """A number out of a large block, which no rule of the registry fits."""
    return f"+1{area}{2000000 + number}"


def active(vendor: httpx.Client, registry: PracticeRegistry, **changes: Any) -> str:
    """The id of a campaign that takes numbers."""
    campaign: str = file_campaign(vendor, verified(vendor, registry), **changes)["campaignId"]
    registry.approve_campaign(campaign)
    return campaign


def assign(vendor: httpx.Client, number: str, campaign: str) -> dict[str, Any]:
    """Put a number on a campaign and return what the vendor answered."""
    answer = vendor.post(LINKS, json={"phoneNumber": number, "campaignId": campaign})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def read(vendor: httpx.Client, number: str) -> dict[str, Any]:
    """Where a number is."""
    answer = vendor.get(f"{LINKS}/{number}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def word(vendor: httpx.Client, number: str) -> str:
    """Its assignmentStatus, or "" when it is on no campaign."""
    answer = vendor.get(f"{LINKS}/{number}")
    return "" if answer.status_code == 404 else str(answer.json()["assignmentStatus"])


def refusal(vendor: httpx.Client, number: str, campaign: str) -> tuple[int, str, str]:
    """Status, code and pointer of a refused assignment."""
    answer = vendor.post(LINKS, json={"phoneNumber": number, "campaignId": campaign})
    (problem,) = answer.json()["errors"]
    return answer.status_code, problem["code"], problem.get("source", {}).get("pointer", "")


def listed(vendor: httpx.Client, campaign: str = "", **params: Any) -> dict[str, Any]:
    """One page of the list, of one campaign or of all."""
    asked = {**({"filter[telnyx_campaign_id]": campaign} if campaign else {}), **params}
    answer = vendor.get(LINKS, params=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found
