"""A write that ends while the same brand is being read: neither waits for the other for ever."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection

from brands import passwords, states
from brands.lifecycle import BrandWatching
from portal.lifecycle import loop
from portal.lifecycle.models import Due, SubmissionState
from tests.brands.proving import alone_brand, pass_time, submissions
from tests.lifecycle.moments import Later, claim, work
from tests.people import Person
from tests.practice_registry import PracticeRegistry

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_the_end_of_a_check_waits_for_a_reading_and_both_are_taken_over(
    ada: Person, registry: PracticeRegistry, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    brand = alone_brand(ada, registry)
    assert brand.status == states.PASSWORD
    ada.post(f"/brands/{brand.pk}/password/")
    work()
    pass_time(registry, seconds=20)
    later = Later()
    later.pass_(days=1)
    (reading,) = claim(Due.WATCH, later())
    holds, go_on, real = threading.Event(), threading.Event(), BrandWatching.apply

    def slowly(self: BrandWatching, *seen: Any) -> Any:
        # The row of the wait is written and locked, that of the brand is not.
        holds.set()
        assert go_on.wait(20)
        return real(self, *seen)

    def read() -> None:
        try:
            loop.step(reading)
        finally:
            connection.close()

    monkeypatch.setattr(BrandWatching, "apply", slowly)
    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    assert holds.wait(20)
    ada.post(f"/brands/{brand.pk}/password/check/", {"password": registry.pin(brand.reference)})
    threading.Timer(1.0, go_on.set).start()
    work()
    reader.join(20)
    assert not reader.is_alive()
    assert "lost to the database" not in caplog.text
    (check,) = submissions(ada, brand, passwords.CHECK)
    assert check.state == SubmissionState.CONFIRMED
