"""A row that the gate holds back: nothing failed, so nothing is counted, and it comes again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal import clock
from portal.lifecycle import gateway
from portal.lifecycle.claiming import Queue, take
from portal.lifecycle.loop import step
from portal.lifecycle.models import CarrierAccount, Due, Submission, SubmissionState, Watch
from tests.factories import submitted_brand, unique_name
from tests.lifecycle.gates import ACCOUNT
from tests.lifecycle.moments import Later, work
from tests.people import Person
from tests.practice_registry import PracticeRegistry

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
PEOPLE = Queue(ACCOUNT, Due.SUBMISSION, background=False)
READINGS = Queue(ACCOUNT, Due.WATCH, background=False)


def hold_back(later: Later, seconds: int = 60) -> None:
    """The carrier just told another process to wait."""
    until = later().machine + timedelta(seconds=seconds)
    assert CarrierAccount.objects.filter(account=ACCOUNT).update(wait_until=until) == 1


def test_a_submission_that_is_held_back_has_not_failed(
    ada: Person, registry: PracticeRegistry, settings: Any
) -> None:
    gateway.gate(ACCOUNT).enter(within=1)
    submitted_brand(ada)
    (claimed,) = take(PEOPLE, clock.read())
    hold_back(Later())
    assert 55 < step(claimed) <= 60
    with ada.acting():
        submission, due = Submission.objects.get(), Due.objects.get()
    assert (submission.state, submission.failures, submission.last_error) == (SubmissionState.ACCEPTED, 0, "")
    assert timedelta(seconds=50) < due.due_at - clock.read().machine < timedelta(seconds=75)
    assert CarrierAccount.objects.get().failures == 0, "the carrier was not asked"
    assert registry.ledger(account=settings.TELNYX_KEY) == []


def test_a_reading_that_is_held_back_has_not_failed(ada: Person, registry: PracticeRegistry) -> None:
    submitted_brand(ada)
    later = Later()
    work(later)
    later.pass_(minutes=10)
    (claimed,) = take(READINGS, later())
    hold_back(later)
    step(claimed, later)
    with ada.acting():
        watch = Watch.objects.get()
    assert (watch.failures, watch.last_error) == (0, "")
    assert timedelta(seconds=50) < watch.next_read_at - later().business < timedelta(seconds=75)


def test_every_request_of_a_step_takes_a_permit_of_its_own(
    ada: Person, registry: PracticeRegistry, settings: Any
) -> None:
    brand = submitted_brand(ada, legal_name=unique_name("Silent"))
    later = Later()
    steps = work(later)
    with ada.acting():
        brand.refresh_from_db()
    registry.reject(brand.reference, "TAX_ID", "EIN and name do not match.", ["ein"])
    later.pass_(minutes=3)
    steps += work(later)
    requests = len(registry.ledger(account=settings.TELNYX_KEY))
    assert steps == 2
    assert requests == 3, "the reading of a rejected brand asks for the reasons, too"
    assert CarrierAccount.objects.get().requests == requests


def test_a_failed_reading_is_a_second_try_until_the_plan_wants_the_next(
    ada: Person, registry: PracticeRegistry, settings: Any
) -> None:
    submitted_brand(ada)
    later = Later()
    work(later)
    later.pass_(hours=2)
    work(later)
    settings.CARRIER_RATE = None
    registry.fault("status", account=settings.TELNYX_KEY, status=503, times=2)
    before = CarrierAccount.objects.get().retries
    later.pass_(minutes=15)
    work(later)
    with ada.acting():
        watch = Watch.objects.get()
    assert watch.failures == 1
    assert watch.planned_at is not None
    assert watch.planned_at - later().business > timedelta(minutes=5)
    assert CarrierAccount.objects.get().retries == 0
    later.pass_(seconds=10)
    work(later)
    assert CarrierAccount.objects.get().retries == before + 1
    later.pass_(minutes=20)
    work(later)
    with ada.acting():
        assert Watch.objects.get().failures == 0
    # The window is over by then; what was read by the plan counts as no second try.
    assert CarrierAccount.objects.get().retries == 0
