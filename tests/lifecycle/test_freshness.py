"""How soon a page that somebody looks at asks again: within what a badge may lag behind an event."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from brands.models import Brand
from portal import clock
from portal.lifecycle.waiting import refresh_of
from tests.factories import submitted_brand
from tests.people import Person

pytestmark = pytest.mark.django_db
# Of the five seconds: half a second is the script's own, one and a half are the worker's.
MOST = 3
_EVERY = re.compile(r'data-refresh="(\d+)"')


@pytest.mark.parametrize("age", [0, 1, 10, 24 * 60, 30 * 24 * 60])
def test_a_page_in_sight_of_something_that_waits_asks_every_three_seconds_however_old_it_is(
    ada: Person, age: int
) -> None:
    brand = submitted_brand(ada)
    with ada.acting():
        Brand.objects.filter(pk=brand.pk).update(since=clock.read().business - timedelta(minutes=age))
        brand.refresh_from_db()
    assert refresh_of(brand.since, clock.read()) <= MOST
    for path in (f"/brands/{brand.pk}/", "/", "/sms-campaigns/"):
        found = [int(every) for every in _EVERY.findall(ada.get(path).content.decode())]
        assert found, path
        assert max(found) <= MOST, path
