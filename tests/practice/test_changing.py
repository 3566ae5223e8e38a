"""What an account does to a brand after filing it: change, revet, delete; and what the registry does."""

from __future__ import annotations

import json

import httpx
import pytest

from tests.practice.conftest import file, filing, read
from tests.practice_registry import PracticeRegistry

pytestmark = [pytest.mark.xdist_group("practice"), pytest.mark.slow]


def test_a_change_replaces_all_that_a_put_carries_and_decides_nothing(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    brand = file(vendor, companyName="Reject tax id LLC", mobilePhone="+12065550109")
    registry.advance(seconds=100)
    place = f"/brand/{brand['brandId']}"
    told = vendor.put(place, json=filing(phone=None, webhookURL="https://portal.example/h/second/"))
    assert told.status_code == 200, told.text
    found = read(vendor, brand)
    assert (found["companyName"], found["identityStatus"]) == ("Acme Flowers LLC", "UNVERIFIED")
    assert "phone" not in found
    assert found["mobilePhone"] == "+12065550109"
    assert registry.brand(brand["brandId"])["key"] == "second"
    acts = [(line["act"], line["detail"]) for line in registry.brand(brand["brandId"])["history"]]
    assert acts == [("rejected", "Reject tax id"), ("changed", "companyName, phone, webhookURL")]
    assert vendor.put(place, json=filing(ein="98-7650321")).json()["ein"] == "98-7650321"
    shown = json.dumps([registry.brand(brand["brandId"]), registry.ledger(account=api_key)])
    assert "***0321" in shown
    assert "7650321" not in shown
    assert vendor.put(place, json=filing(vertical="FLOWERS")).status_code == 422
    assert vendor.put(place, json=filing(state="Washington")).status_code == 400


def test_fixing_and_revetting_leads_from_rejected_to_verified(
    vendor: httpx.Client, registry: PracticeRegistry
) -> None:
    brand = file(vendor, companyName="Reject several LLC")
    registry.advance(seconds=100)
    reasons = vendor.get(f"/brand/feedback/{brand['brandId']}").json()["category"]
    assert [reason["id"] for reason in reasons] == ["TAX_ID", "NONPROFIT", "OTHERS"]
    place = f"/brand/{brand['brandId']}"
    vendor.put(place, json=filing())
    told = vendor.put(f"{place}/revet")
    assert (told.status_code, told.json()["status"]) == (200, "REGISTRATION_PENDING")
    registry.advance(seconds=100)
    assert read(vendor, brand)["identityStatus"] == "VERIFIED"
    assert vendor.get(f"/brand/feedback/{brand['brandId']}").json()["category"] == []


def test_revetting_is_free_once_then_every_three_months(
    vendor: httpx.Client, registry: PracticeRegistry
) -> None:
    brand = file(vendor)
    place = f"/brand/{brand['brandId']}/revet"
    assert vendor.put(place).status_code == 400
    registry.advance(seconds=100)
    assert vendor.put(place).status_code == 200
    registry.advance(days=89)
    refused = vendor.put(place)
    assert refused.status_code == 400
    assert "3 months" in refused.json()["errors"][0]["detail"]
    registry.advance(days=2)
    assert vendor.put(place).status_code == 200


def test_a_change_registers_a_failed_brand_again(vendor: httpx.Client, registry: PracticeRegistry) -> None:
    brand = file(vendor, companyName="Registration failed LLC")
    registry.advance(seconds=100)
    assert vendor.put(f"/brand/{brand['brandId']}/revet").status_code == 400
    assert vendor.put(f"/brand/{brand['brandId']}", json=filing()).json()["status"] == "REGISTRATION_PENDING"
    registry.advance(seconds=100)
    assert read(vendor, brand)["identityStatus"] == "VERIFIED"


def test_a_deleted_brand_stays_in_the_list_and_cannot_be_read(
    vendor: httpx.Client, registry: PracticeRegistry
) -> None:
    brand = file(vendor)
    place = f"/brand/{brand['brandId']}"
    answer = vendor.delete(place)
    assert (answer.status_code, answer.content) == (204, b"")
    assert vendor.get(place).status_code == vendor.delete(place).status_code == 404
    assert vendor.put(place, json=filing()).status_code == 404
    assert vendor.get("/brand").json()["totalRecords"] == 1
    assert registry.brand(brand["brandId"])["deleted_at"]
    kept = file(vendor, companyName="Not deletable LLC")
    refused = vendor.delete(f"/brand/{kept['brandId']}")
    assert refused.status_code == 400
    assert "active campaigns" in refused.json()["detail"]
    assert read(vendor, kept)["brandId"] == kept["brandId"]


def test_names_that_suspend_and_delete_a_day_later(vendor: httpx.Client, registry: PracticeRegistry) -> None:
    suspended, deleted = (file(vendor, companyName=f"{name} LLC") for name in ("Suspended", "Deleted"))
    registry.advance(seconds=100)
    assert read(vendor, suspended)["status"] == read(vendor, deleted)["status"] == "OK"
    registry.advance(days=1)
    assert read(vendor, suspended)["status"] == "SUSPENDED"
    assert vendor.get(f"/brand/{deleted['brandId']}").status_code == 404
    registry.approve(suspended["brandId"])
    assert read(vendor, suspended)["status"] == "OK"


def test_the_registry_suspends_deletes_and_reopens_by_hand(
    vendor: httpx.Client, registry: PracticeRegistry
) -> None:
    brand = file(vendor)
    registry.approve(brand["brandId"])
    registry.suspend(brand["brandId"])
    assert read(vendor, brand)["status"] == "SUSPENDED"
    registry.reopen(brand["brandId"])
    assert read(vendor, brand)["status"] == "REGISTRATION_PENDING"
    registry.silence(brand["brandId"], silent=False)
    assert read(vendor, brand)["identityStatus"] == "VERIFIED"
    registry.remove(brand["brandId"])
    assert vendor.get(f"/brand/{brand['brandId']}").status_code == 404
    acts = [line["act"] for line in registry.brand(brand["brandId"])["history"]]
    assert acts == ["verified", "suspended", "reopened", "resumed", "verified", "deleted"]


def test_another_account_can_do_none_of_it(vendor: httpx.Client, registry: PracticeRegistry) -> None:
    brand = file(vendor)
    headers = {"Authorization": "Bearer practice-stranger"}
    with httpx.Client(
        base_url=f"{registry.url}/v2/10dlc/brand/{brand['brandId']}", headers=headers
    ) as stranger:
        texts = {"pinSms": "@OTP_PIN@", "successSms": "x"}
        order = {"evpId": "WMC", "vettingClass": "STANDARD"}
        answers = [
            stranger.put("", json=filing()),
            stranger.delete(""),
            stranger.put("/revet"),
            stranger.get("/externalVetting"),
            stranger.post("/externalVetting", json=order),
            stranger.put("/externalVetting", json={"evpId": "A", "vettingId": "1"}),
            stranger.post("/2faEmail"),
            stranger.get("/smsOtp"),
            stranger.post("/smsOtp", json=texts),
            stranger.put("/smsOtp", json={"otpPin": "123456"}),
        ]
    assert {answer.status_code for answer in answers} == {404}
    assert read(vendor, brand)["companyName"] == "Acme Flowers LLC"
