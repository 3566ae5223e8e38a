"""The life of a campaign with the practice registry, over real HTTP: two readings of the same contract."""

from __future__ import annotations

import dataclasses
import json
import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from portal.carriers.adapters.telnyx import TelnyxCarrier
from portal.carriers.campaigns import CampaignFiling, CampaignReading, CampaignState, Decider, NetworkState
from portal.carriers.config import CarrierConfig
from portal.carriers.contract import NotFound, OutcomeUnknown, Refused
from tests.carriers.campaign_filings import SAMPLES, campaign_filing
from tests.carriers.contract_gate import Gate
from tests.carriers.filings import CONFIG, HOOKS, filing
from tests.practice_registry import PracticeRegistry

pytestmark = pytest.mark.slow

State = CampaignState


@pytest.fixture
def key() -> str:
    """The API key of an account that no other test knows."""
    return f"practice-{secrets.token_hex(8)}"


@pytest.fixture
def carrier(practice: PracticeRegistry, key: str) -> Iterator[TelnyxCarrier]:
    """The adapter with an account of its own."""
    made = TelnyxCarrier(CarrierConfig("telnyx", f"{practice.url}/v2", key, HOOKS))
    yield made
    made.close()


@pytest.fixture
def brand(practice: PracticeRegistry, carrier: TelnyxCarrier) -> str:
    """A verified brand."""
    return _brand(practice, carrier)


def _brand(practice: PracticeRegistry, carrier: TelnyxCarrier) -> str:
    reference = carrier.create_brand(filing(), key=str(uuid4())).reference
    practice.approve(reference)
    return reference


def _filed(carrier: TelnyxCarrier, brand: str, **changes: Any) -> tuple[str, CampaignFiling, str]:
    """A new campaign: its reference, what was filed, its key."""
    given, ours = campaign_filing(brand_reference=brand, **changes), str(uuid4())
    return carrier.create_campaign(given, key=ours).reference, given, ours


def _saying(words: str) -> dict[str, Any]:
    """A sample with words that decide what the registry makes of it."""
    return {"samples": (SAMPLES[0], f"Acme Dental: {words}. Reply STOP to opt out.")}


def _now(practice: PracticeRegistry) -> datetime:
    return datetime.fromisoformat(practice.clock()["now"])


def _decided(practice: PracticeRegistry, carrier: TelnyxCarrier, brand: str, words: str) -> CampaignReading:
    """What became of a campaign with these words after the usual ten days."""
    reference, _, _ = _filed(carrier, brand, **_saying(words))
    practice.advance(days=14)
    return carrier.read_campaign(reference)


# -- filed, read, found ----------------------------------------------------------------------------


def test_a_campaign_is_filed_read_found_by_its_key_and_listed(
    practice: PracticeRegistry, carrier: TelnyxCarrier, key: str, brand: str
) -> None:
    assert carrier.qualify(brand, "LOW_VOLUME").qualifies
    reference, given, ours = _filed(carrier, brand)
    reading = carrier.read_campaign(reference)
    assert (reading.state, reading.key, reading.renews) == (State.REGISTRY, ours, True)
    assert (reading.networks, reading.ends_at) == ((), None)
    assert reading.filed == {name: getattr(given, name) for name in given.__slots__}
    found = carrier.find_campaign(given, key=ours)
    assert found is not None
    assert found.reference == reference
    assert carrier.find_campaign(given, key=str(uuid4())) is None
    (row,) = carrier.list_campaigns()
    assert (row.reference, row.brand_reference, row.key, row.word) == (reference, brand, ours, reading.word)
    assert row.created_at == reading.created_at is not None
    assert len(practice.ledger(account=key, method="POST", path="/v2/10dlc/campaignBuilder")) == 1


def test_the_same_key_twice_is_filed_once_and_found(
    practice: PracticeRegistry, carrier: TelnyxCarrier, key: str, brand: str
) -> None:
    reference, given, ours = _filed(carrier, brand)
    with pytest.raises(OutcomeUnknown):
        carrier.create_campaign(given, key=ours)
    found = carrier.find_campaign(given, key=ours)
    assert found is not None
    assert found.reference == reference
    assert len(practice.campaigns(account=key)) == 1


