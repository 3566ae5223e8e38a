"""Claiming: nobody else has it, for as long as the lease lasts, and fencing after that."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction

from portal import clock
from portal.audit.recording import CLEARLINE
from portal.clock import Times
from portal.lifecycle import loop
from portal.lifecycle.claiming import Claim, again, done
from portal.lifecycle.models import Due
from portal.lifecycle.schedule import LEASE
from portal.tenancy.scope import acting_for
from tests.factories import submitted_brand
from tests.lifecycle.moments import claim
from tests.people import Person


def later(times: Times, **span: float) -> Times:
    moved = timedelta(**span)
    return Times(times.machine + moved, times.business + moved)


def due_row(times: Times, kind: str = Due.SUBMISSION, **span: float) -> Due:
    organization = uuid4()
    with acting_for(organization, by=CLEARLINE):
        return Due.objects.create(
            item=uuid4(),
            organization_id=organization,
            account="telnyx",
            kind=kind,
            due_at=times.machine + timedelta(**span),
        )


@pytest.mark.django_db
def test_only_what_is_due_is_claimed() -> None:
    times = clock.read()
    ripe, _green = due_row(times, seconds=-1), due_row(times, seconds=60)
    assert [one.item for one in claim(Due.SUBMISSION, times, limit=10)] == [ripe.item]


@pytest.mark.django_db
def test_a_claimed_row_comes_back_only_when_its_lease_has_run_out() -> None:
    times = clock.read()
    due_row(times, seconds=-1)
    (first,) = claim(Due.SUBMISSION, times)
    assert claim(Due.SUBMISSION, later(times, seconds=LEASE.total_seconds() - 1)) == []
    (second,) = claim(Due.SUBMISSION, later(times, seconds=LEASE.total_seconds() + 1))
    assert (first.attempt, second.attempt) == (1, 2)


@pytest.mark.django_db
def test_a_holder_that_outlived_its_lease_changes_nothing() -> None:
    times = clock.read()
    due_row(times, seconds=-1)
    (old,) = claim(Due.SUBMISSION, times)
    (new,) = claim(Due.SUBMISSION, later(times, minutes=5))
    with acting_for(old.organization_id, by=CLEARLINE):
        assert not again(old, at=times.machine)
        assert not done(old)
        assert done(new)


@pytest.mark.django_db
def test_watches_follow_business_time_and_submissions_machine_time() -> None:
    times = clock.read()
    due_row(times, Due.WATCH, days=2)
    due_row(times, Due.SUBMISSION, days=2)
    moved = Times(times.machine, times.business + timedelta(days=3))
    assert claim(Due.SUBMISSION, moved) == []
    assert len(claim(Due.WATCH, moved)) == 1


@pytest.mark.django_db
def test_the_claimer_sees_the_due_table_and_nothing_else() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE portal_claimer")
        cursor.execute("SELECT count(*) FROM lifecycle_due")
        with pytest.raises(Exception, match="permission denied"):
            cursor.execute("SELECT count(*) FROM lifecycle_submission")
        transaction.set_rollback(True)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_eight_claimers_at_once_never_get_the_same_row() -> None:
    times = clock.read()
    for _tenant in range(4):
        organization = uuid4()
        with acting_for(organization, by=CLEARLINE):
            Due.objects.bulk_create(
                Due(
                    item=uuid4(),
                    organization_id=organization,
                    account="telnyx",
                    kind=Due.SUBMISSION,
                    due_at=times.machine,
                )
                for _ in range(100)
            )
    got: list[Claim] = []

    def work() -> None:
        try:
            while claims := claim(Due.SUBMISSION, times, limit=7):
                got.extend(claims)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, daemon=True) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(got) == 400
    assert len({one.item for one in got}) == 400


@pytest.mark.django_db
def test_a_look_shows_a_sign_of_life_before_every_step(ada: Person) -> None:
    for _ in range(2):
        submitted_brand(ada)
    pulses: list[str] = []
    assert loop.run(seconds=10, pulse=lambda: pulses.append("alive")) == len(pulses) == 2
