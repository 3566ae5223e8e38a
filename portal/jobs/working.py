"""What a job asks of an app: one worker per kind and act, registered in the app's `apps.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from portal.clock import Times
from portal.jobs.models import Job


@dataclass(frozen=True, slots=True)
class Stepped:
    """How much is done by now, and of how much. `ended`: nothing is left."""

    done: int
    total: int
    ended: bool = False


class Worker(Protocol):
    """How one act of one kind is done. Both stand in the tenant's transaction, which is the step's."""

    def step(self, job: Job, times: Times) -> Stepped:
        """Do the next piece of it. A second or so: people see progress, and a lease lasts for 45."""
        ...

    def ended(self, job: Job, times: Times) -> None:
        """It is stopped, or failed too often (`job.state` says which): leave the subject as one that can be shown."""
        ...


_workers: dict[tuple[str, str], Worker] = {}


def register(kind: str, **workers: Worker) -> None:
    """Say who works on jobs of `kind`, one keyword per act."""
    for act, worker in workers.items():
        _workers[kind, act] = worker


def worker_of(job: Job) -> Worker:
    """Who works on `job`. Raises LookupError for one that nobody registered."""
    return _workers[job.kind, job.act]
