"""One Clearline for the whole folder, made well again before each test, and a table of what was measured."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from portal.embedded.postgres import Postgres
from tests.conftest import superuser_url
from tests.factories import unique_name
from tests.people import Person
from tests.practice_registry import PracticeRegistry
from tests.reliability import processes
from tests.reliability.dying import Mortal
from tests.reliability.running import CHECKOUT, Clearline, enrolment_link
from tests.reliability.visitor import Visitor
from tests.reliability.worlds import World

EMAIL, PASSWORD = "ada@acme.example", "a long and quiet password"
MEASURED = "measured"

Measure = Callable[[str, float], None]


@pytest.fixture(scope="session")
def running() -> Iterator[Clearline]:
    """Clearline, started by its own command in a folder of its own."""
    if not Path("/proc/self/stat").exists():
        pytest.skip("reads /proc: Linux only")
    if (CHECKOUT / ".env").exists():
        # It could name a real carrier, and these tests submit brands.
        pytest.skip("the checkout has a .env, which `manage.py up` would read")
    folder = Path(tempfile.mkdtemp(prefix="clearline-faults-"))
    # PostgreSQL's account must be able to pass.
    os.chmod(folder, 0o711)
    clearline = Clearline(folder / "data")
    try:
        clearline.start()
        yield clearline
    finally:
        try:
            clearline.stop()
        finally:
            if clearline.data.exists():
                Postgres(clearline.home).remove()
            shutil.rmtree(clearline.home.sockets, ignore_errors=True)
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def member(running: Clearline) -> Iterator[Visitor]:
    """Ada, enrolled by the operator's command and signed in over HTTP."""
    link = enrolment_link(running.manage("enrol", "Acme", EMAIL, "owner", "--name", "Ada Osei"))
    visitor = Visitor(running.address)
    visitor.choose_password(link, PASSWORD)
    visitor.sign_in(EMAIL, PASSWORD)
    yield visitor
    visitor.close()


@pytest.fixture
def clearline(running: Clearline, member: Visitor) -> Iterator[Clearline]:
    """The running Clearline, well: everything there, everything answering."""
    _make_well(running)
    yield running
    # Also after a failure nothing may stand still.
    processes.signal_all([process.pid for process in processes.of_run(running.data)], signal.SIGCONT)


def _make_well(running: Clearline) -> None:
    if processes.read(running.supervisor) is None:
        running.stop()
        running.start()
    for name in ("valkey", "postgres", "practice", "web", "worker", "beat"):
        running.member(name)
    running.until("the portal answers", running.ready, 30)
    running.until("the registry answers", lambda: bool(running.control("ledger")), 30)
    running.until("the worker works", lambda: running.heartbeat() < 5, 45)


@pytest.fixture
def draft(clearline: Clearline, member: Visitor) -> UUID:
    """A draft, ready to be submitted, on which the registry will never decide by itself."""
    return member.draft(unique_name("Silent"))


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Measure:
    """Note how long something took; all notes are printed at the end of the run."""

    def note(what: str, seconds: float) -> None:
        request.node.user_properties.append((MEASURED, f"{seconds:6.1f} s  {what}"))

    return note


@pytest.fixture(scope="session")
def mortal(django_db_setup: None) -> Iterator[Mortal]:
    """Whoever forks the processes that die at crash points, on the test database."""
    from django.db import connections

    forking = Mortal(connections["default"].settings_dict["NAME"])
    yield forking
    forking.close()


@pytest.fixture
def world(transactional_db: None, ada: Person, cy: Person, registry: PracticeRegistry) -> World:
    """Two organizations, an account at the registry, and a clock; nobody dies in it."""
    return World(registry, (ada, cy), superuser_url())


@pytest.fixture
def mortal_world(world: World, mortal: Mortal) -> World:
    """The same, where processes can die."""
    world.mortal = mortal
    return world


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The table of measured times."""
    lines = [
        value
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, value in report.user_properties
        if name == MEASURED
    ]
    if lines:
        terminalreporter.section("recovery after each kill")
        for line in lines:
            terminalreporter.write_line(line)
