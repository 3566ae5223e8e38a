"""Renewal by a call (the minimal carrier): asked for once, in time, in the background, and never paid for twice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from campaigns import reminding, states
from campaigns.models import Campaign, Period, Registration
from campaigns.outlook import CALL, State, outlook
from campaigns.renewing import ask_again, switch
from portal.lifecycle.models import Due, Submission, SubmissionState
from portal.notifications.models import Notification
from tests.carriers import minimal_site
from tests.carriers.minimal_registry import MinimalRegistry
from tests.carriers.minimal_site import as_account
from tests.factories import submitted_brand, submitted_campaign, unique_name
from tests.lifecycle.moments import Later, work
from tests.people import Person

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
EXTEND = ("POST", "/api/programmes/1/extend")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the minimal carrier was installed."""
    return minimal_site.install(tmp_path_factory.mktemp("minimal"))


@pytest.fixture
def minimal() -> Iterator[MinimalRegistry]:
    """The registry behind the minimal carrier."""
    with MinimalRegistry() as made:
        yield made


class Called:
    """An active campaign at the minimal carrier, whose calendar goes with the portal's."""

    def __init__(self, person: Person, carrier: MinimalRegistry, *, auto_renewal: bool = True) -> None:
        self.person, self.carrier, self.later = person, carrier, Later()
        carrier.today = self.later().business.date()
        brand = submitted_brand(person, legal_name=unique_name())
        work(self.later)
        carrier.decide(1, "LISTED")
        self.work(minutes=2)
        with person.acting():
            brand.refresh_from_db()
        self.campaign = submitted_campaign(person, brand, auto_renewal=auto_renewal)
        work(self.later)
        carrier.decide_programme(1, "OPEN")
        self.work(hours=5)
        assert self.again().status == states.ACTIVE

    def pass_(self, **span: float) -> None:
        self.later.pass_(**span)
        self.carrier.today = self.later().business.date()

    def work(self, **span: float) -> None:
        self.pass_(**span)
        work(self.later)

    def sweep(self) -> None:
        """The sweep, and what came of it."""
        reminding.run(seconds=10, read=self.later)
        work(self.later)

    def until_before_the_end(self, **before: float) -> None:
        self.pass_(seconds=(self.ends - timedelta(**before) - self.later().business).total_seconds())

    @property
    def ends(self) -> datetime:
        with self.person.acting():
            found = Registration.objects.get().ends_at
        assert found is not None
        return found

    def again(self) -> Campaign:
        with self.person.acting():
            return Campaign.objects.get(pk=self.campaign.pk)

    def state(self) -> State:
        with self.person.acting():
            found = outlook(self.again(), Registration.objects.get(), self.later().business)
        assert found is not None
        return found.state

    def asked(self) -> list[Submission]:
        with self.person.acting():
            return list(Submission.objects.filter(purpose=CALL).order_by("accepted_at"))

    def periods(self) -> list[Period]:
        with self.person.acting():
            return list(Period.objects.order_by("starts_at"))

    def told(self) -> list[str]:
        with self.person.acting():
            rows = Notification.objects.filter(object_id=self.campaign.pk, user=self.person.user)
            return list(rows.order_by("at", "state").values_list("state", flat=True))

    def extended(self) -> int:
        """How many times a term was paid for: by the ledger of the carrier."""
        return self.carrier.asked.count(EXTEND)

    def days_open(self) -> date:
        return date.fromisoformat(self.carrier.programmes[1]["open_until"])


@pytest.fixture
def called(ada: Person, site: Path, minimal: MinimalRegistry, settings: Any) -> Iterator[Called]:
    with minimal_site.installed(site), as_account(minimal, settings):
        yield Called(ada, minimal)


def test_it_is_asked_for_in_the_second_week_before_the_end_once_and_in_the_background(called: Called) -> None:
    before = called.ends
    called.until_before_the_end(days=14, hours=1)
    called.sweep()
    assert called.asked() == []
    called.until_before_the_end(days=6, hours=23)
    reminding.run(seconds=10, read=called.later)
    with called.person.acting():
        (submission,) = called.asked()
        assert Due.objects.get(item=submission.pk).background
    work(called.later)
    called.work(minutes=1)
    assert called.extended() == 1
    _first, second = called.periods()
    assert (second.starts_at, second.renewed_by) == (before, Period.By.CALL)
    assert second.submission_id == called.asked()[0].pk
    assert second.ends_at == datetime.combine(called.days_open(), time(), UTC) == called.ends
    for _ in range(5):
        called.work(days=1)
        called.sweep()
    assert called.extended() == 1
    assert "renewal-7" not in called.told()


