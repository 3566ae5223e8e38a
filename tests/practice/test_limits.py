"""The account's own limits, and what the ledger adds up to."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.practice.conftest import file, filing
from tests.practice_registry import PracticeRegistry

pytestmark = [pytest.mark.xdist_group("practice"), pytest.mark.slow]


def test_more_than_the_rate_is_refused_and_counted(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    registry.limit(api_key, rate=2, burst=3, retry_after="1")
    answers = [vendor.get("/brand") for _each in range(6)]
    assert [answer.status_code for answer in answers[:3]] == [200, 200, 200]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert 2 <= len(refused) <= 3
    assert refused[0].headers["retry-after"] == "1"
    assert refused[0].json()["errors"][0]["code"] == "10011"
    time.sleep(0.6)
    assert vendor.get("/brand").status_code == 200
    assert registry.invariants(api_key)["crossings"] == {"rate": len(refused), "in_flight": 0}
    registry.limit(api_key)
    assert {vendor.get("/brand").status_code for _each in range(5)} == {200}


def test_more_at_once_than_allowed_is_refused_and_counted(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    registry.limit(api_key, in_flight=2)
    registry.fault("delay", account=api_key, times=None, seconds=0.5)
    with ThreadPoolExecutor(5) as pool:
        told = sorted(pool.map(lambda _n: vendor.get("/brand").status_code, range(5)))
    assert told == [200, 200, 429, 429, 429]
    assert registry.invariants(api_key)["crossings"] == {"rate": 0, "in_flight": 3}
    registry.faults_off(api_key)
    assert vendor.get("/brand").status_code == 200


def test_a_refused_create_makes_no_brand(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    registry.limit(api_key, in_flight=0)
    assert vendor.post("/brand", json=filing()).status_code == 429
    assert registry.brands(account=api_key) == []
    assert registry.ledger(account=api_key)[0]["crossed"] == "in_flight"


def test_the_ledger_adds_up_creates_duplicates_and_faults(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    registry.fault("status", account=api_key, verb="create", status=503)
    vendor.post("/brand", json=filing(webhookURL="https://portal.example/h/one/"))
    one = file(vendor, webhookURL="https://portal.example/h/one/")
    twin = file(vendor, webhookURL="https://portal.example/h/one/")
    file(vendor, webhookURL="https://portal.example/h/two/")
    file(vendor, webhookURL=None)
    told = registry.invariants(api_key)
    assert told["creates"] == {"one": 3, "two": 1}
    assert told["duplicates"] == {"one": [one["brandId"], twin["brandId"]]}
    assert (told["brands"], told["keyless"], told["requests"]) == (4, 1, 5)
    assert told["by_fault"] == {"status@P2 #1": 1}
    assert told["by_status"] == {"200": 4, "503": 1}
    vendor.delete(f"/brand/{twin['brandId']}")
    assert registry.invariants(api_key)["duplicates"] == {}
