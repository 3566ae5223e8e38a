"""Waiting on the business clock, verdicts by rule and by hand, silence."""

from __future__ import annotations

import os
import uuid
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.practice.conftest import START, file, read
from tests.practice_registry import PracticeRegistry, RegistryFailed

pytestmark = [pytest.mark.xdist_group("practice"), pytest.mark.slow]

REJECTIONS = [
    ("Reject tax id", "99901", "TAX_ID", ["ein", "companyName", "country"]),
    ("Reject stock symbol", "99902", "STOCK_SYMBOL", ["entityType", "stockSymbol", "stockExchange"]),
    ("Reject government", "99903", "GOVERNMENT_ENTITY", ["entityType", "companyName"]),
    ("Reject nonprofit", "99904", "NONPROFIT", ["entityType", "ein", "companyName"]),
    ("Reject others", "99905", "OTHERS", ["website", "email"]),
]


def feedback(vendor: httpx.Client, brand: dict[str, str]) -> list[dict[str, object]]:
    body = vendor.get(f"/brand/feedback/{brand['brandId']}").json()
    assert body["brandId"] == brand["brandId"]
    found: list[dict[str, object]] = body["category"]
    return found


def test_the_clock_starts_where_it_was_told_and_only_moves_forwards(registry: PracticeRegistry) -> None:
    before = registry.clock()
    assert datetime.fromisoformat(before["now"]) >= datetime.fromisoformat(START)
    assert registry.advance(hours=1.5)["offset_seconds"] == before["offset_seconds"] + 5400
    for bad in (
        {"hours": -1},
        {"hours": 0},
        {"days": 4000},
        {"seconds": "x"},
        {"weeks": 1},
        {"hours": True},
        {},
    ):
        with pytest.raises(RegistryFailed, match="400"):
            registry.control("clock", json=bad)
    assert registry.clock()["offset_seconds"] == before["offset_seconds"] + 5400


def test_a_brand_is_verified_after_40_to_100_seconds(
    vendor: httpx.Client, registry: PracticeRegistry
) -> None:
    created = file(vendor)
    registry.advance(seconds=35)
    assert read(vendor, created)["status"] == "REGISTRATION_PENDING"
    registry.advance(seconds=70)
    found = read(vendor, created)
    assert (found["status"], found["identityStatus"]) == ("OK", "VERIFIED")
    assert found["tcrBrandId"][0] == "B"
    assert len(found["tcrBrandId"]) == 7
    waited = datetime.fromisoformat(found["updatedAt"]) - datetime.fromisoformat(found["createdAt"])
    assert timedelta(seconds=40) <= waited <= timedelta(seconds=100)
    listed = vendor.get("/brand", params={"tcrBrandId": found["tcrBrandId"]}).json()["records"]
    assert [row["brandId"] for row in listed] == [created["brandId"]]


@pytest.mark.parametrize(("phrase", "ending", "code", "fields"), REJECTIONS)
def test_a_name_or_a_tax_id_decides_by_itself(
    vendor: httpx.Client, registry: PracticeRegistry, phrase: str, ending: str, code: str, fields: list[str]
) -> None:
    by_name = file(vendor, companyName=f"The {phrase.upper()} Company")
    by_tax_id = file(vendor, ein=f"12-34{ending}")
    assert feedback(vendor, by_name) == []
    registry.advance(seconds=100)
    for brand in (by_name, by_tax_id):
        found = read(vendor, brand)
        assert (found["status"], found["identityStatus"]) == ("OK", "UNVERIFIED")
        (reason,) = feedback(vendor, brand)
        assert (reason["id"], reason["fields"]) == (code, fields)
        assert reason["description"]


def test_a_phrase_inside_another_word_decides_nothing(
    vendor: httpx.Client, registry: PracticeRegistry
) -> None:
    brand = file(vendor, companyName="Slowinski & Silently Reject tax idea LLC")
    registry.advance(seconds=100)
    assert read(vendor, brand)["identityStatus"] == "VERIFIED"


def test_a_failed_registration_says_why(vendor: httpx.Client, registry: PracticeRegistry) -> None:
    brand = file(vendor, companyName="Registration failed Inc")
    assert "failureReasons" not in brand
    registry.advance(seconds=100)
    found = read(vendor, brand)
    assert found["status"] == "REGISTRATION_FAILED"
    assert "tax id" in found["failureReasons"]
    assert "tcrBrandId" not in found


def test_slow_takes_two_working_days(vendor: httpx.Client, registry: PracticeRegistry) -> None:
    brand = file(vendor, companyName="Slow Reject tax id LLC")
    told = registry.brand(brand["brandId"])
    filed, due = datetime.fromisoformat(told["filed_at"]), datetime.fromisoformat(told["due_at"])
    assert due.time() == filed.time()
    assert due.weekday() < 5
    assert sum(1 for n in range(1, (due - filed).days + 1) if (filed + timedelta(days=n)).weekday() < 5) == 2
    registry.advance(hours=23)
    assert read(vendor, brand)["status"] == "REGISTRATION_PENDING"
    registry.advance(days=3, hours=2)
    assert read(vendor, brand)["identityStatus"] == "UNVERIFIED"


