"""The life of a number with the practice registry, over real HTTP: two readings of the same contract."""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from portal.carriers.adapters.telnyx import TelnyxCarrier
from portal.carriers.config import CarrierConfig
from portal.carriers.contract import NotFound, Refused
from portal.carriers.numbers import NumberPart, NumberState, NumberTrouble
from tests.carriers.campaign_filings import campaign_filing
from tests.carriers.contract_gate import Gate
from tests.carriers.filings import CONFIG, HOOKS, filing
from tests.practice_registry import PracticeRegistry

pytestmark = pytest.mark.slow

State = NumberState
# Beyond the endings that the registry has rules for.
NUMBERS = [f"+1206200{n:04d}" for n in range(12)]
FIRST = NUMBERS[0]


@pytest.fixture
def key() -> str:
    """The API key of an account that no other test knows."""
    return f"practice-{secrets.token_hex(8)}"


@pytest.fixture
def carrier(practice: PracticeRegistry, key: str) -> Iterator[TelnyxCarrier]:
    """The adapter with an account of its own, which has a dozen numbers."""
    made = TelnyxCarrier(CarrierConfig("telnyx", f"{practice.url}/v2", key, HOOKS))
    practice.add_numbers(key, NUMBERS, tags=["clearline-a"])
    yield made
    made.close()


@pytest.fixture
def campaign(practice: PracticeRegistry, carrier: TelnyxCarrier) -> str:
    """The reference of an active campaign."""
    return _campaign(practice, carrier)


def _campaign(practice: PracticeRegistry, carrier: TelnyxCarrier) -> str:
    brand = carrier.create_brand(filing(), key=str(uuid4())).reference
    practice.approve(brand)
    reference = carrier.create_campaign(campaign_filing(brand_reference=brand), key=str(uuid4())).reference
    practice.approve_campaign(reference)
    return reference


def over_the_wire(practice: PracticeRegistry) -> Callable[[httpx.Request], httpx.Response]:
    """A script that asks the registry what the vendor is asked."""

    def ask(request: httpx.Request) -> httpx.Response:
        named = ("authorization", "content-type")
        head = {name: request.headers[name] for name in named if name in request.headers}
        url = f"{practice.url}{request.url.raw_path.decode()}"
        answer = httpx.request(request.method, url, content=request.content, headers=head)
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    return ask


def _codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def test_a_number_is_put_on_confirmed_and_taken_off(
    practice: PracticeRegistry, carrier: TelnyxCarrier, key: str, campaign: str
) -> None:
    with pytest.raises(NotFound):
        carrier.read_number(FIRST)
    for _time in range(2):
        assert carrier.assign_number(FIRST, campaign).reference == FIRST
    reading = carrier.read_number(FIRST)
    assert (reading.state, reading.campaign_reference) == (State.PENDING, campaign)
    practice.settle_numbers(key)
    assert carrier.read_number(FIRST).state is State.ASSIGNED
    for _time in range(2):
        assert carrier.release_number(FIRST).reference == FIRST
    assert carrier.read_number(FIRST).state is State.RELEASING
    practice.settle_numbers(key)
    with pytest.raises(NotFound):
        carrier.read_number(FIRST)
    assert carrier.release_number(FIRST).reference == FIRST


def test_a_second_campaign_is_refused_and_a_move_is_one_step(
    practice: PracticeRegistry, carrier: TelnyxCarrier, campaign: str
) -> None:
    other = _campaign(practice, carrier)
    carrier.assign_number(FIRST, campaign)
    with pytest.raises(Refused) as refused:
        carrier.assign_number(FIRST, other)
    assert _codes(refused) == [NumberTrouble.ALREADY_ASSIGNED]
    for _time in range(2):
        carrier.move_number(FIRST, other)
    assert carrier.read_number(FIRST).campaign_reference == other
    assert list(carrier.list_assigned(campaign)) == []
    with pytest.raises(NotFound):
        carrier.move_number(NUMBERS[1], other)
    with pytest.raises(Refused) as refused:
        carrier.move_number(FIRST, str(uuid4()))
    assert _codes(refused) == [NumberTrouble.NO_CAMPAIGN]


