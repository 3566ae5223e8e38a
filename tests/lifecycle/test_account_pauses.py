"""Refused credentials and the kill switch: what stops, what goes on, who is told, and how it ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.core import mail

from portal import clock
from portal.accounts.enrolling import account_for
from portal.audit.recording import Actor
from portal.audit.sentences import taught
from portal.carriers.gate import Passage
from portal.carriers.policy import Rate
from portal.lifecycle import accounts, gateway, shared
from portal.lifecycle.gate import CREDENTIALS, PAUSED
from portal.lifecycle.models import CarrierAccount, Due
from portal.tenancy.models import Staff
from tests.conftest import superuser_url
from tests.factories import submitted_brand
from tests.lifecycle.gates import ACCOUNT, Doorstep, Frozen, together
from tests.lifecycle.moments import Later, claim, work
from tests.people import Person
from tests.practice_registry import PracticeRegistry

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
OTTO = Actor("Otto Operator")


@pytest.fixture
def gate() -> Doorstep:
    return Doorstep(Frozen(), key=gateway.key_mark(ACCOUNT))


def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is written into the house's log from now on; the portal itself cannot read it."""
    actions: list[str] = []
    real = accounts.record_house

    def heard(action: str, **rest: Any) -> None:
        actions.append(action)
        real(action, **rest)

    for module in ("gate", "accounts"):
        monkeypatch.setattr(f"portal.lifecycle.{module}.record_house", heard)
    return actions


def operator(name: str = "olga") -> None:
    user, _ = account_for(
        f"{name}@clearline.example", name=name.title(), password="a long and quiet password"
    )
    Staff.objects.get_or_create(user=user, defaults={"role": "operator"})


# --- credentials


