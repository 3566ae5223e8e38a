"""Faults, webhooks, ledger and invariants meet numbers as they meet brands and campaigns."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import httpx
import pytest

from portal.practice.numbers.rules import FAILURES
from tests.practice.conftest import TLS
from tests.practice.numbers import FIRST, LINKS, active, assign, e164, listed, read, word
from tests.practice.receiver import Hook, Receiver
from tests.practice_registry import PracticeRegistry

pytestmark = [pytest.mark.xdist_group("practice"), pytest.mark.slow]
OTHER = "+12065550102"
# Events of the campaign itself, from its filing to its approval.
BEFORE = 9


@pytest.fixture
def hasty(registry: PracticeRegistry, api_key: str) -> Iterator[httpx.Client]:
    """A client that waits for half a second only."""
    headers = {"Authorization": f"Bearer {api_key}"}
    with httpx.Client(
        base_url=f"{registry.url}/v2/10dlc", headers=headers, timeout=0.5, verify=TLS
    ) as client:
        yield client


@pytest.fixture
def portal() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def said(hook: Hook) -> tuple[str, str, str]:
    payload = hook.data["payload"]
    return payload["phoneNumber"], payload["type"], payload["status"]


def test_after_a_lost_answer_the_number_is_on_its_campaign_and_before_it_is_not(
    hasty: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    campaign = active(hasty, registry)
    numbers = [e164(place) for place in range(4)]
    registry.add_numbers(api_key, numbers)
    cases = (("P2", "reset", False), ("P3", "reset", True), ("P3", "hang", True), ("P4", "reset", True))
    for number, (phase, effect, there) in zip(numbers, cases, strict=True):
        registry.fault(effect, account=api_key, verb="create", phase=phase, match={"resource": "number"})
        with pytest.raises(httpx.HTTPError):
            hasty.post(LINKS, json={"phoneNumber": number, "campaignId": campaign})
        assert bool(word(hasty, number)) is there
        (entry,) = registry.ledger(account=api_key, key=number, method="POST")
        assert (entry["resource"], entry["campaign"]) == ("number", campaign if there else None)
    told = registry.invariants(api_key)
    assert told["number_creates"] == dict.fromkeys(numbers, 1)
    assert (told["numbers_on"], told["numbers_unaccounted"]) == ({campaign: 3}, {})


def test_what_is_late_appears_by_itself_and_what_is_stale_is_not_known_yet(
    hasty: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    campaign = active(hasty, registry)
    registry.add_numbers(api_key, [FIRST, OTHER])
    registry.fault("late", account=api_key, verb="create", match={"resource": "number"}, seconds=1.5)
    with pytest.raises(httpx.ReadTimeout):
        hasty.post(LINKS, json={"phoneNumber": FIRST, "campaignId": campaign})
    assert (word(hasty, FIRST), listed(hasty, campaign)["totalRecords"]) == ("", 0)
    time.sleep(1.3)
    assert (word(hasty, FIRST), listed(hasty, campaign)["totalRecords"]) == ("PENDING_ASSIGNMENT", 1)

    assign(hasty, OTHER, campaign)
    registry.settle_numbers(api_key)
    time.sleep(1.1)
    hasty.delete(f"{LINKS}/{OTHER}")
    registry.settle_numbers(api_key)
    registry.fault("stale", account=api_key, verb="read", match={"resource": "number"}, seconds=1)
    assert (word(hasty, OTHER), word(hasty, OTHER)) == ("ASSIGNED", "")


def test_each_resource_and_each_number_has_faults_of_its_own(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    campaign = active(vendor, registry)
    registry.add_numbers(api_key, [FIRST, OTHER])
    for number in (FIRST, OTHER):
        assign(vendor, number, campaign)
    registry.fault("status", account=api_key, verb="read", match={"resource": "number"}, status=503)
    assert vendor.get(f"/campaign/{campaign}").status_code == 200
    assert [vendor.get(f"{LINKS}/{FIRST}").status_code for _n in range(2)] == [503, 200]
    registry.fault("status", account=api_key, match={"key": OTHER}, status=500)
    assert vendor.delete(f"{LINKS}/{FIRST}").status_code == 200
    assert vendor.delete(f"{LINKS}/{OTHER}").status_code == 500
    registry.fault("status", account=api_key, match={"resource": "inventory"}, status=502)
    inventory = registry.url + "/v2/phone_numbers/messaging"
    assert [vendor.get(inventory).status_code for _n in range(2)] == [502, 200]


def test_words_of_its_own_and_spoiled_bodies_fit_a_number(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    campaign = active(vendor, registry)
    registry.add_numbers(api_key, [FIRST])
    assign(vendor, FIRST, campaign)
    registry.fault(account=api_key, preset="F22-number")
    words = [word(vendor, FIRST), word(vendor, FIRST)]
    assert words == ["PENDING_ASSIGNMENT", "ASSIGNED"]
    rows = listed(vendor, campaign)["records"]
    assert (rows[0]["assignmentStatus"], rows[0]["campaignId"]) == ("PENDING_ASSIGNMENT", campaign)
    registry.faults_off(api_key)
    spoiled = {
        "unknown_status": lambda row: row["assignmentStatus"] == "ON_THE_DESK_OF_SOMEBODY",
        "unknown_enum": lambda row: row["assignmentStatus"] == "HALF_ASSIGNED",
        "null_id": lambda row: row["phoneNumber"] is None,
        "missing_fields": lambda row: "assignmentStatus" not in row,
        "extra_fields": lambda row: "aFieldOfTomorrow" in row,
    }
    for kind, holds in spoiled.items():
        registry.fault("body", account=api_key, match={"resource": "number"}, times=2, kind=kind)
        assert holds(json.loads(vendor.get(f"{LINKS}/{FIRST}").content)), kind
        assert holds(json.loads(vendor.get(LINKS).content)["records"][0]), kind
    registry.fault("body", account=api_key, match={"resource": "inventory"}, kind="missing_fields")
    inventory = registry.url + "/v2/phone_numbers/messaging"
    assert "phone_number" not in vendor.get(inventory).json()["data"][0]


def test_pages_turn_and_turn_wrongly(vendor: httpx.Client, registry: PracticeRegistry, api_key: str) -> None:
    campaign = active(vendor, registry)
    numbers = [e164(place) for place in range(4)]
    registry.add_numbers(api_key, numbers)
    for number in numbers:
        assign(vendor, number, campaign)

    def pages() -> list[str]:
        asked = {"recordsPerPage": 2, "sort": "phoneNumber"}
        found = [listed(vendor, campaign, page=page, **asked) for page in (1, 2)]
        return [row["phoneNumber"] for page in found for row in page["records"]]

    assert pages() == numbers
    first = numbers[:2]
    for kind, wanted in (("repeat", first * 2), ("skip", [*first, numbers[3]]), ("loop", first * 2)):
        registry.fault("page", account=api_key, verb="list", times=2, kind=kind)
        assert pages() == wanted


def test_the_ledger_accounts_for_every_assignment_and_a_number_of_elsewhere_is_none(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    first, second = active(vendor, registry), active(vendor, registry)
    registry.add_numbers(api_key, [FIRST, OTHER])
    assign(vendor, FIRST, first)
    vendor.put(f"{LINKS}/{FIRST}", json={"phoneNumber": FIRST, "campaignId": second})
    vendor.post(LINKS, json={"phoneNumber": FIRST, "campaignId": first})
    registry.put_number(api_key, OTHER, first)
    told = registry.invariants(api_key)
    assert told["number_creates"] == {FIRST: 2}
    assert told["numbers_on"] == {first: 1, second: 1}
    assert (told["number_duplicates"], told["numbers_unaccounted"]) == ([], {})
    vendor.delete(f"{LINKS}/{FIRST}")
    registry.settle_numbers(api_key)
    assert registry.invariants(api_key)["numbers_on"] == {first: 1}
    assert [entry["verb"] for entry in registry.ledger(account=api_key, key=FIRST)] == [
        "create",
        "update",
        "create",
        "delete",
    ]


def test_every_answer_about_a_number_is_told_signed_and_in_the_vendors_words(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str, portal: Receiver
) -> None:
    campaign = active(vendor, registry, webhookURL=portal.address("n-1"))
    numbers = [FIRST, "+12065550190", "+12065550196", "+12065550198"]
    registry.add_numbers(api_key, numbers)
    for number in numbers:
        assign(vendor, number, campaign)
    portal.quiet(BEFORE)
    registry.advance(hours=8)
    hooks = portal.quiet(BEFORE + 4)[BEFORE:]
    told = {said(hook) for hook in hooks}
    fine = {(number, "ASSIGNMENT", "success") for number in numbers if number != numbers[1]}
    assert told == {*fine, (numbers[1], "ASSIGNMENT", "failed")}
    assert {hook.data["event_type"] for hook in hooks} == {"10dlc.phone_number.update"}
    assert {hook.path for hook in hooks} == {"/webhooks/telnyx/n-1/"}
    assert all(hook.is_signed_with(registry.webhook_key()) for hook in hooks)
    reasons = {hook.data["payload"]["phoneNumber"]: hook.data["payload"]["reasons"] for hook in hooks}
    assert reasons == {number: [FAILURES["elsewhere"]] if number == numbers[1] else [] for number in numbers}
    assert {hook.data["payload"]["campaignId"] for hook in hooks} == {campaign}

    for number in (numbers[0], numbers[2]):
        vendor.delete(f"{LINKS}/{number}")
    registry.advance(days=2)
    told = {said(hook) for hook in portal.quiet(BEFORE + 7)[BEFORE + 4 :]}
    assert told == {
        (numbers[0], "DELETION", "success"),
        (numbers[2], "DELETION", "failed"),
        (numbers[3], "STATUS_UPDATE", "DELETED"),
    }
    mine = registry.webhooks(campaign=campaign, number=FIRST)
    assert [(row["type"], row["outcome"]) for row in mine] == [
        ("ASSIGNMENT", "delivered"),
        ("DELETION", "delivered"),
    ]


def test_nothing_is_told_of_an_assignment_that_was_taken_back_or_moved_before_its_answer(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str, portal: Receiver
) -> None:
    first = active(vendor, registry, webhookURL=portal.address("n-2"))
    second = active(vendor, registry, webhookURL=portal.address("n-3"))
    registry.add_numbers(api_key, [FIRST, OTHER])
    assign(vendor, FIRST, first)
    vendor.delete(f"{LINKS}/{FIRST}")
    assign(vendor, OTHER, first)
    vendor.put(f"{LINKS}/{OTHER}", json={"phoneNumber": OTHER, "campaignId": second})
    portal.quiet(BEFORE * 2)
    registry.advance(hours=8)
    hooks = portal.quiet(BEFORE * 2 + 2)[BEFORE * 2 :]
    assert {(*said(hook), hook.path) for hook in hooks} == {
        (FIRST, "DELETION", "success", "/webhooks/telnyx/n-2/"),
        (OTHER, "ASSIGNMENT", "success", "/webhooks/telnyx/n-3/"),
    }


def test_faults_of_webhooks_meet_a_numbers_own(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str, portal: Receiver
) -> None:
    campaign = active(vendor, registry, webhookURL=portal.address("n-4"))
    registry.add_numbers(api_key, [FIRST, OTHER])
    portal.quiet(BEFORE)
    registry.fault("early", account=api_key, verb="create", match={"resource": "number"}, seconds=5)
    assign(vendor, FIRST, campaign)
    assert said(portal.quiet(BEFORE + 1)[-1]) == (FIRST, "STATUS_UPDATE", "PENDING")
    registry.fault("duplicate", account=api_key, verb="webhook", match={"key": FIRST}, copies=5)
    registry.fault("lost", account=api_key, verb="webhook", match={"key": OTHER})
    assign(vendor, OTHER, campaign)
    registry.settle_numbers(api_key, campaign)
    assert [said(hook) for hook in portal.quiet(BEFORE + 6)[BEFORE + 1 :]] == [
        (FIRST, "ASSIGNMENT", "success")
    ] * 5
    (lost,) = registry.webhooks(number=OTHER, account=api_key)
    assert lost["outcome"] == "lost"


def test_an_accounts_limits_count_the_requests_about_numbers(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str
) -> None:
    campaign = active(vendor, registry)
    registry.add_numbers(api_key, [FIRST])
    registry.limit(api_key, rate=0.01, burst=1, retry_after="3")
    body = {"phoneNumber": FIRST, "campaignId": campaign}
    answers = [vendor.post(LINKS, json=body) for _n in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert answers[1].headers["retry-after"] == "3"
    assert registry.invariants(api_key)["crossings"]["rate"] == 1
    registry.limit(api_key)
    assert read(vendor, FIRST)["assignmentStatus"] == "PENDING_ASSIGNMENT"


def test_a_campaign_can_be_ended_while_its_numbers_are_being_told_of(
    vendor: httpx.Client, registry: PracticeRegistry, api_key: str, portal: Receiver
) -> None:
    numbers = [e164(place) for place in range(40)]
    registry.add_numbers(api_key, numbers)
    before = registry.logged().count("deadlock detected")
    for turn in range(3):
        campaign = active(vendor, registry, webhookURL=portal.address(f"n-5-{turn}"))
        for number in numbers:
            assign(vendor, number, campaign)
        registry.settle_numbers(api_key, campaign)
        assert vendor.delete(f"/campaign/{campaign}").status_code == 200
        registry.settle_numbers(api_key, campaign)
        assert {word(vendor, number) for number in numbers} == {""}
    # Whoever is chosen as the victim: the sender would only lose a second and try again.
    assert registry.logged().count("deadlock detected") == before
