"""What Celery runs of the audit log."""

from __future__ import annotations

from celery import shared_task

from portal.audit import sealing

# Seconds of one look: some 300,000 events, and well under the soft limit of a task.
SEAL_FOR = 15.0


@shared_task(name="portal.audit.tasks.seal")
def seal() -> None:
    """Link what was written since the last look."""
    sealing.run(seconds=SEAL_FOR)
