"""The list of numbers at any size: the first page, a deep one, and the counts of its tabs."""

from __future__ import annotations

import statistics
import time
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from phone_numbers.models import Number
from tests.bench.figures import show, size, spread
from tests.campaigns.numbering import numbers_on
from tests.conftest import owner_url
from tests.factories import active_campaign
from tests.people import Person, enrolled

pytestmark = [pytest.mark.nightly, pytest.mark.django_db(transaction=True)]

FEW, MANY = 10_000, size(1_000_000, 100_000)
ROUNDS = 15
# The largest page may cost at most so much more at the large size.
BAR = 1.5
MOST_QUERIES = 8

_FILL = """
    INSERT INTO numbers_number (id, organization_id, e164, product, country, type, sms, label, serves_kind, serves,
                                reference)
    SELECT gen_random_uuid(), %s, '+1' || (%s + n)::text, 'phone', 'US', 'local', true, 'Desk ' || n,
           CASE WHEN n %% 3 = 0 THEN '' ELSE 'user' END, CASE WHEN n %% 3 = 0 THEN '' ELSE 'Somebody ' || n END, ''
      FROM generate_series(1, %s) AS n
"""


def fill(person: Person, count: int, first: int) -> None:
    """`count` numbers of `person`'s organization, two thirds of them assigned to somebody."""
    with person.acting(), connection.cursor() as cursor:
        cursor.execute(_FILL, [person.organization.pk, first, count])
    # As autovacuum leaves it behind: an index that has to look into the table for each row is another figure.
    with psycopg.connect(owner_url(), autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE numbers_number")


def times(person: Person, path: str) -> list[float]:
    """Seconds of each of ROUNDS answers, after one that nobody counts."""
    spent = []
    for turn in range(ROUNDS + 1):
        began = time.perf_counter()
        assert person.get(path).status_code == 200
        if turn:
            spent.append(time.perf_counter() - began)
    return spent


def deep(person: Person, count: int) -> str:
    """The key of a page far down the list."""
    from portal.ui.paging import _closed

    with person.acting():
        row = Number.objects.order_by("e164")[count * 9 // 10]
        row.key = row.e164
        return f"/numbers/?after={_closed(row, 'number', 'numbers.inventory')}"


def test_the_list_costs_the_same_at_any_size_and_depth() -> None:
    small, large = enrolled("ada"), enrolled("cy")
    found: dict[str, Any] = {}
    for person, count, first in ((small, FEW, 2_060_000_000), (large, MANY, 4_250_000_000)):
        numbers_on(person, active_campaign(person), 48)
        fill(person, count, first)
        with CaptureQueriesContext(connection) as asked:
            person.get("/numbers/")
        mine = [one for one in asked if "numbers_" in one["sql"] or "campaigns_" in one["sql"]]
        assert len(mine) <= MOST_QUERIES, mine
        found[f"{count} first"] = times(person, "/numbers/")
        found[f"{count} deep"] = times(person, deep(person, count))
        found[f"{count} digits"] = times(person, f"/numbers/?q={first + count // 2}")
    for name, spent in found.items():
        show("B23", f"list of numbers, {name}", spread(spent), wanted=f"≤ {BAR} × the same at {FEW}")
    for page in ("first", "deep", "digits"):
        ratio = statistics.median(found[f"{MANY} {page}"]) / statistics.median(found[f"{FEW} {page}"])
        show("B23", f"{page} page at {MANY} against {FEW}", f"{ratio:.2f} ×", wanted=f"≤ {BAR} ×")
        assert ratio <= BAR
    ratio = statistics.median(found[f"{MANY} deep"]) / statistics.median(found[f"{MANY} first"])
    show("B23", f"deep page against the first at {MANY}", f"{ratio:.2f} ×", wanted=f"≤ {BAR} ×")
    assert ratio <= BAR
