"""Webhooks out of the registry: signed, retried, kept over a restart, and spoiled on purpose."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import datetime

import httpx
import pytest

from portal.practice.webhooks.sending import refusal_of
from tests.practice.conftest import file
from tests.practice.receiver import Receiver
from tests.practice_registry import PracticeRegistry, RegistryFailed

pytestmark = [pytest.mark.xdist_group("practice"), pytest.mark.slow]


@pytest.fixture
def portal() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def outcomes(registry: PracticeRegistry, api_key: str, count: int) -> list[str]:
    """What became of the deliveries, once `count` are done."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        told = [row["outcome"] for row in registry.webhooks(account=api_key)]
        if len(told) >= count and all(told):
            return told
        time.sleep(0.05)
    raise AssertionError(told)


def test_a_verdict_is_told_signed_and_in_the_vendors_words(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str, portal: Receiver
) -> None:
    brand = file(vendor, webhookURL=portal.address("key-1"))
    registry.approve(brand["brandId"])
    added, verified = portal.quiet(2)
    assert added.path == "/webhooks/telnyx/key-1/"
    assert all(hook.is_signed_with(registry.webhook_key()) for hook in (added, verified))
    assert abs(int(added.headers["telnyx-timestamp"]) - added.at) < 5
    tcr_id = registry.brand(brand["brandId"])["registry_id"]
    assert added.data["event_type"] == "10dlc.brand.update"
    assert added.data["record_type"] == "event"
    assert added.data["payload"] == {
        "brandId": brand["brandId"],
        "brandName": "Acme Flowers LLC",
        "description": f"Brand {tcr_id} is added",
        "eventType": "BRAND_ADD",
        "status": "success",
        "tcrBrandId": tcr_id,
        "type": "TCR_BRAND_UPDATE",
    }
    assert (verified.kind, verified.data["payload"]["brandIdentityStatus"]) == (
        "BRAND_IDENTITY_STATUS_UPDATE",
        "VERIFIED",
    )
    now = datetime.fromisoformat(registry.clock()["now"])
    assert abs((datetime.fromisoformat(added.data["occurred_at"]) - now).total_seconds()) < 10
    assert outcomes(registry, api_key, 2) == ["delivered", "delivered"]
    (row, _other) = registry.webhooks(account=api_key, key="key-1")
    assert (row["status"], row["attempt"], row["brand"]) == (200, 1, brand["brandId"])
    assert row["body"].encode() == added.raw


def test_time_alone_brings_a_webhook_and_each_change_exactly_one(
    vendor: httpx.Client, registry: PracticeRegistry, portal: Receiver
) -> None:
    good = file(vendor, webhookURL=portal.address("k"))
    assert portal.hooks == []
    registry.advance(seconds=100)
    portal.quiet(2)
    registry.reject(good["brandId"])
    registry.reject(good["brandId"], "OTHERS")
    assert [hook.kind for hook in portal.quiet(3)][2] == "BRAND_IDENTITY_STATUS_UPDATE"
    registry.suspend(good["brandId"])
    assert portal.quiet(4)[3].kind == "BRAND_UPDATE"
    failed = file(vendor, companyName="Registration failed LLC", webhookURL=portal.address("k"))
    registry.advance(seconds=100)
    told = portal.quiet(5)[4].data["payload"]
    assert (told["brandId"], told["type"], told["status"]) == (failed["brandId"], "REGISTRATION", "failed")
    assert "tax id" in told["reasons"][0]["description"]


def test_three_tries_then_three_at_the_other_address(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str, portal: Receiver
) -> None:
    portal.status = 500
    with Receiver() as spare:
        brand = file(vendor, webhookURL=portal.address("k"), webhookFailoverURL=spare.address("k"))
        registry.silence_all(account=api_key)
        registry.tell(brand["brandId"])
        spare.quiet(1)
        assert len(portal.hooks) == 3
        assert outcomes(registry, api_key, 4) == ["failed"] * 3 + ["delivered"]
        assert {hook.data["id"] for hook in (*portal.hooks, *spare.hooks)} == {portal.hooks[0].data["id"]}
        told = registry.webhooks(account=api_key)
        assert [row["attempt"] for row in told] == [1, 2, 3, 4]
        assert [row["status"] for row in told] == [500, 500, 500, 200]


