"""A practice registry of one's own: a database, a process, and the control API as methods.

    with PracticeRegistry(database_url, start_clock="2026-11-20T10:00Z") as registry:
        adapter = ...(url=f"{registry.url}/v2", key="practice-mine")
        registry.advance(days=2)
        assert len(registry.ledger(account="practice-mine", method="POST")) == 1

It is the same program that `manage.py up` starts, over real HTTP; nothing of it is imported here.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Self
from urllib.parse import urlsplit, urlunsplit

import httpx
import psycopg
from psycopg import sql

from tests.practice_switches import Switches, account_of

__all__ = ["PracticeRegistry", "RegistryFailed", "account_of"]

CHECKOUT = Path(__file__).resolve().parents[1]
SECONDS_TO_START = 30


class RegistryFailed(AssertionError):
    """The registry did not start, or refused an order; the message carries what it said."""


class PracticeRegistry(Switches):
    """A practice registry with a database that is made at `start` and dropped at `stop`.

    `database_url` names a PostgreSQL server and a role that may create databases there.
    `start_clock` is the ISO moment at which the business clock starts (default: the present).
    An API key that begins with "practice" is an account of its own: tests that share one registry
    stay apart by their keys.
    """

    def __init__(
        self,
        database_url: str,
        start_clock: str | None = None,
        *,
        port: int = 0,
        portal_url: str = "",
        seed: int | None = None,
    ) -> None:
        self._server = database_url
        self._name = f"practice_{secrets.token_hex(6)}"
        self._start_clock = start_clock or ""
        self._portal_url = portal_url
        self._seed = "" if seed is None else str(seed)
        self._port = port or _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None
        self._client: httpx.Client | None = None

    @property
    def url(self) -> str:
        """Where it listens; the vendor's endpoints stand below `/v2`."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def server(self) -> str:
        """The server that its database is on, for another registry."""
        return self._server

    @property
    def database_url(self) -> str:
        """Its own database."""
        parts = urlsplit(self._server)
        # urlunsplit drops the empty host of "postgresql:///…", which is part of the form.
        return urlunsplit(parts._replace(netloc=parts.netloc or "@", path=f"/{self._name}")).replace(
            "//@/", "///"
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    def start(self) -> None:
        """Make the database, migrate it, and wait until the registry answers."""
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  closed in `stop`
        try:
            self._on_server("CREATE DATABASE {}")
            self._run([sys.executable, "-m", "django", "migrate", "--no-input", "--verbosity=0"])
            self.resume()
        except BaseException:
            self.stop()
            raise

    def resume(self) -> None:
        """Start the process again after `kill`, with the database as it was left."""
        assert self._log is not None
        command = [
            *(sys.executable, "-m", "gunicorn", "portal.practice.wsgi:application"),
            *(f"--bind=127.0.0.1:{self._port}", "--worker-class=gthread", "--threads=8"),
            *("--no-control-socket", "--graceful-timeout=2"),
        ]
        self._process = subprocess.Popen(
            command, cwd=CHECKOUT, env=self._env, stdout=self._log, stderr=self._log, start_new_session=True
        )
        self._client = httpx.Client(base_url=self.url, headers={"X-Practice-Control": "1"}, timeout=10)
        self._await_health()

    @contextlib.contextmanager
    def outage(self, kind: str = "refuse") -> Iterator[None]:
        """Phase P0 for everybody: connections are refused ("refuse") or hang ("blackhole"), then all is back.

        The process is killed, because no program of ours sees a connection before it is accepted.
        """
        self.kill()
        # The server's other processes hold the port a moment longer than its first.
        deadline = time.monotonic() + SECONDS_TO_START
        while _answers(self._port) and time.monotonic() < deadline:
            time.sleep(0.02)
        fillers: list[socket.socket] = []
        if kind == "blackhole":
            fillers = _blackhole(self._port)
        try:
            yield
        finally:
            for filler in fillers:
                filler.close()
            self.resume()

    def kill(self) -> None:
        """End the process as a power cut would; the database stays."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End the process and drop the database."""
        self._end(signal.SIGTERM)
        self._on_server("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        if self._log:
            self._log.close()
            self._log = None

    # -- the control API ------------------------------------------------------------------------

    def control(
        self, path: str, /, *, json: dict[str, Any] | None = None, delete: bool = False, **params: str
    ) -> dict[str, Any]:
        """One call below `/control/api/`: POST with `json`, DELETE if told so, else GET.

        Raises RegistryFailed on a refusal.
        """
        assert self._client is not None
        asked = {name: value for name, value in params.items() if value}
        verb = "DELETE" if delete else "GET" if json is None else "POST"
        answer = self._client.request(verb, f"/control/api/{path}", params=asked, json=json)
        if answer.status_code != 200:
            raise RegistryFailed(f"{path}: {answer.status_code} {answer.text[:500]}")
        found: dict[str, Any] = answer.json()
        return found

    def approve(self, brand_id: str, *, vetted: bool = False) -> dict[str, Any]:
        """VERIFIED, or VETTED_VERIFIED."""
        return self._decide(brand_id, outcome="vetted" if vetted else "verified")

    def reject(
        self, brand_id: str, code: str = "TAX_ID", text: str = "", fields: Sequence[str] = ()
    ) -> dict[str, Any]:
        """UNVERIFIED with one reason; what is left out is the usual text or fields of that code."""
        return self._decide(
            brand_id, outcome="rejected", reasons=[{"code": code, "text": text, "fields": list(fields)}]
        )

    def fail(self, brand_id: str, text: str = "") -> dict[str, Any]:
        """REGISTRATION_FAILED."""
        return self._decide(brand_id, outcome="failed", text=text)

    def say(self, brand_id: str, word: str = "") -> dict[str, Any]:
        """A status word outside the vendor's list."""
        return self._decide(brand_id, outcome="odd", word=word)

    def silence(self, brand_id: str, *, silent: bool = True) -> dict[str, Any]:
        """Hold one brand's verdict back, or let it go."""
        return self.control(f"brands/{brand_id}/silence", json={"silent": silent})

    def silence_all(self, *, silent: bool = True, account: str = "") -> dict[str, Any]:
        """Hold back or let go the verdicts of the account of an API key, or of everyone."""
        order: dict[str, Any] = {"silent": silent}
        return self.control("silence", json=order | ({"account": account_of(account)} if account else {}))

    def advance(self, *, seconds: float = 0, hours: float = 0, days: float = 0) -> dict[str, Any]:
        """Move the business clock forwards."""
        return self.control("clock", json={"seconds": seconds, "hours": hours, "days": days})

    def clock(self) -> dict[str, Any]:
        """`{"offset_seconds": …, "now": …}`, as the portal reads it."""
        found: dict[str, Any] = httpx.get(f"{self.url}/clock").raise_for_status().json()
        return found

    def brands(self, *, account: str = "", name: str = "", key: str = "") -> list[dict[str, Any]]:
        """Brands in the order of filing: of an API key, with a display name, with a key in `webhookURL`."""
        found: list[dict[str, Any]] = self.control(
            "brands", account=account and account_of(account), name=name, key=key
        )["brands"]
        return found

    def brand(self, brand_id: str) -> dict[str, Any]:
        """One brand."""
        return self.control(f"brands/{brand_id}")

    def ledger(
        self, *, account: str = "", method: str = "", path: str = "", key: str = "", limit: int = 10_000
    ) -> list[dict[str, Any]]:
        """Requests as they arrived, oldest first: of an API key, a method, below a path, with a key."""
        asked: dict[str, Any] = {
            "account": account and account_of(account),
            "method": method,
            "path": path,
            "key": key,
        }
        found: list[dict[str, Any]] = self.control("ledger", **asked, limit=str(limit))["entries"]
        return found

    # -- the machinery --------------------------------------------------------------------------

    @property
    def _env(self) -> dict[str, str]:
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "portal.practice.settings",
            "PRACTICE_DATABASE_URL": self.database_url,
            "PRACTICE_START_CLOCK": self._start_clock,
            "PRACTICE_SEED": self._seed,
            # Looked for often and tried again at once, so that a test does not wait.
            "PRACTICE_WEBHOOK_LOOK": "0.2",
            "PRACTICE_WEBHOOK_PAUSE": "0.1",
            "PORTAL_URL": self._portal_url,
            "PYTHONUNBUFFERED": "1",
        }

    def _on_server(self, statement: str) -> None:
        for tries_left in range(20, -1, -1):
            try:
                with psycopg.connect(self._server, autocommit=True) as connection:
                    connection.execute(sql.SQL(statement).format(sql.Identifier(self._name)))
                return
            except psycopg.errors.ObjectInUse:
                # Two databases cannot be copied from the same template at once.
                if not tries_left:
                    raise
                time.sleep(0.2)

    def _run(self, command: list[str]) -> None:
        done = subprocess.run(
            command, cwd=CHECKOUT, env=self._env, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RegistryFailed(
                f"{' '.join(command[1:])} ended with {done.returncode}:\n{done.stderr[-3000:]}"
            )

    def _await_health(self) -> None:
        assert self._client is not None
        assert self._process is not None
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                if self._client.get("/health/").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        raise RegistryFailed(f"the practice registry does not answer:\n{self.logged()[-3000:]}")

    def logged(self) -> str:
        """All that the process has written so far."""
        if self._log is None:
            return ""
        return os.pread(self._log.fileno(), 64 * 1024 * 1024, 0).decode(errors="replace")

    def _end(self, how: signal.Signals) -> None:
        if self._client:
            self._client.close()
            self._client = None
        if self._process is None:
            return
        process, self._process = self._process, None
        if process.poll() is None:
            os.killpg(process.pid, how)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _answers(port: int) -> bool:
    """Is anything listening on `port`?"""
    with socket.socket() as prober:
        return prober.connect_ex(("127.0.0.1", port)) == 0


def _blackhole(port: int) -> list[socket.socket]:
    """A listener on `port` whose queue is full, so that the next connection hangs; and what fills it."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(0)
    fillers = [listener]
    for _place in range(4):
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex(("127.0.0.1", port))
        fillers.append(filler)
    return fillers


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
