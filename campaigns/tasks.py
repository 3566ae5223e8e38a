"""What Celery runs for renewals. Like every message of ours it only says "look"."""

from __future__ import annotations

from celery import shared_task

from campaigns import reminding

# Seconds. A day on which ten thousand periods end takes several looks, between which others have their turn.
LOOK_FOR = 20.0


@shared_task(name="campaigns.tasks.look_ahead")
def look_ahead() -> None:
    """Remind, ask for periods, and let stored statuses follow."""
    reminding.run(seconds=LOOK_FOR)
