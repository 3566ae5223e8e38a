"""Events of carriers at the portal's address: what is believed, and what a believed one may cause."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from brands import states
from portal import clock
from portal.audit.models import Event
from portal.lifecycle import inbox
from portal.lifecycle.claiming import again
from portal.lifecycle.models import CarrierAccount, CarrierEvent, Due, Submission, watch
from tests.clocks import moved
from tests.factories import brand_draft
from tests.lifecycle.moments import claim
from tests.lifecycle.signing import body_of, send
from tests.lifecycle.waits import FORGER, TELNYX, due_of, told, waiting
from tests.people import Person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def known_key(settings: Any) -> None:
    settings.TELNYX_PUBLIC_KEY = [TELNYX.public]


# --- what is believed


def test_an_event_makes_the_reading_due_and_changes_nothing_else(ada: Person) -> None:
    brand, key, row = waiting(ada)
    before = due_of(ada, row.pk).due_at
    assert told(key, brand="b-1", brandIdentityStatus="VERIFIED") == 204
    due = due_of(ada, row.pk)
    assert due.due_at <= clock.read().business < before
    assert due.knocked_at is not None
    kept = CarrierEvent.objects.get()
    assert (kept.key, kept.reference, kept.times, kept.heard_at is not None) == (key, "b-1", 1, True)
    with ada.acting():
        brand.refresh_from_db()
        events = list(
            Event.objects.filter(object_id=brand.pk).order_by("id").values_list("action", flat=True)
        )
    assert brand.status == states.IN_REVIEW
    assert events == ["brand.created", "brand.submitted", "brand.accepted"]
    assert CarrierAccount.objects.get().last_event_at is not None


def test_a_form_with_files_is_no_event_and_no_error(ada: Person) -> None:
    _brand, key, _row = waiting(ada)
    answer = Client().post(f"/webhooks/telnyx/{key}/", {"payload": "{}"})
    assert answer.status_code == 401
    assert not CarrierEvent.objects.exists()


def test_it_is_due_by_business_time_however_far_that_is_ahead(ada: Person) -> None:
    moved(days=40)
    _brand, key, row = waiting(ada)
    assert told(key) == 204
    times = clock.read()
    assert timedelta(0) <= times.business - due_of(ada, row.pk).due_at < timedelta(seconds=10)
    assert [one.item for one in claim(Due.WATCH, times)] == [row.pk]


def test_the_key_of_the_practice_registry_is_asked_for_and_asked_for_again_when_it_changes(
    ada: Person, settings: Any, practice: Any
) -> None:
    from portal.lifecycle import event_keys

    settings.TELNYX_PUBLIC_KEY = []
    settings.PRACTICE_URL = practice.url
    assert event_keys.event_keys() == (practice.webhook_key(),)
    known = event_keys.event_keys()
    practice.rotate_webhook_key()
    assert event_keys.newer_keys(known) == known, "a flood of forgeries must not become one of questions"
    event_keys._asked.at = event_keys._asked.tried_at = time.monotonic() - event_keys.ASKED_EVERY - 1
    assert event_keys.event_keys() == known, "until something does not fit, the answer is good for a minute"
    assert event_keys.newer_keys(known) == (practice.webhook_key(),)


FORMS = {
    "no signature": lambda body: {"telnyx-timestamp": str(int(time.time()))},
    "wrong key": FORGER.headers,
    "body changed by one byte": lambda body: TELNYX.headers(body[:-1] + b" "),
    "timestamp changed": lambda body: {
        **TELNYX.headers(body),
        "telnyx-timestamp": str(int(time.time()) + 1),
    },
    "a thousand signatures": lambda body: {
        **TELNYX.headers(body),
        "telnyx-signature-ed25519": ",".join([TELNYX.headers(body)["telnyx-signature-ed25519"]] * 1000),
    },
    "replayed after ten minutes": lambda body: TELNYX.headers(body, ago=600),
    "replayed after a day": lambda body: TELNYX.headers(body, ago=86_400),
    "from ten minutes ahead": lambda body: TELNYX.headers(body, ago=-600),
}


@pytest.mark.parametrize("form", list(FORMS))
def test_nothing_is_written_of_a_forged_one_but_a_counter(ada: Person, form: str) -> None:
    _brand, key, row = waiting(ada)
    before = due_of(ada, row.pk)
    body = body_of(key, brand="b-1")
    headers = FORMS[form](body)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert send(key, body, headers) == 401
    writes = [
        one["sql"] for one in asked if not one["sql"].lstrip().startswith(("SELECT", "SAVEPOINT", "RELEASE"))
    ]
    assert all("lifecycle_carrieraccount" in sql for sql in writes), writes
    assert not CarrierEvent.objects.exists()
    after = due_of(ada, row.pk)
    assert (after.due_at, after.knocked_at) == (before.due_at, None)
    assert CarrierAccount.objects.get().refused_events == 1


def test_an_event_for_another_address_is_no_event_for_this_one(ada: Person) -> None:
    """The address is not signed, but what the sender calls it inside the body is."""
    _brand, key, row = waiting(ada)
    body = body_of(uuid4(), brand="b-1")
    assert send(key, body, TELNYX.headers(body)) == 401
    assert due_of(ada, row.pk).knocked_at is None


def test_neither_answer_says_which_keys_exist(ada: Person) -> None:
    _brand, key, _row = waiting(ada)
    for one in (key, uuid4()):
        assert told(one) == 204
        body = body_of(one)
        assert send(one, body, FORGER.headers(body)) == 401


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "head", "options"])
def test_only_post_is_taken(method: str) -> None:
    assert getattr(Client(), method)(f"/webhooks/telnyx/{uuid4()}/").status_code == 405


@pytest.mark.parametrize(
    "path", ["/webhooks/bandwidth/{}/", "/webhooks/telnyx/", "/webhooks/telnyx/x/", "/webhooks/telnyx/{}"]
)
def test_other_addresses_are_nobodys(path: str) -> None:
    body = body_of()
    answer = Client().post(path.format(uuid4()), body, "application/json", headers=TELNYX.headers(body))
    # Without the slash Django asks to send it again with one; nothing was taken.
    assert answer.status_code in (404, 301)
    assert not CarrierEvent.objects.exists()


def test_what_is_too_large_is_not_even_read() -> None:
    body = body_of(eventType="x" * 70_000)
    answer = Client().post(
        f"/webhooks/telnyx/{uuid4()}/", body, "application/json", headers=TELNYX.headers(body)
    )
    assert answer.status_code == 413
    assert not CarrierEvent.objects.exists()


def test_an_event_costs_a_handful_of_queries_and_no_session(ada: Person) -> None:
    _brand, key, _row = waiting(ada)
    with CaptureQueriesContext(connection) as asked:
        assert told(key, brand="b-1") == 204
    tables = " ".join(one["sql"] for one in asked)
    assert "django_session" not in tables
    assert "accounts_user" not in tables
    assert len(asked) <= 25, len(asked)


# --- which one, and how often


def test_a_second_delivery_only_counts(ada: Person) -> None:
    _brand, key, row = waiting(ada)
    body = body_of(key, brand="b-1", event_id="one")
    assert send(key, body, TELNYX.headers(body)) == 204
    (held,) = claim(Due.WATCH, clock.read())
    with ada.acting():
        again(held, at=clock.read().business + timedelta(hours=1))
    for _copy in range(3):
        assert send(key, body, TELNYX.headers(body, ago=60)) == 204
    assert CarrierEvent.objects.get().times == 4
    assert due_of(ada, row.pk).due_at > clock.read().business


def test_the_same_id_at_another_account_would_be_another_event() -> None:
    key, times = uuid4(), clock.read()
    event = inbox.EventHeard("one", "BRAND_UPDATE")
    assert inbox.hear("telnyx", key, event, times)
    assert inbox.hear("other", key, event, times)
    assert not inbox.hear("other", key, event, times)


def test_an_event_of_an_unknown_key_is_kept_and_has_no_effect(ada: Person) -> None:
    _brand, _key, row = waiting(ada)
    assert told(uuid4(), brand="b-1") == 204
    assert CarrierEvent.objects.get().heard_at is None
    assert due_of(ada, row.pk).knocked_at is None


def test_an_event_about_another_object_leaves_ours_alone_and_asks_for_a_comparison(ada: Person) -> None:
    _brand, key, row = waiting(ada)
    inbox.ensure_account("telnyx")
    later = clock.read().machine + timedelta(hours=9)
    CarrierAccount.objects.update(sweep_due_at=later)
    assert told(key, brand="somebody-elses") == 204
    assert due_of(ada, row.pk).knocked_at is None
    assert CarrierEvent.objects.get().heard_at is None
    assert CarrierAccount.objects.get().sweep_due_at < later


def test_a_flood_of_strange_events_asks_for_one_comparison_in_ten_minutes() -> None:
    inbox.ensure_account("telnyx")
    now = clock.read().machine
    CarrierAccount.objects.update(sweep_due_at=now + timedelta(hours=9), swept_at=now)
    for _one in range(3):
        assert told(uuid4()) == 204
    wait = CarrierAccount.objects.get().sweep_due_at - now
    assert timedelta(minutes=9) < wait <= timedelta(minutes=10)


def test_one_tenants_event_moves_no_row_of_another(ada: Person, cy: Person) -> None:
    _brand, key, row = waiting(ada)
    _theirs, _other_key, other = waiting(cy, "b-2")
    assert told(key, brand="b-1") == 204
    assert due_of(ada, row.pk).knocked_at is not None
    assert due_of(cy, other.pk).knocked_at is None


def test_an_event_before_our_own_answer_waits_for_the_wait(ada: Person) -> None:
    key, times = uuid4(), clock.read()
    assert told(key, brand="b-9") == 204
    assert CarrierEvent.objects.get().heard_at is None
    brand = brand_draft(ada)
    with ada.acting():
        row = watch(
            brand,
            account="telnyx",
            reference="b-9",
            key=key,
            first_read_at=times.business + timedelta(days=1),
            business_now=times.business,
        )
    assert due_of(ada, row.pk).due_at == times.business
    assert CarrierEvent.objects.get().heard_at is not None


def test_an_early_event_about_another_object_hastens_nothing(ada: Person) -> None:
    key, times = uuid4(), clock.read()
    assert told(key, brand="a-twin") == 204
    brand = brand_draft(ada)
    with ada.acting():
        row = watch(
            brand,
            account="telnyx",
            reference="b-9",
            key=key,
            first_read_at=times.business + timedelta(days=1),
            business_now=times.business,
        )
    assert due_of(ada, row.pk).due_at == times.business + timedelta(days=1)


def test_a_knock_while_somebody_reads_causes_another_reading_after_it(ada: Person) -> None:
    _brand, key, row = waiting(ada, days=-1)
    (held,) = claim(Due.WATCH, clock.read())
    assert told(key, brand="b-1") == 204
    assert claim(Due.WATCH, clock.read()) == [], "it is held"
    with ada.acting():
        assert again(held, at=clock.read().business + timedelta(days=1))
    (once_more,) = claim(Due.WATCH, clock.read())
    assert once_more.item == row.pk
    with ada.acting():
        assert again(once_more, at=clock.read().business + timedelta(days=1))
    assert claim(Due.WATCH, clock.read()) == [], "and only one"


def test_old_events_are_cleared_away_and_young_ones_stay() -> None:
    assert told(uuid4()) == 204
    assert told(uuid4()) == 204
    old = CarrierEvent.objects.first()
    assert old is not None
    CarrierEvent.objects.filter(pk=old.pk).update(
        received_at=clock.read().machine - inbox.KEPT - timedelta(hours=1)
    )
    assert inbox.clear_away() == 1
    assert CarrierEvent.objects.count() == 1


def test_an_event_is_kept_together_with_its_knock_or_not_at_all(ada: Person, monkeypatch: Any) -> None:
    """A sender that got no answer sends again; the first time must not have used the event up."""
    _brand, key, row = waiting(ada)
    body = body_of(key, brand="b-1")
    with monkeypatch.context() as broken:
        broken.setattr(inbox, "knock", lambda *_: 1 / 0)
        client = Client(raise_request_exception=False)
        answer = client.post(
            f"/webhooks/telnyx/{key}/", body, "application/json", headers=TELNYX.headers(body)
        )
    assert answer.status_code == 500
    assert not CarrierEvent.objects.exists()
    assert send(key, body, TELNYX.headers(body)) == 204
    assert due_of(ada, row.pk).knocked_at is not None


def test_a_submission_is_untouched_by_events_of_other_keys(ada: Person) -> None:
    brand = brand_draft(ada)
    with ada.acting():
        brand.submit(by=ada.actor, times=clock.read())
        submission = Submission.objects.get()
    assert told(uuid4(), brand="b-1") == 204
    assert due_of(ada, submission.pk).knocked_at is None
    assert not inbox.tells_of("telnyx", submission.key)
