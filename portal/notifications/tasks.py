"""What Celery runs for mails. Like every message of ours it only says "look"."""

from __future__ import annotations

from celery import shared_task

from portal.notifications import delivering

# Seconds. Short, because the same few processes work on submissions: a mail server that hangs takes one
# of them for EMAIL_TIMEOUT, ends the look, and is knocked at again by the next.
LOOK_FOR = 5.0


@shared_task(name="portal.notifications.tasks.mail")
def mail() -> None:
    """Mail what is due."""
    delivering.run(seconds=LOOK_FOR)