def test_an_answer_that_was_lost_after_the_commit_pays_once(called: Called) -> None:
    called.until_before_the_end(days=6)
    called.carrier.hang_up = 1
    called.sweep()
    assert called.asked()[0].state == SubmissionState.UNKNOWN
    assert called.extended() == 1, "it was done, and not answered"
    for _ in range(4):
        called.work(hours=6)
        called.sweep()
    assert [one.state for one in called.asked()] == [SubmissionState.CONFIRMED]
    assert called.extended() == 1
    assert len(called.periods()) == 2


def test_a_call_that_never_arrived_is_made_again(called: Called) -> None:
    called.until_before_the_end(days=6)
    reminding.run(seconds=10, read=called.later)
    with called.person.acting():
        # The process died before it could send.
        Submission.objects.filter(purpose=CALL).update(
            state=SubmissionState.SENDING, sent_at=called.later().machine
        )
    for _ in range(4):
        called.work(hours=6)
    assert called.asked()[0].state == SubmissionState.CONFIRMED
    assert called.extended() == 1


def test_one_that_somebody_else_renewed_is_not_paid_for_again(called: Called) -> None:
    called.until_before_the_end(days=6)
    reminding.run(seconds=10, read=called.later)
    ends = date.fromisoformat(called.carrier.programmes[1]["open_until"])
    called.carrier.programmes[1]["open_until"] = (ends + timedelta(days=90)).isoformat()
    work(called.later)
    called.work(minutes=1)
    assert called.asked()[0].state == SubmissionState.CONFIRMED
    assert called.extended() == 0
    assert len(called.periods()) == 2


def test_a_refused_renewal_warns_a_week_before_and_is_asked_for_again(called: Called) -> None:
    called.until_before_the_end(days=6, hours=20)
    called.carrier.no_money = 1
    called.sweep()
    assert called.asked()[0].state == SubmissionState.REFUSED
    assert called.state() == State.REFUSED
    assert "renewal-refused" in called.told()
    called.sweep()
    assert "renewal-7" in called.told()
    called.work(days=2, hours=1)
    called.sweep()
    called.work(minutes=1)
    assert called.asked()[-1].state == SubmissionState.CONFIRMED
    assert called.extended() == 2, "one was refused"
    assert len(called.periods()) == 2


def test_somebody_who_saw_to_it_has_it_asked_for_at_once(called: Called) -> None:
    called.until_before_the_end(days=6, hours=20)
    called.carrier.no_money = 1
    called.sweep()
    with called.person.acting():
        submission = ask_again(called.again(), by=called.person.actor, times=called.later())
        assert not Due.objects.get(item=submission.pk).background
    called.work(minutes=1)
    assert called.asked()[-1].state == SubmissionState.CONFIRMED


def test_who_switches_it_off_takes_back_what_was_not_sent_and_it_ends_on_its_day(called: Called) -> None:
    called.until_before_the_end(days=6)
    reminding.run(seconds=10, read=called.later)
    with called.person.acting():
        switch(called.again(), renews=False, by=called.person.actor, times=called.later())
    called.sweep()
    assert [one.state for one in called.asked()] == [SubmissionState.WITHDRAWN]
    assert "end-7" in called.told()
    called.until_before_the_end(hours=-1)
    with called.person.acting():
        campaign = called.again()
        assert campaign.status_at(called.later().business, Registration.objects.get()) == states.EXPIRED
    called.sweep()
    assert called.again().status == states.EXPIRED
    assert called.extended() == 0


@pytest.mark.django_db(transaction=True)
def test_eight_runs_at_once_renew_once(called: Called) -> None:
    called.until_before_the_end(days=6)
    ready = threading.Barrier(8)

    def run() -> None:
        ready.wait()
        try:
            reminding.run(seconds=10, read=called.later)
            work(called.later)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    called.work(minutes=1)
    assert len(called.asked()) == 1
    assert called.extended() == 1
    assert len(called.periods()) == 2
