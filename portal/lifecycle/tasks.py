"""What Celery runs: a few lines, because all it ever says is "look"."""

from __future__ import annotations

import math
import time

from celery import shared_task
from django.db import connection

from portal import clock
from portal.lifecycle import accounts, doubting, inbox, loop, sweeping

# Seconds. Well under the soft limit of a task, so that one look never overlaps many others.
LOOK_FOR = 20.0
# A list of a hundred thousand brands takes minutes. A lease keeps a second sweep away, also from one that hangs.
SWEEP_FOR = 30 * 60
# Whoever asks for signs of life waits for 45 seconds; a row at every tick and every step would say no more.
HEARTBEAT = 3.0
# When this process last wrote its row, by its own monotonic clock.
_heard: dict[str, float] = {}


@shared_task(name="portal.lifecycle.tasks.look")
def look() -> None:
    """Work on what is due. Sent by a nudge after a submit."""
    doubting.look_out(clock.read)
    loop.run(seconds=LOOK_FOR)


@shared_task(name="portal.lifecycle.tasks.tick")
def tick() -> None:
    """The heartbeat: prove that we hear, follow the business clock, and look."""
    doubting.look_out(clock.read)
    beat("worker", every=HEARTBEAT)
    clock.follow_practice()
    loop.run(seconds=LOOK_FOR, pulse=lambda: beat("worker", every=HEARTBEAT))


@shared_task(name="portal.lifecycle.tasks.alert")
def alert() -> None:
    """Tell the operators of credentials that a carrier refused."""
    accounts.alert_operators()


@shared_task(name="portal.lifecycle.tasks.sweep", soft_time_limit=SWEEP_FOR, time_limit=SWEEP_FOR + 60)
def sweep() -> None:
    """Compare what stands at the carrier with what we know, where that is due."""
    sweeping.run()


@shared_task(name="portal.lifecycle.tasks.clear_away")
def clear_away() -> None:
    """Delete events of carriers that nobody asks for any more."""
    inbox.clear_away()


def beat(name: str, *, every: float = 0.0) -> None:
    """Write down that `name` is alive now, by the database's clock; at most once in `every` seconds."""
    now = time.monotonic()
    if now - _heard.get(name, -math.inf) < every:
        return
    _heard[name] = now
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO lifecycle_heartbeat (name, at) VALUES (%s, clock_timestamp())"
            " ON CONFLICT (name) DO UPDATE SET at = excluded.at",
            [name],
        )
