"""Events that come at the same moment: as copies, as forgeries, or just when the wait begins."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from brands.models import Brand
from portal import clock
from portal.lifecycle.claiming import again
from portal.lifecycle.models import CarrierAccount, CarrierEvent, Due, Watch, watch
from portal.tenancy.scope import acting_for
from tests.factories import brand_draft
from tests.lifecycle.moments import claim
from tests.lifecycle.signing import body_of, send
from tests.lifecycle.waits import FORGER, TELNYX, due_of, told, waiting
from tests.people import Person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def known_key(settings: Any) -> None:
    settings.TELNYX_PUBLIC_KEY = [TELNYX.public]


def in_parallel(number: int, act: Any) -> None:
    problems: list[BaseException] = []

    def run(place: int) -> None:
        try:
            act(place)
        except BaseException as problem:  # noqa: BLE001  shown below
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,), daemon=True) for place in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not problems, problems


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_fifty_copies_at_once_are_one_event_and_one_knock(ada: Person) -> None:
    _brand, key, _row = waiting(ada)
    body = body_of(key, brand="b-1", event_id="one")
    headers = TELNYX.headers(body)
    statuses: list[int] = []
    in_parallel(50, lambda _place: statuses.append(send(key, body, headers)))
    assert statuses == [204] * 50
    assert CarrierEvent.objects.get().times == 50
    (held,) = claim(Due.WATCH, clock.read())
    with ada.acting():
        again(held, at=clock.read().business + timedelta(days=1))
    assert claim(Due.WATCH, clock.read()) == []


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_an_event_at_the_very_moment_at_which_the_wait_begins_is_never_lost(ada: Person) -> None:
    """Each sees what the other wrote, or the other sees it: twenty times with both in the middle of it."""
    for _time in range(20):
        key, times = uuid4(), clock.read()
        brand = brand_draft(ada, legal_name=f"Brand {key}")
        with ada.acting():
            # One brand, one draft: the next time needs another.
            Brand.objects.filter(pk=brand.pk).update(created_by=None)
        rows: list[Watch] = []

        def begin(brand: Brand = brand, key: UUID = key, times: Any = times, rows: Any = rows) -> None:
            with acting_for(ada.organization.pk, by=ada.actor):
                rows.append(
                    watch(
                        brand,
                        account="telnyx",
                        reference="b-1",
                        key=key,
                        first_read_at=times.business + timedelta(days=1),
                        business_now=times.business,
                    )
                )
                # Long enough for the event to come in before this commits.
                time.sleep(0.03)

        def both(place: int, key: UUID = key, begin: Any = begin) -> None:
            if place:
                time.sleep(0.01)
                assert told(key, brand="b-1") == 204
            else:
                begin()

        in_parallel(2, both)
        assert due_of(ada, rows[0].pk).due_at <= clock.read().business


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_forgeries_at_once_are_all_counted_and_hold_nobody_up(ada: Person) -> None:
    key = uuid4()
    body = body_of(key)
    headers = FORGER.headers(body)
    in_parallel(20, lambda _place: send(key, body, headers))
    assert CarrierAccount.objects.get().refused_events == 20
