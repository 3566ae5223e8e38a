"""Ends everything that a supervisor started, if the supervisor itself is killed.

Runs as a program of its own (`python -I -S watchdog.py`) and imports nothing of ours. The
supervisor holds the other end of its standard input: the kernel closes it when the supervisor
ends in whatever way, on Linux and macOS alike. Lines that it reads:

    + NAME PID SIGNAL SECONDS    a child was started; this is how to end it and how long that may take
    - NAME                       it has ended
    bye                          the supervisor has ended everything itself

It also inherits the lock of the data folder, so that a new `up` waits until all has ended.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time


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


def end_all(children: dict[str, tuple[int, int, float]]) -> None:
    """End the children in the opposite order of their start, each with its signal, then by force."""
    for pid, number, seconds in reversed(children.values()):
        if not pid:
            continue
        send(pid, number)
        deadline = time.monotonic() + seconds
        while alive(pid) and time.monotonic() < deadline:
            time.sleep(0.02)
        send(pid, signal.SIGKILL)
        send(pid, signal.SIGKILL, group=True)


def main() -> int:
    """Read lines until the supervisor says bye (0) or is gone (1)."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    # By name: what was restarted keeps its place in the order of the first start.
    children: dict[str, tuple[int, int, float]] = {}
    for line in sys.stdin:
        match line.split():
            case ["+", name, pid, number, seconds]:
                children[name] = (int(pid), int(number), float(seconds))
            case ["-", name] if name in children:
                children[name] = (0, 0, 0.0)
            case ["bye"]:
                return 0
    end_all(children)
    return 1


if __name__ == "__main__":
    sys.exit(main())