def test_refused_credentials_stop_everything_at_once_and_are_told_of_once(
    gate: Doorstep, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions = told(monkeypatch)
    operator()
    assert gate.one(Passage.UNAUTHORIZED) == ""
    assert gate.ask(writes=True, interactive=True) == CREDENTIALS
    assert gate.ask() == CREDENTIALS
    # Requests that were on their way already.
    for _ in range(3):
        gate.left(Passage.UNAUTHORIZED)
    assert actions == [shared.KEY_REFUSED]
    assert accounts.alert_operators() == 1
    assert accounts.alert_operators() == 0
    assert [letter.to for letter in mail.outbox] == [["olga@clearline.example"]]
    assert ACCOUNT in mail.outbox[0].subject
    pause = accounts.paused(ACCOUNT)
    assert pause is not None
    assert (pause.why, pause.readings_go_on) == (shared.PauseFor.CREDENTIALS, False)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_eight_that_are_refused_together_one_tells(gate: Doorstep) -> None:
    gate.ask()
    together(8, lambda _: gate.left(Passage.UNAUTHORIZED))
    with psycopg.connect(superuser_url()) as connection:
        events = connection.execute(
            "SELECT count(*) FROM audit_event WHERE action = %s", [shared.KEY_REFUSED]
        ).fetchone()
    assert events == (1,)
    operator()
    assert sum(together(8, lambda _: accounts.alert_operators())) == 1


def test_a_mail_server_that_is_away_is_tried_again_later(gate: Doorstep, settings: Any) -> None:
    operator()
    gate.one(Passage.UNAUTHORIZED)
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert accounts.alert_operators() == 0
    settings.EMAIL_BACKEND = backend
    assert accounts.alert_operators() == 0, "the one who tried has it for two minutes"
    CarrierAccount.objects.update(alert_lease_until=clock.read().machine - timedelta(seconds=1))
    assert accounts.alert_operators() == 1


def test_another_key_goes_on_by_itself_while_the_refused_one_stays_shut(
    gate: Doorstep, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    gate.one(Passage.UNAUTHORIZED)
    actions = told(monkeypatch)
    settings.TELNYX_KEY = "practice-another"
    assert accounts.paused(ACCOUNT) is None
    new = Doorstep(gate.clock, key=gateway.key_mark(ACCOUNT))
    assert new.one() == ""
    assert actions == [shared.KEY_ACCEPTED]
    # A process that was not restarted yet must neither ask nor alarm anybody again.
    assert gate.ask() == CREDENTIALS
    assert new.one() == ""
    assert actions == [shared.KEY_ACCEPTED]


def test_a_person_may_have_the_same_key_tried_again(gate: Doorstep, monkeypatch: pytest.MonkeyPatch) -> None:
    operator()
    gate.one(Passage.UNAUTHORIZED)
    accounts.alert_operators()
    actions = told(monkeypatch)
    assert accounts.resume(ACCOUNT, by=OTTO)
    assert gate.one(Passage.UNAUTHORIZED) == ""
    assert gate.ask() == CREDENTIALS
    assert actions == [shared.RESUMED, shared.KEY_REFUSED]
    assert accounts.alert_operators() == 1, "a new pause is told of anew"


@pytest.mark.slow
def test_with_a_revoked_key_one_request_leaves_and_a_new_key_brings_all_through(
    ada: Person, registry: PracticeRegistry, settings: Any
) -> None:
    key = settings.TELNYX_KEY
    registry.fault(account=key, preset="F11")
    for _ in range(5):
        submitted_brand(ada)
    later = Later()
    for _ in range(10):
        work(later)
        later.pass_(minutes=1)
    assert len(registry.ledger(account=key)) == 1
    with ada.acting():
        before = dict(Due.objects.values_list("item", "attempt"))
    assert sorted(before.values()) == [0, 0, 0, 0, 1], "nobody claims what cannot be sent"
    settings.TELNYX_KEY = f"{key}-new"
    gateway.carrier.cache_clear()
    work(later)
    assert len(registry.ledger(account=settings.TELNYX_KEY, method="POST")) == 5


# --- the kill switch


def test_a_persons_pause_stops_submissions_and_lets_readings_go_on(
    gate: Doorstep, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions = told(monkeypatch)
    assert accounts.pause(ACCOUNT, by=OTTO, reason="The registry bills twice.")
    assert not accounts.pause(ACCOUNT, by=OTTO, reason="Once more.")
    assert gate.ask(writes=True, interactive=True) == PAUSED
    assert gate.ask() == ""
    pause = accounts.paused(ACCOUNT)
    assert pause is not None
    assert (pause.by, pause.reason) == ("Otto Operator", "The registry bills twice.")
    assert pause.readings_go_on
    assert accounts.resume(ACCOUNT, by=OTTO)
    assert not accounts.resume(ACCOUNT, by=OTTO)
    assert gate.ask(writes=True) == ""
    assert accounts.paused(ACCOUNT) is None
    assert actions == [shared.PAUSED, shared.RESUMED]
    assert set(actions) <= taught()


def test_what_was_submitted_during_a_pause_waits_untouched_and_leaves_when_it_ends(
    ada: Person, registry: PracticeRegistry, settings: Any
) -> None:
    accounts.pause(ACCOUNT, by=OTTO, reason="Maintenance")
    submitted_brand(ada)
    later = Later()
    for _ in range(3):
        assert work(later) == 0
        later.pass_(hours=1)
    with ada.acting():
        assert [due.attempt for due in Due.objects.all()] == [0]
    assert registry.ledger(account=settings.TELNYX_KEY) == []
    accounts.resume(ACCOUNT, by=OTTO)
    work(later)
    assert len(registry.ledger(account=settings.TELNYX_KEY, method="POST")) == 1


def test_readings_are_claimed_during_a_persons_pause(ada: Person, registry: PracticeRegistry) -> None:
    submitted_brand(ada)
    later = Later()
    work(later)
    accounts.pause(ACCOUNT, by=OTTO, reason="Maintenance")
    later.pass_(minutes=10)
    assert work(later) == 1
    assert claim(Due.SUBMISSION, later()) == []


def test_credentials_that_are_refused_during_a_pause_outlive_it_until_the_key_changes(gate: Doorstep) -> None:
    accounts.pause(ACCOUNT, by=OTTO, reason="Maintenance")
    gate.one(Passage.UNAUTHORIZED)
    new = Doorstep(gate.clock, key="new")
    assert new.one() == ""
    assert new.ask(writes=True) == PAUSED


# --- the whole picture


def test_the_state_of_an_account_is_told_in_one_look(gate: Doorstep, settings: Any) -> None:
    empty = accounts.state_of(ACCOUNT)
    assert (empty.paused, empty.breaker_since, empty.requests) == (None, None, 0)
    assert empty.permits_free == empty.rate.burst
    live = gateway.gate(ACCOUNT)
    for _ in range(3):
        live.enter(within=1)
    for _ in range(8):
        live.left(Passage.FAILED)
    state = accounts.state_of(ACCOUNT)
    assert (state.requests, state.retries, state.failures) == (3, 0, 8)
    assert state.breaker_since is not None
    assert state.probe_at is not None
    assert state.permits_free >= state.rate.burst - 3
    assert state.rate == Rate(10.0, 20)
    with pytest.raises(LookupError):
        accounts.state_of("nobody")
