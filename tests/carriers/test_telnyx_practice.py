"""The real adapter and the practice registry, over real HTTP: two readings of the same contract."""

from __future__ import annotations

import dataclasses
import json
import secrets
from collections.abc import Iterator
from uuid import uuid4

import pytest

from portal.carriers.adapters.telnyx import TelnyxCarrier
from portal.carriers.config import CarrierConfig
from portal.carriers.contract import BrandState, NotFound, Refused, Unauthorized
from tests.carriers.filings import HOOKS, filing
from tests.practice_registry import PracticeRegistry

pytestmark = pytest.mark.slow

ENTITY_TYPES = ("PRIVATE_PROFIT", "PUBLIC_PROFIT", "NON_PROFIT", "GOVERNMENT", "SOLE_PROPRIETOR")


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


@pytest.mark.parametrize("entity_type", ENTITY_TYPES)
def test_every_legal_form_is_filed_read_and_found_by_its_key(
    practice: PracticeRegistry, carrier: TelnyxCarrier, key: str, entity_type: str
) -> None:
    given, ours = filing(entity_type), str(uuid4())
    created = carrier.create_brand(given, key=ours)
    reading = carrier.read_brand(created.reference)
    assert (reading.state, reading.key) == (BrandState.PENDING, ours)
    assert reading.filed["display_name"] == given.display_name
    assert reading.filed.get("tax_id", "") == ("" if entity_type == "SOLE_PROPRIETOR" else "123456780")
    assert given.tax_id.replace("-", "") not in json.dumps([dict(created.raw), dict(reading.raw)])
    found = carrier.find_brand(given, key=ours)
    assert found is not None
    assert found.reference == created.reference
    assert carrier.find_brand(given, key=str(uuid4())) is None
    assert [row.reference for row in carrier.list_brands()] == [created.reference]
    assert len(practice.ledger(account=key, method="POST")) == 1


def test_a_verdict_reaches_us_with_its_reasons(practice: PracticeRegistry, carrier: TelnyxCarrier) -> None:
    reference = carrier.create_brand(filing(), key=str(uuid4())).reference
    practice.reject(reference, "TAX_ID", "No such number.", ("ein", "companyName"))
    reading = carrier.read_brand(reference)
    assert (reading.state, reading.word) == (BrandState.UNVERIFIED, "OK / UNVERIFIED")
    reason = next(reason for reason in reading.reasons if reason.code == "TAX_ID")
    assert (reason.text, reason.fields) == ("No such number.", ("tax_id", "legal_name"))
    practice.approve(reference)
    assert carrier.read_brand(reference).state is BrandState.VERIFIED
    practice.approve(reference, vetted=True)
    assert carrier.read_brand(reference).word == "OK / VETTED_VERIFIED"
    practice.fail(reference, "The registry could not do it.")
    failed = carrier.read_brand(reference)
    assert failed.state is BrandState.FAILED
    assert "The registry could not do it." in [reason.text for reason in failed.reasons]
    practice.say(reference, "ON_HOLD")
    odd = carrier.read_brand(reference)
    assert odd.state is BrandState.UNKNOWN
    assert "ON_HOLD" in odd.word


def test_a_refusal_names_our_field_and_nothing_is_made(
    practice: PracticeRegistry, carrier: TelnyxCarrier, key: str
) -> None:
    with pytest.raises(Refused) as refused:
        carrier.create_brand(filing(vertical="NONPROFIT", email="x" * 101), key=str(uuid4()))
    fields = {field for reason in refused.value.reasons for field in reason.fields}
    assert fields == {"vertical", "email"}
    assert practice.brands(account=key) == []


def test_namesakes_of_another_account_are_not_seen(
    practice: PracticeRegistry, carrier: TelnyxCarrier
) -> None:
    other = TelnyxCarrier(
        CarrierConfig("telnyx", f"{practice.url}/v2", f"practice-{secrets.token_hex(8)}", HOOKS)
    )
    ours = str(uuid4())
    reference = other.create_brand(filing(), key=ours).reference
    other.close()
    assert carrier.find_brand(filing(), key=ours) is None
    with pytest.raises(NotFound):
        carrier.read_brand(reference)


def test_a_wrong_key_is_unauthorized(practice: PracticeRegistry) -> None:
    config = CarrierConfig("telnyx", f"{practice.url}/v2", "nobody", HOOKS)
    carrier = TelnyxCarrier(config)
    with pytest.raises(Unauthorized):
        carrier.create_brand(filing(), key=str(uuid4()))
    carrier.close()


def test_a_name_with_odd_letters_is_found(carrier: TelnyxCarrier) -> None:
    given = dataclasses.replace(filing(), display_name="Blåbär & Söner + 50% / #1 한국 “Ltd”")
    ours = str(uuid4())
    reference = carrier.create_brand(given, key=ours).reference
    found = carrier.find_brand(given, key=ours)
    assert found is not None
    assert found.reference == reference
    assert found.filed["display_name"] == given.display_name