def test_a_number_on_its_way_off_can_be_put_on_again(
    practice: PracticeRegistry, carrier: TelnyxCarrier, key: str, campaign: str
) -> None:
    carrier.assign_number(FIRST, campaign)
    practice.settle_numbers(key)
    carrier.release_number(FIRST)
    carrier.assign_number(FIRST, campaign)
    practice.settle_numbers(key)
    assert carrier.read_number(FIRST).state is State.ASSIGNED


@pytest.mark.parametrize(
    ("ending", "code"),
    [
        ("5550190", NumberTrouble.ALREADY_ASSIGNED),
        ("5550191", NumberTrouble.OTHER_NETWORK),
        ("5550192", NumberTrouble.CARRIER_TROUBLE),
        ("5550199", NumberTrouble.ALREADY_ASSIGNED),
        ("5550189", ""),
    ],
)
def test_every_failure_that_the_registry_knows_is_told_with_our_code_and_its_words(
    practice: PracticeRegistry, carrier: TelnyxCarrier, key: str, campaign: str, ending: str, code: str
) -> None:
    e164 = f"+1206{ending}"
    practice.add_numbers(key, [e164])
    carrier.assign_number(e164, campaign)
    practice.settle_numbers(key)
    reading = carrier.read_number(e164)
    assert reading.state is State.FAILED
    assert [reason.code for reason in reading.reasons] == [code]
    assert all(reason.text for reason in reading.reasons)


def test_one_that_failed_once_is_tried_again(
    practice: PracticeRegistry, carrier: TelnyxCarrier, key: str, campaign: str
) -> None:
    e164 = "+12065550192"
    practice.add_numbers(key, [e164])
    for state in (State.FAILED, State.ASSIGNED):
        carrier.assign_number(e164, campaign)
        practice.settle_numbers(key)
        assert carrier.read_number(e164).state is state


def test_one_that_cannot_be_taken_off_stays_with_its_reason(
    practice: PracticeRegistry, carrier: TelnyxCarrier, key: str, campaign: str
) -> None:
    e164 = "+12065550196"
    practice.add_numbers(key, [e164])
    carrier.assign_number(e164, campaign)
    practice.settle_numbers(key)
    carrier.release_number(e164)
    practice.settle_numbers(key)
    reading = carrier.read_number(e164)
    assert reading.state is State.RELEASE_FAILED
    assert [reason.code for reason in reading.reasons] == [NumberTrouble.CAMPAIGN_INACTIVE]
    assert carrier.assign_number(e164, campaign).reference == e164


def test_a_word_that_nobody_knows_is_told_as_it_is(
    practice: PracticeRegistry, carrier: TelnyxCarrier, key: str, campaign: str
) -> None:
    practice.add_numbers(key, ["+12065550195"])
    carrier.assign_number("+12065550195", campaign)
    practice.settle_numbers(key)
    reading = carrier.read_number("+12065550195")
    assert (reading.state, reading.word) == (State.UNKNOWN, "ON_HOLD_AT_CARRIER")


