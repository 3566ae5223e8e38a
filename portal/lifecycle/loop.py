"""The loop: claim what is due, do one step of it, give it back. The same for every kind of work.

Called by Celery's two tasks and by `manage.py work`; any number of loops may run at once. Each carrier account
has a lane of its own: while only one has work it runs right here, and beside others in a thread, so that a
slow or dead account holds up nobody but itself.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Sequence

import structlog
from django.db import InterfaceError, OperationalError, connection

from portal import clock
from portal.audit.recording import CLEARLINE
from portal.lifecycle import filing, gateway, reading
from portal.lifecycle.claiming import Claim, Queue, again, queues, take
from portal.lifecycle.errand import Errand, on_errand
from portal.lifecycle.models import Due
from portal.lifecycle.schedule import BROKEN
from portal.tenancy.scope import acting_for

log = structlog.get_logger(__name__)

Read = Callable[[], clock.Times]
Pulse = Callable[[], None]
# Jobs are an app above this one, which adds its own.
STEPS: dict[str, Callable[[Claim, Read], None]] = {Due.SUBMISSION: filing.step, Due.WATCH: reading.step}

# People's submissions go first, but one step in so many begins with the background, so that nothing waits for
# ever behind people who never stop. Which background queue comes first goes round.
BACKGROUND_EVERY = 5
# Seconds between two looks of the supervisor of several lanes.
SUPERVISE = 0.2

_steps = itertools.count()


def run(*, seconds: float, read: Read = clock.read, pulse: Pulse | None = None) -> int:
    """Work on due rows until none is left or `seconds` have passed; the number of steps taken.

    `pulse` is called before each step, so that a long look goes on showing that it lives.
    One broken row never stops the rest, and one slow or broken account no other.
    """
    look = _Look(time.monotonic() + seconds, read, pulse)
    lanes: dict[str, threading.Thread] = {}
    while True:
        busy = {account for account, lane in lanes.items() if lane.is_alive()}
        waiting = {queue.account for queue in look.ready()} - busy
        if not waiting and not busy:
            return look.steps
        if len(waiting) == 1 and not busy:
            look.work(waiting.pop(), alone=True)
            continue
        for account in waiting:
            lanes[account] = threading.Thread(
                target=look.lane, args=(account,), name=f"lane-{account}", daemon=True
            )
            lanes[account].start()
        look.live()
        time.sleep(SUPERVISE)


class _Look:
    """One run of the loop, shared by its lanes."""

    def __init__(self, stop_at: float, read: Read, pulse: Pulse | None) -> None:
        self.steps = 0
        self._stop_at = stop_at
        self._read = read
        self._pulse = pulse
        # Queues from which nothing can be had, until when by the monotonic clock. A row that the gate held
        # back goes a little into the future, and the next one would meet the same answer: without this a
        # long queue would be walked through row by row.
        self._shut: dict[Queue, float] = {}

    def ready(self) -> list[Queue]:
        """The queues that are worth a try now; none when the time is over."""
        now = time.monotonic()
        if now >= self._stop_at:
            return []
        keys = [gateway.key_mark(account) for account in gateway.accounts()]
        times = None if self._read is clock.read else self._read()
        return [queue for queue in queues(times, keys=keys) if self._shut.get(queue, 0.0) <= now]

    def work(self, account: str, *, alone: bool) -> None:
        """Do what is due of `account`. `alone`: only until another account has work, too."""
        while True:
            ready = self.ready()
            mine = [queue for queue in ready if queue.account == account]
            if not mine or (alone and len(mine) < len(ready)):
                return
            times = self._read()
            for queue in in_order(mine, next(_steps)):
                claims = take(queue, times)
                if claims:
                    self._step(queue, claims[0])
                    break
                # What is due is being claimed by others this very moment.
                self._shut[queue] = time.monotonic() + SUPERVISE

    def lane(self, account: str) -> None:
        """`work` in a thread of its own, beside other accounts."""
        try:
            self.work(account, alone=False)
        except (OperationalError, InterfaceError):
            log.exception("lane lost to the database")
        finally:
            connection.close()

    def live(self) -> None:
        """Show that this process lives."""
        if self._pulse is not None:
            self._pulse()

    def _step(self, queue: Queue, claimed: Claim) -> None:
        self.live()
        held_for = step(claimed, self._read)
        self.steps += 1
        if held_for:
            self._shut[queue] = time.monotonic() + held_for


def in_order(ready: Sequence[Queue], number: int) -> list[Queue]:
    """The queues in the order in which the step of this `number` asks them."""
    people = [queue for queue in ready if queue.interactive]
    rest = [queue for queue in ready if not queue.interactive]
    if rest:
        first = number % len(rest)
        rest = rest[first:] + rest[:first]
    return rest + people if number % BACKGROUND_EVERY == BACKGROUND_EVERY - 1 else people + rest


def step(one: Claim, read: Read = clock.read) -> float:
    """Do one step of a claimed row. A failure of our own is logged and the row rests; it is never lost.

    The seconds for which the account's gate lets nothing of the same queue leave; 0 as a rule.
    """
    submission = one.kind == Due.SUBMISSION
    errand = Errand(writes=submission, interactive=submission and not one.background, read=read)
    with (
        structlog.contextvars.bound_contextvars(item=str(one.item), kind=one.kind, attempt=one.attempt),
        on_errand(errand),
    ):
        try:
            STEPS[one.kind](one, read)
        except (OperationalError, InterfaceError):
            # The database is away. The lease brings the row back; asking it to push the row further is no use.
            log.exception("step lost to the database")
        except Exception:
            log.exception("step failed")
            times = read()
            now = times.business if one.kind == Due.WATCH else times.machine
            with acting_for(one.organization_id, by=CLEARLINE):
                again(one, at=now + BROKEN)
    return errand.held_for
