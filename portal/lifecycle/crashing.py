"""Crash points: every gap between two commits has a name, so that a test can die exactly there.

Random kills find a gap of a millisecond once in a thousand runs; `crash_here` finds it each time. It is on
only where the test's harness says so in the environment, and a deployment refuses to start with it.
"""

from __future__ import annotations

import os
import signal

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

VARIABLE = "CLEARLINE_CRASH_AT"

# Every point, and the gap that it stands in. Each name is used in exactly one place.
POINTS = {
    "accepting": "inside the submitter's transaction: the submission is written, its due row is not",
    "accepted": "committed, and nobody was nudged",
    "claimed": "claimed, and no step begun",
    "sending": "marked as sending, and nothing sent",
    "taken": "the carrier took it, and nothing of that is written",
    "refused": "the carrier refused it, and nothing of that is written",
    "not-taken": "surely not processed, or only read, and nothing of that is written",
    "gone": "the carrier does not know what it was about, and nothing of that is written",
    "open": "no usable answer came, and nothing of that is written",
    "searching": "the quarantine is over, and nothing is searched yet",
    "not-found": "nothing was found, and nothing of that is written",
    "known": "the reference is saved, and the subject has not moved",
    "stepped": "a step of a submission is committed, and nothing else is begun",
    "reading": "a watch is claimed, and nothing is read",
    "read": "the carrier answered a reading, and nothing of that is written",
    "applied": "a reading is taken over, and nothing else is begun",
}

_SIGNALS = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP}

_at = ""
_signal = signal.SIGKILL
_passes = 0


def arm() -> None:
    """Read the environment: a point's name, `NAME:3` for the third time it is reached, `stop:NAME` to stand still.

    Raises ImproperlyConfigured in a deployment, and for a point that does not exist.
    """
    global _at, _signal, _passes  # noqa: PLW0603  one word per process, so that a pass costs one comparison
    wish = os.environ.get(VARIABLE, "")
    if not wish:
        _at = ""
        return
    if not (settings.EMBEDDED and settings.LOOPBACK):
        raise ImproperlyConfigured(f"{VARIABLE} is for tests on one's own machine: unset it")
    act, colon, rest = wish.partition(":")
    how, rest = (act, rest) if colon and act in _SIGNALS else ("kill", wish)
    name, _, times = rest.partition(":")
    if name not in POINTS or not (times or "1").isdigit():
        raise ImproperlyConfigured(f"{VARIABLE}: there is no crash point {rest!r}")
    _at, _signal, _passes = name, _SIGNALS[how], int(times or 1)


def crash_here(name: str) -> None:
    """Die, or stand still, if a test wants that at `name`; else nothing."""
    global _passes  # noqa: PLW0603
    if name != _at:
        return
    _passes -= 1
    if _passes == 0:
        os.kill(os.getpid(), _signal)


arm()
