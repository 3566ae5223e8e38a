"""Numbers on campaigns, as the vendor's endpoints tell it."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from portal.practice.numbers.rules import FAILURES, RULES
from tests.practice.campaigns import file_campaign, verified
from tests.practice.conftest import TLS
from tests.practice.numbers import FIRST, LINKS, active, assign, e164, listed, read, refusal, word
from tests.practice_registry import PracticeRegistry

pytestmark = [pytest.mark.xdist_group("practice")]
OTHER = "+12065550102"


def test_a_number_is_pending_then_assigned_then_taken_off(
    registry: PracticeRegistry, vendor: httpx.Client, api_key: str
) -> None:
    campaign = active(vendor, registry)
    registry.add_numbers(api_key, [FIRST])

    made = assign(vendor, FIRST, campaign)
    assert made["assignmentStatus"] == "PENDING_ASSIGNMENT"
    assert (made["phoneNumber"], made["campaignId"], made["telnyxCampaignId"]) == (FIRST, campaign, campaign)

    registry.advance(hours=8)
    assert read(vendor, FIRST)["assignmentStatus"] == "ASSIGNED"

    taken = vendor.delete(f"{LINKS}/{FIRST}")
    assert (taken.status_code, taken.json()["assignmentStatus"]) == (200, "PENDING_UNASSIGNMENT")
    assert word(vendor, FIRST) == "PENDING_UNASSIGNMENT"
    assert vendor.delete(f"{LINKS}/{FIRST}").status_code == 200
    assert refusal(vendor, FIRST, campaign) == (409, "10021", "/phoneNumber")
    registry.advance(hours=8)
    assert word(vendor, FIRST) == ""
    assert vendor.delete(f"{LINKS}/{FIRST}").status_code == 404
    assert assign(vendor, FIRST, campaign)["assignmentStatus"] == "PENDING_ASSIGNMENT"


@pytest.mark.slow
def test_numbers_are_listed_by_campaign_page_by_page(
    registry: PracticeRegistry, vendor: httpx.Client, api_key: str
) -> None:
    campaign, other = active(vendor, registry), active(vendor, registry)
    numbers = [e164(place) for place in range(7)]
    registry.add_numbers(api_key, numbers)
    for place, number in enumerate(numbers):
        assign(vendor, number, other if place == 3 else campaign)

    first = listed(vendor, campaign, sort="phoneNumber", recordsPerPage=4)
    second = listed(vendor, campaign, sort="phoneNumber", recordsPerPage=4, page=2)
    assert (first["totalRecords"], first["page"], second["page"]) == (6, 1, 2)
    found = [row["phoneNumber"] for row in first["records"] + second["records"]]
    assert found == [number for number in numbers if number != numbers[3]]
    assert listed(vendor)["records"][0]["phoneNumber"] == numbers[-1]
    assert vendor.get(LINKS, params={"filter[campaign_id]": campaign}).status_code == 400

    brand = vendor.get(f"/campaign/{campaign}").json()["brandId"]
    (row,) = vendor.get("/campaign", params={"brandId": brand}).json()["records"]
    assert row["assignedPhoneNumbersCount"] == 6


def test_what_cannot_be_assigned_is_refused_in_the_vendors_words(
    registry: PracticeRegistry, vendor: httpx.Client, api_key: str
) -> None:
    campaign, brand = active(vendor, registry), verified(vendor, registry)
    unfit = {
        "+18885550100": ("10002", {}),
        "+14165550101": ("10002", {"country": "CA"}),
        e164(1): ("10002", {"sms": False}),
        e164(2): ("10001", {"status": "port-pending"}),
        e164(3): ("10013", {"profile": False}),
    }
    registry.add_numbers(api_key, [FIRST])
    for number, (code, facts) in unfit.items():
        registry.add_numbers(api_key, [number], **facts)
        assert refusal(vendor, number, campaign) == (400, code, "/phoneNumber"), number
    assert refusal(vendor, OTHER, campaign) == (404, "10005", "/phoneNumber")
    assert refusal(vendor, "206-555-0101", campaign) == (400, "10016", "/phoneNumber")
    assert refusal(vendor, FIRST, "nobody") == (404, "10005", "/campaignId")
    waiting = file_campaign(vendor, brand)["campaignId"]
    assert refusal(vendor, FIRST, waiting) == (400, "10012", "/campaignId")
    registry.decide_campaign(campaign, "suspend")
    assert refusal(vendor, FIRST, campaign) == (400, "10012", "/campaignId")
    assert listed(vendor)["totalRecords"] == 0


def test_a_number_of_another_account_is_not_found(registry: PracticeRegistry, vendor: httpx.Client) -> None:
    campaign = active(vendor, registry)
    registry.add_numbers("practice-somebody-else", [OTHER])
    assert refusal(vendor, OTHER, campaign) == (404, "10005", "/phoneNumber")


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.failure], ids=lambda rule: rule.phrase)
@pytest.mark.slow
def test_a_number_that_fails_says_why_and_its_place_is_free(
    registry: PracticeRegistry, vendor: httpx.Client, api_key: str, rule: object
) -> None:
    campaign = active(vendor, registry)
    # Once by its digits, once by a tag.
    registry.add_numbers(api_key, [FIRST], tags=[rule.phrase])
    registry.add_numbers(api_key, [f"+1206{rule.ending}"])
    for number in (FIRST, f"+1206{rule.ending}"):
        assign(vendor, number, campaign)
    registry.advance(hours=8)
    for number in (FIRST, f"+1206{rule.ending}"):
        found = read(vendor, number)
        assert found["assignmentStatus"] == "FAILED_ASSIGNMENT"
        place = "errors" if rule.trait == "hidden" else "failureReasons"
        assert found[place] == FAILURES[rule.failure]
        assert ("errors" in found, "failureReasons" in found) == (place == "errors", place != "errors")
        assert assign(vendor, number, campaign)["assignmentStatus"] == "PENDING_ASSIGNMENT"
    registry.advance(hours=8)
    again = "ASSIGNED" if rule.trait == "once" else "FAILED_ASSIGNMENT"
    assert word(vendor, FIRST) == again
    assert vendor.delete(f"{LINKS}/{FIRST}").status_code == 200
    assert word(vendor, FIRST) == ("PENDING_UNASSIGNMENT" if again == "ASSIGNED" else "")


@pytest.mark.slow
def test_the_other_rules_take_their_time_stay_silent_or_change_later(
    registry: PracticeRegistry, vendor: httpx.Client, api_key: str
) -> None:
    campaign = active(vendor, registry)
    numbers = {
        rule.trait: f"+1206{rule.ending}"
        for rule in RULES
        if rule.trait and rule.trait not in ("once", "hidden")
    }
    registry.add_numbers(api_key, numbers.values())
    for number in numbers.values():
        assign(vendor, number, campaign)
    registry.advance(hours=8)
    now = {trait: word(vendor, number) for trait, number in numbers.items()}
    assert now == {
        "slow": "PENDING_ASSIGNMENT",
        "silent": "PENDING_ASSIGNMENT",
        "odd": "ON_HOLD_AT_CARRIER",
        "release_fails": "ASSIGNED",
        "release_slow": "ASSIGNED",
        "lost": "ASSIGNED",
    }
    registry.advance(days=3)
    now = {trait: word(vendor, number) for trait, number in numbers.items()}
    assert (now["slow"], now["silent"], now["lost"]) == ("ASSIGNED", "PENDING_ASSIGNMENT", "")
    for trait in ("silent", "release_fails", "release_slow"):
        assert vendor.delete(f"{LINKS}/{numbers[trait]}").status_code == 200
    registry.advance(hours=8)
    assert word(vendor, numbers["silent"]) == ""
    assert read(vendor, numbers["release_fails"])["failureReasons"] == FAILURES["not_deployed"]
    assert word(vendor, numbers["release_fails"]) == "FAILED_UNASSIGNMENT"
    assert word(vendor, numbers["release_slow"]) == "PENDING_UNASSIGNMENT"
    registry.advance(days=3)
    assert word(vendor, numbers["release_slow"]) == ""


def test_a_number_moves_in_one_step_also_from_a_campaign_that_has_expired(
    registry: PracticeRegistry, vendor: httpx.Client, api_key: str
) -> None:
    first, second = active(vendor, registry), active(vendor, registry)
    registry.add_numbers(api_key, [FIRST])
    body = {"phoneNumber": FIRST, "campaignId": second}
    assert vendor.put(f"{LINKS}/{FIRST}", json=body).status_code == 404
    assign(vendor, FIRST, first)
    registry.settle_numbers(api_key)
    registry.decide_campaign(first, "expire")
    assert word(vendor, FIRST) == "ASSIGNED"
    assert refusal(vendor, FIRST, second) == (409, "10031", "/phoneNumber")
    moved = vendor.put(f"{LINKS}/{FIRST}", json=body).json()
    assert (moved["campaignId"], moved["assignmentStatus"]) == (second, "PENDING_ASSIGNMENT")
    assert vendor.put(f"{LINKS}/{FIRST}", json=body).json()["createdAt"] == moved["createdAt"]
    assert vendor.put(f"{LINKS}/{OTHER}", json=body).status_code == 400
    assert (listed(vendor, first)["totalRecords"], listed(vendor, second)["totalRecords"]) == (0, 1)


def test_the_numbers_of_a_campaign_that_its_account_ends_are_taken_off(
    registry: PracticeRegistry, vendor: httpx.Client, api_key: str
) -> None:
    campaign = active(vendor, registry)
    numbers = [FIRST, OTHER, "+12065550196"]
    registry.add_numbers(api_key, numbers)
    for number in numbers:
        assign(vendor, number, campaign)
    registry.settle_numbers(api_key)
    assert vendor.delete(f"/campaign/{campaign}").status_code == 200
    assert [word(vendor, number) for number in numbers] == ["PENDING_UNASSIGNMENT"] * 3
    registry.advance(hours=8)
    assert [word(vendor, number) for number in numbers] == [""] * 3


def test_silence_holds_the_carriers_answers_back_until_it_ends(
    registry: PracticeRegistry, vendor: httpx.Client, api_key: str
) -> None:
    campaign = active(vendor, registry)
    registry.add_numbers(api_key, [FIRST, OTHER])
    assign(vendor, FIRST, campaign)
    registry.settle_numbers(api_key)
    registry.silence_all(account=api_key)
    assign(vendor, OTHER, campaign)
    assert vendor.delete(f"{LINKS}/{FIRST}").status_code == 200
    registry.advance(days=5)
    assert (word(vendor, FIRST), word(vendor, OTHER)) == ("PENDING_UNASSIGNMENT", "PENDING_ASSIGNMENT")
    registry.silence_all(silent=False, account=api_key)
    assert (word(vendor, FIRST), word(vendor, OTHER)) == ("", "ASSIGNED")


def test_a_person_decides_a_number_by_hand_and_others_interfere(
    registry: PracticeRegistry, vendor: httpx.Client, api_key: str
) -> None:
    campaign, other = active(vendor, registry), active(vendor, registry)
    registry.add_numbers(api_key, [FIRST, OTHER])
    assign(vendor, FIRST, campaign)
    registry.decide_number(api_key, FIRST, "assign")
    assert word(vendor, FIRST) == "ASSIGNED"
    registry.decide_number(api_key, FIRST, "fail", reason="network")
    assert read(vendor, FIRST)["failureReasons"] == FAILURES["network"]
    registry.decide_number(api_key, FIRST, "say", word="ELSEWHERE")
    assert word(vendor, FIRST) == "ELSEWHERE"
    vendor.delete(f"{LINKS}/{FIRST}")
    registry.decide_number(api_key, FIRST, "refuse", reason="Not today.")
    assert read(vendor, FIRST)["failureReasons"] == "Not today."
    vendor.delete(f"{LINKS}/{FIRST}")
    registry.decide_number(api_key, FIRST, "release")
    assert word(vendor, FIRST) == ""

    registry.put_number(api_key, OTHER, other)
    assert (read(vendor, OTHER)["campaignId"], word(vendor, OTHER)) == (other, "ASSIGNED")
    assert refusal(vendor, OTHER, campaign) == (409, "10031", "/phoneNumber")
    registry.take_number(api_key, OTHER)
    assign(vendor, OTHER, campaign)
    registry.settle_numbers(api_key)
    registry.decide_number(api_key, OTHER, "lose")
    assert word(vendor, OTHER) == ""


@pytest.mark.slow
def test_the_carriers_limit_holds_for_twenty_at_once_and_a_pool_ends_it(
    registry: PracticeRegistry, vendor: httpx.Client, api_key: str
) -> None:
    campaign = active(vendor, registry)
    numbers = [e164(place) for place in range(20)]
    registry.add_numbers(api_key, numbers)
    registry.limit_numbers(campaign, 12)
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda number: assign(vendor, number, campaign), numbers))
    registry.settle_numbers(api_key)
    records = listed(vendor, campaign, recordsPerPage=50)["records"]
    words = Counter(row["assignmentStatus"] for row in records)
    assert words == {"ASSIGNED": 12, "FAILED_ASSIGNMENT": 8}
    assert {row.get("failureReasons") for row in records} == {None, FAILURES["limit"]}
    registry.decide_campaign(campaign, "pool")
    assert vendor.get(f"/campaign/{campaign}").json()["isTMobileNumberPoolingEnabled"] is True
    for row in records:
        if row["assignmentStatus"] == "FAILED_ASSIGNMENT":
            assign(vendor, row["phoneNumber"], campaign)
    registry.settle_numbers(api_key)
    again = listed(vendor, campaign, recordsPerPage=50)["records"]
    assert {row["assignmentStatus"] for row in again} == {"ASSIGNED"}


def test_a_sole_proprietor_has_one_number(
    registry: PracticeRegistry, vendor: httpx.Client, api_key: str
) -> None:
    campaign = active(vendor, registry, usecase="SOLE_PROPRIETOR", subUsecases=None)
    registry.add_numbers(api_key, [FIRST, OTHER])
    assign(vendor, FIRST, campaign)
    assign(vendor, OTHER, campaign)
    registry.settle_numbers(api_key)
    assert (word(vendor, FIRST), word(vendor, OTHER)) == ("ASSIGNED", "FAILED_ASSIGNMENT")


@pytest.mark.slow
def test_one_number_asked_for_by_twenty_at_once_ends_on_one_campaign(
    registry: PracticeRegistry, vendor: httpx.Client, api_key: str
) -> None:
    campaigns = [active(vendor, registry) for _n in range(2)]
    registry.add_numbers(api_key, [FIRST])

    def ask(place: int) -> int:
        body = {"phoneNumber": FIRST, "campaignId": campaigns[place % 2]}
        return vendor.post(LINKS, json=body).status_code

    with ThreadPoolExecutor(20) as pool:
        statuses = Counter(pool.map(ask, range(20)))
    assert statuses == {200: 1, 409: 19}
    told = registry.invariants(api_key)
    assert told["number_creates"] == {FIRST: 20}
    assert (told["number_duplicates"], told["numbers_unaccounted"]) == ([], {})
    assert sum(told["numbers_on"].values()) == 1


@pytest.mark.slow
def test_ten_thousand_numbers_are_added_and_read_whole_page_by_page(
    registry: PracticeRegistry, vendor: httpx.Client, api_key: str
) -> None:
    numbers = [e164(place) for place in range(10_000)]
    assert registry.add_numbers(api_key, numbers, tags=["clearline-x"]) == 10_000
    found = []
    with httpx.Client(base_url=registry.url, headers=vendor.headers, timeout=10, verify=TLS) as account:
        for page in range(1, 41):
            asked = {"page[size]": "250", "page[number]": str(page), "sort[phone_number]": "asc"}
            found += account.get("/v2/phone_numbers/messaging", params=asked).json()["data"]
    assert [row["phone_number"] for row in found] == numbers
    assert {tuple(row["tags"]) for row in found} == {("clearline-x",)}
