"""Faults, webhooks, ledger and invariants meet campaigns as they meet brands; renewals over the wire."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import httpx
import pytest

from tests.practice.campaigns import (
    campaign_filing,
    file_campaign,
    read_campaign,
    verified,
)
from tests.practice.conftest import TLS
from tests.practice.receiver import Hook, Receiver
from tests.practice_registry import PracticeRegistry

pytestmark = [pytest.mark.xdist_group("practice"), pytest.mark.slow]


@pytest.fixture
def hasty(registry: PracticeRegistry, api_key: str) -> Any:
    """A client that waits for half a second only."""
    headers = {"Authorization": f"Bearer {api_key}"}
    with httpx.Client(
        base_url=f"{registry.url}/v2/10dlc", headers=headers, timeout=0.5, verify=TLS
    ) as client:
        yield client


def test_after_a_lost_answer_the_campaign_exists_and_before_it_does_not(
    hasty: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    brand = verified(hasty, registry)
    for phase, effect, made in (("P2", "reset", 0), ("P3", "reset", 1), ("P3", "hang", 2)):
        registry.fault(effect, account=api_key, verb="create", phase=phase, match={"resource": "campaign"})
        with pytest.raises(httpx.HTTPError):
            hasty.post("/campaignBuilder", json=campaign_filing(brand))
        assert len(registry.campaigns(account=api_key)) == made
        entry = registry.ledger(account=api_key)[-1]
        assert (entry["status"], entry["resource"]) == (None, "campaign")
        assert (entry["campaign"] is not None) is (phase == "P3")


def test_what_is_late_appears_by_itself(
    hasty: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    brand = verified(hasty, registry)
    registry.fault("late", account=api_key, verb="create", match={"resource": "campaign"}, seconds=1.5)
    with pytest.raises(httpx.ReadTimeout):
        hasty.post("/campaignBuilder", json=campaign_filing(brand))
    (hidden,) = registry.campaigns(account=api_key)
    assert hasty.get(f"/campaign/{hidden['id']}").status_code == 404
    assert hasty.get("/campaign", params={"brandId": brand}).json()["totalRecords"] == 0
    time.sleep(1.3)
    assert hasty.get(f"/campaign/{hidden['id']}").status_code == 200
    assert hasty.get("/campaign", params={"brandId": brand}).json()["totalRecords"] == 1


def test_each_resource_has_faults_of_its_own(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    brand = verified(vendor, registry)
    campaign = file_campaign(vendor, brand)
    place = f"/campaign/{campaign['campaignId']}"

    def statuses() -> list[int]:
        asked = {
            "campaign": lambda: vendor.get(place),
            "network": lambda: vendor.get(f"{place}/operationStatus"),
            "usecase": lambda: vendor.get(f"/campaignBuilder/brand/{brand}/usecase/2FA"),
        }
        return [ask().status_code for ask in asked.values()]

    for number, resource in enumerate(("campaign", "network", "usecase")):
        registry.fault("status", account=api_key, verb="read", match={"resource": resource}, status=503)
        assert statuses() == [503 if n == number else 200 for n in range(3)]
    registry.fault("status", account=api_key, verb="appeal", status=502)
    appealed = vendor.post(f"{place}/appeal", json={"appeal_reason": "x"})
    assert appealed.status_code == 502
    other = file_campaign(vendor, brand)
    registry.fault(
        "status", account=api_key, verb="update", status=500, match={"campaign": other["campaignId"]}
    )
    assert vendor.put(place, json={}).status_code == 200
    assert vendor.put(f"/campaign/{other['campaignId']}", json={}).status_code == 500
    by_key = {"key": "campaign-key", "resource": "campaign"}
    registry.fault("status", account=api_key, verb="delete", status=500, match=by_key)
    assert vendor.delete(place).status_code == 500


def test_words_of_its_own_and_spoiled_bodies_fit_a_campaign(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    campaign = file_campaign(vendor, verified(vendor, registry))
    registry.fault("say", account=api_key, verb="read", words=["MNO_PENDING/ACTIVE", "TCR_EXPIRED/EXPIRED"])
    found = read_campaign(vendor, campaign)
    assert (found["campaignStatus"], found["status"]) == ("MNO_PENDING", "ACTIVE")
    registry.faults_off(api_key)
    spoiled = {
        "unknown_status": lambda row: row["campaignStatus"] == "ON_THE_DESK_OF_SOMEBODY",
        "null_id": lambda row: row["campaignId"] is None,
        "unknown_enum": lambda row: row["usecase"] == "TELEPATHY",
        "missing_fields": lambda row: "campaignStatus" not in row,
        "extra_fields": lambda row: "aFieldOfTomorrow" in row,
        "duplicate_keys": lambda row: row["campaignId"] == campaign["campaignId"],
    }
    for kind, holds in spoiled.items():
        registry.fault("body", account=api_key, verb="read", kind=kind)
        assert holds(json.loads(vendor.get(f"/campaign/{campaign['campaignId']}").content)), kind


def test_stale_answers_know_neither_the_campaign_nor_its_change(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    brand = verified(vendor, registry)
    time.sleep(1.1)
    campaign = file_campaign(vendor, brand)
    registry.fault("stale", account=api_key, verb="read", seconds=1)
    assert vendor.get(f"/campaign/{campaign['campaignId']}").status_code == 404
    time.sleep(1.1)
    vendor.put(f"/campaign/{campaign['campaignId']}", json={"autoRenewal": False})
    registry.fault("stale", account=api_key, verb="read", seconds=1)
    assert read_campaign(vendor, campaign)["autoRenewal"] is True
    assert read_campaign(vendor, campaign)["autoRenewal"] is False


def test_pages_turn_and_turn_wrongly(vendor: httpx.Client, registry: PracticeRegistry, api_key: str) -> None:
    brand = verified(vendor, registry)
    ids = [file_campaign(vendor, brand)["campaignId"] for _n in range(4)][::-1]

    def pages() -> list[str]:
        asked = {"brandId": brand, "recordsPerPage": "2"}
        found = [vendor.get("/campaign", params={**asked, "page": page}).json() for page in ("1", "2")]
        return [row["campaignId"] for page in found for row in page["records"]]

    assert pages() == ids
    for kind, wanted in (("repeat", ids[:2] * 2), ("skip", [*ids[:2], ids[3]]), ("loop", ids[:2] * 2)):
        registry.fault("page", account=api_key, verb="list", times=2, kind=kind)
        assert pages() == wanted


def test_the_ledger_adds_campaigns_up_by_key(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    brand = verified(vendor, registry)
    hook = "https://portal.example/webhooks/telnyx/"
    first = file_campaign(vendor, brand, webhookURL=f"{hook}one/")
    twin = file_campaign(vendor, brand, webhookURL=f"{hook}one/")
    file_campaign(vendor, brand, webhookURL=None)
    vendor.post("/campaignBuilder", json=campaign_filing(brand, usecase="NONE", webhookURL=f"{hook}two/"))
    registry.approve_campaign(first["campaignId"])
    registry.advance(days=93)
    told = registry.invariants(api_key)
    assert told["campaign_creates"] == {"one": 2, "two": 1}
    assert (told["campaigns"], told["campaign_keyless"]) == (3, 1)
    assert told["campaign_duplicates"] == {"one": [first["campaignId"], twin["campaignId"]]}
    # The first was approved at once and has renewed; the others were approved days later.
    assert told["billed"] == {"one": 3, "": 1}
    assert (told["creates"], told["brands"]) == ({"4f1c0c0e-key": 1}, 1)
    vendor.delete(f"/campaign/{twin['campaignId']}")
    assert registry.invariants(api_key)["campaign_duplicates"] == {}
    entries = registry.ledger(account=api_key, key="one")
    assert [entry["campaign"] for entry in entries] == [first["campaignId"], twin["campaignId"]]


def test_renewal_and_expiry_come_at_their_moment_without_anybody_waking_up(
    vendor: httpx.Client, registry: PracticeRegistry
) -> None:
    brand = verified(vendor, registry)
    renewing, ending = file_campaign(vendor, brand), file_campaign(vendor, brand, autoRenewal=False)
    for campaign in (renewing, ending):
        registry.approve_campaign(campaign["campaignId"])
        registry.end_campaign(campaign["campaignId"], days=1)
    due = read_campaign(vendor, renewing)["nextRenewalOrExpirationDate"]
    registry.kill()
    registry.resume()
    registry.advance(days=1)
    after = read_campaign(vendor, renewing)
    assert (after["campaignStatus"], after["billedDate"]) == ("MNO_PROVISIONED", due)
    assert datetime.fromisoformat(after["nextRenewalOrExpirationDate"]) > datetime.fromisoformat(due)
    over = read_campaign(vendor, ending)
    assert (over["campaignStatus"], over["status"]) == ("TCR_EXPIRED", "EXPIRED")
    assert len(registry.campaign(renewing["campaignId"])["billed"]) == 2


def test_a_switch_makes_a_renewal_fail_or_come_late(vendor: httpx.Client, registry: PracticeRegistry) -> None:
    brand = verified(vendor, registry)
    refused, late = file_campaign(vendor, brand), file_campaign(vendor, brand)
    for campaign, mode in ((refused, "refused"), (late, "late")):
        registry.approve_campaign(campaign["campaignId"])
        registry.renewals(campaign["campaignId"], mode, days=3)
        registry.end_campaign(campaign["campaignId"], days=1)
    due = read_campaign(vendor, late)["nextRenewalOrExpirationDate"]
    registry.advance(days=2)
    assert read_campaign(vendor, refused)["campaignStatus"] == "TCR_EXPIRED"
    waiting = read_campaign(vendor, late)
    assert (waiting["campaignStatus"], waiting["nextRenewalOrExpirationDate"]) == ("MNO_PROVISIONED", due)
    registry.advance(days=3)
    assert read_campaign(vendor, late)["nextRenewalOrExpirationDate"] > due
    assert registry.campaign(late["campaignId"])["billed"][-1][:10] > due[:10]


@pytest.fixture
def portal() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def said(hook: Hook) -> str:
    payload = hook.data["payload"]
    return " ".join(filter(None, (payload["type"], payload.get("eventType"), payload["status"])))


def test_every_stage_is_told_signed_and_in_the_vendors_words(
    vendor: httpx.Client, registry: PracticeRegistry, portal: Receiver
) -> None:
    brand = verified(vendor, registry)
    campaign = file_campaign(vendor, brand, webhookURL=portal.address("c-1"))
    key = campaign["campaignId"]
    registry.advance(days=14)
    hooks = portal.quiet(9)
    assert [said(hook) for hook in hooks] == [
        "REGISTRATION success",
        "TCR_EVENT CAMPAIGN_ADD success",
        "TELNYX_REVIEW ACCEPTED",
        *["TCR_EVENT MNO_CAMPAIGN_OPERATION_APPROVED success"] * 4,
        "MNO_REVIEW ACCEPTED",
        "VERIFIED success",
    ]
    assert {hook.data["event_type"] for hook in hooks} == {"10dlc.campaign.update"}
    assert all(hook.is_signed_with(registry.webhook_key()) for hook in hooks)
    last = hooks[-1].data["payload"]
    assert (last["campaignId"], last["brandId"], last["isTMobileRegistered"]) == (key, brand, True)
    assert {hook.path for hook in hooks} == {"/webhooks/telnyx/c-1/"}
    rows = registry.webhooks(campaign=key)
    assert [row["outcome"] for row in rows] == ["delivered"] * 9
    assert {(row["campaign"], row["key"]) for row in rows} == {(key, "c-1")}
    assert registry.webhooks(brand=brand, key="c-1") == rows


def test_what_happens_to_an_active_campaign_is_told_once_each(
    vendor: httpx.Client, registry: PracticeRegistry, portal: Receiver
) -> None:
    campaign = file_campaign(vendor, verified(vendor, registry), webhookURL=portal.address("c-2"))
    key = campaign["campaignId"]
    registry.approve_campaign(key)
    portal.quiet(9)
    for number, act in enumerate(("suspend", "unsuspend", "dormant", "wake")):
        registry.decide_campaign(key, act)
        portal.wait(10 + number)
    portal.quiet(13)
    registry.advance(days=93)
    portal.quiet(14)
    vendor.put(f"/campaign/{key}", json={"autoRenewal": False})
    portal.quiet(15)
    registry.advance(days=93)
    told = [said(hook) for hook in portal.quiet(16)[9:]]
    assert told == [
        "TCR_EVENT MNO_CAMPAIGN_OPERATION_SUSPENDED success",
        "TCR_EVENT MNO_CAMPAIGN_OPERATION_UNSUSPENDED success",
        "TELNYX_EVENT DORMANT",
        "TELNYX_EVENT success",
        "TCR_EVENT CAMPAIGN_BILLED success",
        "TCR_EVENT CAMPAIGN_UPDATE success",
        "TCR_EVENT CAMPAIGN_EXPIRED success",
    ]


def test_what_is_done_late_is_told_although_something_later_was_told_before(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str, portal: Receiver
) -> None:
    campaign = file_campaign(vendor, verified(vendor, registry), webhookURL=portal.address("c-5"))
    place = f"/campaign/{campaign['campaignId']}"
    registry.approve_campaign(campaign["campaignId"])
    portal.quiet(9)
    registry.fault("delay", account=api_key, verb="update", phase="P2", seconds=1.5)
    with ThreadPoolExecutor(1) as pool:
        changing = pool.submit(vendor.put, place, json={"autoRenewal": False})
        time.sleep(0.4)
        registry.decide_campaign(campaign["campaignId"], "suspend")
        portal.wait(10)
        assert not changing.done()
        assert changing.result().status_code == 200
    told = [hook.kind for hook in portal.quiet(11)[9:]]
    assert told == ["MNO_CAMPAIGN_OPERATION_SUSPENDED", "CAMPAIGN_UPDATE"]
    assert read_campaign(vendor, campaign)["autoRenewal"] is False


def test_a_rejection_is_told_with_its_reasons(
    vendor: httpx.Client, registry: PracticeRegistry, portal: Receiver
) -> None:
    brand = verified(vendor, registry)
    campaign = file_campaign(vendor, brand, webhookURL=portal.address("c-3"))
    registry.reject_campaign(campaign["campaignId"], stage="provider", code="602")
    rejected = portal.quiet(3)[-1].data["payload"]
    assert (rejected["type"], rejected["status"]) == ("TELNYX_REVIEW", "REJECTED")
    assert "602: Sample messages do not match" in rejected["description"]


def test_faults_of_webhooks_meet_a_campaigns_own(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str, portal: Receiver
) -> None:
    brand = verified(vendor, registry)
    registry.fault("early", account=api_key, verb="create", match={"resource": "campaign"}, seconds=5)
    campaign = file_campaign(vendor, brand, webhookURL=portal.address("c-4"))
    (first,) = portal.quiet(1)
    assert (first.kind, first.data["payload"]["campaignId"]) == ("CAMPAIGN_ADD", campaign["campaignId"])
    match = {"resource": "campaign", "type": "TELNYX_REVIEW"}
    registry.fault("duplicate", account=api_key, verb="webhook", match=match, copies=5)
    registry.fault("unknown", account=api_key, verb="webhook", match={"type": "VERIFIED"})
    registry.approve_campaign(campaign["campaignId"])
    hooks = portal.quiet(14)
    assert [said(hook) for hook in hooks].count("TELNYX_REVIEW ACCEPTED") == 5
    (strange,) = [hook for hook in hooks if said(hook) == "VERIFIED success"]
    assert strange.data["payload"]["brandId"] == brand
    assert strange.data["payload"]["campaignId"] != campaign["campaignId"]
    registry.tell(campaign["campaignId"], "CAMPAIGN_NUDGE")
    assert portal.quiet(15)[-1].kind == "CAMPAIGN_NUDGE"
