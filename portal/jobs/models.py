"""A job: work of many steps, how far it has come, and who asked for it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.audit.recording import Actor, Recorded
from portal.clock import Times
from portal.lifecycle.models import Due
from portal.lifecycle.nudge import nudge
from portal.tenancy.models import TenantModel

# Jobs call no carrier; an account of their own gives them a lane of their own in the loop.
LANE = "jobs"


class Job(TenantModel):
    """One piece of long work about a subject. Each step is one transaction, in which what it did and the place from
    where the next one goes on, which stands with the subject, are written together: a crash repeats a step that left
    nothing behind.

    waiting → running → done | cancelled | failed

    `kind` and `act` say who works on it (`jobs.working`). `done` of `total` is what people see. All times are machine
    time. `attempt` fences off a worker that outlived its lease.
    """

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Stopped")
        FAILED = "failed", _("Failed")

    kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    act = models.CharField(max_length=20)
    state = models.CharField(max_length=10, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    attempt = models.PositiveIntegerField(default=0)
    # Steps that failed in a row, for a reason of our own.
    failures = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=254)
    by_address = models.GenericIPAddressField(null=True)
    asked_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True)
    stepped_at = models.DateTimeField(null=True)
    # Somebody wants it stopped: the next step does that instead.
    stop_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "kind", "subject_id"],
                condition=Q(ended_at=None),
                name="one_open_job",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running"], ended_at=None)
                | Q(state__in=["done", "cancelled", "failed"], ended_at__isnull=False),
                name="job_state_fits_its_end",
            ),
        ]
        indexes = [models.Index(fields=["organization", "kind", "subject_id", "-asked_at"], name="jobs_of")]

    def __str__(self) -> str:
        return f"{self.act} {self.kind} {self.subject_id} ({self.state}, {self.done} of {self.total})"

    @property
    def by(self) -> Actor:
        """Who asked for it; what it does is done in their name."""
        return Actor(self.by_name, self.by_id, self.by_address)

    @property
    def is_open(self) -> bool:
        """Is there something left to do?"""
        return self.ended_at is None

    @property
    def percent(self) -> int:
        """How much of it is done, of a hundred; never 100 before the end."""
        if not self.is_open:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0


def start(subject: Recorded, act: str, *, by: Actor, times: Times, total: int = 0) -> Job:
    """Ask for `act` on `subject`, from now on; part of the caller's transaction, and a worker is nudged after it.

    Raises IntegrityError when there is an open job for `subject`.
    """
    job: Job = Job.objects.create(
        pk=uuid.uuid4(),
        organization_id=subject.organization_id,
        kind=subject.kind,
        subject_id=subject.pk,
        act=act,
        total=total,
        by_id=by.user_id,
        by_name=by.name,
        by_address=by.address,
        asked_at=times.machine,
    )
    Due.objects.create(
        item=job.pk,
        organization_id=job.organization_id,
        account=LANE,
        kind=Due.JOB,
        due_at=times.machine,
    )
    nudge()
    return job


def stop(job: Job, *, times: Times) -> bool:
    """Ask for `job` to end after the step that is under way; False when it has ended. Part of the caller's
    transaction.
    """
    asked = Job.objects.filter(pk=job.pk, ended_at=None, stop_at=None).update(stop_at=times.machine)
    if asked:
        Due.objects.filter(item=job.pk, lease_until=None).update(due_at=times.machine)
        nudge()
    return bool(asked) or Job.objects.filter(pk=job.pk, ended_at=None).exists()


def latest(subject: Recorded) -> Job | None:
    """The newest job about `subject`."""
    row: Job | None = of(subject).first()
    return row


def of(subject: Recorded) -> models.QuerySet[Any]:
    """All jobs about `subject`, newest first."""
    jobs: models.QuerySet[Any] = Job.objects.filter(kind=subject.kind, subject_id=subject.pk)
    return jobs.order_by("-asked_at")


def stands_still(job: Job, now: datetime, *, longer_than: float) -> bool:
    """Has nothing happened to an open `job` for so many seconds (machine time)?"""
    return job.is_open and (now - (job.stepped_at or job.asked_at)).total_seconds() > longer_than
