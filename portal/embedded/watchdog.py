"""Ends everything that a supervisor started, if the supervisor itself is killed.

Runs as a program of its own (`python -I -S watchdog.py`) and imports nothing of ours. The
supervisor holds the other end of its standard input: the kernel closes it when the supervisor
ends in whatever way, on Linux and macOS alike. Lines that it reads:

    + NAME PID SIGNAL SECONDS serves|uses   a child was started; this is how to end it, how long
                                            that may take, and whether others use it
    - NAME                                  it has ended
    bye                                     the supervisor has ended everything itself

It also inherits the lock of the data folder, so that a new `up` waits until all has ended.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from typing import NamedTuple

QUICK_SECONDS = 2.0


def alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and was not yet collected does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except OSError:
        return not os.path.exists("/proc/self/stat")


def send(pid: int, number: int, *, group: bool = False) -> None:
    """Send a signal, to the whole process group if asked; a process that is gone is no error."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        (os.killpg if group else os.kill)(pid, number)


class Child(NamedTuple):
    """How to end one process: its signal, the seconds that it may take, and whether others use it."""

    pid: int
    signal: int
    seconds: float
    serves_others: bool


def end_all(children: list[Child]) -> None:
    """End the children, given in the order of their start: first those that only use others.

    After a kill of the supervisor nobody waits for tidiness: work that is cut off here is taken up
    again by its lease, so only what serves others gets the time that it asked for.
    """
    end([child._replace(seconds=QUICK_SECONDS) for child in children if not child.serves_others])
    for child in reversed(children):
        if child.serves_others:
            end([child])


def end(children: list[Child]) -> None:
    """Send each its signal, wait, then end what is left of its process group by force."""
    for child in children:
        send(child.pid, child.signal)
    asked = time.monotonic()
    for child in children:
        while alive(child.pid) and time.monotonic() < asked + child.seconds:
            time.sleep(0.02)
        send(child.pid, signal.SIGKILL)
        send(child.pid, signal.SIGKILL, group=True)


def main() -> int:
    """Read lines until the supervisor says bye (0) or is gone (1)."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    # By name: what was restarted keeps its place in the order of the first start.
    children: dict[str, Child | None] = {}
    for line in sys.stdin:
        match line.split():
            case ["+", name, pid, number, seconds, serves]:
                children[name] = Child(int(pid), int(number), float(seconds), serves == "serves")
            case ["-", name] if name in children:
                children[name] = None
            case ["bye"]:
                return 0
    end_all([child for child in children.values() if child])
    return 1


if __name__ == "__main__":
    sys.exit(main())
