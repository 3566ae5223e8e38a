"""`manage.py up` as a person starts it: a real run on spare ports, with a data folder of its own."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from portal.embedded.home import Home
from portal.embedded.postgres import Postgres
from portal.embedded.programs import CHECKOUT
from portal.embedded.watchdog import alive
from portal.management.commands.up import _moment

START_SECONDS = 90


class Up:
    """One run of `up` and what it printed so far."""

    def __init__(self, data: Path, port: int, *arguments: str) -> None:
        self.home = Home(data)
        self.port = port
        number, name = tempfile.mkstemp(prefix="printed-", suffix=".txt", dir=data.parent)
        os.close(number)
        self.printed = Path(name)
        # The variables of the test run would make this run something else than a person's.
        env = {key: value for key, value in os.environ.items() if not re.match(OURS, key)}
        with open(self.printed, "w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up", "--port", str(port), "--data", str(data), *arguments],
                cwd=CHECKOUT,
                env=env | {"PYTHONUNBUFFERED": "1"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def text(self) -> str:
        """Everything printed so far."""
        return self.printed.read_text()

    def wait_for(self, words: str, seconds: float = START_SECONDS) -> None:
        """Wait until `words` are printed."""
        deadline = time.monotonic() + seconds
        while words not in self.text:
            assert self.process.poll() is None, self.text
            assert time.monotonic() < deadline, self.text
            time.sleep(0.05)

    def descendants(self) -> list[int]:
        """The processes that it started, directly or not."""
        listed = subprocess.run(
            ["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True
        ).stdout
        parents = {int(pid): int(parent) for pid, parent in (line.split() for line in listed.splitlines())}
        found = {self.process.pid}
        while True:
            more = {pid for pid, parent in parents.items() if parent in found} - found
            if not more:
                return sorted(found - {self.process.pid})
            found |= more

    def answer(self, path: str, port: int | None = None) -> int:
        """The status with which a page answers; 0 when nobody does."""
        line = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=5)
        try:
            line.request("GET", path)
            return line.getresponse().status
        except OSError:
            return 0
        finally:
            line.close()

    def end(self) -> int:
        """Ctrl-C, and the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=40)


OURS = (
    "DATABASE|BROKER_URL|CLEARLINE_|PUBLIC_URL|PRACTICE_|TELNYX_|SECRET_KEY|EMAIL_URL|DJANGO_|ALLOWED_HOSTS"
    "|DEBUG$|CARRIER|TRUSTED_PROXIES|LOG_LEVEL|PORTAL_URL|PYTEST"
)


