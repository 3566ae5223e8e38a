"""The registry's campaigns are held to the vendor's own file, in both directions, over real HTTP."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import httpx
import pytest

from portal.practice.campaigns.networks import USE_CASES
from portal.practice.campaigns.rules import RULES
from portal.practice.telnyx.campaign_schema import FLAGS, LISTS, TEXTS, UPDATE_FIELDS
from tests.carriers.contract_gate import ContractBroken, document
from tests.practice.campaigns import ATT, campaign_filing, file_campaign, verified
from tests.practice.conftest import file
from tests.practice_registry import PracticeRegistry

pytestmark = [pytest.mark.xdist_group("practice"), pytest.mark.contracts, pytest.mark.slow]

FILINGS: list[dict[str, Any]] = [
    {},
    {"usecase": "CUSTOMER_CARE", "subUsecases": None, "sample2": None},
    {
        "usecase": "MIXED",
        "subUsecases": ["CUSTOMER_CARE", "2FA", "MARKETING"],
        "embeddedLink": True,
        "embeddedLinkSample": "https://acme.example/o/1",
        "referenceId": "clearline-1",
        "tag": ["demo"],
        "mnoIds": [int(ATT)],
        "autoRenewal": False,
        "webhookFailoverURL": "https://portal.example/failover",
        "sample3": "Acme Flowers: tell us how you liked the roses. Reply STOP to opt out.",
    },
]
# The word that nobody knows breaks the vendor's list of statuses on purpose.
PHRASES = [rule.phrase for rule in RULES if rule.then != "odd"]


def read_all(gated: httpx.Client, campaign: dict[str, Any]) -> None:
    place = f"/campaign/{campaign['campaignId']}"
    for path in (place, f"{place}/operationStatus", f"{place}/mnoMetadata"):
        assert gated.get(path).status_code == 200
    listed = gated.get("/campaign", params={"brandId": campaign["brandId"]})
    assert listed.json()["records"][0]["assignedPhoneNumbersCount"] == 0


@pytest.mark.parametrize("changes", FILINGS)
def test_every_kind_of_campaign_keeps_to_the_contract(
    gated: httpx.Client, registry: PracticeRegistry, changes: dict[str, Any]
) -> None:
    campaign = file_campaign(gated, verified(gated, registry), **changes)
    read_all(gated, campaign)
    registry.approve_campaign(campaign["campaignId"])
    read_all(gated, campaign)


@pytest.mark.parametrize("phrase", PHRASES)
def test_every_fate_keeps_to_the_contract(
    gated: httpx.Client, registry: PracticeRegistry, phrase: str
) -> None:
    sample = f"Acme Flowers: {phrase}. Reply STOP to opt out."
    campaign = file_campaign(gated, verified(gated, registry), sample2=sample)
    for days in (0.01, 3, 8, 10, 95):
        registry.advance(days=days)
        read_all(gated, campaign)


def test_changing_appealing_and_ending_keep_to_the_contract(
    gated: httpx.Client, registry: PracticeRegistry
) -> None:
    campaign = file_campaign(gated, verified(gated, registry))
    place = f"/campaign/{campaign['campaignId']}"
    assert gated.post(f"{place}/appeal", json={"appeal_reason": "Too early."}).status_code == 400
    registry.reject_campaign(campaign["campaignId"])
    read_all(gated, campaign)
    change = {"sample1": "Acme Flowers: better words. Reply STOP to opt out.", "autoRenewal": False}
    assert gated.put(place, json=change).json()["sample1"] == change["sample1"]
    appealed = gated.post(f"{place}/appeal", json={"appeal_reason": "The words are better now."})
    assert appealed.json()["appealed_at"].endswith("+00:00")
    read_all(gated, campaign)
    assert gated.delete(place).json()["message"] == "success"
    read_all(gated, campaign)


def test_qualification_and_cost_keep_to_the_contract_for_every_use_case(
    gated: httpx.Client, registry: PracticeRegistry
) -> None:
    brand = verified(gated, registry)
    for code in USE_CASES:
        told = gated.get(f"/campaignBuilder/brand/{brand}/usecase/{code}").json()
        assert told["mnoMetadata"][ATT]["mno"] == "AT&T"
        assert gated.get("/campaign/usecase/cost", params={"usecase": code}).status_code == 200


def test_the_list_takes_every_order_of_the_contract(
    gated: httpx.Client, registry: PracticeRegistry, folder: Path
) -> None:
    brand = verified(gated, registry)
    ids = [file_campaign(gated, brand)["campaignId"] for _n in range(3)]
    listed = document(folder, "telnyx")["paths"]["/10dlc/campaign"]["get"]["parameters"]
    orders = next(row for row in listed if row["name"] == "sort")["schema"]["enum"]
    assert len(orders) == 10
    for order in orders:
        asked = {"brandId": brand, "sort": order, "recordsPerPage": "2"}
        pages = [gated.get("/campaign", params={**asked, "page": page}).json() for page in ("1", "2")]
        found = [row["campaignId"] for page in pages for row in page["records"]]
        assert sorted(found) == sorted(ids)
        assert [page["totalRecords"] for page in pages] == [3, 3]


def test_refusals_keep_to_the_contract(
    answers_only: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    vendor = answers_only
    brand, unverified = verified(vendor, registry), file(vendor)["brandId"]
    taken = file_campaign(vendor, brand, referenceId="once")
    place = f"/campaign/{taken['campaignId']}"
    nobody = str(uuid.uuid4())

    def filed(**changes: Any) -> httpx.Response:
        return vendor.post("/campaignBuilder", json=campaign_filing(brand, **changes))

    expected = [
        (vendor.post("/campaignBuilder", json={}), 422, "detail"),
        (filed(subUsecases="CUSTOMER_CARE"), 422, "detail"),
        (filed(mnoIds=["AT&T"]), 422, "detail"),
        (filed(tag=["a", "a"]), 422, "detail"),
        (filed(autoRenewal="yes"), 422, "detail"),
        (filed(usecase="TELEPATHY"), 400, "code"),
        (filed(description="Too short."), 400, "code"),
        (filed(subUsecases=[]), 400, "code"),
        (filed(subUsecases=["NONSENSE"]), 400, "code"),
        (filed(sample2=None), 400, "code"),
        (filed(subscriberOptout=False), 400, "code"),
        (filed(optoutKeywords="STOP, END"), 400, "code"),
        (filed(mnoIds=[1]), 400, "code"),
        (filed(referenceId="once"), 409, "errors"),
        (vendor.post("/campaignBuilder", json=campaign_filing(unverified)), 400, "code"),
        (vendor.post("/campaignBuilder", json=campaign_filing(nobody)), 400, "code"),
        (vendor.get("/campaign"), 422, "detail"),
        (vendor.get("/campaign", params={"brandId": brand, "sort": "x"}), 400, "errors"),
        (vendor.get("/campaign", params={"brandId": brand, "status": "x"}), 400, "errors"),
        (vendor.get("/campaign/nothing"), 404, "errors"),
        (vendor.put("/campaign/nothing", json={}), 404, "errors"),
        (vendor.put(place, json={"sample1": "x" * 256}), 422, "detail"),
        (vendor.put(place, json={"sample1": "short"}), 400, "errors"),
        (vendor.delete("/campaign/nothing"), 404, "errors"),
        (vendor.post(f"/campaign/{nobody}/appeal", json={"appeal_reason": "x"}), 404, "code"),
        (vendor.post(f"{place}/appeal", json={}), 422, "detail"),
        (vendor.get("/campaign/nothing/operationStatus"), 404, "errors"),
        (vendor.get("/campaign/nothing/mnoMetadata"), 404, "errors"),
        (vendor.get(f"/campaignBuilder/brand/{brand}/usecase/TELEPATHY"), 400, "errors"),
        (vendor.get(f"/campaignBuilder/brand/{nobody}/usecase/2FA"), 404, "errors"),
        (vendor.get("/campaign/usecase/cost"), 422, "detail"),
        (vendor.get("/campaign/usecase/cost", params={"usecase": "TELEPATHY"}), 400, "errors"),
        (vendor.get(place, headers={"Authorization": "Bearer wrong"}), 401, "errors"),
        (vendor.delete(f"/brand/{brand}"), 400, "code"),
    ]
    registry.funds(api_key, funds=False)
    expected.append((filed(), 402, "code"))
    told = [(answer.status_code, next(iter(answer.json()))) for answer, _status, _shape in expected]
    assert told == [(status, shape) for _answer, status, shape in expected]
    assert len(registry.campaigns(account=api_key)) == 1


def test_the_registry_takes_of_a_campaign_what_the_contract_takes(folder: Path) -> None:
    schemas = document(folder, "telnyx")["components"]["schemas"]
    create = schemas["CampaignRequest"]
    kinds = {field.name: "string" for field in TEXTS} | {field.name: "boolean" for field in FLAGS}
    assert {**kinds, **dict.fromkeys(LISTS, "array")} == {
        name: told["type"] for name, told in create["properties"].items()
    }
    assert {field.name for field in TEXTS if field.required} == set(create["required"])
    update = schemas["UpdateCampaignRequest"]["properties"]
    assert {field.name: field.longest for field in UPDATE_FIELDS} == {
        name: told.get("maxLength") for name, told in update.items()
    }


def test_the_odd_word_breaks_the_contract_and_the_gate_sees_it(
    gated: httpx.Client, registry: PracticeRegistry
) -> None:
    campaign = file_campaign(gated, verified(gated, registry))
    registry.decide_campaign(campaign["campaignId"], "say")
    with pytest.raises(ContractBroken, match="ON_THE_DESK_OF_SOMEBODY"):
        gated.get(f"/campaign/{campaign['campaignId']}")
