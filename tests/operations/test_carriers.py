"""The operator's page of carriers: queues, breaker, permits, and the switch that stops everything."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings

from brands.models import Brand
from portal import clock
from portal.audit.models import Event
from portal.audit.recording import Actor
from portal.lifecycle import accounts
from portal.lifecycle.models import CarrierAccount, Due, Heartbeat, Stranger, Submission, SubmissionState
from portal.lifecycle.shared import PAUSED, RESUMED
from portal.lifecycle.twins import CANCEL
from portal.tenancy.scope import at_the_desk
from tests.factories import submitted_brand
from tests.lifecycle.moments import work
from tests.operations.staff import Colleague
from tests.people import Person
from tests.practice_registry import PracticeRegistry

pytestmark = pytest.mark.django_db
PATH = "/operations/carriers/"
ACCOUNT = settings.CARRIER


def words(answer: object) -> str:
    text = answer.content.decode()  # type: ignore[attr-defined]
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def house() -> list[str]:
    with at_the_desk():
        return list(Event.objects.filter(organization=None).order_by("id").values_list("action", flat=True))


def test_the_page_counts_what_is_due_and_whose_it_is(olu: Colleague, ada: Person, cy: Person) -> None:
    for person in (ada, ada, cy):
        submitted_brand(person)
    for person in (ada, cy):
        with person.acting():
            Due.objects.update(due_at=clock.read().machine - timedelta(hours=3))
    said = words(olu.get(PATH))
    assert "Submissions 3 0 2 3 hours Behind" in said
    assert "Readings 0 0 0 —" in said
    assert "None yet" in said


def test_what_a_worker_holds_is_not_counted_as_waiting(olu: Colleague, ada: Person) -> None:
    submitted_brand(ada)
    with ada.acting():
        Due.objects.update(lease_until=clock.read().machine + timedelta(seconds=30))
    assert "Submissions 0 1 1 —" in words(olu.get(PATH))


def test_unknown_outcomes_and_strangers_are_shown(olu: Colleague, ada: Person) -> None:
    submitted_brand(ada)
    with ada.acting():
        Submission.objects.update(state=SubmissionState.UNKNOWN)
    Stranger.objects.create(account=ACCOUNT, reference="4b20", kind="brand", word="OK / VERIFIED")
    gone = clock.read().machine
    Stranger.objects.create(account=ACCOUNT, reference="77d1", kind="brand", word="OK", gone_at=gone)
    page = olu.get(PATH).content.decode()
    assert re.search(r'href="/operations/needs/submissions/">\s*1\s*</a>', page)
    assert "4b20" in page
    assert "77d1" not in page, "deleted at the carrier: nobody has to look into it"


def test_a_twin_that_is_not_cancelled_yet_is_not_called_cancelled(olu: Colleague, ada: Person) -> None:
    assert "Twins at the carrier None found" in words(olu.get(PATH))
    for state in (SubmissionState.CONFIRMED, SubmissionState.REFUSED):
        brand = submitted_brand(ada)
        with ada.acting():
            Submission.objects.filter(subject_id=brand.pk).update(purpose=CANCEL, state=state)
    assert "2 found, 1 of them cancelled" in words(olu.get(PATH))


def test_silence_and_a_wish_to_wait_have_a_badge_and_a_time(olu: Colleague) -> None:
    now = clock.read().machine
    CarrierAccount.objects.create(
        account=ACCOUNT, failures=9, opened_at=now, open_until=now + timedelta(seconds=20)
    )
    said = words(olu.get(PATH))
    assert f"{ACCOUNT} No answer" in said
    assert "9 failures in a row" in said
    CarrierAccount.objects.update(opened_at=None, open_until=None, wait_until=now + timedelta(minutes=5))
    assert f"{ACCOUNT} Told to wait" in words(olu.get(PATH))


def test_processes_are_alive_or_silent(olu: Colleague) -> None:
    now = clock.read().machine
    Heartbeat.objects.create(name="worker", at=now)
    Heartbeat.objects.create(name="beat", at=now - timedelta(minutes=9))
    said = words(olu.get(PATH))
    assert re.search(r"beat last sign of life 9 minutes ago .{0,40} Silent", said)
    assert re.search(r"worker last sign of life .{0,60} Alive", said)


@pytest.mark.slow
def test_the_switch_stops_what_people_submit_and_loses_nothing(
    olu: Colleague, ada: Person, registry: PracticeRegistry
) -> None:
    before = submitted_brand(ada)
    assert "1 submission that is on its way" in words(olu.get(f"{PATH}{ACCOUNT}/pause/"))
    answer = olu.post(f"{PATH}{ACCOUNT}/pause/", {"reason": "The registry is moving house."})
    assert answer["Location"] == PATH
    assert "The registry is moving house." in words(olu.get(PATH))
    after = submitted_brand(ada)
    work()
    with ada.acting():
        states = {row.subject_id: row.state for row in Submission.objects.all()}
    assert states == {before.pk: SubmissionState.ACCEPTED, after.pk: SubmissionState.ACCEPTED}
    assert "moving house" in words(ada.get(f"/brands/{after.pk}/"))
    assert "moving house" in words(olu.get(f"{PATH}{ACCOUNT}/resumption/"))
    assert olu.post(f"{PATH}{ACCOUNT}/resumption/")["Location"] == PATH
    work()
    with ada.acting():
        assert set(Submission.objects.values_list("state", flat=True)) == {SubmissionState.CONFIRMED}
        assert {brand.status for brand in Brand.objects.all()} == {"in_review"}
    assert [action for action in house() if action in (PAUSED, RESUMED)] == [PAUSED, RESUMED]


@pytest.mark.parametrize("reason", ["", "-", "x" * 301])
def test_a_pause_takes_a_reason_in_words(olu: Colleague, reason: str) -> None:
    answer = olu.post(f"{PATH}{ACCOUNT}/pause/", {"reason": reason})
    assert answer.status_code == 422
    assert accounts.paused(ACCOUNT) is None


def test_two_operators_pause_once(olu: Colleague) -> None:
    accounts.pause(ACCOUNT, by=Actor("Pia"), reason="First come")
    olu.post(f"{PATH}{ACCOUNT}/pause/", {"reason": "Second come, second served."})
    pause = accounts.paused(ACCOUNT)
    assert pause is not None
    assert pause.reason == "First come"
    assert house().count(PAUSED) == 1


def test_resuming_what_runs_leads_back_with_words(olu: Colleague) -> None:
    assert olu.get(f"{PATH}{ACCOUNT}/resumption/")["Location"] == PATH
    assert "is not paused" in words(olu.get(PATH))
    assert olu.post(f"{PATH}{ACCOUNT}/resumption/")["Location"] == PATH
    assert RESUMED not in house()


@pytest.mark.parametrize("act", ["pause", "resumption"])
def test_an_account_that_settings_do_not_name_is_not_found(olu: Colleague, act: str) -> None:
    assert olu.get(f"{PATH}nobody/{act}/").status_code == 404
    assert olu.post(f"{PATH}nobody/{act}/", {"reason": "Two words"}).status_code == 404
    assert olu.post(f"{PATH}nobody/comparison/").status_code == 404


def test_comparing_now_makes_the_sweep_due(olu: Colleague) -> None:
    CarrierAccount.objects.create(account=ACCOUNT, sweep_due_at=clock.read().machine + timedelta(hours=20))
    assert olu.post(f"{PATH}{ACCOUNT}/comparison/")["Location"] == PATH
    assert CarrierAccount.objects.get().sweep_due_at <= clock.read().machine


def test_the_refresh_is_the_part_alone(olu: Colleague) -> None:
    part = olu.client.get(PATH, headers={"hx-request": "true", "x-unattended": "1"}).content.decode()
    assert "<html" not in part
    assert 'id="live"' in part
