"""Telling the workers to look now. A nudge may be lost: the tick says the same within seconds.

Publishing happens on a thread of its own, so that a page never waits for a broker that is down.
"""

from __future__ import annotations

import threading

import structlog
from django.db import transaction

log = structlog.get_logger(__name__)
_wanted = threading.Event()
_lock = threading.Lock()
_thread: threading.Thread | None = None


def nudge() -> None:
    """After the commit of the open transaction, wake a worker."""
    transaction.on_commit(_want)


def _want() -> None:
    global _thread
    _wanted.set()
    with _lock:
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_publish, name="nudge", daemon=True)
            _thread.start()


def _publish() -> None:
    """Send one message for any number of wishes, then end; the next wish starts a new thread."""
    from portal.lifecycle.tasks import look

    while _wanted.is_set():
        _wanted.clear()
        try:
            look.apply_async(expires=10, retry=False)
        except Exception as problem:
            log.info("nudge lost", error=type(problem).__name__)
