"""The rest of a brand's life with the practice registry, over real HTTP: both read the same contract."""

from __future__ import annotations

import dataclasses
import json
import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from portal.carriers.adapters.telnyx import TelnyxCarrier
from portal.carriers.adapters.telnyx.mapping import TOO_SOON
from portal.carriers.config import CarrierConfig
from portal.carriers.contract import BrandState, NotFound, Refused
from tests.carriers.contract_gate import Gate
from tests.carriers.filings import CONFIG, HOOKS, filing
from tests.practice_registry import PracticeRegistry

pytestmark = pytest.mark.slow

TEXTS = {"text": "Acme: your password is {password}.", "success_text": "Thank you."}


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


def _filed(carrier: TelnyxCarrier, entity_type: str = "PRIVATE_PROFIT", **changes: str) -> tuple[str, str]:
    """A new brand: its reference and its key."""
    ours = str(uuid4())
    return carrier.create_brand(filing(entity_type, **changes), key=ours).reference, ours


def _now(practice: PracticeRegistry) -> datetime:
    return datetime.fromisoformat(practice.clock()["now"])


# -- corrected and looked at again -----------------------------------------------------------------


def test_a_rejected_brand_is_corrected_looked_at_again_and_keeps_its_key(
    practice: PracticeRegistry, carrier: TelnyxCarrier, key: str
) -> None:
    reference, ours = _filed(carrier, legal_name="Reject tax id LLC")
    practice.advance(hours=1)
    assert carrier.read_brand(reference).state is BrandState.UNVERIFIED
    corrected = filing(legal_name="Acme Dental LLC", website="")
    created = carrier.update_brand(reference, corrected, key=ours)
    assert created.reference == reference
    assert "123456780" not in json.dumps(dict(created.raw))
    again = carrier.read_brand(reference)
    assert (again.state, again.key) == (BrandState.UNVERIFIED, ours)
    assert (again.filed["legal_name"], again.filed.get("website")) == ("Acme Dental LLC", None)
    carrier.review_brand(reference)
    assert carrier.read_brand(reference).state is BrandState.PENDING
    practice.advance(hours=1)
    assert carrier.read_brand(reference).state is BrandState.VERIFIED
    found = carrier.find_brand(corrected, key=ours)
    assert found is not None
    assert found.reference == reference
    assert len(practice.ledger(account=key, method="POST")) == 1


def test_a_second_review_waits_for_its_quarter(practice: PracticeRegistry, carrier: TelnyxCarrier) -> None:
    reference, _ = _filed(carrier)
    with pytest.raises(Refused) as early:
        carrier.review_brand(reference)
    assert [reason.code for reason in early.value.reasons] == ["10012"]
    practice.reject(reference)
    carrier.review_brand(reference)
    practice.reject(reference)
    with pytest.raises(Refused) as soon:
        carrier.review_brand(reference)
    assert [reason.code for reason in soon.value.reasons] == [TOO_SOON]
    assert "3 months" in soon.value.reasons[0].text
    practice.advance(days=90)
    carrier.review_brand(reference)


def test_a_correction_that_is_refused_names_our_field(carrier: TelnyxCarrier) -> None:
    reference, ours = _filed(carrier)
    with pytest.raises(Refused) as refused:
        carrier.update_brand(reference, filing(vertical="NONPROFIT"), key=ours)
    assert {field for reason in refused.value.reasons for field in reason.fields} == {"vertical"}


def test_a_failed_registration_is_registered_again_by_its_correction(
    practice: PracticeRegistry, carrier: TelnyxCarrier
) -> None:
    reference, ours = _filed(carrier)
    practice.fail(reference, "The registry could not do it.")
    carrier.update_brand(reference, filing(), key=ours)
    assert carrier.read_brand(reference).state is BrandState.PENDING


# -- proofs ----------------------------------------------------------------------------------------


def test_a_listed_company_is_verified_only_when_its_contact_has_followed_the_link(
    practice: PracticeRegistry, carrier: TelnyxCarrier
) -> None:
    reference, _ = _filed(carrier, "PUBLIC_PROFIT")
    practice.advance(hours=1)
    reading = carrier.read_brand(reference)
    assert (reading.state, reading.word) == (BrandState.NEEDS_CONFIRMATION, "OK / VERIFIED")
    assert reading.confirmation_asked_at is not None
    assert timedelta(0) < _now(practice) - reading.confirmation_asked_at < timedelta(hours=1)
    carrier.resend_confirmation(reference)
    practice.advance(days=31)
    with pytest.raises(Refused) as late:
        carrier.resend_confirmation(reference)
    assert "30 days" in late.value.reasons[0].text
    other, _ = _filed(carrier, "PUBLIC_PROFIT")
    practice.advance(hours=1)
    practice.confirm_email(other)
    assert carrier.read_brand(other).state is BrandState.VERIFIED


def test_a_sole_proprietor_is_verified_by_the_digits_on_the_phone(
    practice: PracticeRegistry, carrier: TelnyxCarrier
) -> None:
    reference, _ = _filed(carrier, "SOLE_PROPRIETOR")
    practice.advance(hours=1)
    assert carrier.read_brand(reference).state is BrandState.NEEDS_PASSWORD
    assert carrier.read_password(reference) is None
    assert carrier.send_password(reference, **TEXTS)
    sent = carrier.read_password(reference)
    assert sent is not None
    assert (sent.word, sent.delivered, sent.verified) == ("PENDING", False, False)
    pin = practice.pin(reference)
    with pytest.raises(Refused) as wrong:
        carrier.check_password(reference, f"{(int(pin) + 1) % 10**6:06}")
    assert [reason.text for reason in wrong.value.reasons] == ["The PIN is wrong."]
    practice.advance(seconds=20)
    arrived = carrier.read_password(reference)
    assert arrived is not None
    assert arrived.delivered
    carrier.check_password(reference, pin)
    proven = carrier.read_password(reference)
    assert proven is not None
    assert proven.verified
    assert carrier.read_brand(reference).state is BrandState.VERIFIED