def test_silent_never_answers_until_it_may_speak(vendor: httpx.Client, registry: PracticeRegistry) -> None:
    brand = file(vendor, companyName="Silent Partners LLC")
    registry.advance(days=30)
    assert read(vendor, brand)["status"] == "REGISTRATION_PENDING"
    registry.silence(brand["brandId"], silent=False)
    found = read(vendor, brand)
    assert found["identityStatus"] == "VERIFIED"
    # Heard when it spoke, not when it would have been due a month before.
    assert datetime.fromisoformat(found["updatedAt"]) - datetime.fromisoformat(
        found["createdAt"]
    ) > timedelta(days=29)


def test_an_odd_word_is_outside_the_vendors_list(vendor: httpx.Client, registry: PracticeRegistry) -> None:
    brand = file(vendor, companyName="Odd word LLC")
    registry.advance(seconds=100)
    assert read(vendor, brand)["status"] not in {"OK", "REGISTRATION_PENDING", "REGISTRATION_FAILED"}


def test_a_sole_proprietor_stays_self_declared(vendor: httpx.Client, registry: PracticeRegistry) -> None:
    person = {
        "firstName": "Ada",
        "lastName": "Berg",
        "mobilePhone": "+12065550102",
        "ein": None,
        "companyName": None,
    }
    brand = file(vendor, entityType="SOLE_PROPRIETOR", **person)
    registry.advance(seconds=100)
    assert read(vendor, brand)["identityStatus"] == "SELF_DECLARED"


def test_a_verdict_by_hand_is_heard_at_once_and_may_change(
    vendor: httpx.Client, registry: PracticeRegistry
) -> None:
    brand = file(vendor)
    registry.approve(brand["brandId"], vetted=True)
    assert read(vendor, brand)["identityStatus"] == "VETTED_VERIFIED"
    registry.reject(brand["brandId"], "ZX_77", "Because we say so.", ["street", "vertical"])
    assert read(vendor, brand)["identityStatus"] == "UNVERIFIED"
    assert feedback(vendor, brand) == [
        {
            "id": "ZX_77",
            "displayName": "ZX_77",
            "description": "Because we say so.",
            "fields": ["street", "vertical"],
        }
    ]
    registry.fail(brand["brandId"], "No.")
    assert read(vendor, brand)["failureReasons"] == "No."
    assert feedback(vendor, brand) == []
    registry.say(brand["brandId"], "HM")
    assert read(vendor, brand)["status"] == "HM"
    registry.approve(brand["brandId"])
    assert read(vendor, brand)["identityStatus"] == "VERIFIED"
    acts = [line["act"] for line in registry.brand(brand["brandId"])["history"]]
    assert acts == ["vetted", "rejected", "failed", "odd", "verified"]


def test_a_silent_account_waits_while_others_go_on(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    other = httpx.Client(
        base_url=vendor.base_url, headers={"Authorization": f"Bearer practice-{uuid.uuid4().hex}"}, timeout=10
    )
    with other:
        before = file(vendor, displayName="Before")
        registry.advance(seconds=100)
        registry.silence_all(account=api_key)
        waiting, by_hand, going_on = file(vendor), file(vendor), file(other)
        registry.advance(days=1)
        assert read(vendor, before)["status"] == "OK"
        assert read(vendor, waiting)["status"] == "REGISTRATION_PENDING"
        assert read(other, going_on)["status"] == "OK"
        registry.approve(by_hand["brandId"])
        assert read(vendor, by_hand)["status"] == "OK"
        registry.silence_all(account=api_key, silent=False)
        assert read(vendor, waiting)["status"] == "OK"


def test_a_decided_brand_cannot_be_silenced(vendor: httpx.Client, registry: PracticeRegistry) -> None:
    brand = file(vendor)
    registry.approve(brand["brandId"])
    with pytest.raises(RegistryFailed, match="already has its verdict"):
        registry.silence(brand["brandId"])


@pytest.mark.slow
def test_a_registry_of_its_own_can_go_silent_and_survives_a_kill() -> None:
    server = os.environ.get("DATABASE_OWNER_URL") or os.environ.get("DATABASE_URL")
    if not server:
        pytest.skip("no PostgreSQL: neither DATABASE_OWNER_URL nor DATABASE_URL is set")
    with PracticeRegistry(server) as own:
        headers = {"Authorization": "Bearer practice"}
        with httpx.Client(base_url=f"{own.url}/v2/10dlc", headers=headers) as vendor:
            assert abs(datetime.fromisoformat(own.clock()["now"]) - datetime.now(UTC)) < timedelta(minutes=1)
            brand = file(vendor)
            own.silence_all()
            own.advance(days=7)
            own.kill()
            own.resume()
            assert read(vendor, brand)["status"] == "REGISTRATION_PENDING"
            own.silence_all(silent=False)
            assert read(vendor, brand)["status"] == "OK"
            assert [entry["method"] for entry in own.ledger()] == ["POST", "GET", "GET"]
