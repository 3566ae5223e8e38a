"""The verbs of numbers against Telnyx's own OpenAPI file, requests and answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from portal.carriers.adapters.telnyx import TelnyxCarrier, number_mapping
from portal.carriers.contract import NotFound, Refused
from portal.carriers.numbers import NumberState, NumberTrouble
from tests.carriers.campaign_filings import CAMPAIGN_ID, campaign
from tests.carriers.contract_gate import ContractBroken, Gate, document
from tests.carriers.filings import CONFIG
from tests.carriers.number_filings import (
    ASSIGNED,
    FIRST,
    MESSAGING,
    OTHER_CAMPAIGN,
    PROFILES,
    SLIM,
    THERE,
    TelnyxNumbers,
    link,
    number,
    refusal,
)

pytestmark = pytest.mark.contracts


def _carrier(contracts: Path, vendor: Any) -> tuple[TelnyxCarrier, Gate]:
    gate = Gate(contracts, "telnyx", vendor)
    return TelnyxCarrier(CONFIG, transport=gate), gate


def _schemas(contracts: Path) -> dict[str, Any]:
    found: dict[str, Any] = document(contracts, "telnyx")["components"]["schemas"]
    return found


def test_every_verb_keeps_to_the_vendors_file(contracts: Path) -> None:
    vendor = TelnyxNumbers(number(messaging_profile_id=None))
    vendor.profiles.clear()
    carrier, gate = _carrier(contracts, vendor)
    (listed,) = carrier.list_numbers(tag="clearline-a").numbers
    assert not listed.enabled
    carrier.enable_number(listed.reference)
    with pytest.raises(NotFound):
        carrier.read_number(FIRST)
    assert carrier.assign_number(FIRST, CAMPAIGN_ID).reference == FIRST
    assert carrier.read_number(FIRST).state is NumberState.PENDING
    assert carrier.move_number(FIRST, OTHER_CAMPAIGN).reference == FIRST
    assert [one.e164 for one in carrier.list_assigned(OTHER_CAMPAIGN)] == [FIRST]
    assert carrier.release_number(FIRST).reference == FIRST
    assert [(request.method, request.url.path) for request in gate.seen] == [
        ("GET", SLIM),
        ("GET", MESSAGING),
        ("GET", PROFILES),
        ("POST", PROFILES),
        ("PATCH", f"/v2/phone_numbers/{listed.reference}/messaging"),
        ("GET", THERE),
        ("POST", ASSIGNED),
        ("GET", THERE),
        ("PUT", THERE),
        ("GET", ASSIGNED),
        ("DELETE", THERE),
    ]


def test_what_a_refusal_makes_us_ask_keeps_to_the_vendors_file(contracts: Path) -> None:
    vendor = TelnyxNumbers(number(), links=(link(),))

    def whole(request: Any) -> Any:
        answer = vendor(request)
        if request.url.path.startswith("/v2/10dlc/campaign/") and answer.status_code == 200:
            return type(answer)(200, json=campaign())
        return answer

    carrier, _ = _carrier(contracts, whole)
    with pytest.raises(Refused) as refused:
        carrier.assign_number(FIRST, OTHER_CAMPAIGN)
    assert [reason.code for reason in refused.value.reasons] == [NumberTrouble.ALREADY_ASSIGNED]
    with pytest.raises(Refused) as refused:
        carrier.assign_number("+12025550199", CAMPAIGN_ID)
    assert [reason.code for reason in refused.value.reasons] == [NumberTrouble.NUMBER_NOT_FOUND]
    with pytest.raises(Refused) as refused:
        carrier.assign_number(FIRST.replace("0100", "0101"), "4b300178-131c-4902-954e-72d90ba16299")
    assert [reason.code for reason in refused.value.reasons] == [NumberTrouble.NO_CAMPAIGN]


def test_every_word_that_the_vendor_lists_is_understood(contracts: Path) -> None:
    words = _schemas(contracts)["PhoneNumberCampaign"]["properties"]["assignmentStatus"]["enum"]
    states = {word: number_mapping.reading_of(link(assignmentStatus=word)).state for word in words}
    assert len(set(states.values())) == len(words) == 5
    assert NumberState.UNKNOWN not in states.values()
    assert [word for word, state in states.items() if state is NumberState.ASSIGNED] == ["ASSIGNED"]


def test_every_type_of_number_is_toll_free_or_is_not(contracts: Path) -> None:
    words = _schemas(contracts)["PhoneNumberWithMessagingSettings"]["properties"]["type"]["enum"]
    toll_free = {word for word in words if number_mapping.listed_of(number(type=word)).toll_free}
    assert toll_free == {word for word in words if "toll" in word} != set()


def test_no_page_is_larger_than_the_vendor_allows(contracts: Path) -> None:
    vendor = TelnyxNumbers(number(), links=(link(),))
    carrier, _ = _carrier(contracts, vendor)
    carrier.list_numbers()
    carrier.list_numbers(tag="clearline-a")
    spec = document(contracts, "telnyx")["components"]["parameters"]["PageConsolidated"]
    most = spec["schema"]["properties"]["size"]["maximum"]
    assert {asked["page[size]"] for asked in vendor.asked} == {str(most)}


@pytest.mark.parametrize("status", [400, 402, 422])
def test_a_refusal_in_the_vendors_shape_says_why(contracts: Path, status: int) -> None:
    vendor = TelnyxNumbers(number())

    def refusing(request: Any) -> Any:
        if request.method in ("POST", "PATCH"):
            return refusal("10015", "Bad Request", "The campaign has reached its limit of numbers.", status)
        return vendor(request)

    carrier, _ = _carrier(contracts, refusing)
    for call in (
        lambda: carrier.assign_number(FIRST, CAMPAIGN_ID),
        lambda: carrier.enable_number(number()["id"]),
    ):
        with pytest.raises(Refused) as refused:
            call()
        assert [reason.code for reason in refused.value.reasons] == [NumberTrouble.OVER_LIMIT]


def test_the_gate_would_see_a_body_that_is_not_the_vendors(
    contracts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proof that the checks above look at the bodies of writes."""
    monkeypatch.setattr(
        number_mapping, "assignment_body", lambda e164, campaign: {"number": e164, "campaignId": campaign}
    )
    carrier, _ = _carrier(contracts, TelnyxNumbers(number()))
    with pytest.raises(ContractBroken, match="phoneNumber"):
        carrier.assign_number(FIRST, CAMPAIGN_ID)
