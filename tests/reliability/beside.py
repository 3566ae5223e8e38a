"""Processes beside a run that die, or stand still, exactly where it would hurt most.

Random kills hit a gap of a millisecond once in a thousand times; these hit it each time (`lifecycle.crashing`).
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from portal.lifecycle.crashing import VARIABLE
from tests.reliability import processes
from tests.reliability.running import CHECKOUT, Clearline, free_pair

# A holder that was still for so long comes too late to send: a lease (45 s) less the longest call (30 s).
STILL = 18.0
# Until another has taken its row over, searched for it twice and sent it again, beside everything else.
PATIENCE = 60.0
_LAST_SENT = "SELECT id FROM lifecycle_submission WHERE state = 'sending' ORDER BY sent_at DESC LIMIT 1"
_DONE = "SELECT 1 FROM lifecycle_submission WHERE id = %s AND state IN ('known', 'confirmed', 'refused')"


@contextmanager
def web_that_dies(clearline: Clearline) -> Iterator[str]:
    """The address of a second web, each of whose processes dies when it has committed a submit and told nobody."""
    port = free_pair()
    settings = {"DJANGO_SETTINGS_MODULE": "portal.settings", VARIABLE: "accepted"}
    command = [sys.executable, "-m", "gunicorn", "portal.wsgi:application", f"--bind=127.0.0.1:{port}"]
    with clearline.output.open("ab") as output:
        web = subprocess.Popen(
            [*command, "--workers=1", "--threads=2", "--worker-class=gthread", "--no-control-socket"],
            cwd=CHECKOUT,
            env=clearline.env | settings,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        clearline.until("the second web answers", lambda: _answers(address), 60)
        yield address
    finally:
        _end(web)


class Sleeper:
    """A loop beside the worker that stands still between "marked as sending" and the first byte of its request."""

    def __init__(self, clearline: Clearline) -> None:
        self.clearline = clearline
        with clearline.output.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "work"],
                cwd=CHECKOUT,
                env=clearline.env | {VARIABLE: "stop:sending"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        self.asleep_since = 0.0
        # What it stands still with.
        self.holds: Any = None

    def fall_asleep(self, seconds: float) -> bool:
        """Keep the worker still until this one holds a row, and stands still with it. False if none came."""
        # It loads the portal first.
        self.clearline.until("the loop beside the worker works", self._works, 60)
        tree = self.clearline.tree("worker")
        processes.signal_all(tree, signal.SIGSTOP)
        try:
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                if _is_still(self.process.pid):
                    self.asleep_since = time.monotonic()
                    # The worker stands still as well, so nobody began to send anything after it.
                    self.holds = self.clearline.ask(_LAST_SENT)[0]["id"]
                    return True
                time.sleep(0.02)
        finally:
            processes.signal_all(reversed(tree), signal.SIGCONT)
        return False

    def _works(self) -> bool:
        return _is_still(self.process.pid) or bool(
            self.clearline.ask(
                "SELECT 1 FROM lifecycle_heartbeat WHERE name = 'work' AND at > clock_timestamp() - interval '8 s'"
            )
        )

    def wake(self) -> None:
        """Let it go on, after it has slept long enough to have lost its row; and give it time to do harm.

        Most harm is done once another has done the work: before that, whatever it sends would be found.
        """
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and not self.clearline.ask(_DONE, self.holds):
            time.sleep(0.3)
        time.sleep(max(0.0, self.asleep_since + STILL - time.monotonic()))
        os.kill(self.process.pid, signal.SIGCONT)
        time.sleep(3)

    def end(self) -> None:
        """End it, wherever it stands."""
        _end(self.process)


def _answers(address: str) -> bool:
    return httpx.get(f"{address}/account/login/", timeout=10).status_code == 200


def _is_still(pid: int) -> bool:
    try:
        return (processes.PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] == "T"
    except OSError:
        return False


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGCONT)
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
