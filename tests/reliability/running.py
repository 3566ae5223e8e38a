"""Clearline as a person starts it: `manage.py up` in an environment of its own, and what can be seen of it.

The portal's database is read as its owner and the registry's ledger over its control API; nothing of
the portal is imported, so the tests judge the program and not its modules.
"""

from __future__ import annotations

import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psycopg
from psycopg.rows import dict_row

from portal.embedded.home import Home
from portal.embedded.process import die_with_parent
from tests.reliability import processes

CHECKOUT = Path(__file__).resolve().parents[2]
# Below the ports that the system hands out by itself.
PORTS = range(8170, 8190, 2)
SECONDS_TO_START = 120.0
# Instead of practice mode's 20 s: the wait is the same at any length, and the tests are shorter.
QUARANTINE = 5
# Requests a second: the registry here is nobody else's.
RATE = 100
# How a child of the supervisor is told from the others.
MEMBERS = {
    "web": "portal.wsgi:application",
    "practice": "portal.practice.wsgi:application",
    "worker": "portal.celery:app worker",
    "beat": "portal.celery:app beat",
    "valkey": "valkey-server",
    "postgres": "/bin/postgres",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A brand's submission as the database has it, with the brand's status."""

    item: UUID
    key: str
    state: str
    attempt: int
    reference: str
    brand_status: str
    brand_reference: str


class Clearline:
    """One run of `manage.py up`. `start`, then `stop`; `stop` leaves no process behind, whatever happened."""

    def __init__(self, data: Path, *, quarantine: int = QUARANTINE, rate: int = RATE) -> None:
        self.data = data
        self.home = Home(data)
        self.port = free_pair()
        self.address = f"http://127.0.0.1:{self.port}"
        self.registry_address = f"http://127.0.0.1:{self.port + 1}"
        self.output = data.with_name("up.txt")
        self.env = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ},
            "CLEARLINE_DATA": str(data),
            "CARRIER_QUARANTINE": str(quarantine),
            "CARRIER_RATE": str(rate),
        }
        self._up: subprocess.Popen[bytes] | None = None

    # --- the run

    @property
    def supervisor(self) -> int:
        """The process that a person started."""
        assert self._up is not None
        return self._up.pid

    def start(self) -> float:
        """Start and wait until the portal answers and its worker works; the seconds that it took."""
        began = time.monotonic()
        with self.output.open("ab") as output:
            self._up = subprocess.Popen(
                [
                    sys.executable,
                    "manage.py",
                    "up",
                    "--no-demo",
                    f"--port={self.port}",
                    f"--data={self.data}",
                ],
                cwd=CHECKOUT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - it calls one system function
            )
        self.until("the portal answers", self.ready, SECONDS_TO_START)
        self.until_ticks(SECONDS_TO_START)
        return time.monotonic() - began

    def stop(self) -> None:
        """End it in order, then by force."""
        if self._up is not None and self._up.poll() is None:
            processes.signal_all(processes.tree(self._up.pid), signal.SIGCONT)
            self._up.terminate()
            try:
                self._up.wait(30)
            except subprocess.TimeoutExpired:
                self._up.kill()
        if self._up is not None:
            self._up.wait()
        left = processes.end_all(self.data)
        assert not left, f"not to be ended: {left}"

    def kill_supervisor(self) -> None:
        """`kill -9` of the process that a person started."""
        assert self._up is not None
        self._up.kill()
        self._up.wait()

    def manage(self, *arguments: str) -> str:
        """The output of a management command in the run's environment."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=CHECKOUT,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout

    @contextmanager
    def working_beside(self) -> Iterator[None]:
        """`manage.py work` runs inside the block."""
        with self.output.open("ab") as output:
            beside = subprocess.Popen(
                [sys.executable, "manage.py", "work"],
                cwd=CHECKOUT,
                env=self.env,
                stdout=output,
                stderr=output,
            )
        try:
            yield
        finally:
            beside.terminate()
            try:
                beside.wait(20)
            except subprocess.TimeoutExpired:
                beside.kill()
                beside.wait()

    # --- its members

    def find(self, name: str) -> int | None:
        """The process of a member, or None while there is none."""
        for process in processes.everybody():
            if process.parent == self.supervisor and MEMBERS[name] in process.command:
                return process.pid
        return None

    def member(self, name: str) -> int:
        """The process of a member; waits while it is being started again."""
        self.until(f"there is a {name}", lambda: self.find(name) is not None, 20)
        pid = self.find(name)
        assert pid is not None
        return pid

    def tree(self, name: str) -> list[int]:
        """The processes of a member, its first one first."""
        return processes.tree(self.member(name))

    def kill(self, name: str) -> int:
        """`kill -9` of a member with all its children; the number of the one that died."""
        pids = self.tree(name)
        processes.kill(pids)
        return pids[0]

    def back(self, name: str, old: int) -> bool:
        """Has the supervisor started the member again?"""
        return self.find(name) not in (None, old)

    @contextmanager
    def registry_stopped(self) -> Iterator[None]:
        """The registry takes connections and bytes and answers nothing, as long as the block lasts."""
        with processes.stopped(self.tree("practice")):
            yield

    @contextmanager
    def supervisor_stopped(self) -> Iterator[None]:
        """Nothing that dies inside the block is started again before its end."""
        with processes.stopped([self.supervisor]):
            yield

    # --- what can be seen of it

    def ready(self) -> bool:
        """Does the portal say that it can serve?"""
        try:
            return httpx.get(f"{self.address}/health/ready/", timeout=15).status_code == 200
        except httpx.TransportError:
            return False

    def database(self) -> psycopg.Connection[dict[str, Any]]:
        """A connection to the portal's database as superuser: the owner, too, sees no tenant's rows."""
        return psycopg.connect(
            host=str(self.home.sockets),
            user="postgres",
            dbname="clearline",
            connect_timeout=2,
            autocommit=True,
            row_factory=dict_row,
        )

    def ask(self, question: str, *values: Any) -> list[dict[str, Any]]:
        """The rows that answer a question to the portal's database."""
        with self.database() as database:
            return database.execute(question, values).fetchall()

    def heartbeat(self) -> float:
        """Seconds since the worker last proved that it hears; a large number when it never did."""
        rows = self.ask(
            "SELECT extract(epoch FROM clock_timestamp() - at)::float AS age FROM lifecycle_heartbeat"
            " WHERE name = 'worker'"
        )
        return float(rows[0]["age"]) if rows else 1e9

    def until_ticks(self, seconds: float) -> float:
        """Wait until the worker has taken two more ticks: one may have been on its way before now."""
        before: list[Any] = []

        def twice() -> bool:
            at = self.heard()
            if at not in before:
                before.append(at)
            return len(before) > 2

        return self.until("ticks come again", twice, seconds)

    def heard(self) -> Any:
        """The moment of the worker's last sign of life."""
        return self.ask("SELECT max(at) AS at FROM lifecycle_heartbeat WHERE name = 'worker'")[0]["at"]

    def row(self, brand: UUID) -> Row | None:
        """The brand's submission; None while there is none."""
        rows = self.ask(
            "SELECT s.id AS item, s.key::text, s.state, s.attempt, s.reference, b.status AS brand_status,"
            " b.reference AS brand_reference FROM lifecycle_submission s JOIN brands_brand b"
            " ON b.id = s.subject_id WHERE s.subject_id = %s ORDER BY s.accepted_at DESC LIMIT 1",
            brand,
        )
        return Row(**rows[0]) if rows else None

    def state(self, brand: UUID) -> str:
        """The recovery point of the brand's submission, or "" while there is none."""
        row = self.row(brand)
        return row.state if row else ""

    def status(self, brand: UUID) -> str:
        """The brand's status."""
        rows = self.ask("SELECT status FROM brands_brand WHERE id = %s", brand)
        return str(rows[0]["status"]) if rows else ""

    def events(self, brand: UUID) -> list[str]:
        """What the audit log tells of the brand, in order."""
        rows = self.ask("SELECT action FROM audit_event WHERE object_id = %s ORDER BY id", brand)
        return [row["action"] for row in rows]

    def posts(self, key: str) -> list[dict[str, Any]]:
        """The requests to make a brand with this key that the registry's ledger holds."""
        entries: list[dict[str, Any]] = self.control("ledger", method="POST", key=key)["entries"]
        return entries

    def registered(self, key: str) -> list[dict[str, Any]]:
        """The brands with this key that exist at the registry."""
        brands: list[dict[str, Any]] = self.control("brands", key=key)["brands"]
        return brands

    def control(self, path: str, json: dict[str, Any] | None = None, **params: str) -> dict[str, Any]:
        """One call of the registry's control API."""
        url, headers = f"{self.registry_address}/control/api/{path}", {"X-Practice-Control": "1"}
        if json is None:
            answer = httpx.get(url, params=params, headers=headers, timeout=10)
        else:
            answer = httpx.post(url, json=json, headers=headers, timeout=10)
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    # --- time

    def until(self, what: str, true: Callable[[], bool], seconds: float) -> float:
        """Wait until `true`; the seconds that it took. A database or registry that is away means "not yet"."""
        began = time.monotonic()
        problem: Exception | None = None
        while time.monotonic() < began + seconds:
            try:
                if true():
                    return time.monotonic() - began
                problem = None
            except (psycopg.Error, httpx.HTTPError) as away:
                problem = away
            time.sleep(0.05)
        raise AssertionError(f"not within {seconds:g} s: {what} ({problem or 'no error'})\n{self.told()}")

    def lease_runs_out(self, brand: UUID) -> None:
        """As if the 45 seconds of a dead holder's lease were over; one test waits them out for real."""
        self.ask(
            "UPDATE lifecycle_due SET lease_until = clock_timestamp() WHERE lease_until IS NOT NULL AND item IN"
            " (SELECT id FROM lifecycle_submission WHERE subject_id = %s) RETURNING item",
            brand,
        )

    def told(self) -> str:
        """The ends of what it printed and logged, for a message about a test that failed."""
        parts = []
        for path in (self.output, *sorted(self.home.logs.glob("*.log"))):
            lines = path.read_text(errors="replace").splitlines() if path.exists() else []
            parts += [f"--- {path.name}", *lines[-12:]]
        return "\n".join(parts)


def enrolment_link(printed: str) -> str:
    """The address at which a new member chooses a password, out of what `enrol` printed."""
    found = re.search(r"https?://\S+", printed)
    assert found, printed
    return found[0]


def free_pair() -> int:
    """A port that is free together with the next one."""
    for port in secrets.SystemRandom().sample(list(PORTS), len(PORTS)):
        try:
            for number in (port, port + 1):
                with socket.socket() as probe:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    probe.bind(("127.0.0.1", number))
        except OSError:
            continue
        return port
    raise AssertionError(f"no two free ports between {PORTS.start} and {PORTS.stop}")
