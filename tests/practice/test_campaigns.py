"""Campaigns at the registry: filed, looked at by three, changed, appealed, ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx
import pytest

from tests.practice.campaigns import (
    ATT,
    TMOBILE,
    USCELLULAR,
    VERIZON,
    campaign_filing,
    file_campaign,
    networks,
    read_campaign,
    verified,
)
from tests.practice.conftest import file
from tests.practice_registry import PracticeRegistry, RegistryFailed

pytestmark = [pytest.mark.xdist_group("practice"), pytest.mark.slow]


def test_a_campaign_passes_registry_provider_and_carriers_in_five_to_seven_business_days(
    vendor: httpx.Client, registry: PracticeRegistry
) -> None:
    brand = verified(vendor, registry)
    campaign = file_campaign(vendor, brand, referenceId="ours-1")
    assert (campaign["campaignStatus"], campaign["submissionStatus"]) == ("TCR_PENDING", "PENDING")
    registry.advance(seconds=100)
    taken = read_campaign(vendor, campaign)
    assert (taken["campaignStatus"], taken["submissionStatus"]) == ("TCR_ACCEPTED", "CREATED")
    assert taken["tcrCampaignId"][0] == "C"
    assert networks(vendor, campaign) == {}
    told = registry.campaign(campaign["campaignId"])
    words = [read_campaign(vendor, campaign)["campaignStatus"]]
    for _day in range(13):
        registry.advance(days=1)
        words.append(read_campaign(vendor, campaign)["campaignStatus"])
    assert list(dict.fromkeys(words)) == ["TCR_ACCEPTED", "MNO_PENDING", "MNO_PROVISIONED"]
    assert set(networks(vendor, campaign).values()) == {"APPROVED"}
    activated = next(one["at"] for one in told["steps"] if one["act"] == "provisioned")
    filed = datetime.fromisoformat(told["filed_at"])
    days = [filed.toordinal() + n for n in range(1, (datetime.fromisoformat(activated) - filed).days + 1)]
    assert 5 <= sum(1 for day in days if datetime.fromordinal(day).weekday() < 5) <= 7
    assert (taken["referenceId"], taken["webhookURL"]) == ("ours-1", campaign_filing(brand)["webhookURL"])


def test_the_whole_way_at_once_by_hand(vendor: httpx.Client, registry: PracticeRegistry) -> None:
    campaign = file_campaign(vendor, verified(vendor, registry))
    registry.approve_campaign(campaign["campaignId"])
    found = read_campaign(vendor, campaign)
    assert (found["campaignStatus"], found["status"]) == ("MNO_PROVISIONED", "ACTIVE")
    assert networks(vendor, campaign) == dict.fromkeys((ATT, TMOBILE, USCELLULAR, VERIZON), "APPROVED")
    assert found["billedDate"] < found["nextRenewalOrExpirationDate"]
    done = vendor.delete(f"/campaign/{campaign['campaignId']}")
    assert done.status_code == 200
    assert read_campaign(vendor, campaign)["campaignStatus"] == "TCR_EXPIRED"
    assert vendor.delete(f"/campaign/{campaign['campaignId']}").status_code == 400


def rejected(sample: str) -> str:
    return f"Acme Flowers: {sample}. Reply STOP to opt out."


@pytest.mark.parametrize(
    ("phrase", "word", "failure"),
    [
        ("Registry refuses", "TCR_FAILED", "could not be registered"),
        ("Reject opt-out", "TELNYX_FAILED", "do not include opt-out"),
        (
            "Reject several",
            "TELNYX_FAILED",
            "602: Sample messages do not match the declared use case.\n804: ",
        ),
        ("Carriers reject", "MNO_REJECTED", "602: "),
        ("Carriers reject attributes", "MNO_REJECTED", "601: "),
        ("Carriers reject oddly", "MNO_REJECTED", "7777: "),
        ("Provisioning fails", "MNO_PROVISIONING_FAILED", "30899: "),
    ],
)
def test_words_in_a_sample_decide_by_themselves(
    vendor: httpx.Client, registry: PracticeRegistry, phrase: str, word: str, failure: str
) -> None:
    campaign = file_campaign(vendor, verified(vendor, registry), sample2=rejected(phrase.upper()))
    assert "failureReasons" not in read_campaign(vendor, campaign)
    registry.advance(days=12)
    found = read_campaign(vendor, campaign)
    assert (found["campaignStatus"], found["status"]) == (word, "ACTIVE")
    assert failure in found["failureReasons"]
    assert "nextRenewalOrExpirationDate" not in found


def test_a_phrase_inside_another_word_decides_nothing(
    vendor: httpx.Client, registry: PracticeRegistry
) -> None:
    brand = verified(vendor, registry)
    campaign = file_campaign(vendor, brand, sample2=rejected("Reject opt-inn and preject opt-in"))
    registry.advance(days=12)
    assert read_campaign(vendor, campaign)["campaignStatus"] == "MNO_PROVISIONED"


@pytest.mark.parametrize(
    ("phrase", "code"), [("AT&T rejects", ATT), ("T-Mobile rejects", TMOBILE), ("Verizon rejects", VERIZON)]
)
def test_one_carrier_may_refuse_while_the_others_let_it_through(
    vendor: httpx.Client, registry: PracticeRegistry, phrase: str, code: str
) -> None:
    campaign = file_campaign(vendor, verified(vendor, registry), sample2=rejected(phrase))
    registry.advance(days=12)
    assert read_campaign(vendor, campaign)["campaignStatus"] == "MNO_PROVISIONED"
    assert {name for name, word in networks(vendor, campaign).items() if word == "REJECTED"} == {code}


def test_carriers_answer_one_after_the_other(vendor: httpx.Client, registry: PracticeRegistry) -> None:
    campaign = file_campaign(vendor, verified(vendor, registry), mnoIds=[int(ATT), int(USCELLULAR)])
    registry.approve_campaign(campaign["campaignId"], stage="provider")
    assert networks(vendor, campaign) == {ATT: "REVIEW", USCELLULAR: "REVIEW"}
    registry.network(campaign["campaignId"], ATT, "APPROVED")
    assert networks(vendor, campaign) == {ATT: "APPROVED", USCELLULAR: "REVIEW"}
    assert read_campaign(vendor, campaign)["campaignStatus"] == "MNO_PENDING"
    registry.advance(days=10)
    assert read_campaign(vendor, campaign)["campaignStatus"] == "MNO_PROVISIONED"
    assert set(vendor.get(f"/campaign/{campaign['campaignId']}/mnoMetadata").json()) == {ATT, USCELLULAR}
    assert not read_campaign(vendor, campaign)["isTMobileRegistered"]


def test_a_change_is_looked_at_again_only_after_an_appeal(
    vendor: httpx.Client, registry: PracticeRegistry
) -> None:
    campaign = file_campaign(vendor, verified(vendor, registry), sample2=rejected("Reject opt-out"))
    place = f"/campaign/{campaign['campaignId']}"
    # Two business days, and a weekend at the most.
    registry.advance(days=5)
    assert read_campaign(vendor, campaign)["campaignStatus"] == "TELNYX_FAILED"
    better = {
        "sample2": rejected("your roses are here"),
        "description": "Never taken over, whatever it says.",
    }
    changed = vendor.put(place, json={**better, "usecase": "2FA"}).json()
    assert (changed["campaignStatus"], changed["sample2"]) == ("TELNYX_FAILED", better["sample2"])
    assert (changed["description"], changed["usecase"]) == (campaign["description"], "LOW_VOLUME")
    registry.advance(days=9)
    assert read_campaign(vendor, campaign)["campaignStatus"] == "TELNYX_FAILED"
    assert vendor.post(f"{place}/appeal", json={"appeal_reason": "Better words."}).status_code == 200
    again = read_campaign(vendor, campaign)
    assert again["campaignStatus"] == "TCR_ACCEPTED"
    assert "failureReasons" not in again
    assert networks(vendor, campaign) == {}
    assert vendor.post(f"{place}/appeal", json={"appeal_reason": "Once more."}).status_code == 400
    registry.advance(days=12)
    assert read_campaign(vendor, campaign)["campaignStatus"] == "MNO_PROVISIONED"


def test_an_appeal_without_a_change_passes_only_what_was_wrong_outside_of_the_form(
    vendor: httpx.Client, registry: PracticeRegistry
) -> None:
    brand = verified(vendor, registry)
    inside = file_campaign(vendor, brand, sample2=rejected("Reject opt-out"))
    outside = file_campaign(vendor, brand, sample2=rejected("Reject website"))
    carriers = file_campaign(vendor, brand, sample2=rejected("Carriers reject"))
    registry.advance(days=12)
    for campaign in (inside, outside, carriers):
        told = {"appeal_reason": "The website is repaired."}
        assert vendor.post(f"/campaign/{campaign['campaignId']}/appeal", json=told).status_code == 200
    registry.advance(days=12)
    words = [read_campaign(vendor, one)["campaignStatus"] for one in (inside, outside, carriers)]
    assert words == ["TELNYX_FAILED", "MNO_PROVISIONED", "MNO_REJECTED"]


def test_a_change_carries_what_it_carries_and_renews_unless_told_otherwise(
    vendor: httpx.Client, registry: PracticeRegistry
) -> None:
    campaign = file_campaign(
        vendor, verified(vendor, registry), autoRenewal=False, sample3=rejected("three"), referenceId="r-1"
    )
    place = f"/campaign/{campaign['campaignId']}"
    kept = vendor.put(place, json={"autoRenewal": False, "sample3": ""}).json()
    assert "sample3" not in kept
    assert (kept["sample1"], kept["referenceId"], kept["autoRenewal"]) == (
        campaign["sample1"],
        "r-1",
        False,
    )
    assert vendor.put(place, json={"helpMessage": "Acme Flowers: call us, please."}).json()["autoRenewal"]
    assert vendor.put(place, json={"sample1": "y" * 256}).status_code == 422
    assert vendor.put(place, json={"messageFlow": "y" * 2049}).status_code == 422


def test_a_reference_is_taken_once_for_ever(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    brand = verified(vendor, registry)
    first = file_campaign(vendor, brand, referenceId="same")
    twice = vendor.post("/campaignBuilder", json=campaign_filing(brand, referenceId="same"))
    assert (twice.status_code, twice.json()["errors"][0]["source"]["pointer"]) == (409, "/referenceId")
    vendor.delete(f"/campaign/{first['campaignId']}")
    assert vendor.post("/campaignBuilder", json=campaign_filing(brand, referenceId="same")).status_code == 409
    file_campaign(vendor, brand)
    file_campaign(vendor, brand)
    assert len(registry.campaigns(account=api_key)) == 3
    assert [one["id"] for one in registry.campaigns(reference="same", account=api_key)] == [
        first["campaignId"]
    ]


def test_an_unverified_brand_gets_no_campaign(vendor: httpx.Client, registry: PracticeRegistry) -> None:
    brand = file(vendor)["brandId"]
    for decide in (lambda: None, lambda: registry.reject(brand), lambda: registry.suspend(brand)):
        decide()
        refused = vendor.post("/campaignBuilder", json=campaign_filing(brand))
        assert (refused.status_code, refused.json()["source"]["pointer"]) == (400, "/brandId")
        assert "must be VERIFIED" in refused.json()["detail"]
        terms = vendor.get(f"/campaignBuilder/brand/{brand}/usecase/LOW_VOLUME").json()["mnoMetadata"]
        assert not any(one["qualify"] for one in terms.values())
    registry.approve(brand)
    file_campaign(vendor, brand)


def test_a_use_case_qualifies_by_legal_form_and_approval(
    vendor: httpx.Client, registry: PracticeRegistry
) -> None:
    company = verified(vendor, registry)
    charity = verified(vendor, registry, entityType="NON_PROFIT")

    def qualifies(brand: str, code: str) -> bool:
        told = vendor.get(f"/campaignBuilder/brand/{brand}/usecase/{code}").json()["mnoMetadata"]
        return all(one["qualify"] for one in told.values())

    wanted = {"LOW_VOLUME": (True, True), "CHARITY": (False, True), "PROXY": (False, False)}
    assert {code: (qualifies(company, code), qualifies(charity, code)) for code in wanted} == wanted
    told = vendor.get(f"/campaignBuilder/brand/{company}/usecase/MIXED").json()
    assert (told["minSubUsecases"], told["maxSubUsecases"], told["monthlyFee"]) == (2, 5, 10)
    assert told["mnoMetadata"][ATT]["msgClass"] == "F"


def test_a_brand_is_kept_by_its_active_campaigns_and_for_three_months(
    vendor: httpx.Client, registry: PracticeRegistry
) -> None:
    brand = verified(vendor, registry)
    campaign = file_campaign(vendor, brand)
    failed = file_campaign(vendor, brand, sample2=rejected("Registry refuses"))
    registry.approve_campaign(campaign["campaignId"])
    assert vendor.get(f"/brand/{brand}").json()["assignedCampaignsCount"] == 2
    listed = vendor.get("/brand", params={"sort": "-assignedCampaignsCount"}).json()["records"]
    assert [row["assignedCampaingsCount"] for row in listed] == [2]
    assert vendor.delete(f"/brand/{brand}").status_code == 400
    vendor.delete(f"/campaign/{campaign['campaignId']}")
    assert vendor.delete(f"/brand/{brand}").status_code == 400
    registry.advance(days=93)
    assert vendor.delete(f"/brand/{brand}").status_code == 204
    assert read_campaign(vendor, failed)["campaignStatus"] == "TCR_FAILED"


def test_another_account_sees_none_of_it(vendor: httpx.Client, registry: PracticeRegistry) -> None:
    brand = verified(vendor, registry)
    campaign = file_campaign(vendor, brand)
    place = f"/campaign/{campaign['campaignId']}"
    other = {"Authorization": "Bearer practice-somebody-else"}
    answers = [
        vendor.get(place, headers=other),
        vendor.put(place, json={}, headers=other),
        vendor.delete(place, headers=other),
        vendor.post(f"{place}/appeal", json={"appeal_reason": "x"}, headers=other),
        vendor.get(f"{place}/operationStatus", headers=other),
        vendor.get(f"{place}/mnoMetadata", headers=other),
        vendor.get(f"/campaignBuilder/brand/{brand}/usecase/2FA", headers=other),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert vendor.get("/campaign", params={"brandId": brand}, headers=other).json()["totalRecords"] == 0
    filed = vendor.post("/campaignBuilder", json=campaign_filing(brand), headers=other)
    assert filed.status_code == 400


def test_what_a_person_can_do_by_hand(vendor: httpx.Client, registry: PracticeRegistry) -> None:
    campaign = file_campaign(vendor, verified(vendor, registry))
    key = campaign["campaignId"]

    def told() -> tuple[str, str]:
        found = read_campaign(vendor, campaign)
        return found["campaignStatus"], found["status"]

    registry.approve_campaign(key, stage="registry")
    assert told() == ("TCR_ACCEPTED", "ACTIVE")
    registry.reject_campaign(key, stage="carriers", text="No.")
    assert told() == ("MNO_REJECTED", "ACTIVE")
    assert set(networks(vendor, campaign).values()) == {"REJECTED"}
    registry.approve_campaign(key)
    assert set(networks(vendor, campaign).values()) == {"APPROVED"}
    for act, word, status in (
        ("suspend", "TCR_SUSPENDED", "ACTIVE"),
        ("unsuspend", "MNO_PROVISIONED", "ACTIVE"),
        ("dormant", "MNO_PROVISIONED", "DORMANT"),
        ("wake", "MNO_PROVISIONED", "ACTIVE"),
        ("fail", "MNO_PROVISIONING_FAILED", "ACTIVE"),
        ("approve", "MNO_PROVISIONED", "ACTIVE"),
        ("say", "ON_THE_DESK_OF_SOMEBODY", "ACTIVE"),
        ("approve", "MNO_PROVISIONED", "ACTIVE"),
    ):
        registry.decide_campaign(key, act)
        assert told() == (word, status), act
    registry.network(key, TMOBILE, "SUSPENDED")
    found = read_campaign(vendor, campaign)
    assert (found["isTMobileRegistered"], found["isTMobileSuspended"]) == (True, True)
    registry.decide_campaign(key, "expire")
    assert told() == ("TCR_EXPIRED", "EXPIRED")
    for act in ("approve", "suspend", "expire", "silence"):
        with pytest.raises(RegistryFailed, match="nothing revives it"):
            registry.decide_campaign(key, act)
    assert vendor.put(f"/campaign/{key}", json={"autoRenewal": True}).status_code == 400
    registry.decide_campaign(key, "remove")
    assert vendor.get(f"/campaign/{key}").status_code == 404
    assert vendor.get("/campaign", params={"brandId": campaign["brandId"]}).json()["totalRecords"] == 0


def test_silence_holds_a_verdict_back_and_letting_go_brings_it(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    brand = verified(vendor, registry)
    by_rule = file_campaign(vendor, brand, sample2=rejected("Silent review"))
    by_hand, by_account = file_campaign(vendor, brand), file_campaign(vendor, brand)
    registry.advance(seconds=101)
    registry.decide_campaign(by_hand["campaignId"], "silence")
    registry.silence_all(account=api_key)
    registry.advance(days=30)
    every = (by_rule, by_hand, by_account)
    assert {read_campaign(vendor, one)["campaignStatus"] for one in every} == {"TCR_ACCEPTED"}
    registry.silence_all(silent=False, account=api_key)
    words = [read_campaign(vendor, one)["campaignStatus"] for one in every]
    assert words == ["TCR_ACCEPTED", "TCR_ACCEPTED", "MNO_PROVISIONED"]
    for one in (by_rule, by_hand):
        registry.decide_campaign(one["campaignId"], "speak")
        assert read_campaign(vendor, one)["campaignStatus"] == "MNO_PROVISIONED"


def test_junk_orders_are_refused_in_words(vendor: httpx.Client, registry: PracticeRegistry) -> None:
    key = file_campaign(vendor, verified(vendor, registry))["campaignId"]
    bad: list[dict[str, Any]] = [
        {"act": "nonsense"},
        {"act": None},
        {"act": "accept", "stage": "nobody"},
        {"act": "reject"},
        {"act": "reject", "stage": "provider", "reasons": ["x"]},
        {"act": "network", "network": "1", "word": "APPROVED"},
        {"act": "network", "network": ATT, "word": "MAYBE"},
        {"act": "ends", "days": 3},
        {"act": "renewal", "mode": "sometimes"},
        {"act": "say", "word": "x" * 61},
        {"act": "suspend", "why": "x"},
    ]
    for order in bad:
        with pytest.raises(RegistryFailed, match="400"):
            registry.control(f"campaigns/{key}/decision", json=order)
    with pytest.raises(RegistryFailed, match="400"):
        registry.control("pace", json={"pace": "years"})
    with pytest.raises(RegistryFailed, match="404"):
        registry.campaign("00000000-0000-0000-0000-000000000000")
    assert [one["act"] for one in registry.campaign(key)["history"]] == ["filed"]


def test_in_minutes_it_takes_minutes(vendor: httpx.Client, registry: PracticeRegistry) -> None:
    brand = verified(vendor, registry)
    registry.pace("minutes")
    try:
        campaign = file_campaign(vendor, brand)
    finally:
        registry.pace("days")
    words = []
    for _look in range(26):
        words.append(read_campaign(vendor, campaign)["campaignStatus"])
        registry.advance(seconds=10)
    assert list(dict.fromkeys(words)) == ["TCR_PENDING", "TCR_ACCEPTED", "MNO_PENDING", "MNO_PROVISIONED"]
