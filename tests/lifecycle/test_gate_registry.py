"""The gate before a real practice registry, whose ledger is the judge."""

from __future__ import annotations

import contextlib
import threading
import time
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from brands import states
from brands.models import Brand
from portal.carriers.contract import NotFound, Unavailable
from portal.carriers.gate import Held
from portal.lifecycle import accounts, gateway
from portal.lifecycle.errand import Errand, on_errand
from portal.lifecycle.gate import BREAKER, BREAKER_AFTER
from portal.lifecycle.models import CarrierAccount
from tests.factories import submitted_brand, unique_name
from tests.lifecycle.gates import ACCOUNT, together
from tests.lifecycle.moments import Later, work
from tests.people import Person
from tests.practice_registry import PracticeRegistry

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def look(*, interactive: bool = True) -> None:
    """One request that finds nothing, which is an answer. Raises Unavailable."""
    with on_errand(Errand(interactive=interactive)), contextlib.suppress(NotFound):
        gateway.carrier(ACCOUNT).read_brand(str(uuid4()))


def insist(*, interactive: bool) -> None:
    """`look` until it is let through, as a row does that comes back."""
    while True:
        try:
            look(interactive=interactive)
        except Held as held:
            time.sleep(held.retry_after.total_seconds())
        else:
            return


@pytest.mark.django_db(transaction=True)
def test_the_registrys_limit_is_never_crossed_by_four_processes_at_once(
    registry: PracticeRegistry, settings: Any
) -> None:
    settings.CARRIER_RATE = 5.0
    registry.limit(settings.TELNYX_KEY, rate=5, burst=11)
    began = time.monotonic()

    def ask(number: int) -> None:
        for _ in range(9):
            insist(interactive=number % 2 == 0)

    together(4, ask)
    told = registry.invariants(settings.TELNYX_KEY)
    assert told["requests"] == 36
    assert told["crossings"] == {"rate": 0, "in_flight": 0}
    assert time.monotonic() - began < 36 / 5 * 1.5, "and what is allowed is made use of"


@pytest.mark.django_db(transaction=True)
def test_a_named_wait_is_kept_by_everybody(registry: PracticeRegistry, settings: Any) -> None:
    key = settings.TELNYX_KEY
    registry.fault("status", account=key, status=429, retry_after="2")
    with pytest.raises(Unavailable):
        look()
    stop = time.monotonic() + 4

    def ask(_number: int) -> None:
        while time.monotonic() < stop:
            try:
                look()
            except Held:
                time.sleep(0.01)

    together(3, ask)
    first, *rest = [datetime.fromisoformat(entry["at"]) for entry in registry.ledger(account=key)]
    assert rest
    assert min(rest) - first >= timedelta(seconds=2)


def test_a_wait_of_a_day_is_cut_to_the_policys_and_shown(registry: PracticeRegistry, settings: Any) -> None:
    registry.fault(account=settings.TELNYX_KEY, preset="F02-huge")
    with pytest.raises(Unavailable):
        look()
    state = accounts.state_of(ACCOUNT)
    assert state.wait_until is not None
    assert state.last_answer_at is not None
    wait = state.wait_until - state.last_answer_at
    assert abs(wait - gateway.policy(ACCOUNT).retry_after_cap.value) < timedelta(seconds=2)


@pytest.mark.parametrize("preset", ["F02", "F02-junk"])
def test_a_429_without_a_readable_wish_gets_a_wait_of_ours(
    registry: PracticeRegistry, settings: Any, preset: str
) -> None:
    registry.fault(account=settings.TELNYX_KEY, preset=preset)

    def asked() -> None:
        """Until the request has left: on a busy machine the gate may hold it back first."""
        for _try in range(20):
            try:
                look()
            except Held as held:
                time.sleep(held.retry_after.total_seconds())
            except Unavailable:
                return
        pytest.fail("the gate never let it leave")

    for _each in range(3):
        asked()
    assert CarrierAccount.objects.get().limits == 3
    with pytest.raises(Held) as held:
        look()
    assert timedelta(seconds=2) < held.value.retry_after <= timedelta(seconds=4)
    assert len(registry.ledger(account=settings.TELNYX_KEY)) == 3


def test_in_an_outage_one_probe_leaves_each_half_minute_and_then_all_goes_through(
    ada: Person, registry: PracticeRegistry, settings: Any
) -> None:
    brands = [submitted_brand(ada, legal_name=unique_name()) for _ in range(20)]
    later, minutes, left, before = Later(), 12, 0, 0
    with registry.outage("refuse"):
        for _ in range(minutes * 12):
            work(later)
            seen = CarrierAccount.objects.get().requests
            left += seen - before if seen >= before else seen
            before = seen
            later.pass_(seconds=5)
        # Whoever submits meanwhile notices nothing of it.
        brands.append(submitted_brand(ada, legal_name=unique_name()))
        assert accounts.state_of(ACCOUNT).breaker_since is not None
    assert left <= BREAKER_AFTER + timedelta(minutes=minutes) / BREAKER + 1
    for _ in range(40):
        work(later)
        later.pass_(seconds=30)
    with ada.acting():
        assert {brand.status for brand in Brand.objects.all()} <= {states.IN_REVIEW, states.VERIFIED}
    told = registry.invariants(settings.TELNYX_KEY)
    assert sorted(told["creates"].values()) == [1] * len(brands)


@pytest.mark.django_db(transaction=True)
def test_a_pause_by_another_process_reaches_a_call_that_waits_for_its_permit(
    registry: PracticeRegistry, settings: Any
) -> None:
    settings.CARRIER_RATE = 0.6
    with on_errand(Errand(interactive=True)):
        gateway.carrier(ACCOUNT)
    look()
    paused = threading.Timer(0.3, lambda: (_pause(), connection.close()))
    paused.start()
    with pytest.raises(Held), on_errand(Errand(interactive=True, writes=True)):
        gateway.carrier(ACCOUNT).delete_brand(str(uuid4()))
    paused.join()
    assert [entry["method"] for entry in registry.ledger(account=settings.TELNYX_KEY)] == ["GET"]


def _pause() -> None:
    from portal.audit.recording import CLEARLINE

    accounts.pause(ACCOUNT, by=CLEARLINE, reason="Stop")
