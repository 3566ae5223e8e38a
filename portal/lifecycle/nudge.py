"""Telling the workers to look now. A nudge may be lost: the tick says the same within seconds.

Publishing happens on a thread of its own, so that a page never waits for a broker that is down.
"""

from __future__ import annotations

import threading

import structlog
from django.db import transaction

from portal.lifecycle.crashing import crash_here

log = structlog.get_logger(__name__)


class _Nudger:
    """One thread at most, which sends one message for any number of wishes and then ends."""

    def __init__(self) -> None:
        self._wanted = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def want(self) -> None:
        """Wish for a look; returns at once."""
        crash_here("accepted")
        with self._lock:
            self._wanted.set()
            if self._thread is None:
                self._thread = threading.Thread(target=self._publish, name="nudge", daemon=True)
                self._thread.start()

    def _publish(self) -> None:
        from portal.lifecycle.tasks import (
            look,  # the tasks import the loop, which imports what is nudged from
        )

        while True:
            with self._lock:
                if not self._wanted.is_set():
                    self._thread = None
                    return
                self._wanted.clear()
            try:
                look.apply_async(expires=10, retry=False)
            except Exception as problem:  # noqa: BLE001  whatever a broker may do, the tick makes good
                log.info("nudge lost", error=type(problem).__name__)


_nudger = _Nudger()


def nudge() -> None:
    """After the commit of the open transaction, wake a worker."""
    transaction.on_commit(_nudger.want)
