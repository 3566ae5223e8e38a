"""The ledger: every request as it arrived, nothing lost, nothing changed, no tax id."""

from __future__ import annotations

import hashlib
import json

import httpx
import psycopg
import pytest

from tests.practice.conftest import file, filing
from tests.practice_registry import PracticeRegistry

pytestmark = pytest.mark.xdist_group("practice")


def test_every_request_stands_in_the_ledger_with_its_answer(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    brand = file(vendor)
    vendor.get("/brand", params={"displayName": "Acme Flowers"})
    vendor.get(f"/brand/{brand['brandId']}")
    vendor.post("/brand", json={})
    vendor.delete("/brand/nothing")
    told = registry.ledger(account=api_key)
    assert [(entry["method"], entry["path"], entry["status"]) for entry in told] == [
        ("POST", "/v2/10dlc/brand", 200),
        ("GET", "/v2/10dlc/brand", 200),
        ("GET", f"/v2/10dlc/brand/{brand['brandId']}", 200),
        ("POST", "/v2/10dlc/brand", 422),
        ("DELETE", "/v2/10dlc/brand/nothing", 404),
    ]
    assert told[0]["brand"] == brand["brandId"]
    assert told[1]["query"] == "displayName=Acme+Flowers"
    assert all(entry["answer_size"] > 0 and len(entry["answer_hash"]) == 64 for entry in told)
    assert (
        registry.ledger(account=api_key, method="POST", path="/v2/10dlc/brand", limit=1)[0]["status"] == 422
    )


def test_the_callers_key_comes_out_of_the_webhook_address(
    vendor: httpx.Client, registry: PracticeRegistry
) -> None:
    file(vendor, webhookURL="https://portal.example/webhooks/telnyx/8f0e-one/")
    file(vendor, webhookURL="https://portal.example/webhooks/telnyx/8f0e-one")
    file(vendor, webhookURL="https://[broken/8f0e-one")
    assert len(registry.ledger(key="8f0e-one")) == 2
    assert [brand["key"] for brand in registry.brands(key="8f0e-one")] == ["8f0e-one", "8f0e-one"]


def test_a_tax_id_never_enters_the_ledger_or_the_control_api(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str, browser: httpx.Client
) -> None:
    brand = file(vendor, ein="98-7650321")
    vendor.get("/brand", params={"ein": "98-7650321"})
    vendor.post("/brand", json=filing(ein={"nested": "98-7650321"}))
    vendor.post("/brand", json=[{"EIN": "98-7650321"}])
    vendor.post("/brand", content=b'{"ein":"98-7650321"', headers={"Content-Type": "application/json"})
    told = registry.ledger(account=api_key)
    assert len(told) == 5
    page = browser.get(f"/brands/{brand['brandId']}/").text + browser.get("/ledger/").text
    for shown in (json.dumps(told), json.dumps(registry.brands(account=api_key)), page):
        assert "7650321" not in shown
    assert json.loads(told[0]["body"])["ein"] == "***0321"


def test_equal_bodies_have_equal_hashes_that_a_test_can_work_out(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    body = filing()
    vendor.post("/brand", content=json.dumps(body, indent=3), headers={"Content-Type": "application/json"})
    vendor.post("/brand", json=dict(reversed(body.items())))
    file(vendor, city="Tacoma")
    first, second, third = (entry["body_hash"] for entry in registry.ledger(account=api_key))
    canonical = json.dumps(body | {"ein": "***6789"}, sort_keys=True, separators=(",", ":"))
    assert first == second == hashlib.sha256(canonical.encode()).hexdigest()
    assert third != first


def test_a_refused_key_is_counted_but_not_kept(registry: PracticeRegistry) -> None:
    key = "KEY-of-the-real-carrier"
    httpx.get(f"{registry.url}/v2/10dlc/brand", headers={"Authorization": f"Bearer {key}"})
    (entry,) = registry.ledger(account=key)
    assert entry["status"] == 401
    assert key not in json.dumps(entry)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM practice_ledgerentry",
        "TRUNCATE practice_ledgerentry",
        "UPDATE practice_ledgerentry SET answer_status = 500",
        "UPDATE practice_ledgerentry SET path = '/'",
    ],
)
def test_the_database_itself_refuses_to_change_the_ledger(
    vendor: httpx.Client, registry: PracticeRegistry, statement: str
) -> None:
    file(vendor)
    with (
        psycopg.connect(registry.database_url) as connection,
        pytest.raises(psycopg.errors.RaiseException, match="append-only"),
    ):
        connection.execute(statement)


def test_the_control_api_wants_its_header_and_refuses_unknown_filters(registry: PracticeRegistry) -> None:
    assert httpx.get(f"{registry.url}/control/api/ledger").status_code == 403
    assert httpx.post(f"{registry.url}/control/api/clock", json={"hours": 1}).status_code == 403
    with httpx.Client(base_url=f"{registry.url}/control/api", headers={"X-Practice-Control": "1"}) as control:
        assert control.get("/ledger?acount=x").status_code == 400
        assert control.get("/ledger?before=x").status_code == 400
        assert control.get("/ledger?limit=-1").status_code == 400
        assert control.get("/ledger?path=%00").status_code == 200
        assert control.get("/brands?nme=x").status_code == 400
        assert control.post("/clock", content=b"{").status_code == 400
        assert control.post("/silence", json={"silent": "yes"}).status_code == 400
        assert control.post("/silence", json={"silent": True, "account": "unknown"}).status_code == 404
        assert control.delete("/clock").status_code == 405
