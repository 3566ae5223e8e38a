"""Only one `up` works in a data folder."""

from __future__ import annotations

import fcntl
import json
import os
import time
from pathlib import Path

from portal.embedded.watchdog import alive

# The longest that a killed run may take to end: the sum of what its services are given.
STILL_ENDING_SECONDS = 30.0
# A process that was killed a moment ago counts as alive for a moment.
JUST_KILLED_SECONDS = 0.5


class Taken(Exception):
    """Another process works in this data folder; `address` is where its portal answers."""

    def __init__(self, pid: int, address: str) -> None:
        super().__init__(f"process {pid} at {address}")
        self.pid = pid
        self.address = address


class Lock:
    """The lock of a data folder, held until `release` or the end of the process.

    The file says who holds it. A watchdog that inherits `number` keeps the lock until the
    services of a killed run have ended; `take` waits for that.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.number = -1

    def take(self, address: str) -> None:
        """Take the lock and note our address. Raises Taken when a living process holds it."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        number = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        asked = time.monotonic()
        while True:
            try:
                fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                pid, holder = self._holder(number)
                patience = JUST_KILLED_SECONDS if pid > 0 and alive(pid) else STILL_ENDING_SECONDS
                if time.monotonic() > asked + patience:
                    os.close(number)
                    raise Taken(pid, holder) from None
                time.sleep(0.05)
        os.ftruncate(number, 0)
        os.pwrite(number, json.dumps({"pid": os.getpid(), "address": address}).encode(), 0)
        self.number = number

    def release(self) -> None:
        """Give the lock back."""
        if self.number >= 0:
            os.close(self.number)
            self.number = -1

    @staticmethod
    def _holder(number: int) -> tuple[int, str]:
        try:
            noted = json.loads(os.pread(number, 4096, 0))
            return int(noted["pid"]), str(noted["address"])
        except (ValueError, KeyError, TypeError):
            return 0, "an address not yet known"
