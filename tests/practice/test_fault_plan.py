"""The fault plan's cases by name, met by the real adapter: what it makes of each, and what then exists."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from portal.carriers.adapters.telnyx import TelnyxCarrier
from portal.carriers.config import CarrierConfig
from portal.carriers.contract import (
    BrandState,
    CarrierError,
    NotFound,
    OutcomeUnknown,
    Refused,
    Unauthorized,
    Unavailable,
)
from portal.carriers.http import Limits
from portal.practice.faults.presets import PRESETS
from tests.practice.receiver import Receiver
from tests.practice.test_real_adapter import FILING, HOOKS
from tests.practice_registry import PracticeRegistry

pytestmark = [pytest.mark.xdist_group("practice"), pytest.mark.slow]

LIMITS = Limits(total=timedelta(seconds=1), answer_bytes=2 * 1024 * 1024, retry_after=timedelta(hours=1))


@pytest.fixture
def carrier(registry: PracticeRegistry, api_key: str) -> Iterator[TelnyxCarrier]:
    """The adapter, in a hurry."""
    made = TelnyxCarrier(CarrierConfig("telnyx", f"{registry.url}/v2", api_key, HOOKS), limits=LIMITS)
    yield made
    made.close()


# What a create ends in, and how many brands there are afterwards.
CREATES: dict[str, tuple[type[CarrierError], int]] = {
    "F01": (Unavailable, 0),
    "F02": (Unavailable, 0),
    "F02-junk": (Unavailable, 0),
    "F02-huge": (Unavailable, 0),
    "F03": (OutcomeUnknown, 0),
    "F04": (OutcomeUnknown, 1),
    "F05": (OutcomeUnknown, 1),
    "F06": (OutcomeUnknown, 1),
    "F07": (OutcomeUnknown, 1),
    "F10": (Refused, 0),
    "F11": (Unauthorized, 0),
    "F13": (OutcomeUnknown, 1),
    "F15": (Refused, 0),
    "F16": (OutcomeUnknown, 1),
    "F17": (OutcomeUnknown, 1),
    "F17-bomb": (OutcomeUnknown, 1),
    "F17-slow": (OutcomeUnknown, 1),
    "F18": (OutcomeUnknown, 1),
    "F20": (OutcomeUnknown, 0),
}


@pytest.mark.parametrize("case", CREATES)
def test_a_create_under_a_fault_ends_as_it_should(
    carrier: TelnyxCarrier, registry: PracticeRegistry, api_key: str, case: str
) -> None:
    registry.fault(account=api_key, preset=case)
    error, brands = CREATES[case]
    with pytest.raises(error):
        carrier.create_brand(FILING, key=f"key-{case}")
    assert len(registry.brands(account=api_key)) == brands
    (entry,) = registry.ledger(account=api_key)
    assert entry["fault"].startswith(f"{case} ")
    assert entry["key"] == f"key-{case}"
    registry.faults_off(api_key)
    found = carrier.find_brand(FILING, key=f"key-{case}")
    # What F07 makes is not to be seen yet.
    assert (found is not None) is (brands == 1 and case != "F07")


def test_the_carriers_own_wish_is_heard_and_capped(
    carrier: TelnyxCarrier, registry: PracticeRegistry, api_key: str
) -> None:
    for case, wish in (
        ("F01", timedelta(seconds=3)),
        ("F02", None),
        ("F02-junk", None),
        ("F02-huge", timedelta(hours=1)),
    ):
        registry.fault(account=api_key, preset=case)
        with pytest.raises(Unavailable) as refused:
            carrier.create_brand(FILING, key="k")
        assert refused.value.retry_after == wish
        registry.faults_off(api_key)


def test_f08_a_search_in_old_lists_finds_nothing(
    carrier: TelnyxCarrier, registry: PracticeRegistry, api_key: str
) -> None:
    carrier.create_brand(FILING, key="k")
    registry.fault(account=api_key, preset="F08")
    assert carrier.find_brand(FILING, key="k") is None
    registry.faults_off(api_key)
    assert carrier.find_brand(FILING, key="k") is not None


def test_readings_under_faults(carrier: TelnyxCarrier, registry: PracticeRegistry, api_key: str) -> None:
    reference = carrier.create_brand(FILING, key="k").reference
    registry.approve(reference)

    def state(case: str) -> BrandState:
        registry.fault(account=api_key, preset=case)
        try:
            return carrier.read_brand(reference).state
        finally:
            registry.faults_off(api_key)

    with pytest.raises(NotFound):
        state("F12")
    for case in ("F16", "F17", "F17-bomb", "F17-slow", "F18"):
        with pytest.raises(Unavailable):
            state(case)
    assert state("F16-status") is BrandState.UNKNOWN
    assert state("F44") is BrandState.UNKNOWN
    assert state("F23") is BrandState.PENDING
    assert state("F33") is BrandState.VERIFIED
    registry.fault(account=api_key, preset="F22")
    told = [carrier.read_brand(reference).state for _each in range(6)]
    pending, verified, suspended = BrandState.PENDING, BrandState.VERIFIED, BrandState.SUSPENDED
    assert told == [pending, verified, pending, verified, suspended, verified]


@pytest.mark.parametrize("case", ["F41", "F41-loop"])
def test_f41_a_short_list_survives_pages_that_turn_wrongly(
    carrier: TelnyxCarrier, registry: PracticeRegistry, api_key: str, case: str
) -> None:
    made = {carrier.create_brand(FILING, key=f"k{number}").reference for number in range(3)}
    registry.fault(account=api_key, preset=case)
    assert {row.reference for row in carrier.list_brands()} == made


@pytest.mark.slow
def test_refused_and_silent_connections_are_seen_as_never_sent(registry: PracticeRegistry) -> None:
    """P0, with a registry of its own, because it concerns the whole process."""
    with PracticeRegistry(registry.server) as own:
        made = TelnyxCarrier(CarrierConfig("telnyx", f"{own.url}/v2", "practice", HOOKS), limits=LIMITS)
        for kind in ("refuse", "blackhole"):
            with own.outage(kind):
                started = time.monotonic()
                with pytest.raises(Unavailable):
                    made.create_brand(FILING, key="k")
                assert (time.monotonic() - started > 0.9) is (kind == "blackhole")
        assert own.brands() == []
        made.create_brand(FILING, key="k")
        made.close()


@pytest.mark.parametrize("case", PRESETS)
def test_every_case_can_be_switched_on(registry: PracticeRegistry, api_key: str, case: str) -> None:
    registry.fault(account=api_key, preset=case)
    assert registry.faults_off(api_key) == len(PRESETS[case].faults)


@pytest.mark.parametrize(("case", "count"), [("F24", 50), ("F27", 0), ("F28", 2), ("F29", 1), ("F31", 1)])
def test_cases_of_webhooks(
    carrier: TelnyxCarrier, registry: PracticeRegistry, api_key: str, case: str, count: int
) -> None:
    with Receiver() as portal:
        own = CarrierConfig("telnyx", f"{registry.url}/v2", api_key, portal.address("x").removesuffix("x/"))
        filer = TelnyxCarrier(own, limits=LIMITS)
        reference = filer.create_brand(FILING, key="k").reference
        filer.close()
        registry.fault(account=api_key, preset=case)
        registry.tell(reference)
        hooks = portal.quiet(count)
        assert all(hook.path.endswith("/k/") for hook in hooks)
        registry.faults_off(api_key)