def free_pair() -> int:
    """A port that is free together with the next one."""
    for _ in range(50):
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port
    raise AssertionError("no free pair of ports")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that the account of PostgreSQL can enter."""
    path = Path(tempfile.mkdtemp(prefix="clearline-up-"))
    os.chmod(path, 0o711)
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def up(folder: Path) -> Iterator[Up]:
    """A run that the tests of this module share; they leave it as they found it."""
    run = Up(folder / "data", free_pair())
    try:
        run.wait_for("Ready after")
        yield run
    finally:
        if run.process.poll() is None:
            run.end()
        Postgres(run.home).remove()


pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("up")]


def test_it_prints_where_everything_is_and_that_is_true(up: Up) -> None:
    assert f"http://127.0.0.1:{up.port}/" in up.text
    assert f"http://127.0.0.1:{up.port + 1}/" in up.text
    assert up.answer("/health/ready/") == 200
    assert up.answer("/health/", up.port + 1) == 200
    assert "Traceback" not in up.text
    assert f"PUBLIC_URL=http://127.0.0.1:{up.port}\n" in up.home.run_env.read_text()


def test_a_second_run_is_told_the_address_of_the_first(up: Up, folder: Path) -> None:
    second = Up(folder / "data", free_pair())
    assert second.process.wait(timeout=30) == 1
    assert f"http://127.0.0.1:{up.port}" in second.text
    assert up.answer("/health/ready/") == 200
    assert up.home.run_env.exists()


def test_a_port_in_use_is_named_together_with_the_way_out(up: Up, folder: Path) -> None:
    other = Up(folder / "other", up.port)
    assert other.process.wait(timeout=30) == 1
    assert f"Port {up.port} cannot be used" in other.text
    assert "--port" in other.text
    assert "Traceback" not in other.text


@pytest.mark.parametrize("name", ["web", "worker", "beat", "practice", "valkey", "postgres"])
def test_what_is_killed_comes_back(up: Up, name: str) -> None:
    programs = {
        "web": "gunicorn portal.wsgi",
        "worker": "celery -A portal.celery:app worker",
        "beat": "celery -A portal.celery:app beat",
        "practice": "gunicorn portal.practice.wsgi",
        "valkey": "valkey-server",
        "postgres": "postgres -D",
    }
    before = up.text.count(f"{name} has ended")
    listed = subprocess.run(
        ["ps", "-ww", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split(maxsplit=2) for line in listed.splitlines()]
    ours = [
        int(pid) for pid, parent, args in rows if int(parent) == up.process.pid and programs[name] in args
    ]
    assert len(ours) == 1
    os.kill(ours[0], signal.SIGKILL)
    deadline = time.monotonic() + 30
    while up.text.count(f"{name} has ended") == before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert "SIGKILL" in up.text.rsplit(f"{name} has ended", 1)[1]
    while time.monotonic() < deadline:
        if up.answer("/health/ready/") == 200 and up.answer("/health/", up.port + 1) == 200 and beats(up):
            return
        time.sleep(0.2)
    pytest.fail(f"not well half a minute after the kill:\n{up.text}")


def beats(up: Up) -> bool:
    """Whether the worker has worked within the last seconds."""
    with psycopg.connect(up.home.owner_url) as owner:
        row = owner.execute(
            "SELECT now() - at < interval '4 seconds' FROM lifecycle_heartbeat WHERE name = 'worker'"
        ).fetchone()
    return bool(row and row[0])


def test_ctrl_c_ends_everything_and_the_next_start_is_quick_and_knows_the_same_people(up: Up) -> None:
    people = re.findall(r"\S+@\S+ .*", up.text)
    started = up.descendants()
    assert len(started) > 8
    assert up.end() == 0
    assert up.text.rstrip().endswith("Clearline has stopped.")
    assert [pid for pid in started if alive(pid)] == []
    assert not up.home.run_env.exists()
    again = Up(up.home.data, up.port)
    try:
        again.wait_for("Ready after")
        assert "Bringing the databases up to date" not in again.text
        assert re.findall(r"\S+@\S+ .*", again.text) == people
    finally:
        started = again.descendants()
        again.process.kill()
        again.process.wait()
    deadline = time.monotonic() + 15
    while any(alive(pid) for pid in started) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [pid for pid in started if alive(pid)] == []


def test_fresh_deletes_our_data_and_refuses_a_folder_that_is_not_ours(folder: Path) -> None:
    strange = folder / "strange"
    strange.mkdir()
    (strange / "thesis.txt").write_text("years of work")
    refused = Up(strange, free_pair(), "--fresh")
    assert refused.process.wait(timeout=30) == 1
    assert "nothing was deleted" in refused.text
    assert (strange / "thesis.txt").exists()


def test_a_start_of_the_clock_without_an_offset_is_meant_in_this_machines_zone() -> None:
    assert datetime.fromisoformat(_moment("2026-11-20T10:00")) == datetime(2026, 11, 20, 10).astimezone()
    assert (
        _moment("2026-11-20T10:00-05:00") == datetime(2026, 11, 20, 15, tzinfo=UTC).astimezone().isoformat()
    )
    with pytest.raises(ValueError, match="Invalid isoformat"):
        _moment("next Tuesday")
