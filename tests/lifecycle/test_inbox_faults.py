"""The registry's own webhooks, spoiled in every way, at the portal's address over HTTP.

Whatever comes, in whatever number and order: the brand stands where the registry says that it stands.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from brands import states
from brands.models import Brand
from portal import clock
from portal.audit.models import Event
from portal.lifecycle import event_keys, gateway
from portal.lifecycle.models import CarrierAccount, CarrierEvent, Due, Submission, Watch
from tests.factories import submitted_brand, unique_name
from tests.lifecycle.moments import Later, work
from tests.people import Person
from tests.practice_registry import PracticeRegistry

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def carrier(registry: PracticeRegistry, settings: Any, live_server: Any) -> Iterator[PracticeRegistry]:
    """The practice registry, which sends its webhooks to this test's portal and to no other."""
    settings.PUBLIC_URL = live_server.url
    settings.TELNYX_PUBLIC_KEY = [registry.webhook_key()]
    gateway.carrier.cache_clear()
    yield registry
    registry.faults_off(settings.TELNYX_KEY)


@pytest.fixture
def account(settings: Any) -> str:
    """The API key, which is the account at the registry."""
    return str(settings.TELNYX_KEY)


def in_review(person: Person, carrier: PracticeRegistry, account: str) -> Brand:
    """A brand that is at the registry, whose verdict waits, and which nobody would read before tomorrow."""
    brand = submitted_brand(person, legal_name=unique_name("Silent"))
    work()
    brand = put_off(person, brand)
    assert brand.status == states.IN_REVIEW
    return brand


def put_off(person: Person, brand: Brand) -> Brand:
    with person.acting():
        tomorrow = clock.read().business + timedelta(days=1)
        assert Due.objects.filter(kind=Due.WATCH).update(due_at=tomorrow, knocked_at=None)
        brand.refresh_from_db()
    return brand


