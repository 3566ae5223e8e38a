"""The whole product as a person starts it: `manage.py up`, and what tests need to know of it."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self
from urllib.parse import urlsplit

import httpx

from portal.embedded.home import Home
from portal.embedded.process import die_with_parent
from tests.practice_registry import CHECKOUT, PracticeRegistry

SECONDS_TO_START = 120
SECONDS_TO_STOP = 30
# What the run of the tests itself is told, and `up` must find out by itself.
_ABOUT_US = re.compile(
    r"(DATABASE|BROKER|PRACTICE|TELNYX|EMAIL|SECRET_KEY|DJANGO|CARRIER|PYTEST)\w*"
    r"|PUBLIC_URL|PORTAL_URL|CLEARLINE_DATA|DEBUG|ALLOWED_HOSTS|TRUSTED_PROXIES|LOG_LEVEL|DEFAULT_FROM_EMAIL"
)
_ADDRESS = re.compile(r"^  (Clearline|Practice registry) +(http://\S+)/", re.MULTILINE)
_SIGN_IN = re.compile(r"^  (\S+@\S+) +(\S+)  (\w+) ", re.MULTILINE)


class PortalFailed(AssertionError):
    """The portal did not start or did not end; the message carries what it printed."""


@dataclass(frozen=True)
class SignIn:
    """What a person types to get in."""

    email: str
    password: str


class RunningRegistry(PracticeRegistry):
    """The practice registry that `up` started: the control API, without machinery of its own.

    With every verdict the business clock moves past the portal's next reading (5 seconds and a fifth),
    so that a test waits for the worker's tick and not for the carrier's usual time.
    """

    def __init__(self, url: str) -> None:
        super().__init__("", port=urlsplit(url).port or 0)

    def start(self) -> None:
        """Be ready to give orders."""
        self._client = httpx.Client(base_url=self.url, headers={"X-Practice-Control": "1"}, timeout=10)

    def stop(self) -> None:
        """Give no more orders; the process belongs to `up`."""
        if self._client:
            self._client.close()

    def _decide(self, brand_id: str, **order: Any) -> dict[str, Any]:
        decided = super()._decide(brand_id, **order)
        self.advance(seconds=7)
        return decided


class Portal:
    """One run of `up` with a data folder of its own. Use as a context manager.

    `url` is where it answers, `people` the sign-ins that it printed (by first name, lower case), and
    `registry` its practice registry. Verdicts come by hand only, so that a test decides when.
    """

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="clearline-browser-"))
        # PostgreSQL runs as another account when we are root, and has to pass through.
        self._folder.chmod(0o711)
        self._data = self._folder / "data"
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None
        self.url = ""
        self.people: dict[str, SignIn] = {}

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._end(signal.SIGKILL)
            raise
        return self

    def __exit__(self, *_exc: object) -> None:
        self.registry.stop()
        ours = _below(self._number)
        code = self._end(signal.SIGINT)
        left = _until_gone(ours, str(self._folder))
        printed = self.printed()
        self._clear_away()
        if code != 0 or left or "Traceback" in printed:
            raise PortalFailed(f"up ended with {code} and left {left}. It printed:\n{printed}")

    # -- what tests ask ---------------------------------------------------------------------------

    def printed(self) -> str:
        """What stood on the terminal."""
        return (self._folder / "terminal.txt").read_text(encoding="utf-8", errors="replace")

    def log(self, service: str) -> str:
        """What a service wrote into its log."""
        return (self._data / "logs" / f"{service}.log").read_text(encoding="utf-8", errors="replace")

    def enrol(self, organization: str, email: str, *, name: str) -> str:
        """Make `organization` and its owner as an operator does; the link to choose a password."""
        command = [sys.executable, "manage.py", "enrol", organization, email, "owner", "--name", name]
        env = _environment() | {"CLEARLINE_DATA": str(self._data)}
        done = subprocess.run(command, cwd=CHECKOUT, env=env, capture_output=True, text=True, check=False)
        found = re.search(r"Choose a password at (\S+)", done.stdout)
        if done.returncode or not found:
            raise PortalFailed(f"enrol ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return found[1]

    @contextmanager
    def paused(self, *words: str) -> Iterator[None]:
        """Hold the service whose command line has all `words`, as a busy machine might."""
        leaders = [
            number
            for number, (parent, command) in _processes().items()
            if parent == self._number and all(word in command for word in words)
        ]
        assert leaders, f"no process with {words} below {self._number}"
        for leader in leaders:
            os.killpg(leader, signal.SIGSTOP)
        try:
            yield
        finally:
            for leader in leaders:
                os.killpg(leader, signal.SIGCONT)

    # -- the machinery ----------------------------------------------------------------------------

    @property
    def _number(self) -> int:
        assert self._process is not None
        return self._process.pid

    def _start(self) -> None:
        port = _free_pair()
        self._log = (self._folder / "terminal.txt").open("wb")
        command = [sys.executable, "manage.py", "up", "--data", str(self._data), "--port", str(port)]
        self._process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
            # When the test run is killed, `up` ends in order with it.
            preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - it calls one system function
        )
        ended = self._process.poll
        if not _until(lambda: "Ready after" in self.printed() or ended() is not None, SECONDS_TO_START):
            raise PortalFailed(f"up was not ready after {SECONDS_TO_START} seconds:\n{self.printed()}")
        addresses = dict(_ADDRESS.findall(self.printed()))
        # Without a registry of our own a carrier would be asked, and paid.
        if ended() is not None or "Practice registry" not in addresses:
            raise PortalFailed(f"up did not start in practice mode:\n{self.printed()}")
        self.url = addresses["Clearline"]
        self.people = {
            name.lower(): SignIn(email, word) for email, word, name in _SIGN_IN.findall(self.printed())
        }
        self.registry = RunningRegistry(addresses["Practice registry"])
        self.registry.start()
        self.registry.silence_all()

    def _end(self, how: signal.Signals) -> int:
        if self._process is None:
            return 0
        if self._process.poll() is None:
            self._process.send_signal(how)
        try:
            code = self._process.wait(timeout=SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            code = self._process.wait()
        if self._log:
            self._log.close()
        return code

    def _clear_away(self) -> None:
        shutil.rmtree(Home(self._data).sockets, ignore_errors=True)
        shutil.rmtree(self._folder, ignore_errors=True)


def _environment() -> dict[str, str]:
    """The machine's environment without what belongs to the run of the tests."""
    return {name: value for name, value in os.environ.items() if not _ABOUT_US.fullmatch(name)}