def test_an_ended_campaign_is_found_by_its_key(carrier: TelnyxCarrier, brand: str) -> None:
    reference, given, ours = _filed(carrier, brand)
    carrier.deactivate_campaign(reference)
    found = carrier.find_campaign(given, key=ours)
    assert found is not None
    assert (found.reference, found.state) == (reference, State.EXPIRED)


def test_the_campaigns_of_many_brands_are_listed_once(
    practice: PracticeRegistry, carrier: TelnyxCarrier
) -> None:
    brands = [_brand(practice, carrier) for _one in range(3)]
    filed = {_filed(carrier, brand)[0]: brand for brand in brands[:2] for _one in range(3)}
    assert {row.reference: row.brand_reference for row in carrier.list_campaigns()} == filed


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"samples": ("Too short", SAMPLES[1])}, "samples"),
        ({"sub_use_cases": ()}, "sub_use_cases"),
        ({"use_case": "WHATEVER"}, "use_case"),
        ({"message_flow": "Short"}, "message_flow"),
        ({"subscriber_help": False}, "subscriber_help"),
        ({"brand_reference": str(uuid4())}, "brand_reference"),
    ],
)
def test_what_the_registry_refuses_names_our_field(
    carrier: TelnyxCarrier, brand: str, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        carrier.create_campaign(campaign_filing(**{"brand_reference": brand, **changes}), key=str(uuid4()))
    assert field in {name for reason in refused.value.reasons for name in reason.fields}


def test_a_brand_that_is_not_verified_and_an_account_without_money_are_refused(
    practice: PracticeRegistry, carrier: TelnyxCarrier, key: str, brand: str
) -> None:
    pending = carrier.create_brand(filing(), key=str(uuid4())).reference
    assert not carrier.qualify(pending, "LOW_VOLUME").qualifies
    with pytest.raises(Refused) as refused:
        _filed(carrier, pending)
    assert refused.value.reasons[0].fields == ("brand_reference",)
    practice.funds(key, funds=False)
    with pytest.raises(Refused) as refused:
        _filed(carrier, brand)
    assert "funds" in refused.value.reasons[0].text.lower()


# -- verdicts --------------------------------------------------------------------------------------


def test_each_stage_is_told_and_the_carriers_one_by_one(
    practice: PracticeRegistry, carrier: TelnyxCarrier, brand: str
) -> None:
    reference, _, _ = _filed(carrier, brand)
    practice.approve_campaign(reference, stage="registry")
    reading = carrier.read_campaign(reference)
    assert (reading.state, reading.networks) == (State.PROVIDER, ())
    assert reading.registry_id
    practice.approve_campaign(reference, stage="provider")
    reading = carrier.read_campaign(reference)
    assert (reading.state, {one.state for one in reading.networks}) == (State.CARRIERS, {NetworkState.REVIEW})
    names = {one.code: one.name for one in reading.networks}
    assert (names["10017"], names["10035"], len(names)) == ("AT&T", "T-Mobile", 4)
    practice.network(reference, "10035", "APPROVED")
    assert carrier.read_campaign(reference).state is State.CARRIERS
    practice.approve_campaign(reference)
    reading = carrier.read_campaign(reference)
    assert (reading.state, reading.word) == (State.ACTIVE, "MNO_PROVISIONED")
    assert {one.state for one in reading.networks} == {NetworkState.APPROVED}
    assert reading.ends_at is not None
    assert 89 <= (reading.ends_at - _now(practice)).days <= 92
    assert reading.billed_at is not None


@pytest.mark.parametrize(
    ("words", "state", "decider"),
    [
        ("Registry refuses", State.FAILED, Decider.REGISTRY),
        ("Reject opt-out", State.REJECTED, Decider.PROVIDER),
        ("Reject several", State.REJECTED, Decider.PROVIDER),
        ("Carriers reject", State.REJECTED, Decider.CARRIER),
        ("Carriers reject oddly", State.REJECTED, Decider.CARRIER),
        ("Provisioning fails", State.REJECTED, Decider.CARRIER),
        ("Odd campaign word", State.UNKNOWN, None),
        ("Suspended soon", State.SUSPENDED, Decider.REGISTRY),
        ("Dormant soon", State.DORMANT, Decider.PROVIDER),
    ],
)
def test_every_verdict_of_the_registry_is_told_with_whose_it_is(
    practice: PracticeRegistry,
    carrier: TelnyxCarrier,
    brand: str,
    words: str,
    state: State,
    decider: Decider | None,
) -> None:
    reading = _decided(practice, carrier, brand, words)
    assert (reading.state, reading.decided_by) == (state, decider)
    assert bool(reading.reasons) == (state in (State.FAILED, State.REJECTED))
    if words == "Reject several":
        assert [reason.code for reason in reading.reasons] == ["602", "804", "851"]


def test_one_carrier_says_no_and_the_others_yes(
    practice: PracticeRegistry, carrier: TelnyxCarrier, brand: str
) -> None:
    reading = _decided(practice, carrier, brand, "AT&T rejects")
    assert reading.state is State.ACTIVE
    said = {one.name: one.state for one in reading.networks}
    assert said.pop("AT&T") is NetworkState.REJECTED
    assert set(said.values()) == {NetworkState.APPROVED}


def test_t_mobile_suspends_alone(practice: PracticeRegistry, carrier: TelnyxCarrier, brand: str) -> None:
    reference, _, _ = _filed(carrier, brand)
    practice.approve_campaign(reference)
    practice.network(reference, "10035", "SUSPENDED")
    reading = carrier.read_campaign(reference)
    assert reading.state is State.ACTIVE
    assert {one.name: one.state for one in reading.networks}["T-Mobile"] is NetworkState.SUSPENDED


# -- corrected, appealed, renewed, ended -----------------------------------------------------------


def test_a_rejected_campaign_is_corrected_appealed_and_active_under_its_reference(
    practice: PracticeRegistry, carrier: TelnyxCarrier, key: str, brand: str
) -> None:
    reference, given, ours = _filed(
        carrier, brand, samples=(*SAMPLES, "Acme Dental: Reject opt-out. Reply STOP to opt out.")
    )
    practice.advance(days=5)
    assert carrier.read_campaign(reference).state is State.REJECTED
    better = dataclasses.replace(
        given, samples=SAMPLES, message_flow=given.message_flow + " Nothing is ticked."
    )
    for _time in range(2):
        assert carrier.update_campaign(reference, better, key=ours).reference == reference
    reading = carrier.read_campaign(reference)
    assert (reading.filed["samples"], reading.filed["message_flow"]) == (SAMPLES, better.message_flow)
    carrier.appeal_campaign(reference, "The sample was replaced.")
    assert carrier.read_campaign(reference).state is State.PROVIDER
    practice.advance(days=14)
    reading = carrier.read_campaign(reference)
    assert (reading.state, reading.reasons, reading.key) == (State.ACTIVE, (), ours)
    with pytest.raises(Refused):
        carrier.appeal_campaign(reference, "And again.")


def test_the_flag_is_switched_and_decides_what_comes_at_the_end(
    practice: PracticeRegistry, carrier: TelnyxCarrier, brand: str
) -> None:
    ends, renews = (_filed(carrier, brand)[0] for _one in range(2))
    for reference in (ends, renews):
        practice.approve_campaign(reference)
    for choice in (False, True, True, False):
        carrier.set_auto_renewal(ends, choice)
        assert carrier.read_campaign(ends).renews is choice
    before = carrier.read_campaign(renews)
    practice.advance(days=95)
    assert carrier.read_campaign(ends).state is State.EXPIRED
    after = carrier.read_campaign(renews)
    assert after.state is State.ACTIVE
    assert before.ends_at is not None
    assert after.ends_at is not None
    assert after.ends_at > before.ends_at == after.billed_at


def test_a_correction_leaves_the_flag_as_the_admin_chose_it(
    practice: PracticeRegistry, carrier: TelnyxCarrier, brand: str
) -> None:
    """The vendor's schema takes a flag that is left out for a yes."""
    reference, given, ours = _filed(carrier, brand, auto_renewal=False)
    carrier.update_campaign(reference, given, key=ours)
    assert carrier.read_campaign(reference).renews is False


def test_a_date_of_the_registrys_own_is_read(
    practice: PracticeRegistry, carrier: TelnyxCarrier, brand: str
) -> None:
    reference, _, _ = _filed(carrier, brand)
    practice.approve_campaign(reference)
    practice.end_campaign(reference, at="2031-02-28T23:30:00+00:00")
    assert carrier.read_campaign(reference).ends_at == datetime.fromisoformat("2031-02-28T23:30:00+00:00")


def test_ended_for_good_however_often_and_whoever_did_it(
    practice: PracticeRegistry, carrier: TelnyxCarrier, key: str, brand: str
) -> None:
    reference, _, _ = _filed(carrier, brand)
    practice.approve_campaign(reference)
    for _time in range(2):
        carrier.deactivate_campaign(reference)
    assert carrier.read_campaign(reference).state is State.EXPIRED
    removed, _, _ = _filed(carrier, brand)
    practice.decide_campaign(removed, "remove")
    carrier.deactivate_campaign(removed)
    with pytest.raises(NotFound):
        carrier.read_campaign(removed)
    with pytest.raises(NotFound):
        carrier.set_auto_renewal(removed, True)


# -- all of it held to the vendor's file -----------------------------------------------------------


@pytest.mark.contracts
def test_adapter_and_practice_registry_keep_to_the_vendors_file_in_every_verb(
    practice: PracticeRegistry, contracts: Path, key: str
) -> None:
    with httpx.Client(base_url=practice.url) as wire:

        def over_the_wire(request: httpx.Request) -> httpx.Response:
            head = {
                name: request.headers[name]
                for name in ("authorization", "content-type")
                if name in request.headers
            }
            answer = wire.request(
                request.method, request.url.raw_path.decode(), content=request.content, headers=head
            )
            return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

        gate = Gate(contracts, "telnyx", over_the_wire)
        carrier = TelnyxCarrier(dataclasses.replace(CONFIG, key=key), transport=gate)
        brand = _brand(practice, carrier)
        reference, given, ours = _filed(carrier, brand, **_saying("Reject opt-out"))
        for call in (
            lambda: carrier.qualify(brand, "MIXED"),
            lambda: practice.advance(days=5),
            lambda: carrier.read_campaign(reference),
            lambda: carrier.update_campaign(reference, dataclasses.replace(given, samples=SAMPLES), key=ours),
            lambda: carrier.appeal_campaign(reference, "The sample was replaced."),
            lambda: carrier.appeal_campaign(reference, "And again."),
            lambda: practice.advance(days=14),
            lambda: carrier.read_campaign(reference),
            lambda: carrier.set_auto_renewal(reference, False),
            lambda: carrier.create_campaign(given, key=ours),
            lambda: carrier.create_campaign(dataclasses.replace(given, sub_use_cases=()), key=str(uuid4())),
            lambda: list(carrier.list_campaigns()),
            lambda: carrier.deactivate_campaign(reference),
            lambda: carrier.deactivate_campaign(reference),
        ):
            # What is refused is not the point here: every answer was held to the file.
            with suppress(Refused, OutcomeUnknown):
                call()
        found = carrier.find_campaign(given, key=ours)
    assert found is not None
    assert found.state is State.EXPIRED
    assert {request.method for request in gate.seen} == {"GET", "POST", "PUT", "DELETE"}
    assert json.loads(gate.seen[-1].content or b"null") is None