def test_what_is_not_fit_for_a_campaign_is_refused_with_our_codes(
    practice: PracticeRegistry, carrier: TelnyxCarrier, key: str, campaign: str
) -> None:
    toll_free, mute, bare = "+18332000001", "+12062009001", "+12062009002"
    practice.add_numbers(key, [toll_free])
    practice.add_numbers(key, [mute], sms=False)
    practice.add_numbers(key, [bare], profile=False)
    for e164, codes in (
        (toll_free, {NumberTrouble.TOLL_FREE}),
        (mute, {NumberTrouble.NO_TEXTS, NumberTrouble.NOT_ENABLED}),
        (bare, {NumberTrouble.NOT_ENABLED}),
        ("+12062009099", {NumberTrouble.NUMBER_NOT_FOUND}),
    ):
        with pytest.raises(Refused) as refused:
            carrier.assign_number(e164, campaign)
        assert set(_codes(refused)) <= codes, e164
        assert _codes(refused), e164
    with pytest.raises(Refused) as refused:
        carrier.assign_number(FIRST, str(uuid4()))
    assert _codes(refused) == [NumberTrouble.NO_CAMPAIGN]
    carrier.deactivate_campaign(campaign)
    with pytest.raises(Refused) as refused:
        carrier.assign_number(FIRST, campaign)
    assert _codes(refused)[0] in {NumberTrouble.CAMPAIGN_INACTIVE, NumberTrouble.CAMPAIGN_EXPIRED}


def test_a_number_is_set_up_for_texts_once_and_then_taken(
    practice: PracticeRegistry, carrier: TelnyxCarrier, key: str, campaign: str
) -> None:
    bare = "+12062009002"
    practice.add_numbers(key, [bare], profile=False, tags=["clearline-b"])
    (listed,) = carrier.list_numbers(tag="clearline-b").numbers
    assert (listed.e164, listed.enabled, listed.sms) == (bare, False, True)
    for _time in range(2):
        carrier.enable_number(listed.reference)
    (listed,) = carrier.list_numbers(tag="clearline-b").numbers
    assert listed.enabled
    assert carrier.assign_number(bare, campaign).reference == bare
    assert len(practice.ledger(account=key, method="POST", path="/v2/messaging_profiles")) == 1


def test_a_campaigns_numbers_and_the_accounts_are_listed_in_order(
    practice: PracticeRegistry, carrier: TelnyxCarrier, key: str, campaign: str
) -> None:
    for e164 in reversed(NUMBERS[:5]):
        carrier.assign_number(e164, campaign)
    assert [one.e164 for one in carrier.list_assigned(campaign)] == NUMBERS[:5]
    assert list(carrier.list_assigned(str(uuid4()))) == []
    assert [one.e164 for one in carrier.list_numbers(tag="clearline-a").numbers] == NUMBERS
    assert carrier.list_numbers(tag="clearline-b") == NumberPart((), "", 0)
    many = [f"+1206300{n:04d}" for n in range(600)]
    practice.add_numbers(key, many, tags=["clearline-c"])
    for tag, there in (("", NUMBERS + many), ("clearline-c", many)):
        part = carrier.list_numbers(tag=tag)
        found = list(part.numbers)
        while part.mark:
            part = carrier.list_numbers(tag=tag, mark=part.mark)
            found += part.numbers
        assert [one.e164 for one in found] == there


@pytest.mark.contracts
def test_adapter_and_practice_registry_keep_to_the_vendors_file_in_every_verb_of_numbers(
    practice: PracticeRegistry, key: str, contracts: Path
) -> None:
    gate = Gate(contracts, "telnyx", over_the_wire(practice))
    carrier = TelnyxCarrier(dataclasses.replace(CONFIG, key=key), transport=gate)
    practice.add_numbers(key, [FIRST], profile=False, tags=["clearline-a"])
    campaign = _campaign(practice, carrier)
    (listed,) = carrier.list_numbers(tag="clearline-a").numbers
    with pytest.raises(Refused):
        carrier.assign_number(FIRST, campaign)
    carrier.enable_number(listed.reference)
    carrier.assign_number(FIRST, campaign)
    carrier.assign_number(FIRST, campaign)
    carrier.move_number(FIRST, campaign)
    assert [one.e164 for one in carrier.list_assigned(campaign)] == [FIRST]
    carrier.release_number(FIRST)
    assert {request.method for request in gate.seen} == {"GET", "POST", "PUT", "PATCH", "DELETE"}
