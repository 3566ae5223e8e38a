"""What Celery runs: three lines, because all it ever says is "look"."""

from __future__ import annotations

from celery import shared_task
from django.db import connection

from portal import clock
from portal.lifecycle import loop

# Seconds. Well under the soft limit of a task, so that one look never overlaps many others.
LOOK_FOR = 20.0


@shared_task(name="portal.lifecycle.tasks.look")
def look() -> None:
    """Work on what is due. Sent by a nudge after a submit."""
    loop.run(seconds=LOOK_FOR)


@shared_task(name="portal.lifecycle.tasks.tick")
def tick() -> None:
    """The heartbeat: prove that we hear, follow the business clock, and look."""
    beat("worker")
    clock.follow_practice()
    loop.run(seconds=LOOK_FOR, pulse=lambda: beat("worker"))


def beat(name: str) -> None:
    """Write down that `name` is alive now, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO lifecycle_heartbeat (name, at) VALUES (%s, clock_timestamp())"
            " ON CONFLICT (name) DO UPDATE SET at = excluded.at",
            [name],
        )
