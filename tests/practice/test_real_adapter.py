"""The adapter that production uses, against the registry that stands in for the vendor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from portal.carriers.config import CarrierConfig
from portal.carriers.contract import BrandFiling, BrandState, Carrier, NotFound, Refused, Unauthorized
from portal.carriers.loading import load
from tests.practice_registry import PracticeRegistry

pytestmark = pytest.mark.xdist_group("practice")

HOOKS = "https://portal.example/webhooks/telnyx"
FILING = BrandFiling(
    entity_type="PRIVATE_PROFIT",
    legal_name="Acme Flowers LLC",
    display_name="Acme Flowers",
    country="US",
    tax_id="12-3456789",
    street="1 Main St",
    city="Seattle",
    state="WA",
    postal_code="98101",
    website="https://acme.example",
    vertical="RETAIL",
    email="help@acme.example",
    phone="+12065550101",
)


@pytest.fixture
def carrier(registry: PracticeRegistry, api_key: str) -> Iterator[Carrier]:
    found = load(CarrierConfig("telnyx", f"{registry.url}/v2", api_key, HOOKS))
    yield found
    found.close()


def test_a_brand_is_filed_found_by_its_key_and_verified(
    carrier: Carrier, registry: PracticeRegistry, api_key: str
) -> None:
    created = carrier.create_brand(FILING, key="key-1")
    assert carrier.read_brand(created.reference).state is BrandState.PENDING
    assert carrier.find_brand(FILING, key="key-0") is None
    found = carrier.find_brand(FILING, key="key-1")
    assert found is not None
    assert (found.reference, found.key) == (created.reference, "key-1")
    registry.advance(seconds=100)
    reading = carrier.read_brand(created.reference)
    assert reading.state is BrandState.VERIFIED
    assert reading.registry_id == registry_id_shown(registry, created.reference)
    assert [row.reference for row in carrier.list_brands()] == [created.reference]
    assert len(registry.ledger(account=api_key, method="POST", key="key-1")) == 1


def registry_id_shown(registry: PracticeRegistry, reference: str) -> str:
    """The id that the control API shows for a brand."""
    shown = registry.brand(reference)["registry_id"]
    assert isinstance(shown, str)
    return shown


@pytest.mark.parametrize(
    ("legal_name", "state"),
    [
        ("Reject tax id LLC", BrandState.UNVERIFIED),
        ("Registration failed LLC", BrandState.FAILED),
        ("Odd word LLC", BrandState.UNKNOWN),
        ("Vetted LLC", BrandState.VERIFIED),
        ("Silent LLC", BrandState.PENDING),
    ],
)
def test_every_verdict_is_understood_as_it_is_meant(
    carrier: Carrier, registry: PracticeRegistry, legal_name: str, state: BrandState
) -> None:
    created = carrier.create_brand(replace(FILING, legal_name=legal_name), key="key-2")
    registry.advance(seconds=100)
    reading = carrier.read_brand(created.reference)
    assert reading.state is state
    assert bool(reading.reasons) is (state in {BrandState.UNVERIFIED, BrandState.FAILED})


def test_refusals_name_our_fields(carrier: Carrier, registry: PracticeRegistry, api_key: str) -> None:
    with pytest.raises(Refused) as schema:
        carrier.create_brand(replace(FILING, vertical="FLOWERS"), key="key-3")
    assert [reason.fields for reason in schema.value.reasons] == [("vertical",)]
    with pytest.raises(Refused) as condition:
        carrier.create_brand(replace(FILING, state="Washington"), key="key-4")
    assert [reason.fields for reason in condition.value.reasons] == [("state",)]
    assert registry.brands(account=api_key) == []


def test_a_wrong_key_and_a_strange_brand_are_told_apart(carrier: Carrier, registry: PracticeRegistry) -> None:
    with pytest.raises(NotFound):
        carrier.read_brand("4b20017f-8da9-a992-a6c0-683072fb7729")
    stranger = load(CarrierConfig("telnyx", f"{registry.url}/v2", "KEY-wrong", HOOKS))
    try:
        with pytest.raises(Unauthorized):
            stranger.create_brand(FILING, key="key-5")
    finally:
        stranger.close()
