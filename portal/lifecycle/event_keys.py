"""The public keys with which a carrier's events are checked: from the settings, or asked of the practice registry."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

import httpx
import structlog
from django.conf import settings

log = structlog.get_logger(__name__)

# A key that the registry has replaced is good for this long at most.
KEPT = 60.0
# A flood of forgeries must not become one of questions.
ASKED_EVERY = 5.0


@dataclass
class _Asked:
    """What the practice registry said last, and when (monotonic seconds)."""

    url: str = ""
    keys: tuple[str, ...] = ()
    at: float = float("-inf")
    tried_at: float = float("-inf")


_asked = _Asked()
_lock = threading.Lock()


def event_keys() -> tuple[str, ...]:
    """The keys that sign events now, several during a rotation; none where nobody named one."""
    if settings.TELNYX_PUBLIC_KEY or not settings.PRACTICE_URL:
        return tuple(settings.TELNYX_PUBLIC_KEY)
    return _practice(older_than=KEPT)


def newer_keys(known: tuple[str, ...]) -> tuple[str, ...]:
    """The keys once more after none of `known` fitted; the same where no others can be had now."""
    if settings.TELNYX_PUBLIC_KEY or not settings.PRACTICE_URL:
        return known
    return _practice(older_than=ASKED_EVERY)


def _practice(*, older_than: float) -> tuple[str, ...]:
    """The registry's key, asked for anew when the answer is older than that, at most every few seconds."""
    now = time.monotonic()
    with _lock:
        if _asked.url != settings.PRACTICE_URL:
            _asked.url, _asked.keys, _asked.at, _asked.tried_at = settings.PRACTICE_URL, (), -1e9, -1e9
        fresh = now - _asked.at < older_than
        if fresh or now - _asked.tried_at < ASKED_EVERY:
            return _asked.keys
        _asked.tried_at = now
    try:
        answer = httpx.get(f"{settings.PRACTICE_URL}/webhook-key", timeout=1.0, trust_env=False)
        keys = (str(answer.raise_for_status().json()["public_key"]),)
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as problem:
        log.warning("practice webhook key not read", error=type(problem).__name__)
        return _asked.keys
    with _lock:
        _asked.keys, _asked.at = keys, now
    return keys
