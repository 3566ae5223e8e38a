"""What the carrier has and we lost: an answer, or an hour of our database. And what nobody here ever made."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from brands import states
from brands.models import Brand
from portal import clock
from portal.lifecycle import doubting, sweeping
from portal.lifecycle.doubting import SILENCE, doubt, notice_silence
from portal.lifecycle.models import (
    CarrierAccount,
    Heartbeat,
    Stranger,
    Submission,
    SubmissionState,
)
from tests.factories import submitted_brand, unique_name
from tests.lifecycle.moments import Later, work
from tests.lifecycle.sweeps import (
    actions,
    again,
    at_the_registry,
    planted,
    restored,
    sweep,
)
from tests.people import Person
from tests.practice_registry import PracticeRegistry

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def test_a_write_of_unknown_outcome_is_adopted(ada: Person, registry: PracticeRegistry, account: str) -> None:
    registry.fault("hang", account=account, verb="create", phase="P3", seconds=0.2)
    brand = submitted_brand(ada, legal_name=unique_name("Silent"))
    work()
    _, submission = again(ada, brand)
    assert submission.state == SubmissionState.UNKNOWN
    assert sweep()["adopted"] == 1
    work()
    brand, submission = again(ada, brand)
    assert (brand.status, submission.state) == (states.IN_REVIEW, SubmissionState.CONFIRMED)
    assert brand.reference == registry.brands(key=str(submission.key))[0]["id"]
    assert "brand.found-again" in actions(ada, brand)
    assert len(registry.ledger(method="POST", key=str(submission.key))) == 1


@pytest.mark.parametrize("state", [SubmissionState.ACCEPTED, SubmissionState.PARKED])
def test_a_write_that_a_restored_database_takes_for_unsent_is_adopted_and_not_sent(
    ada: Person, registry: PracticeRegistry, state: str
) -> None:
    brand, submission = restored(ada, registry, state=state)
    assert sweep()["adopted"] == 1
    work()
    brand, submission = again(ada, brand)
    assert (brand.status, submission.state) == (states.IN_REVIEW, SubmissionState.CONFIRMED)
    assert len(registry.ledger(method="POST", key=str(submission.key))) == 1


def test_after_a_restore_what_is_not_sent_is_searched_before_it_is_sent(
    ada: Person, registry: PracticeRegistry
) -> None:
    """The loop is faster than any sweep."""
    brand, submission = restored(ada, registry)
    doubt("telnyx", clock.read())
    work()
    brand, submission = again(ada, brand)
    assert (brand.status, submission.state) == (states.IN_REVIEW, SubmissionState.CONFIRMED)
    assert len(registry.ledger(method="POST", key=str(submission.key))) == 1
    assert "brand.searched-first" in actions(ada, brand)


def test_what_was_really_not_sent_is_sent_after_the_search_and_only_once(
    ada: Person, registry: PracticeRegistry
) -> None:
    brand = submitted_brand(ada, legal_name=unique_name("Silent"))
    doubt("telnyx", clock.read())
    later = Later()
    work(later)
    assert again(ada, brand)[1].state == SubmissionState.UNKNOWN
    later.pass_(seconds=6)
    work(later)
    brand, submission = again(ada, brand)
    assert (brand.status, submission.state) == (states.IN_REVIEW, SubmissionState.CONFIRMED)
    assert len(registry.ledger(method="POST", key=str(submission.key))) == 1


def test_what_is_accepted_after_the_doubt_is_sent_at_once(ada: Person, registry: PracticeRegistry) -> None:
    doubt("telnyx", clock.read())
    brand, submission = at_the_registry(ada)
    assert submission.state == SubmissionState.CONFIRMED
    assert "brand.searched-first" not in actions(ada, brand)


def test_a_long_silence_of_all_heartbeats_is_taken_for_a_restore(ada: Person) -> None:
    times = clock.read()
    assert not notice_silence(times), "a new database has no past"
    Heartbeat.objects.create(name="worker", at=times.machine - timedelta(hours=1))
    Heartbeat.objects.create(name="work", at=times.machine - SILENCE + timedelta(seconds=30))
    assert not notice_silence(times), "one of them lives"
    Heartbeat.objects.filter(name="work").update(at=times.machine - SILENCE - timedelta(seconds=1))
    assert notice_silence(times)
    row = CarrierAccount.objects.get()
    assert row.doubt_at == times.machine
    assert row.sweep_due_at <= times.machine


@pytest.mark.django_db(transaction=True)
def test_the_command_says_what_it_found(
    ada: Person, registry: PracticeRegistry, account: str, capsys: Any
) -> None:
    brand, _submission = restored(ada, registry)
    call_command("reconcile", "--after-restore")
    said = capsys.readouterr().out
    assert "adopted                1" in said
    work()
    assert again(ada, brand)[0].status == states.IN_REVIEW
    registry.fault("status", account=account, verb="list", status=503, times=None)
    with pytest.raises(CommandError, match="comes again by itself"):
        call_command("reconcile")
    registry.faults_off(account)


def test_what_nobody_here_made_is_shown_to_operators_and_adopted_by_nobody(
    ada: Person, registry: PracticeRegistry, account: str
) -> None:
    at_the_registry(ada)
    reference = planted(registry, account)
    assert sweep()["strangers"] == 1
    stranger = Stranger.objects.get()
    assert (stranger.reference, stranger.kind, stranger.key) == (reference, "brand", None)
    work()
    with ada.acting():
        assert Brand.objects.count() == 1
        assert Submission.objects.count() == 1
    assert list(sweeping.strangers("telnyx")) == [stranger]


def test_a_known_stranger_is_not_read_again(ada: Person, registry: PracticeRegistry, account: str) -> None:
    reference = planted(registry, account)
    sweep()
    first = Stranger.objects.get()
    before = len(registry.ledger(method="GET", path=f"/v2/10dlc/brand/{reference}"))
    registry.approve(reference)
    assert "strangers" not in sweep()
    assert len(registry.ledger(method="GET", path=f"/v2/10dlc/brand/{reference}")) == before
    now = Stranger.objects.get()
    assert now.last_seen_at > first.last_seen_at
    assert now.word != first.word


def test_a_stranger_with_a_key_of_our_form_is_ours_as_soon_as_its_write_is_known(
    ada: Person, registry: PracticeRegistry, account: str, settings: Any
) -> None:
    _brand, submission = restored(ada, registry)
    with ada.acting():
        key = submission.key
        Submission.objects.update(key=uuid4())
    assert sweep()["strangers"] == 1
    assert Stranger.objects.get().key == key
    with ada.acting():
        Submission.objects.update(key=key)
    assert sweep()["adopted"] == 1
    assert not Stranger.objects.exists()


def test_a_deleted_stranger_is_not_asked_for_every_night(
    ada: Person, registry: PracticeRegistry, account: str
) -> None:
    reference = planted(registry, account)
    registry.remove(reference)
    assert "strangers" not in sweep()
    assert list(sweeping.strangers("telnyx")) == []
    before = len(registry.ledger(method="GET", path=f"/v2/10dlc/brand/{reference}"))
    sweep()
    assert len(registry.ledger(method="GET", path=f"/v2/10dlc/brand/{reference}")) == before


def test_no_tax_id_of_a_stranger_is_kept(registry: PracticeRegistry, account: str, ada: Person) -> None:
    planted(registry, account)
    sweep()
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(s::text, '|') FROM lifecycle_stranger s")
        assert "3456789" not in cursor.fetchone()[0]


def test_a_silence_is_noticed_before_anything_is_sent(ada: Person, monkeypatch: Any) -> None:
    """The first look after a restore may be a nudge: somebody submits while no tick has come yet."""
    monkeypatch.setattr(doubting, "_looked", doubting._Looked())
    times = clock.read()
    Heartbeat.objects.create(name="worker", at=times.machine - timedelta(hours=1))
    doubting.look_out(clock.read)
    assert CarrierAccount.objects.get().doubt_at is not None
    CarrierAccount.objects.update(doubt_at=None)
    doubting.look_out(clock.read)
    assert CarrierAccount.objects.get().doubt_at is None, "it was here all the time"
