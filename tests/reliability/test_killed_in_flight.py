"""`kill -9` while a filing is between us and the registry: sent, and not yet answered."""

from __future__ import annotations

import signal
import time
from uuid import UUID

import pytest

from tests.factories import unique_name
from tests.reliability import processes
from tests.reliability.arriving import assert_arrived_once, in_flight, key_of, stays_so, until_in_review
from tests.reliability.conftest import Measure
from tests.reliability.running import QUARANTINE, Clearline
from tests.reliability.visitor import Visitor

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("system")]

# Portal.lifecycle.schedule: the lease, and the second look before "not found" is believed.
LEASE, SEARCH_AGAIN = 45, 5
# On two busy cores: a claim, a search and two short transactions, or the start of a Celery worker.
SLACK = 20


def assert_adopted(clearline: Clearline, brand: UUID) -> None:
    """It was found again by its key, and not sent a second time."""
    assert_arrived_once(clearline, brand)
    events = clearline.events(brand)
    assert "brand.found-again" in events
    assert "brand.sent-again" not in events


def test_a_killed_worker_is_replaced_and_its_filing_is_adopted(
    clearline: Clearline, member: Visitor, measured: Measure
) -> None:
    """The whole way in real time: nobody shortens the lease."""
    brand = member.draft(unique_name("Ordinary"))
    with in_flight(clearline, member, brand):
        old = clearline.kill("worker")
        killed = time.monotonic()
    clearline.until("another worker is there", lambda: clearline.back("worker", old), 5)
    clearline.until_ticks(30)
    measured("worker killed, in flight: another worker works", time.monotonic() - killed)
    clearline.until("the registry has it", lambda: bool(clearline.posts(key_of(clearline, brand))), 10)
    until_in_review(clearline, brand, LEASE + QUARANTINE + SLACK)
    measured("worker killed, in flight: adopted (lease 45 s, quarantine 5 s)", time.monotonic() - killed)
    assert_adopted(clearline, brand)
    # And on to the end: the registry decides, the wait is over, nothing is left to do.
    clearline.control("clock", json={"hours": 1})
    clearline.until("the brand is verified", lambda: clearline.status(brand) == "verified", 30)
    assert_arrived_once(clearline, brand, verified=True)
    assert "Verified" in member.page(brand)


def test_one_killed_child_of_the_worker_costs_no_filing(
    clearline: Clearline, member: Visitor, draft: UUID, measured: Measure
) -> None:
    worker = clearline.member("worker")
    with in_flight(clearline, member, draft):
        child = processes.asker(clearline.tree("worker")[1:], clearline.port + 1)
        assert child is not None
        processes.kill([child])
        killed = time.monotonic()
    clearline.until("the registry has it", lambda: bool(clearline.posts(key_of(clearline, draft))), 10)
    clearline.lease_runs_out(draft)
    until_in_review(clearline, draft, QUARANTINE + SLACK)
    measured("one child of the worker killed, in flight: adopted (+ lease)", time.monotonic() - killed)
    assert_adopted(clearline, draft)
    assert clearline.member("worker") == worker


def test_a_holder_that_wakes_up_after_its_lease_changes_nothing(
    clearline: Clearline, member: Visitor, draft: UUID
) -> None:
    with in_flight(clearline, member, draft):
        child = processes.asker(clearline.tree("worker")[1:], clearline.port + 1)
        assert child is not None
        processes.signal_all([child], signal.SIGSTOP)
    try:
        clearline.lease_runs_out(draft)
        until_in_review(clearline, draft, QUARANTINE + SLACK)
        assert_adopted(clearline, draft)
        log = clearline.home.logs / "worker.log"
        before = log.read_text(errors="replace").count("fenced off")
    finally:
        processes.signal_all([child], signal.SIGCONT)
    clearline.until(
        "the old holder is fenced off",
        lambda: log.read_text(errors="replace").count("fenced off") > before,
        10,
    )
    assert_adopted(clearline, draft)


def test_what_never_arrived_is_searched_twice_and_then_sent_again(
    clearline: Clearline, member: Visitor, draft: UUID, measured: Measure
) -> None:
    """Worker and registry die together: the request is lost, and nobody here can know."""
    with in_flight(clearline, member, draft):
        clearline.kill("worker")
        old = clearline.kill("practice")
        killed = time.monotonic()
    clearline.until("the registry is back", lambda: clearline.back("practice", old), 10)
    clearline.lease_runs_out(draft)
    until_in_review(clearline, draft, QUARANTINE + SEARCH_AGAIN + SLACK)
    measured("worker and registry killed: searched twice, sent again (+ lease)", time.monotonic() - killed)
    assert_arrived_once(clearline, draft)
    assert "brand.sent-again" in clearline.events(draft)


def test_a_killed_registry_is_searched_before_anything_is_sent_again(
    clearline: Clearline, member: Visitor, draft: UUID, measured: Measure
) -> None:
    with in_flight(clearline, member, draft):
        clearline.kill("practice")
        killed = time.monotonic()
    until_in_review(clearline, draft, QUARANTINE + SEARCH_AGAIN + SLACK)
    measured("registry killed, in flight: searched twice, sent again", time.monotonic() - killed)
    assert_arrived_once(clearline, draft)
    assert "brand.sent-again" in clearline.events(draft)


@pytest.mark.parametrize("name", ["valkey", "beat", "web"])
def test_a_filing_on_its_way_does_not_notice_the_death_of(
    clearline: Clearline, member: Visitor, draft: UUID, measured: Measure, name: str
) -> None:
    with in_flight(clearline, member, draft):
        old = clearline.kill(name)
        killed = time.monotonic()
    clearline.until(f"{name} is back", lambda: clearline.back(name, old), 5)
    clearline.until("the portal answers", clearline.ready, 15)
    if name == "web":
        measured("web killed, in flight: pages again", time.monotonic() - killed)
    clearline.until_ticks(15)
    if name != "web":
        measured(f"{name} killed, in flight: ticks again", time.monotonic() - killed)
    until_in_review(clearline, draft, 10)
    stays_so(clearline, draft)
    assert "brand.outcome-unknown" not in clearline.events(draft)


def test_a_killed_database_comes_back_without_a_restart_of_web_or_worker(
    clearline: Clearline, member: Visitor, draft: UUID, measured: Measure
) -> None:
    before = {name: clearline.tree(name)[:3] for name in ("web", "worker", "practice")}
    with in_flight(clearline, member, draft):
        old = clearline.member("postgres")
        processes.kill([old])
        killed = time.monotonic()
        clearline.until("PostgreSQL is back", lambda: clearline.back("postgres", old), 10)
        clearline.until("the portal is ready again", clearline.ready, 15)
        measured("PostgreSQL killed, in flight: /health/ready/ says yes", time.monotonic() - killed)
    clearline.until_ticks(15)
    measured("PostgreSQL killed, in flight: ticks again", time.monotonic() - killed)
    clearline.lease_runs_out(draft)
    until_in_review(clearline, draft, QUARANTINE + SLACK)
    measured("PostgreSQL killed, in flight: in review (+ lease)", time.monotonic() - killed)
    assert_arrived_once(clearline, draft)
    assert {name: clearline.tree(name)[:3] for name in before} == before
