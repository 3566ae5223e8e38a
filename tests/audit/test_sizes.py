"""How long sealing and verifying take. The bar: a million rows verified in a minute."""

from __future__ import annotations

import time

import psycopg
import pytest

from portal.tenancy.models import Organization
from tests.audit.chains import seal_all, tampering, told, verified
from tests.conftest import superuser_url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
# One organization with most of the rows, some with few, and the house.
WRITE = """
    INSERT INTO audit_event (organization_id, at, actor_id, actor_name, address, action, object_kind, object_id, detail)
    SELECT (%(whose)s::uuid[])[CASE WHEN n %% 4 > 0 THEN 1 ELSE 1 + n %% 11 END], now() - n * interval '1 second',
           gen_random_uuid(), 'Ada Osei', '192.0.2.7', 'brand.submitted', 'brand', gen_random_uuid(),
           jsonb_build_object('word', 'TCR_ACCEPTED', 'number', n)
      FROM generate_series(1, %(many)s) n
"""


@pytest.mark.parametrize("many", [100_000, pytest.param(1_000_000, marks=pytest.mark.nightly)])
def test_a_million_rows_are_verified_within_a_minute(many: int) -> None:
    organizations = [Organization.objects.create(name=f"Acme {number}") for number in range(10)]
    with psycopg.connect(superuser_url()) as hand:
        hand.execute(WRITE, {"whose": [one.pk for one in organizations], "many": many})
    started = time.monotonic()
    while seal_all():
        pass
    sealed_in = time.monotonic() - started
    report = verified()
    assert report.findings == []
    assert sum(chain.links for chain in report.chains) == many
    print(f"\n{many} events: sealed in {sealed_in:.1f} s, verified in {report.seconds:.1f} s")
    assert report.seconds <= 60 * many / 1_000_000

    with tampering() as hand:
        hand.execute("UPDATE audit_event SET actor_name = 'Ada Osej' WHERE id = %s", [many - 2])
    assert told(verified()) == [("changed", many - 2)]