def test_a_password_expires_and_a_new_one_can_be_sent(
    practice: PracticeRegistry, carrier: TelnyxCarrier
) -> None:
    reference, _ = _filed(carrier, "SOLE_PROPRIETOR")
    first = carrier.send_password(reference, **TEXTS)
    practice.advance(hours=25)
    expired = carrier.read_password(reference)
    assert expired is not None
    assert (expired.word, expired.expired) == ("EXPIRED", True)
    with pytest.raises(Refused, match="400"):
        carrier.check_password(reference, practice.pin(reference))
    assert carrier.send_password(reference, **TEXTS) != first


def test_nobody_but_a_sole_proprietor_is_sent_a_password(carrier: TelnyxCarrier) -> None:
    reference, _ = _filed(carrier)
    with pytest.raises(Refused) as refused:
        carrier.send_password(reference, **TEXTS)
    assert "sole proprietor" in refused.value.reasons[0].text


def test_the_score_of_a_vetting_is_read_with_its_class(
    practice: PracticeRegistry, carrier: TelnyxCarrier, key: str
) -> None:
    reference, _ = _filed(carrier, legal_name="Score low LLC")
    practice.approve(reference)
    assert (carrier.read_brand(reference).score, carrier.read_brand(reference).campaigns) == (None, 0)
    httpx.post(
        f"{practice.url}/v2/10dlc/brand/{reference}/externalVetting",
        json={"evpId": "AEGIS", "vettingClass": "STANDARD"},
        headers={"Authorization": f"Bearer {key}"},
    ).raise_for_status()
    assert carrier.read_brand(reference).score is None
    practice.advance(hours=1)
    reading = carrier.read_brand(reference)
    assert (reading.score, reading.vetting_class) == (12, "STANDARD")


# -- suspended, deleted ----------------------------------------------------------------------------


def test_a_suspension_is_read_and_ends(practice: PracticeRegistry, carrier: TelnyxCarrier) -> None:
    reference, _ = _filed(carrier)
    practice.approve(reference)
    practice.suspend(reference)
    assert carrier.read_brand(reference).state is BrandState.SUSPENDED
    practice.approve(reference)
    assert carrier.read_brand(reference).state is BrandState.VERIFIED


def test_a_brand_is_deleted_once_and_deleting_it_again_changes_nothing(
    practice: PracticeRegistry, carrier: TelnyxCarrier
) -> None:
    reference, ours = _filed(carrier)
    for _again in range(2):
        carrier.delete_brand(reference)
    with pytest.raises(NotFound):
        carrier.read_brand(reference)
    assert [row.reference for row in carrier.list_brands()] == [reference]
    assert carrier.find_brand(filing(), key=ours) is None
    for call in (
        lambda: carrier.update_brand(reference, filing(), key=ours),
        lambda: carrier.review_brand(reference),
        lambda: carrier.resend_confirmation(reference),
        lambda: carrier.send_password(reference, **TEXTS),
        lambda: carrier.check_password(reference, "123456"),
    ):
        with pytest.raises(NotFound):
            call()


def test_a_brand_with_campaigns_is_kept_and_the_registry_says_why(carrier: TelnyxCarrier) -> None:
    reference, _ = _filed(carrier, legal_name="Not deletable LLC")
    with pytest.raises(Refused) as refused:
        carrier.delete_brand(reference)
    assert "active campaigns" in refused.value.reasons[0].text
    assert carrier.read_brand(reference).reference == reference


# -- all of it held to the vendor's file -----------------------------------------------------------


@pytest.mark.contracts
@pytest.mark.parametrize("entity_type", ["PRIVATE_PROFIT", "PUBLIC_PROFIT", "NON_PROFIT", "SOLE_PROPRIETOR"])
def test_adapter_and_practice_registry_keep_to_the_vendors_file_in_every_verb(
    practice: PracticeRegistry, contracts: Path, key: str, entity_type: str
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
        reference, ours = _filed(carrier, entity_type)
        practice.advance(hours=1)
        carrier.read_brand(reference)
        carrier.update_brand(reference, filing(entity_type, city="Dallas"), key=ours)
        carrier.read_password(reference)
        for call in (
            lambda: carrier.resend_confirmation(reference),
            lambda: carrier.send_password(reference, **TEXTS),
            lambda: carrier.read_password(reference),
            lambda: carrier.check_password(reference, "12345678"),
            lambda: carrier.check_password(reference, practice.pin(reference) or "12345678"),
            lambda: carrier.review_brand(reference),
            lambda: carrier.review_brand(reference),
        ):
            # What a legal form refuses is not the point here: every answer was held to the file.
            with suppress(Refused):
                call()
        assert carrier.find_brand(filing(entity_type), key=ours) is not None
        carrier.delete_brand(reference)
        carrier.delete_brand(reference)
    assert {request.method for request in gate.seen} == {"GET", "POST", "PUT", "DELETE"}
