"""The loop: claim what is due, do one step of it, give it back. The same for every kind of work.

Called by Celery's two tasks and by `manage.py work`; any number of loops may run at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from django.db import InterfaceError, OperationalError

from portal import clock
from portal.audit.recording import CLEARLINE
from portal.lifecycle import filing, reading
from portal.lifecycle.claiming import Claim, again, claim
from portal.lifecycle.models import Due
from portal.lifecycle.schedule import BROKEN
from portal.tenancy.scope import acting_for

log = structlog.get_logger(__name__)

Read = Callable[[], clock.Times]
STEPS: dict[str, Callable[[Claim, Read], None]] = {Due.SUBMISSION: filing.step, Due.WATCH: reading.step}


def run(*, seconds: float, read: Read = clock.read, pulse: Callable[[], None] | None = None) -> int:
    """Work on due rows until none is left or `seconds` have passed; the number of steps taken.

    `pulse` is called before each step, so that a long look goes on showing that it lives.

    Submissions go before watches: a person is waiting for them. One broken row never stops the rest.
    """
    stop_at = time.monotonic() + seconds
    steps = 0
    while time.monotonic() < stop_at:
        claims = claim(Due.SUBMISSION, read()) or claim(Due.WATCH, read())
        if not claims:
            break
        for one in claims:
            if pulse is not None:
                pulse()
            step(one, read)
            steps += 1
    return steps


def step(one: Claim, read: Read = clock.read) -> None:
    """Do one step of a claimed row. A failure of our own is logged and the row rests; it is never lost."""
    with structlog.contextvars.bound_contextvars(item=str(one.item), kind=one.kind, attempt=one.attempt):
        try:
            STEPS[one.kind](one, read)
        except (OperationalError, InterfaceError):
            # The database is away. The lease brings the row back; asking it to push the row further is no use.
            log.exception("step lost to the database")
        except Exception:
            log.exception("step failed")
            times = read()
            now = times.machine if one.kind == Due.SUBMISSION else times.business
            with acting_for(one.organization_id, by=CLEARLINE):
                again(one, at=now + BROKEN)
