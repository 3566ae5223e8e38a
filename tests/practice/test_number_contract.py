"""The registry's numbers are held to the vendor's own file, in both directions, over real HTTP."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from portal.practice.numbers.rules import RULES
from tests.practice.numbers import FIRST, LINKS, active, assign, e164
from tests.practice_registry import PracticeRegistry

pytestmark = [pytest.mark.xdist_group("practice"), pytest.mark.contracts, pytest.mark.slow]

ACCOUNT = "https://api.telnyx.com/v2"
# The word that nobody knows breaks the vendor's list of statuses on purpose.
FITTING = [rule for rule in RULES if rule.trait != "odd"]


def read_all(gated: httpx.Client, number: str, *, status: int = 200) -> None:
    assert gated.get(f"{LINKS}/{number}").status_code == status
    for params in ({"sort": "-assignmentStatus"}, {"page": "1", "recordsPerPage": "500"}):
        assert gated.get(LINKS, params=params).status_code == 200


@pytest.mark.parametrize("rule", FITTING, ids=lambda rule: rule.phrase)
def test_every_fate_of_a_number_keeps_to_the_contract(
    gated: httpx.Client, registry: PracticeRegistry, api_key: str, rule: Any
) -> None:
    number = f"+1206{rule.ending}"
    registry.add_numbers(api_key, [number])
    campaign = active(gated, registry)
    assign(gated, number, campaign)
    read_all(gated, number)
    registry.advance(days=3)
    read_all(gated, number, status=404 if rule.trait == "lost" else 200)
    assert gated.delete(f"{LINKS}/{number}").status_code == (404 if rule.trait == "lost" else 200)
    registry.advance(days=3)
    read_all(gated, number, status=200 if rule.trait == "release_fails" else 404)


def test_moving_and_filtering_keep_to_the_contract(
    gated: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    registry.add_numbers(api_key, [FIRST])
    first, second = active(gated, registry), active(gated, registry)
    assign(gated, FIRST, first)
    moved = gated.put(f"{LINKS}/{FIRST}", json={"phoneNumber": FIRST, "campaignId": second})
    assert (moved.status_code, moved.json()["campaignId"]) == (200, second)
    for name in ("telnyx_campaign_id", "telnyx_brand_id", "tcr_campaign_id", "tcr_brand_id"):
        value = second if name == "telnyx_campaign_id" else moved.json()[_FIELDS[name]]
        found = gated.get(LINKS, params={f"filter[{name}]": value})
        assert [row["phoneNumber"] for row in found.json()["records"]] == [FIRST], name


_FIELDS = {"telnyx_brand_id": "brandId", "tcr_campaign_id": "tcrCampaignId", "tcr_brand_id": "tcrBrandId"}


def test_refusals_keep_to_the_contract(
    answers_only: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    registry.add_numbers(api_key, [FIRST])
    campaign = active(answers_only, registry)
    bodies: list[Any] = [
        {},
        {"phoneNumber": 7, "campaignId": campaign},
        {"phoneNumber": "206 555 0101", "campaignId": campaign},
        {"phoneNumber": e164(1), "campaignId": campaign},
        {"phoneNumber": FIRST, "campaignId": "nobody"},
    ]
    statuses = [answers_only.post(LINKS, json=body).status_code for body in bodies]
    assert statuses == [400, 400, 400, 404, 404]
    for method in ("GET", "DELETE"):
        assert answers_only.request(method, f"{LINKS}/{FIRST}").status_code == 404
    unknown = {"filter[campaign_id]": campaign}
    assert answers_only.get(LINKS, params=unknown).status_code == 400


def test_the_accounts_own_list_keeps_to_the_contract(
    gated: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    registry.add_numbers(api_key, [FIRST, e164(1)], tags=["clearline-one"])
    registry.add_numbers(api_key, ["+18885550100"], sms=False, profile=False)
    listed = gated.get(f"{ACCOUNT}/phone_numbers/messaging", params={"page[size]": "2"}).json()
    assert (len(listed["data"]), listed["meta"]["total_results"]) == (2, 3)
    assert gated.get(f"{ACCOUNT}/phone_numbers/messaging?page[number]=2&page[size]=2").status_code == 200
    by_tag = {"filter[tag]": "clearline-one", "include_tags": "true", "sort": "phone_number"}
    tagged = gated.get(f"{ACCOUNT}/phone_numbers/slim", params=by_tag).json()
    assert [row["phone_number"] for row in tagged["data"]] == sorted([FIRST, e164(1)])

    (bare,) = [row for row in listed["data"] if row["messaging_profile_id"] is None]
    profiles = gated.get(f"{ACCOUNT}/messaging_profiles").json()["data"]
    place = f"{ACCOUNT}/phone_numbers/{bare['id']}"
    changed = gated.patch(f"{place}/messaging", json={"messaging_profile_id": profiles[0]["id"]})
    assert changed.json()["data"]["messaging_profile_id"] == profiles[0]["id"]
    assert gated.get(place).json()["data"]["messaging_profile_name"] == profiles[0]["name"]
    assert gated.get(f"{place}/messaging").status_code == 200
    filed = {"name": "Second", "whitelisted_destinations": ["US", "CA"]}
    assert gated.post(f"{ACCOUNT}/messaging_profiles", json=filed).status_code == 200