@pytest.mark.slow
def test_what_was_not_sent_is_sent_after_a_kill(portal: Receiver) -> None:
    server = os.environ.get("DATABASE_OWNER_URL") or os.environ.get("DATABASE_URL")
    if not server:
        pytest.skip("no PostgreSQL: neither DATABASE_OWNER_URL nor DATABASE_URL is set")
    with PracticeRegistry(server) as own:
        headers = {"Authorization": "Bearer practice"}
        with httpx.Client(base_url=f"{own.url}/v2/10dlc", headers=headers) as vendor:
            own.fault("wait", account="practice", seconds=3)
            brand = file(vendor, webhookURL=portal.address("k"))
            key = own.webhook_key()
            own.tell(brand["brandId"])
        own.kill()
        assert portal.hooks == []
        own.resume()
        assert portal.wait(1)[0].is_signed_with(key)
        assert own.webhook_key() == key


def test_nothing_is_sent_beyond_this_machine(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    brand = file(vendor, webhookURL="http://portal.example/hooks/k/")
    registry.tell(brand["brandId"])
    assert outcomes(registry, api_key, 1) == ["refused"]
    assert "not on this machine" in registry.webhooks(account=api_key)[0]["error"]
    assert registry.ledger(account=api_key)[-1]["verb"] == "create"


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("http://127.0.0.1:8000/x/", True),
        ("https://localhost/x/", True),
        ("http://[::1]:8000/", True),
        ("http://127.0.0.1.evil.example/", False),
        ("http://localhost.evil.example/", False),
        ("http://localhost@evil.example/", False),
        ("http://10.0.0.1/", False),
        ("http://169.254.169.254/", False),
        ("http://2130706433/", False),
        ("http://[broken/", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_which_addresses_are_this_machine(url: str, sent: bool) -> None:
    assert (refusal_of(url) == "") is sent


def test_duplicates_all_say_the_same(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str, portal: Receiver
) -> None:
    brand = file(vendor, webhookURL=portal.address("k"))
    registry.fault("duplicate", account=api_key, copies=20)
    registry.tell(brand["brandId"])
    hooks = portal.quiet(20)
    assert len({hook.data["id"] for hook in hooks}) == 1
    assert all(hook.is_signed_with(registry.webhook_key()) for hook in hooks)


def test_reversed_order_and_a_hold_that_ends_by_itself(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str, portal: Receiver
) -> None:
    brand = file(vendor, webhookURL=portal.address("k"))
    registry.fault("reverse", account=api_key, times=3, count=3)
    for name in ("ONE", "TWO", "THREE"):
        registry.tell(brand["brandId"], name)
    assert [hook.kind for hook in portal.quiet(3)] == ["THREE", "TWO", "ONE"]
    registry.fault("reverse", account=api_key, count=2, seconds=0.2)
    registry.tell(brand["brandId"], "ALONE")
    assert portal.wait(4)[3].kind == "ALONE"


def test_lost_late_and_switched_off(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str, portal: Receiver
) -> None:
    brand = file(vendor, webhookURL=portal.address("k"))
    registry.fault("lost", account=api_key)
    registry.tell(brand["brandId"], "LOST")
    registry.fault("wait", account=api_key, seconds=0.8)
    started = time.time()
    registry.tell(brand["brandId"], "LATE")
    registry.webhooks_off(account=api_key)
    registry.tell(brand["brandId"], "OFF")
    registry.webhooks_off(account=api_key, off=False)
    (late,) = portal.quiet(1)
    assert late.kind == "LATE"
    assert late.at - started >= 0.8
    # Signed when it was sent, not when it was planned.
    assert abs(int(late.headers["telnyx-timestamp"]) - late.at) < 2
    rows = registry.webhooks(account=api_key, outcome="lost")
    assert [row["event_type"] for row in rows] == ["LOST", "OFF"]
    registry.send_again(rows[0]["id"])
    assert portal.wait(2)[1].kind == "LOST"


def test_early_comes_before_the_answer(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str, portal: Receiver
) -> None:
    registry.fault("early", account=api_key, verb="create")
    brand = file(vendor, webhookURL=portal.address("k"))
    answered = time.time()
    assert len(portal.hooks) == 1
    assert portal.hooks[0].at <= answered
    assert portal.hooks[0].data["payload"]["brandId"] == brand["brandId"]


def test_a_replay_is_the_same_message_with_its_old_time(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str, portal: Receiver
) -> None:
    brand = file(vendor, webhookURL=portal.address("k"))
    registry.fault("replay", account=api_key, age=600, copies=2)
    registry.tell(brand["brandId"])
    hooks = portal.quiet(3)
    ages = sorted(round((hook.at - int(hook.headers["telnyx-timestamp"])) / 60) for hook in hooks)
    assert ages == [0, 10, 10]
    assert len({hook.raw for hook in hooks}) == 1
    assert all(hook.is_signed_with(registry.webhook_key()) for hook in hooks)


@pytest.mark.parametrize("how", ["unsigned", "wrong_key", "body", "timestamp", "junk_signature"])
def test_a_forgery_does_not_pass_the_check(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str, portal: Receiver, how: str
) -> None:
    brand = file(vendor, webhookURL=portal.address("k"))
    registry.fault("forge", account=api_key, how=how, also=True)
    registry.tell(brand["brandId"])
    hooks = portal.wait(2)
    assert [hook.is_signed_with(registry.webhook_key()) for hook in hooks] == [False, True]
    assert ("telnyx-signature-ed25519" in hooks[0].headers) is (how != "unsigned")


def test_a_thousand_signatures_and_a_key_that_was_replaced(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    with Receiver() as portal:
        brand = file(vendor, webhookURL=portal.address("k"))
        before = registry.webhook_key()
        told = registry.rotate_webhook_key()
        assert told["previous_key"] == before
        assert registry.webhook_key() == told["public_key"] != before
        registry.fault("forge", account=api_key, how="previous_key")
        registry.tell(brand["brandId"])
        assert portal.wait(1)[0].is_signed_with(before)
        registry.tell(brand["brandId"])
        assert portal.wait(2)[1].is_signed_with(told["public_key"])
        registry.fault("forge", account=api_key, how="many_signatures")
        registry.tell(brand["brandId"])
        # This receiver's own limit of a header line refuses it.
        assert outcomes(registry, api_key, 3)[2] == "failed"


def test_an_object_that_nobody_knows_and_a_clock_that_is_wrong(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str, portal: Receiver
) -> None:
    brand = file(vendor, webhookURL=portal.address("k"))
    registry.fault("unknown", account=api_key)
    registry.tell(brand["brandId"])
    (strange,) = portal.wait(1)
    assert strange.data["payload"]["brandId"] != brand["brandId"]
    assert strange.is_signed_with(registry.webhook_key())
    registry.fault("skew", account=api_key, phase="P5", match={"type": "TCR_BRAND_UPDATE"}, seconds=600)
    registry.tell(brand["brandId"])
    skewed = portal.wait(2)[1]
    assert 590 < int(skewed.headers["telnyx-timestamp"]) - skewed.at < 610


def test_an_address_that_hangs_costs_two_seconds_and_holds_up_nobody_else(
    vendor: httpx.Client, registry: PracticeRegistry, portal: Receiver
) -> None:
    with Receiver(pause=4) as stuck:
        slow = file(vendor, webhookURL=stuck.address("k"))
        quick = file(vendor, webhookURL=portal.address("k"))
        registry.tell(slow["brandId"])
        started = time.monotonic()
        registry.tell(quick["brandId"])
        portal.wait(1)
        assert time.monotonic() - started < 1.9


def test_junk_is_refused_in_words(registry: PracticeRegistry) -> None:
    for path, order in (
        ("webhooks", {"brand": "x"}),
        ("webhooks", {"brand": "00000000-0000-4000-8000-000000000000"}),
        ("webhooks", {"event_type": "a b"}),
        ("webhooks/off", {"off": "yes"}),
        ("webhooks/999999999/again", {}),
    ):
        with pytest.raises(RegistryFailed, match=r"40[04]"):
            registry.control(path, json=order)
    with pytest.raises(RegistryFailed, match="400"):
        registry.control("webhooks", colour="red")
    with pytest.raises(RegistryFailed, match="400"):
        registry.control("webhooks", brand="x")
