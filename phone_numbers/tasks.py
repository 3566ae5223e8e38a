"""What Celery runs for numbers. Like every message of ours it only says "look"."""

from __future__ import annotations

from celery import shared_task

from phone_numbers import syncing


@shared_task(name="phone_numbers.tasks.begin_fetching")
def begin_fetching() -> None:
    """Have the numbers of organizations fetched daily that are new here."""
    syncing.begin_everywhere()