def _free_pair() -> int:
    """A port that is free together with the next one, outside the range that outgoing connections use."""
    for _try in range(100):
        port = random.randrange(20_000, 32_000, 2)
        if all(_is_free(number) for number in (port, port + 1)):
            return port
    raise PortalFailed("no two free ports side by side")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _until(ready: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _processes() -> dict[int, tuple[int, str]]:
    """Every process: its parent and its command line."""
    printed = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,stat=,args="], capture_output=True, text=True, check=True
    ).stdout
    rows = (line.split(None, 3) for line in printed.splitlines())
    # The dead that nobody has fetched yet are not left behind by us.
    return {int(row[0]): (int(row[1]), row[-1]) for row in rows if len(row) == 4 and "Z" not in row[2]}


def _below(number: int) -> dict[int, str]:
    """Every process that `number` started, and those that they did."""
    everybody = _processes()
    found = {number}
    while more := {pid for pid, (parent, _command) in everybody.items() if parent in found} - found:
        found |= more
    return {pid: everybody[pid][1] for pid in found if pid in everybody}


def _until_gone(ours: dict[int, str], mark: str) -> list[str]:
    """What is still there after some seconds: of `ours`, or with `mark` in its command line."""
    left: list[str] = []

    def gone() -> bool:
        now = _processes()
        left[:] = [
            f"{pid} {command}"
            for pid, (_parent, command) in now.items()
            if mark in command or (pid in ours and ours[pid] == command)
        ]
        return not left

    _until(gone, 5)
    return left
