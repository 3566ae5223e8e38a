"""The pages for faults, webhooks and proofs, used as a person without JavaScript uses them."""

from __future__ import annotations

import time

import httpx
import pytest

from tests.practice.conftest import file, read
from tests.practice.receiver import Receiver
from tests.practice.test_control_page import send
from tests.practice.test_proofs import PERSON, PUBLIC, TEXTS
from tests.practice_registry import PracticeRegistry, account_of

pytestmark = [pytest.mark.xdist_group("practice"), pytest.mark.slow]


def test_a_case_of_the_plan_is_switched_on_counted_and_removed(
    browser: httpx.Client, vendor: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    vendor.get("/brand")
    answer = send(browser, "/faults/", "/faults/preset/", preset="F03", account=account_of(api_key))
    assert "1 fault is on." in answer.text
    assert "F03" in answer.text
    assert vendor.post("/brand", json={}).status_code == 503
    assert "hit 1 of 3 times" in browser.get("/faults/").text
    (fault,) = registry.control("faults", account=account_of(api_key))["faults"]
    assert "1 fault removed." in send(browser, "/faults/", "/faults/off/", fault=str(fault["id"])).text
    assert vendor.post("/brand", json={}).status_code == 422


def test_a_fault_of_ones_own_reads_its_values(
    browser: httpx.Client, vendor: httpx.Client, api_key: str, registry: PracticeRegistry
) -> None:
    vendor.get("/brand")
    send(
        browser,
        "/faults/",
        "/faults/own/",
        effect="status",
        verb="list",
        times="1",
        chosen_values="status=429 retry_after=7",
        account=account_of(api_key),
    )
    answer = vendor.get("/brand")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    assert "status@P2 #1" in browser.get("/ledger/").text
    assert str(registry.seed()) in browser.get("/faults/").text
    registry.faults_off(api_key)


@pytest.mark.parametrize(
    "data",
    [
        {"effect": "status", "chosen_values": "status", "account": "*"},
        {"effect": "status", "chosen_values": "status=299", "account": "*"},
        {"effect": "status", "phase": "P4", "account": "*"},
        {"effect": "late", "account": "*"},
        {"effect": "status", "account": "nobody"},
        {"effect": "status", "times": "0", "account": "*"},
        {"effect": "\x00", "account": "*"},
        {},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_in_words(
    browser: httpx.Client, registry: PracticeRegistry, data: dict[str, str]
) -> None:
    answer = send(browser, "/faults/", "/faults/own/", **data)
    assert answer.status_code == 400
    assert "There is a problem" in answer.text
    assert registry.faults_off("*") == 0


def test_webhooks_are_shown_sent_again_and_switched_off(
    browser: httpx.Client, vendor: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    with Receiver() as portal:
        brand = file(vendor, displayName="Hook & Sons", webhookURL=portal.address("k"))
        registry.tell(brand["brandId"], "SHOWN")
        portal.wait(1)
        until = time.monotonic() + 5
        while not registry.webhooks(account=api_key, outcome="delivered") and time.monotonic() < until:
            time.sleep(0.02)
        page = browser.get("/webhooks/").text
        assert registry.webhook_key() in page.replace("&#x3D;", "=")
        assert "Hook &amp; Sons" in page
        assert "SHOWN" in page
        (row,) = registry.webhooks(account=api_key)
        assert "It is sent again." in send(browser, "/webhooks/", f"/webhooks/{row['id']}/again/").text
        portal.wait(2)
        assert "No webhook is sent" in send(browser, "/webhooks/", "/webhooks/switch/", off="yes").text
        registry.tell(brand["brandId"], "UNSAID")
        assert "Webhooks are sent again" in send(browser, "/webhooks/", "/webhooks/switch/", off="no").text
        assert [hook.kind for hook in portal.quiet(2)] == ["SHOWN", "SHOWN"]


def test_the_link_and_the_pin_stand_on_the_page_of_the_brand(
    browser: httpx.Client, vendor: httpx.Client, registry: PracticeRegistry
) -> None:
    public = file(vendor, **PUBLIC)
    page = f"/brands/{public['brandId']}/"
    assert "Click the link" in browser.get(page).text
    assert "the e-mail address is confirmed" in send(browser, page, f"{page}confirm/").text
    assert "leads nowhere" in send(browser, page, f"{page}confirm/").text
    person = file(vendor, **PERSON)
    vendor.post(f"/brand/{person['brandId']}/smsOtp", json=TEXTS)
    assert (
        f"Your PIN is {registry.pin(person['brandId'])}" in browser.get(f"/brands/{person['brandId']}/").text
    )


def test_a_person_suspends_reopens_and_deletes(browser: httpx.Client, vendor: httpx.Client) -> None:
    brand = file(vendor)
    page = f"/brands/{brand['brandId']}/"
    send(browser, page, f"{page}verify/")
    assert "Suspended" in send(browser, page, f"{page}suspend/").text
    assert read(vendor, brand)["status"] == "SUSPENDED"
    send(browser, page, f"{page}reopen/")
    assert read(vendor, brand)["status"] == "REGISTRATION_PENDING"
    assert "cannot be read any more" in send(browser, page, f"{page}delete/").text
    assert vendor.get(f"/brand/{brand['brandId']}").status_code == 404


def test_hostile_addresses_get_words(browser: httpx.Client) -> None:
    answers = [
        browser.get("/faults/nonsense/"),
        browser.get("/faults/own/"),
        browser.get("/webhooks/?brand=x"),
        browser.get("/webhooks/?brand=%00&outcome=%ff"),
        browser.get("/webhooks/99999999999999999999/again/"),
        send(browser, "/webhooks/", "/webhooks/999999999/again/"),
        send(browser, "/faults/", "/faults/off/", fault="x"),
        send(browser, "/faults/", "/faults/preset/", preset="\x00", account="\ud7ff"),
        send(
            browser,
            "/faults/",
            "/faults/own/",
            effect="status",
            chosen_values="[" * 480 + "=" + "1",
            account="*",
        ),
        send(
            browser,
            "/faults/",
            "/faults/own/",
            effect="status",
            chosen_values="status=" + "[" * 480,
            account="*",
        ),
    ]
    assert all(answer.status_code < 500 for answer in answers), [answer.status_code for answer in answers]
