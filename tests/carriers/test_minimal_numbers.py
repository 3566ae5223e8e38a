"""Numbers with another carrier behind the contract: other ids, no moving, nothing to enable, an owner for a tag."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal.carriers import loading
from portal.carriers.contract import Carrier, NotFound, OutcomeUnknown, Refused, Unavailable
from portal.carriers.numbers import NumberListed, NumberState, NumberTrouble
from tests.carriers.campaign_filings import campaign_filing
from tests.carriers.filings import filing
from tests.carriers.minimal_registry import MOST_LINES, MinimalRegistry
from tests.carriers.minimal_site import config

pytestmark = pytest.mark.slow

FIRST = "+12025550100"
HERE, THERE = "MP-000001", "MP-000002"


@pytest.fixture
def carrier(installed: None, minimal: MinimalRegistry) -> Iterator[Carrier]:
    """The adapter as the portal loads it, with two open campaigns and five numbers."""
    made = loading.load(config(minimal))
    made.create_brand(filing(), key="k")
    for number in (1, 2):
        made.create_campaign(campaign_filing(brand_reference="MC-000001"), key="k")
        minimal.decide_programme(number, "OPEN")
    for line in range(5):
        minimal.add_line(f"1202555010{line}", owner="clearline-a" if line < 2 else "clearline-b")
    yield made
    made.close()


def _codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def test_a_number_is_put_on_read_listed_and_taken_off(carrier: Carrier) -> None:
    with pytest.raises(NotFound):
        carrier.read_number(FIRST)
    for _time in range(2):
        assert carrier.assign_number(FIRST, HERE).reference == FIRST
    reading = carrier.read_number(FIRST)
    assert (reading.e164, reading.campaign_reference) == (FIRST, HERE)
    assert (reading.state, reading.word) == (NumberState.ASSIGNED, "ON")
    carrier.assign_number("+12025550104", HERE)
    carrier.assign_number("+12025550102", THERE)
    assert [one.e164 for one in carrier.list_assigned(HERE)] == [FIRST, "+12025550104"]
    for _time in range(2):
        assert carrier.release_number(FIRST).reference == FIRST
    with pytest.raises(NotFound):
        carrier.read_number(FIRST)
    assert [one.e164 for one in carrier.list_assigned(HERE)] == ["+12025550104"]


def _all_numbers(carrier: Carrier, tag: str = "") -> list[NumberListed]:
    """Every part of the list, one after the other; some hold none."""
    part = carrier.list_numbers(tag=tag)
    found = list(part.numbers)
    while part.mark:
        part = carrier.list_numbers(tag=tag, mark=part.mark)
        found += part.numbers
    return found


def test_the_accounts_numbers_are_listed_whole_or_by_owner(carrier: Carrier) -> None:
    listed = _all_numbers(carrier)
    assert [(one.e164, one.reference) for one in listed] == [
        (f"+1202555010{line}", f"ML-{line + 1:06d}") for line in range(5)
    ]
    assert all((one.country, one.sms, one.toll_free) == ("US", True, False) for one in listed)
    assert [one.e164 for one in _all_numbers(carrier, "clearline-a")] == [FIRST, "+12025550101"]
    assert _all_numbers(carrier, "clearline") == []
    with pytest.raises(NotFound):
        carrier.list_numbers(mark="x")


def test_its_refusals_have_our_codes(carrier: Carrier, minimal: MinimalRegistry) -> None:
    carrier.assign_number(FIRST, HERE)
    with pytest.raises(Refused) as refused:
        carrier.assign_number(FIRST, THERE)
    assert _codes(refused) == [NumberTrouble.ALREADY_ASSIGNED]
    with pytest.raises(Refused) as refused:
        carrier.assign_number("+12025550199", HERE)
    assert _codes(refused) == [NumberTrouble.NUMBER_NOT_FOUND]
    with pytest.raises(Refused) as refused:
        carrier.assign_number("+12025550101", "MP-000009")
    assert _codes(refused) == [NumberTrouble.NO_CAMPAIGN]
    for line in range(1, MOST_LINES):
        carrier.assign_number(f"+1202555010{line}", HERE)
    with pytest.raises(Refused) as refused:
        carrier.assign_number("+12025550104", HERE)
    assert _codes(refused) == [NumberTrouble.OVER_LIMIT]
    minimal.decide_programme(2, "BARRED")
    with pytest.raises(Refused) as refused:
        carrier.assign_number("+12025550104", THERE)
    assert _codes(refused) == [NumberTrouble.CAMPAIGN_INACTIVE]


def test_an_assignment_without_an_answer_is_an_unknown_outcome_that_a_reading_settles(
    carrier: Carrier, minimal: MinimalRegistry
) -> None:
    minimal.hang_up = 1
    with pytest.raises(OutcomeUnknown):
        carrier.assign_number(FIRST, HERE)
    assert carrier.read_number(FIRST).campaign_reference == HERE
    minimal.busy = 1
    with pytest.raises(Unavailable):
        carrier.release_number(FIRST)
    assert carrier.read_number(FIRST).campaign_reference == HERE


def test_what_it_does_not_offer_is_refused_and_nothing_is_sent(
    carrier: Carrier, minimal: MinimalRegistry
) -> None:
    carrier.assign_number(FIRST, HERE)
    asked = len(minimal.asked)
    for call in (lambda: carrier.move_number(FIRST, THERE), lambda: carrier.enable_number("ML-000001")):
        with pytest.raises(Refused) as refused:
            call()
        assert _codes(refused) == ["not-offered"]
    assert len(minimal.asked) == asked
    policy = loading.number_policy("minimal")
    assert (policy.enables.value, policy.returns.value) == (False, True)


@pytest.mark.parametrize("e164", ["", "12025550100", "+1202555010x", "+١٢٠٢٥٥٥٠١٠٠", "+0123456"])
def test_what_can_be_no_number_is_not_found(carrier: Carrier, e164: str) -> None:
    for call in (
        lambda: carrier.assign_number(e164, HERE),
        lambda: carrier.release_number(e164),
        lambda: carrier.read_number(e164),
    ):
        with pytest.raises(NotFound):
            call()
