"""What only shows when something is away for longer than a restart takes. Too slow for every run."""

from __future__ import annotations

import signal
import time
from uuid import UUID

import pytest

from tests.factories import unique_name
from tests.reliability import processes
from tests.reliability.arriving import assert_arrived_once, until_in_review
from tests.reliability.conftest import Measure
from tests.reliability.running import Clearline
from tests.reliability.visitor import Visitor

pytestmark = [pytest.mark.nightly, pytest.mark.slow, pytest.mark.xdist_group("system")]


def test_a_database_that_was_away_for_a_while_is_used_again_within_seconds(
    clearline: Clearline, member: Visitor, draft: UUID, measured: Measure
) -> None:
    """Waits between tries must not have grown in the meantime."""
    with clearline.supervisor_stopped():
        old = clearline.kill("postgres")
        away_until = time.monotonic() + 45
        while time.monotonic() < away_until:
            assert not clearline.ready()
            time.sleep(1)
    clearline.until("PostgreSQL is back", lambda: clearline.back("postgres", old), 10)
    clearline.until("it answers", lambda: bool(clearline.ask("SELECT 1")), 10)
    back = time.monotonic()
    clearline.until("the portal is ready again", clearline.ready, 60)
    ready = time.monotonic() - back
    measured("PostgreSQL away for 45 s: /health/ready/ says yes, after its return", ready)
    ticks = clearline.until_ticks(60) + ready
    measured("PostgreSQL away for 45 s: ticks again, after its return", ticks)
    assert member.submit(draft).status_code == 302
    until_in_review(clearline, draft, 15)
    assert_arrived_once(clearline, draft)
    assert ready < 15
    assert ticks < 15


def test_a_slow_carrier_does_not_cost_the_worker_its_life(
    clearline: Clearline, member: Visitor, measured: Measure
) -> None:
    """Each call takes 17 seconds, well within its deadline, and there is a queue: busy is not deaf."""
    brands = [member.draft(unique_name("Silent")) for _ in range(10)]
    worker, registry = clearline.member("worker"), clearline.tree("practice")
    stale = 0.0
    with processes.stopped(registry):
        for brand in brands:
            assert member.submit(brand).status_code == 302
        for _ in range(5):
            until = time.monotonic() + 16.5
            while time.monotonic() < until:
                stale = max(stale, clearline.heartbeat())
                time.sleep(0.5)
            processes.signal_all(reversed(registry), signal.SIGCONT)
            time.sleep(0.7)
            processes.signal_all(registry, signal.SIGSTOP)
    measured("carrier takes 17 s for each of ten: longest time without a tick", stale)
    survived = clearline.member("worker") == worker
    for brand in brands:
        clearline.lease_runs_out(brand)
        until_in_review(clearline, brand, 120)
        assert_arrived_once(clearline, brand)
    assert survived, "the supervisor took the busy worker for deaf"


def test_a_hanging_beat_is_replaced(clearline: Clearline, measured: Measure) -> None:
    """Without ticks the alarm clock is broken, whichever of its two halves it is."""
    beat = clearline.member("beat")
    began = time.monotonic()
    with processes.stopped([beat]):
        try:
            clearline.until("there is another beat", lambda: clearline.back("beat", beat), 90)
        finally:
            measured("beat hung: another beat", time.monotonic() - began)
