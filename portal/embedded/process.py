"""Start a child that does not outlive us, and end one for certain."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from portal.embedded.account import Account

PR_SET_PDEATHSIG = 1
LARGEST_LOG = 5_000_000

# Loaded before any fork: a child between fork and exec must not load libraries.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def start(
    argv: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    account: Account | None = None,
    end_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start `argv` in a session of its own, with its output appended to `log`.

    On Linux the kernel sends it `end_signal` when the thread that calls this function ends, so
    call it from the main thread. A terminal's Ctrl-C does not reach it: the caller decides the
    order in which things stop. With `account` it runs as that account (only root can do that).
    """
    rotate(log)
    with open(log, "ab") as output:
        return subprocess.Popen(
            [os.fspath(part) for part in argv],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            start_new_session=True,
            preexec_fn=die_with_parent(end_signal),  # noqa: PLW1509 - it calls one system function
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )


def die_with_parent(end_signal: signal.Signals) -> Callable[[], None] | None:
    """What a child runs before its program, so that the kernel ends it with us; None without Linux."""
    if _libc is None:
        return None
    parent, prctl, number = os.getpid(), _libc.prctl, int(end_signal)

    def in_child() -> None:
        # After the change of account, because that change clears the setting.
        prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return in_child


def rotate(log: Path) -> None:
    """Keep one older log beside `log` once it has grown large."""
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        os.replace(log, log.with_suffix(".1.log"))


def last_lines(log: Path, count: int = 15) -> str:
    """The end of a log, for a message about a process that did not start."""
    if not log.exists():
        return ""
    with open(log, "rb") as file:
        file.seek(max(0, log.stat().st_size - 8_000))
        return "\n".join(file.read().decode(errors="replace").splitlines()[-count:])


def signal_group(leader: int, number: int) -> bool:
    """Send a signal to the process group of `leader`; False when nobody is left in it."""
    try:
        os.killpg(leader, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def end(process: subprocess.Popen[bytes], number: signal.Signals, seconds: float) -> None:
    """Ask the process to end, wait for `seconds`, then end its whole group by force."""
    if process.poll() is None:
        signal_send(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=seconds)
    signal_group(process.pid, signal.SIGKILL)
    process.wait()


def signal_send(pid: int, number: int) -> None:
    """Send a signal to one process that may be gone already."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Poll `ready` until it is true; False when the process ended or the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if ready():
            return True
        if process.poll() is not None:
            return False
        time.sleep(0.01)
    return False
