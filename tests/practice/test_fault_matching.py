"""Which request a fault meets: by verb, resource, number, chance, key, brand and account; and refused orders."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from tests.practice.conftest import file
from tests.practice_registry import PracticeRegistry

pytestmark = [pytest.mark.xdist_group("practice"), pytest.mark.slow]


def test_faults_find_their_request_by_verb_resource_number_key_and_brand(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    brand = file(vendor, webhookURL="https://portal.example/hooks/mine/")
    other = file(vendor, webhookURL="https://portal.example/hooks/other/")
    here, there = f"/brand/{brand['brandId']}", f"/brand/{other['brandId']}"

    def hits(*asked: tuple[str, str], **fault: Any) -> list[bool]:
        number = registry.fault("status", account=api_key, times=None, status=503, **fault)
        told = [vendor.request(*one).status_code == 503 for one in asked]
        registry.control(f"faults/{number}", delete=True)
        return told

    assert hits(("GET", here), ("GET", "/brand"), verb="read") == [True, False]
    assert hits(("GET", here), ("GET", "/brand"), verb="list") == [False, True]
    assert hits(("GET", "/brand"), ("GET", "/brand?displayName=x"), verb="search") == [False, True]
    assert hits(
        ("GET", here), ("GET", f"/brand/feedback/{brand['brandId']}"), match={"resource": "feedback"}
    ) == [
        False,
        True,
    ]
    assert hits(("GET", here), ("GET", there), match={"key": "mine"}) == [True, False]
    assert hits(("GET", here), ("GET", there), match={"brand": other["brandId"]}) == [False, True]
    assert hits(*[("GET", here)] * 4, match={"nth": [2, 4]}) == [False, True, False, True]
    assert hits(("GET", here), ("DELETE", there), verb="write") == [False, True]


def test_the_first_that_fits_wins_and_a_spent_one_lets_the_next(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    first = registry.fault("status", account=api_key, times=2, status=502)
    second = registry.fault("status", account=api_key, times=1, status=504)
    assert [vendor.get("/brand").status_code for _each in range(4)] == [502, 502, 504, 200]
    assert registry.fault_counts(first) == (2, 2)
    assert registry.fault_counts(second) == (1, 1)
    registry.fault("status", account=api_key, times=None, lasting=0.2, status=503)
    assert vendor.get("/brand").status_code == 503
    time.sleep(0.25)
    assert vendor.get("/brand").status_code == 200


def test_chance_comes_from_the_seed(registry: PracticeRegistry) -> None:
    def run(key: str) -> list[int]:
        registry.fault("status", account=key, times=None, status=503, match={"prob": 0.5})
        headers = {"Authorization": f"Bearer {key}"}
        with httpx.Client(base_url=f"{registry.url}/v2/10dlc", headers=headers) as client:
            told = [client.get("/brand").status_code for _each in range(24)]
        registry.faults_off(key)
        return told

    before = registry.seed()
    first = run("practice-chance")
    assert {200, 503} == set(first)
    # The same account's second fault has another number, and so other chances.
    assert run("practice-chance") != first
    registry.seed(before + 1)
    other_seed = run("practice-chance-2")
    registry.seed(before)
    assert run("practice-chance-3") != other_seed


def test_another_account_feels_nothing_and_all_are_removed_at_once(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    registry.fault("status", account=f"{api_key}-other", times=None, status=503)
    assert vendor.get("/brand").status_code == 200
    registry.fault("status", account=api_key, times=None, status=503)
    registry.fault("status", account=api_key, times=None, status=500)
    assert vendor.get("/brand").status_code == 503
    assert registry.faults_off(api_key) == 2
    assert vendor.get("/brand").status_code == 200
    assert registry.faults_off(f"{api_key}-other") == 1


@pytest.mark.parametrize(
    "order",
    [
        {"effect": "explode"},
        {"effect": "status", "phase": "P4"},
        {"effect": "status", "values": {"status": 299}},
        {"effect": "status", "values": {"retry_after": "a\r\nSet-Cookie: b"}},
        {"effect": "status", "values": {"colour": 1}},
        {"effect": "hang", "values": {"seconds": -1}},
        {"effect": "hang", "values": {"seconds": True}},
        {"effect": "late"},
        {"effect": "page", "match": {"verb": "create"}},
        {"effect": "say", "match": {"verb": "read"}},
        {"effect": "status", "times": 0},
        {"effect": "status", "match": {"prob": 2}},
        {"effect": "status", "match": {"nth": "x"}},
        {"effect": "status", "match": {"verb": "webhook"}},
        {"effect": "lost", "match": {"verb": "create"}},
        {"effect": "status", "match": ["verb"]},
        {"effect": "status", "match": {"brand": "x"}},
        {"effect": "status", "colour": 1},
        {"preset": "F99"},
        {"effect": "status", "account": "short"},
        {"effect": "status", "account": None},
        {},
    ],
)
def test_an_order_that_makes_no_sense_is_refused(registry: PracticeRegistry, order: dict[str, Any]) -> None:
    body = {"account": "0123456789abcdef", **order}
    with httpx.Client(base_url=registry.url, headers={"X-Practice-Control": "1"}) as control:
        answer = control.post("/control/api/faults", json=body)
        assert answer.status_code == 400, answer.text
        assert answer.json()["error"]
        assert control.get("/control/api/faults?account=0123456789abcdef").json()["faults"] == []
