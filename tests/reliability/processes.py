"""Processes as the kernel lists them: who belongs to a run, who holds which connection, stop and go on.

Reads /proc, so Linux only; nothing here ever signals a process by its name.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
ESTABLISHED, CLOSE_WAIT = "01", "08"


@dataclass(frozen=True, slots=True)
class Process:
    """One living process: its number, its parent's, and its command line."""

    pid: int
    parent: int
    command: str


def read(pid: int) -> Process | None:
    """The process with this number; None when it is gone or only waits to be collected."""
    try:
        state, parent = (PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()[:2]
        command = (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except (OSError, ValueError):
        return None
    return None if state in {"Z", "X"} else Process(pid, int(parent), command.strip())


def everybody() -> list[Process]:
    """All living processes."""
    found = (read(int(entry.name)) for entry in PROC.iterdir() if entry.name.isdigit())
    return [process for process in found if process is not None]


def tree(pid: int) -> list[int]:
    """`pid` and everything below it, parents first."""
    children: dict[int, list[int]] = {}
    for process in everybody():
        children.setdefault(process.parent, []).append(process.pid)
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found


def of_run(data: Path) -> list[Process]:
    """Every process that works in the data folder: by its environment, its working folder or its command."""
    return [process for process in everybody() if _belongs(process, data)]


def _belongs(process: Process, data: Path) -> bool:
    if process.pid == os.getpid():
        return False
    if str(data) in process.command:
        return True
    with contextlib.suppress(OSError):
        if f"CLEARLINE_DATA={data}".encode() in (PROC / str(process.pid) / "environ").read_bytes().split(
            b"\0"
        ):
            return True
    # PostgreSQL's children overwrite their environment with their title.
    with contextlib.suppress(OSError):
        return Path(os.readlink(PROC / str(process.pid) / "cwd")).is_relative_to(data)
    return False


def kill(pids: Iterable[int]) -> None:
    """SIGKILL, in the order given; one that is gone already is no error."""
    signal_all(pids, signal.SIGKILL)


def signal_all(pids: Iterable[int], number: int) -> None:
    """Send one signal to each."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


@contextmanager
def stopped(pids: list[int]) -> Iterator[None]:
    """The processes stand still inside the block, and go on after it, children before their parent.

    Keep it shorter than 30 seconds: gunicorn's master takes a worker that was silent for longer for dead.
    """
    signal_all(pids, signal.SIGSTOP)
    try:
        yield
    finally:
        signal_all(reversed(pids), signal.SIGCONT)


def holder(pids: Iterable[int], *, local: int = 0, remote: int = 0) -> int | None:
    """Which of `pids` holds the open TCP connection with these port numbers (0: any)?"""
    wanted = {
        f"socket:[{row.inode}]"
        for row in _connections()
        if row.state == ESTABLISHED
        and local in (0, row.local_port)
        and remote in (0, row.remote_port)
        and row.inode != "0"
    }
    for pid in pids:
        with contextlib.suppress(OSError):
            for entry in (PROC / str(pid) / "fd").iterdir():
                with contextlib.suppress(OSError):
                    if os.readlink(entry) in wanted:
                        return pid
    return None


def asker(pids: Iterable[int], port: int) -> int | None:
    """Which of `pids` sent the largest request that waits unread at `port`? Smaller ones ask for the time."""
    waiting = [row for row in _connections() if row.local_port == port and row.unread]
    if not waiting:
        return None
    return holder(pids, local=max(waiting, key=lambda row: row.unread).remote_port, remote=port)


def unread(port: int) -> int:
    """The most bytes that wait unread on one connection to `port`, accepted or not."""
    waiting = [row.unread for row in _connections() if row.local_port == port]
    return max(waiting, default=0)


@dataclass(frozen=True, slots=True)
class _Connection:
    local_port: int
    remote_port: int
    state: str
    unread: int
    inode: str


def _connections() -> list[_Connection]:
    found = []
    for line in (PROC / "net" / "tcp").read_text().splitlines()[1:]:
        words = line.split()
        found.append(
            _Connection(
                int(words[1].rpartition(":")[2], 16),
                int(words[2].rpartition(":")[2], 16),
                words[3],
                int(words[4].rpartition(":")[2], 16) if words[3] in {ESTABLISHED, CLOSE_WAIT} else 0,
                words[9],
            )
        )
    return found


def end_all(data: Path, seconds: float = 5.0) -> list[Process]:
    """SIGKILL whatever still works in the data folder; what survives even that is returned."""
    deadline = time.monotonic() + seconds
    while (left := of_run(data)) and time.monotonic() < deadline:
        kill(process.pid for process in left)
        time.sleep(0.05)
    return left
