"""Long work in rows: step by step, seen by everybody, stopped when somebody says so, and finished after a crash."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from brands.models import Brand
from portal import clock
from portal.clock import Times
from portal.jobs import models as jobs
from portal.jobs.models import Job
from portal.jobs.stepping import HELD, TRIES
from portal.jobs.working import Stepped, register
from portal.lifecycle import loop
from portal.lifecycle.claiming import Claim, queues, take
from portal.lifecycle.models import Due
from portal.tenancy.scope import acting_for
from tests.factories import brand_draft
from tests.jobs.in_steps import JOBS, all_steps, one_step
from tests.people import Person

pytestmark = pytest.mark.django_db


@dataclass
class Counting:
    """Counts to `upto` in the label of the subject, one by one; `breaks` at the numbers given, before it counts."""

    upto: int = 3
    breaks: list[BaseException] = field(default_factory=list)
    ended_as: list[str] = field(default_factory=list)

    def step(self, job: Job, times: Times) -> Stepped:
        brand = Brand.objects.get(pk=job.subject_id)
        done = int(brand.display_name or 0) + 1
        Brand.objects.filter(pk=brand.pk).update(display_name=str(done))
        if self.breaks:
            raise self.breaks.pop(0)
        return Stepped(done, self.upto, ended=done == self.upto)

    def ended(self, job: Job, times: Times) -> None:
        self.ended_as.append(job.state)


@pytest.fixture
def counting() -> Counting:
    worker = Counting()
    register("brand", count=worker)
    return worker


def started(person: Person) -> tuple[Job, Brand]:
    brand = brand_draft(person, display_name="")
    with person.acting():
        return jobs.start(brand, "count", by=person.actor, times=clock.read(), total=3), brand


def now(person: Person, job: Job) -> Job:
    with person.acting():
        return Job.objects.get(pk=job.pk)


def counted(person: Person, brand: Brand) -> str:
    with person.acting():
        return str(Brand.objects.get(pk=brand.pk).display_name)


def later(claim_after: timedelta) -> Any:
    """A reader of clocks that is so far ahead."""

    def read() -> Times:
        times = clock.read()
        return Times(times.machine + claim_after, times.business + claim_after)

    return read


def test_a_job_is_done_in_steps_that_everybody_sees(ada: Person, counting: Counting) -> None:
    job, brand = started(ada)
    assert (job.state, job.percent) == ("waiting", 0)
    assert one_step()
    seen = now(ada, job)
    assert (seen.state, seen.done, seen.total, seen.percent) == ("running", 1, 3, 33)
    assert all_steps() == 2
    seen = now(ada, job)
    assert (seen.state, seen.percent, seen.is_open, counted(ada, brand)) == ("done", 100, False, "3")
    assert not Due.objects.filter(item=job.pk).exists()


def test_a_job_that_is_stopped_ends_before_its_next_step(ada: Person, counting: Counting) -> None:
    job, brand = started(ada)
    one_step()
    with ada.acting():
        assert jobs.stop(job, times=clock.read())
    assert all_steps() == 1
    assert (now(ada, job).state, counted(ada, brand), counting.ended_as) == ("cancelled", "1", ["cancelled"])
    with ada.acting():
        assert not jobs.stop(job, times=clock.read())


def test_a_step_that_fails_leaves_nothing_and_is_done_again(ada: Person, counting: Counting) -> None:
    job, brand = started(ada)
    counting.breaks = [ValueError("ours")]
    assert one_step()
    assert not one_step()
    assert counted(ada, brand) == ""
    seen = now(ada, job)
    assert (seen.failures, seen.last_error, seen.state) == (1, "ValueError: ours", "waiting")
    (claim,) = take(JOBS, later(timedelta(seconds=10))())
    loop.step(claim)
    seen = now(ada, job)
    assert (counted(ada, brand), seen.failures) == ("1", 0)


def test_a_step_that_fails_again_and_again_ends_the_job_in_sight(ada: Person, counting: Counting) -> None:
    job, brand = started(ada)
    counting.breaks = [ValueError("ours")] * TRIES
    for number in range(TRIES):
        (claim,) = take(JOBS, later(timedelta(minutes=number))())
        loop.step(claim, later(timedelta(minutes=number)))
    assert (now(ada, job).state, counting.ended_as, counted(ada, brand)) == ("failed", ["failed"], "")
    assert not Due.objects.filter(item=job.pk).exists()


class Death(BaseException):
    """What no step can catch."""


def test_a_worker_that_dies_in_a_step_costs_time_and_nothing_else(ada: Person, counting: Counting) -> None:
    job, brand = started(ada)
    one_step()
    counting.breaks = [Death()]
    with pytest.raises(Death):
        one_step()
    assert counted(ada, brand) == "1"
    assert not one_step(), "the lease holds it"
    (claim,) = take(JOBS, later(timedelta(minutes=1))())
    loop.step(claim)
    assert all_steps() == 1
    assert (now(ada, job).state, counted(ada, brand)) == ("done", "3")


def test_a_worker_that_outlived_its_lease_does_not_do_a_piece_twice(ada: Person, counting: Counting) -> None:
    job, brand = started(ada)
    (slow,) = take(JOBS, clock.read())
    (quick,) = take(JOBS, later(timedelta(minutes=1))())
    loop.step(quick)
    loop.step(slow)
    assert counted(ada, brand) == "1"
    assert all_steps() == 2
    assert counted(ada, brand) == "3"
    assert now(ada, job).state == "done"


@pytest.mark.django_db(transaction=True)
def test_beside_a_worker_that_stands_still_in_a_step_the_next_one_waits(
    ada: Person, counting: Counting
) -> None:
    job, brand = started(ada)
    inside, leave = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with acting_for(ada.organization.pk, by=ada.actor):
                Job.objects.select_for_update().get(pk=job.pk)
                inside.set()
                assert leave.wait(20)
        finally:
            connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert inside.wait(20)
        assert one_step()
        assert not one_step(), f"only after {HELD}"
        assert counted(ada, brand) == ""
    finally:
        leave.set()
        holder.join()
    (claim,) = take(JOBS, later(2 * HELD)())
    loop.step(claim)
    assert counted(ada, brand) == "1"


def test_there_is_one_open_job_about_a_thing(ada: Person, counting: Counting) -> None:
    _job, brand = started(ada)
    with ada.acting(), pytest.raises(IntegrityError), transaction.atomic():
        jobs.start(brand, "count", by=ada.actor, times=clock.read())
    all_steps()
    with ada.acting():
        jobs.start(brand, "count", by=ada.actor, times=clock.read())


def test_the_loop_finds_jobs_by_the_machines_clock_and_in_a_lane_of_their_own(
    ada: Person, counting: Counting
) -> None:
    started(ada)
    times = clock.read()
    assert JOBS in queues(times)
    # Business time may be years away.
    assert JOBS in queues(Times(times.machine, times.business - timedelta(days=400)))
    assert JOBS not in queues(Times(times.machine - timedelta(hours=1), times.business + timedelta(days=400)))
    assert take(JOBS, Times(times.machine - timedelta(hours=1), times.business)) == []


def test_a_claim_of_a_job_that_is_gone_is_put_away(ada: Person, counting: Counting) -> None:
    job, _brand = started(ada)
    with ada.acting():
        Job.objects.all().delete()
    (claim,) = take(JOBS, clock.read())
    assert isinstance(claim, Claim)
    loop.step(claim)
    assert not Due.objects.filter(item=job.pk).exists()
