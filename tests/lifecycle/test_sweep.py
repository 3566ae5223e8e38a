"""The comparison with the carrier's list: what changed, what is gone, wrong pages, and who compares when."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from brands import states
from portal import clock
from portal.audit.models import Event
from portal.lifecycle import gateway, sweeping
from portal.lifecycle.models import (
    CarrierAccount,
    Stranger,
)
from portal.lifecycle.shared import ensure_account
from portal.lifecycle.sweep_times import AGAIN, REST, again_after, next_night, sweep_now, sweep_soon
from portal.tenancy.scope import acting_for
from tests.lifecycle.moments import Later, work
from tests.lifecycle.sweeps import (
    actions,
    again,
    at_the_registry,
    due_now,
    newest,
    planted,
    put_off,
    restore,
    restored,
    sweep,
)
from tests.people import Person
from tests.practice_registry import PracticeRegistry

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


# --- nothing to do


def test_where_all_is_well_a_comparison_changes_nothing(ada: Person, registry: PracticeRegistry) -> None:
    at_the_registry(ada)
    put_off(ada)
    before = actions(ada, newest(ada)[0])
    assert sweep() == {"listed": 1}
    assert not due_now(ada)
    assert actions(ada, newest(ada)[0]) == before
    row = CarrierAccount.objects.get()
    assert row.swept_at is not None
    assert row.sweep_lease_until is None
    assert timedelta(0) < row.sweep_due_at - clock.read().machine < timedelta(hours=25)


def test_a_changed_word_makes_its_reading_due_once(
    ada: Person, registry: PracticeRegistry, account: str
) -> None:
    brand, submission = at_the_registry(ada)
    registry.webhooks_off(account=account)
    later = Later()
    later.pass_(seconds=7)
    work(later)
    put_off(ada)
    registry.approve(submission.reference)
    assert sweep(later)["changed"] == 1
    work(later)
    assert again(ada, brand)[0].status == states.VERIFIED
    put_off(ada)
    assert "changed" not in sweep(later)
    assert not due_now(ada)


def test_a_changed_word_is_asked_for_again_when_the_sweep_died_over_it(
    ada: Person, registry: PracticeRegistry, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    brand, submission = at_the_registry(ada)
    registry.webhooks_off(account=account)
    later = Later()
    later.pass_(seconds=7)
    work(later)
    put_off(ada)
    registry.approve(submission.reference)

    def dies(*_args: Any) -> int:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(sweeping, "knock", dies)
        assert "changed" not in sweep(later)
    assert sweep(later)["changed"] == 1
    work(later)
    assert again(ada, brand)[0].status == states.VERIFIED


def test_a_word_that_the_list_spells_otherwise_is_asked_for_once_and_not_every_night(
    ada: Person, registry: PracticeRegistry, account: str
) -> None:
    at_the_registry(ada)
    later = Later()
    later.pass_(seconds=7)
    work(later)
    registry.fault("say", account=account, verb="list", times=None, words=["ODD/LISTED"])
    assert sweep(later)["changed"] == 1
    work(later)
    put_off(ada)
    assert "changed" not in sweep(later)


def test_what_the_carrier_does_not_list_any_more_is_read(
    ada: Person, registry: PracticeRegistry, settings: Any
) -> None:
    brand, _submission = at_the_registry(ada)
    put_off(ada)
    # Another account, whose list is empty.
    settings.TELNYX_KEY = f"practice-{uuid4().hex}"
    gateway.carrier.cache_clear()
    assert sweep() == {"not listed": 1}
    assert due_now(ada)
    assert again(ada, brand)[0].status == states.IN_REVIEW, "the reading decides, not the list"


# --- pages and outages


@pytest.mark.parametrize("kind", ["repeat", "skip", "loop", "moves"])
def test_pages_that_turn_wrongly_end_the_sweep_and_two_sweeps_cover_every_row(
    ada: Person, registry: PracticeRegistry, account: str, short_pages: None, kind: str
) -> None:
    for _brand in range(7):
        planted(registry, account)
    fault = registry.fault("page", account=account, verb="list", kind=kind, times=2)
    sweep()
    sweep()
    assert registry.fault_counts(fault)[1] == 2
    assert Stranger.objects.count() == 7
    registry.faults_off(account)


def test_a_list_that_never_ends_ends_the_sweep(
    ada: Person, registry: PracticeRegistry, account: str, short_pages: None
) -> None:
    for _brand in range(5):
        planted(registry, account)
    registry.fault("page", account=account, verb="list", kind="loop", times=None)
    assert sweep()["broken off"] == 1
    asked = registry.ledger(account=account, path="/v2/10dlc/brand", method="GET")
    assert len([one for one in asked if one["path"] == "/v2/10dlc/brand"]) < 10
    registry.faults_off(account)


def test_a_sweep_that_the_carrier_breaks_off_keeps_what_it_had_and_comes_again(
    ada: Person, registry: PracticeRegistry, account: str
) -> None:
    brand, _submission = restored(ada, registry)
    doomed = planted(registry, account)
    registry.fault("status", account=account, verb="read", status=503, times=None, match={"brand": doomed})
    found = sweep()
    assert (found["adopted"], found["broken off"]) == (1, 1)
    row = CarrierAccount.objects.get()
    assert row.swept_at is None
    assert timedelta(0) < row.sweep_due_at - clock.read().machine <= AGAIN[0]
    assert row.sweep_lease_until is None
    assert sweep()["broken off"] == 2
    assert timedelta(0) < CarrierAccount.objects.get().sweep_due_at - clock.read().machine <= AGAIN[1]
    registry.faults_off(account)
    assert sweep()["strangers"] == 1
    assert again(ada, brand)[1].reference


def test_one_that_cannot_be_read_does_not_hide_those_behind_it(
    ada: Person, registry: PracticeRegistry, account: str
) -> None:
    doomed = planted(registry, account)
    behind = planted(registry, account)
    registry.fault("status", account=account, verb="read", status=503, times=None, match={"brand": doomed})
    assert sweep() == {"strangers": 1, "listed": 2, "broken off": 1}
    assert Stranger.objects.get().reference == behind
    registry.faults_off(account)


def test_an_account_whose_key_is_refused_is_not_asked_all_night(
    ada: Person, registry: PracticeRegistry, account: str
) -> None:
    registry.fault("status", account=account, status=401, times=None)
    sweep()
    assert CarrierAccount.objects.get().sweep_due_at > clock.read().machine
    registry.faults_off(account)


# --- when, and by whom


def test_every_account_is_compared_once_a_night_and_not_all_at_the_same_moment() -> None:
    now = clock.read().machine
    early, late = next_night(now, uniform=lambda *_: 0.0), next_night(now, uniform=lambda *_: 1.0)
    assert timedelta(0) < early - now <= timedelta(days=1)
    assert late - early == timedelta(hours=1)
    assert early.hour == 8
    assert [again_after(n, now) - now for n in (1, 2, 99)] == [AGAIN[0], AGAIN[1], AGAIN[-1]]


def test_a_reason_brings_it_forward_and_never_puts_it_off(ada: Person) -> None:
    ensure_account("telnyx")
    times = clock.read()
    CarrierAccount.objects.update(sweep_due_at=times.machine + timedelta(hours=9), swept_at=times.machine)
    sweep_soon("telnyx", times)
    assert CarrierAccount.objects.get().sweep_due_at == times.machine + REST
    CarrierAccount.objects.update(sweep_due_at=times.machine + timedelta(minutes=1))
    sweep_soon("telnyx", times)
    assert CarrierAccount.objects.get().sweep_due_at == times.machine + timedelta(minutes=1)
    sweep_now("telnyx", times)
    assert CarrierAccount.objects.get().sweep_due_at == times.machine
    sweep_now("new", times)
    assert CarrierAccount.objects.filter(account="new").exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_that_try_one_compares(ada: Person, registry: PracticeRegistry, account: str) -> None:
    planted(registry, account)
    ensure_account("telnyx")
    done: list[sweeping.Sweep] = []

    def run() -> None:
        try:
            done.extend(sweeping.run())
        finally:
            connection.close()

    threads = [threading.Thread(target=run, daemon=True) for _one in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(done) == 1
    assert len(registry.ledger(account=account, path="/v2/10dlc/brand", method="GET")) <= 4


def test_a_sweep_that_slept_past_its_lease_writes_no_more(ada: Person, registry: PracticeRegistry) -> None:
    ensure_account("telnyx")
    first = sweeping._claim(clock.read)
    assert first is not None
    later = Later()
    later.pass_(minutes=6)
    second = sweeping._claim(later)
    assert second is not None
    first.read = later
    with pytest.raises(sweeping._Taken):
        first.hold()
    sweeping._do(first)
    row = CarrierAccount.objects.get()
    assert (row.sweep_lease_until, row.swept_at) == (second.lease_until, None)


def test_a_reason_that_comes_up_during_a_sweep_brings_another_one(
    ada: Person, registry: PracticeRegistry
) -> None:
    ensure_account("telnyx")
    held = sweeping._claim(clock.read)
    assert held is not None
    sweep_soon("telnyx", clock.read())
    assert sweeping._claim(clock.read) is None, "one at a time"
    sweeping._do(held)
    row = CarrierAccount.objects.get()
    assert row.swept_at is not None
    assert row.sweep_due_at - row.swept_at == REST


def test_a_sweep_whose_process_died_is_begun_again(ada: Person, registry: PracticeRegistry) -> None:
    ensure_account("telnyx")
    assert sweeping._claim(clock.read) is not None
    later = Later()
    later.pass_(minutes=6)
    assert len(sweeping.run(later)) == 1
    assert sweeping.run(later) == []


def test_a_long_sweep_keeps_its_lease(ada: Person, registry: PracticeRegistry) -> None:
    ensure_account("telnyx")
    later = Later()
    held = sweeping._claim(later)
    assert held is not None
    for _step in range(10):
        later.pass_(minutes=1)
        held.hold()
        assert sweeping._claim(later) is None


def test_one_tenants_rows_are_written_in_its_own_scope(
    ada: Person, cy: Person, registry: PracticeRegistry
) -> None:
    """Both have something to adopt, and each event stands in the log of its own organization."""
    brands = [(person, *at_the_registry(person)) for person in (ada, cy)]
    (mine, _), (theirs, _) = [restore(*one) for one in brands]
    assert sweep()["adopted"] == 2
    work()
    for person, brand in ((ada, mine), (cy, theirs)):
        assert again(person, brand)[0].status == states.IN_REVIEW
        assert actions(person, brand).count("brand.found-again") == 1
    with acting_for(cy.organization.pk, by=cy.actor):
        assert not Event.objects.filter(object_id=mine.pk).exists()
