"""A process that dies, or stands still, exactly at a named crash point; run as a program of its own.

It loads the portal once and then forks a child for each order, so that a case costs milliseconds. Orders and
answers are lines of JSON; the child is a real process with a real connection, and dies by a real signal.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[2]
STOPPED = "stopped"
# More than any step needs on a busy machine; a child that takes longer hangs.
LONGEST = 60


@dataclass(frozen=True, slots=True)
class Victim:
    """One child: its number, and how it came out: an exit code, minus the signal that ended it, or "stopped"."""

    pid: int
    ended: int | str

    @property
    def was_killed(self) -> bool:
        """Did it die at its crash point?"""
        return self.ended == -signal.SIGKILL

    @property
    def is_stopped(self) -> bool:
        """Does it stand still at its crash point?"""
        return self.ended == STOPPED


class Mortal:
    """Starts children that work on the test's own database, with more in their environment: `env`."""

    def __init__(self, database: str, **env: str) -> None:
        self._database = database
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.reliability.dying"],
            cwd=CHECKOUT,
            env=os.environ | {"DATABASE_POOL": "0", "DJANGO_SETTINGS_MODULE": "portal.settings"} | env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        """End it."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(10)
        assert self._process.stdout
        self._process.stdout.close()

    def run(self, point: str, *, settings: Mapping[str, Any], ahead: float = 0, **act: Any) -> Victim:
        """One look of the loop, or another `act`, in a child that meets its fate at `point`.

        `point` is what `crashing.arm` reads ("" for none). `ahead` moves the child's clock, in seconds.
        """
        order = {"database": self._database, "settings": dict(settings), "point": point, "ahead": ahead}
        return self._told({**order, "act": act or {"what": "loop"}})

    def go_on(self, victim: Victim, *, slept: float) -> Victim:
        """Let a child that stands still go on, to which `slept` seconds have passed on every clock."""
        return self._told({"go_on": victim.pid, "slept": slept})

    def _told(self, order: dict[str, Any]) -> Victim:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the process that forks is gone"
        return Victim(**json.loads(answer))


# --- the other side: what runs as a program ------------------------------------------------------


def main() -> None:
    """Fork a child for each order until standard input ends; children that stand still end with us."""
    import django

    django.setup()
    left: set[int] = set()
    for line in sys.stdin:
        order = json.loads(line)
        pid = order.get("go_on") or _fork(order)
        if "go_on" in order:
            _sleep_file(pid).write_text(str(order["slept"]))
            os.kill(pid, signal.SIGCONT)
        ended = _fate(pid)
        (left.add if ended == STOPPED else left.discard)(pid)
        print(json.dumps({"pid": pid, "ended": ended}), flush=True)
    for pid in left:
        os.kill(pid, signal.SIGKILL)


def _fate(pid: int) -> int | str:
    until = time.monotonic() + LONGEST
    while time.monotonic() < until:
        found, status = os.waitpid(pid, os.WUNTRACED | os.WNOHANG)
        if found:
            return STOPPED if os.WIFSTOPPED(status) else os.waitstatus_to_exitcode(status)
        # Not time.sleep, which libfaketime breaks.
        select.select((), (), (), 0.002)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return -signal.SIGALRM


def _fork(order: Mapping[str, Any]) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)
        _live(order)
        code = 0
    except BaseException:  # noqa: BLE001  a child must not go on as its parent
        import traceback

        traceback.print_exc()
    finally:
        os._exit(code)


def _live(order: Mapping[str, Any]) -> None:
    from django.conf import settings
    from django.db import connections

    from portal.lifecycle import crashing, loop
    from tests.lifecycle.moments import Later

    connections["default"].settings_dict["NAME"] = order["database"]
    for name, value in order["settings"].items():
        setattr(settings, name, value)
    os.environ[crashing.VARIABLE] = order["point"]
    crashing.arm()
    later = Later()
    later.pass_(seconds=order["ahead"])
    _follow_the_clock(later)
    act = dict(order["act"])
    if act.pop("what") == "loop":
        loop.run(seconds=30, read=later)
    else:
        _submit(later, **act)


def _submit(later: Any, *, organization: str, subject: str, by: str = "Ada") -> None:
    """What the web does when the button is pressed."""
    from uuid import UUID

    from brands.models import Brand
    from portal.audit.recording import Actor
    from portal.tenancy.scope import acting_for

    actor = Actor(by, None, "127.0.0.1")
    with acting_for(UUID(organization), by=actor):
        Brand.objects.get(pk=subject).submit(by=actor, times=later())


def _sleep_file(pid: int) -> Path:
    return Path(os.environ["CLEARLINE_DATA"]) / f"slept-{pid}"


def _follow_the_clock(later: Any) -> None:
    """When somebody lets us go on, as much time has passed on our clocks as they say."""
    real = time.monotonic

    def woken(*_: object) -> None:
        note = _sleep_file(os.getpid())
        slept = float(note.read_text())
        note.unlink()
        later.pass_(seconds=slept)
        time.monotonic = lambda: real() + slept

    signal.signal(signal.SIGCONT, woken)


if __name__ == "__main__":
    main()