def until(what: str, is_so: Callable[[], bool], seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def all_sent(carrier: PracticeRegistry, account: str, number: int) -> Callable[[], bool]:
    def told() -> bool:
        rows = carrier.webhooks(account=account)
        return len(rows) >= number and all(row["outcome"] for row in rows)

    return told


def state_of(person: Person, brand: Brand) -> str:
    with person.acting():
        brand.refresh_from_db()
    return brand.status


def times_told(person: Person, brand: Brand, action: str) -> int:
    with person.acting():
        return Event.objects.filter(object_id=brand.pk, action=action).count()


def reads(carrier: PracticeRegistry, brand: Brand) -> int:
    path = f"/v2/10dlc/brand/{brand.reference}"
    return len([one for one in carrier.ledger(method="GET", path=path) if one["path"] == path])


def test_a_verdict_is_told_and_read_at_once(ada: Person, carrier: PracticeRegistry, account: str) -> None:
    brand = in_review(ada, carrier, account)
    carrier.approve(brand.reference)
    until("the verdict is told", lambda: CarrierEvent.objects.filter(heard_at__isnull=False).count() == 2)
    assert state_of(ada, brand) == states.IN_REVIEW, "telling is not deciding"
    work()
    assert state_of(ada, brand) == states.VERIFIED
    assert [row["status"] for row in carrier.webhooks(account=account)] == [204, 204]


def test_fifty_copies_in_parallel_are_one_effect(
    ada: Person, carrier: PracticeRegistry, account: str
) -> None:
    brand = in_review(ada, carrier, account)
    carrier.fault("duplicate", account=account, copies=50, match={"type": "BRAND_IDENTITY_STATUS_UPDATE"})
    carrier.approve(brand.reference)
    until("all were sent", all_sent(carrier, account, 51), 30)
    before = reads(carrier, brand)
    work()
    assert state_of(ada, brand) == states.VERIFIED
    counted = sorted(CarrierEvent.objects.values_list("times", flat=True))
    assert counted[-1] >= 50, counted
    assert len(counted) == 2
    assert times_told(ada, brand, "brand.verified") == 1
    assert reads(carrier, brand) - before == 1


def test_the_order_makes_no_difference(ada: Person, carrier: PracticeRegistry, account: str) -> None:
    brand = in_review(ada, carrier, account)
    carrier.fault("reverse", account=account, count=3, times=3, seconds=20)
    carrier.reject(brand.reference)
    until("two are held back", lambda: len(carrier.webhooks(account=account)) == 2)
    carrier.approve(brand.reference)
    until("all were sent", all_sent(carrier, account, 3), 30)
    heard = list(CarrierEvent.objects.order_by("id").values_list("occurred_at", flat=True))
    assert heard == sorted(heard, reverse=True), "the registry did turn them round"
    work()
    assert state_of(ada, brand) == states.VERIFIED


def test_an_event_before_our_own_answer_is_heard_when_the_answer_is_there(
    ada: Person, carrier: PracticeRegistry, account: str
) -> None:
    fault = carrier.fault("early", account=account, verb="create")
    brand = submitted_brand(ada, legal_name=unique_name("Silent"))
    work()
    assert carrier.fault_counts(fault)[1] == 1
    with ada.acting():
        brand.refresh_from_db()
        wait, submission = Watch.objects.get(), Submission.objects.get()
    told = CarrierEvent.objects.get()
    assert told.received_at < submission.ended_at
    assert (told.reference, told.heard_at is not None) == (brand.reference, True)
    assert wait.last_read_at is not None, "its first reading was due at once"
    assert len(carrier.ledger(method="POST", key=str(submission.key))) == 1


def test_what_was_never_told_is_found_by_asking(ada: Person, carrier: PracticeRegistry, account: str) -> None:
    brand = submitted_brand(ada, legal_name=unique_name("Silent"))
    work()
    carrier.webhooks_off(account=account)
    with ada.acting():
        brand.refresh_from_db()
    carrier.approve(brand.reference)
    assert not CarrierEvent.objects.exists()
    later = Later()
    # The plan's shortest distance, at its longest: five seconds and a fifth.
    later.pass_(seconds=6.1)
    work(later)
    assert state_of(ada, brand) == states.VERIFIED


@pytest.mark.parametrize("age", [600, 86_400])
def test_a_replay_with_its_old_time_is_refused(
    ada: Person, carrier: PracticeRegistry, account: str, age: int
) -> None:
    brand = in_review(ada, carrier, account)
    carrier.fault("replay", account=account, age=age, match={"type": "BRAND_IDENTITY_STATUS_UPDATE"})
    carrier.approve(brand.reference)
    until("all were sent", all_sent(carrier, account, 3))
    assert sorted(row["status"] for row in carrier.webhooks(account=account)) == [204, 204, 401]
    assert CarrierAccount.objects.get().refused_events == 1
    assert set(CarrierEvent.objects.values_list("times", flat=True)) == {1}


def test_a_replay_inside_the_window_is_a_duplicate(
    ada: Person, carrier: PracticeRegistry, account: str
) -> None:
    brand = in_review(ada, carrier, account)
    carrier.fault(
        "replay", account=account, age=100, copies=3, match={"type": "BRAND_IDENTITY_STATUS_UPDATE"}
    )
    carrier.approve(brand.reference)
    until("all were sent", all_sent(carrier, account, 5))
    work()
    put_off(ada, brand)
    for row in carrier.webhooks(account=account):
        carrier.send_again(row["id"])
    until("all were sent", all_sent(carrier, account, 10))
    assert CarrierEvent.objects.count() == 2
    assert work() == 0, "no effect"
    assert CarrierAccount.objects.get().refused_events == 0


@pytest.mark.parametrize(
    "how", ["unsigned", "wrong_key", "body", "timestamp", "many_signatures", "previous_key", "junk_signature"]
)
def test_a_forged_one_leaves_nothing_but_a_number(
    ada: Person, carrier: PracticeRegistry, account: str, settings: Any, how: str
) -> None:
    if how == "previous_key":
        carrier.rotate_webhook_key()
        settings.TELNYX_PUBLIC_KEY = [carrier.webhook_key()]
    brand = in_review(ada, carrier, account)
    carrier.fault("forge", account=account, how=how, times=2)
    carrier.approve(brand.reference)
    until("all were sent", all_sent(carrier, account, 2))
    (first, second) = carrier.webhooks(account=account)
    # A header of 89 kB is more than the server takes, before any code of ours.
    assert {first["status"], second["status"]} <= {401, 400, 431}
    assert not CarrierEvent.objects.exists()
    assert work() == 0
    assert state_of(ada, brand) == states.IN_REVIEW
    if how != "many_signatures":
        assert CarrierAccount.objects.get().refused_events == 2


def test_a_changed_key_is_followed_without_a_gap(
    ada: Person, carrier: PracticeRegistry, account: str, settings: Any
) -> None:
    old = carrier.webhook_key()
    brand = in_review(ada, carrier, account)
    carrier.tell(brand.reference)
    until("the old key is good", lambda: CarrierEvent.objects.count() == 1)
    new = carrier.rotate_webhook_key()["public_key"]
    carrier.tell(brand.reference)
    until("the new one is not known", lambda: CarrierAccount.objects.get().refused_events > 0)
    settings.TELNYX_PUBLIC_KEY = [old, new]
    carrier.tell(brand.reference)
    until("both are good", lambda: CarrierEvent.objects.count() >= 2)
    settings.TELNYX_PUBLIC_KEY = [new]
    refused = CarrierAccount.objects.get().refused_events
    carrier.fault("forge", account=account, how="previous_key")
    carrier.tell(brand.reference)
    until("the old one is not any more", lambda: CarrierAccount.objects.get().refused_events > refused)


def test_in_practice_mode_the_registrys_key_is_followed_by_itself(
    ada: Person, carrier: PracticeRegistry, account: str, settings: Any, monkeypatch: Any
) -> None:
    settings.TELNYX_PUBLIC_KEY = []
    monkeypatch.setattr(event_keys, "ASKED_EVERY", 0.0)
    brand = in_review(ada, carrier, account)
    carrier.tell(brand.reference)
    until("heard", lambda: CarrierEvent.objects.count() == 1)
    carrier.rotate_webhook_key()
    carrier.tell(brand.reference)
    until("heard with the new key", lambda: CarrierEvent.objects.count() == 2)
    assert not CarrierAccount.objects.filter(refused_events__gt=0).exists()


def test_an_event_about_an_unknown_object_or_another_tenants_has_no_effect(
    ada: Person, cy: Person, carrier: PracticeRegistry, account: str
) -> None:
    brand, theirs = in_review(ada, carrier, account), in_review(cy, carrier, account)
    put_off(ada, brand)
    carrier.fault("unknown", account=account, match={"type": "BRAND_UPDATE"})
    carrier.tell(brand.reference)
    until("it was sent", all_sent(carrier, account, 1))
    carrier.fault("unknown", account=account, brand=theirs.reference, match={"type": "BRAND_UPDATE"})
    carrier.tell(brand.reference)
    until("they were sent", all_sent(carrier, account, 2))
    assert [row["status"] for row in carrier.webhooks(account=account)] == [204, 204], "no oracle"
    assert list(CarrierEvent.objects.values_list("heard_at", flat=True)) == [None, None]
    assert work() == 0


@pytest.mark.parametrize(("seconds", "taken"), [(-250, True), (250, True), (-600, False), (600, False)])
def test_a_registry_whose_clock_is_wrong_is_believed_for_five_minutes(
    ada: Person, carrier: PracticeRegistry, account: str, seconds: int, taken: bool
) -> None:
    brand = in_review(ada, carrier, account)
    carrier.fault("skew", account=account, phase="P5", seconds=seconds, times=None)
    carrier.approve(brand.reference)
    number = 2
    until("all were sent", all_sent(carrier, account, number))
    if taken:
        work()
    else:
        assert not CarrierEvent.objects.exists()
        later = Later()
        later.pass_(days=2)
        work(later)
    assert state_of(ada, brand) == states.VERIFIED
