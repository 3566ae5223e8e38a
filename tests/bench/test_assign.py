"""What a bulk assignment costs, all of its audit and outbox included, beside one that is written by hand in SQL."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import connection, transaction
from django.db.models import QuerySet

from campaigns.models import Campaign
from phone_numbers import states
from phone_numbers.assigning import assign, preview
from phone_numbers.models import Assignment, Number, Order, Roster
from phone_numbers.rosters import roster_of
from portal import clock
from portal.audit.recording import record, record_each
from tests.bench.figures import show
from tests.campaigns.numbering import numbers_of
from tests.conftest import owner_url, superuser_url
from tests.factories import active_campaign
from tests.people import Person, enrolled

pytestmark = [pytest.mark.nightly, pytest.mark.django_db(transaction=True)]
TIMES, ROUNDS = 3.0, 7

# The same rows, and no question asked.
_RAW = (
    "INSERT INTO numbers_assignment (id, organization_id, number_id, campaign_id, order_id, e164, state, since,"
    " reference, word, reasons, ended_because) SELECT gen_random_uuid(), organization_id, id, %(campaign)s, %(order)s,"
    " e164, 'pending', now(), '', '', '[]', '' FROM numbers_number WHERE id = ANY (%(ids)s)",
    "INSERT INTO lifecycle_submission (id, organization_id, kind, subject_id, purpose, version, account, key, payload,"
    " state, attempt, failures, searches, reference, answer, reasons, last_error)"
    " SELECT gen_random_uuid(), organization_id, 'assignment', id, 'assign', 1, 'telnyx', gen_random_uuid(),"
    " jsonb_build_object('e164', e164, 'reference', 'x', 'enable', ''), 'accepted', 0, 0, 0, '', '{}', '[]', ''"
    " FROM numbers_assignment WHERE order_id = %(order)s",
    "INSERT INTO lifecycle_due (item, organization_id, account, kind, due_at, attempt, background, key)"
    " SELECT submission.id, submission.organization_id, account, 'submission', now(), 0, false, key"
    " FROM lifecycle_submission AS submission JOIN numbers_assignment ON numbers_assignment.id = subject_id"
    " WHERE order_id = %(order)s",
    "INSERT INTO audit_event (organization_id, at, actor_name, action, object_kind, object_id, detail)"
    " SELECT organization_id, now(), 'Ada', 'number.assigning', 'number', number_id,"
    " jsonb_build_object('campaign', campaign_id) FROM numbers_assignment WHERE order_id = %(order)s",
)


@pytest.fixture
def owner() -> Person:
    return enrolled("ada")


@pytest.fixture
def campaign(owner: Person) -> Campaign:
    made = active_campaign(owner)
    with owner.acting():
        Roster.objects.filter(pk=roster_of(made).pk).update(approved=1_000_000)
    return made


def cleared() -> None:
    """Nothing assigned; what was written before takes no part."""
    with psycopg.connect(superuser_url(), autocommit=True) as server:
        server.execute("TRUNCATE numbers_assignment, lifecycle_submission, lifecycle_due, lifecycle_watch")
        server.execute("UPDATE numbers_roster SET used = 0")
    with psycopg.connect(owner_url(), autocommit=True) as server:
        server.execute("VACUUM ANALYZE numbers_number")


def seconds(act: Callable[[], Any]) -> float:
    cleared()
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def made_order(person: Person, campaign: Campaign) -> Order:
    times = clock.read()
    order: Order = Order.objects.create(
        organization_id=person.organization.pk,
        act="assign",
        campaign=campaign,
        by_name="Ada",
        at=times.business,
    )
    return order


@pytest.mark.parametrize("count", [48, 1_000, 10_000])
def test_a_bulk_assignment_costs_at_most_three_times_the_bare_rows(
    owner: Person, campaign: Campaign, count: int
) -> None:
    ids = [one.pk for one in numbers_of(owner, count, enabled=True)]

    def chosen() -> QuerySet[Number]:
        found: QuerySet[Number] = Number.objects.filter(pk__in=ids)
        return found

    def ours() -> None:
        with owner.acting():
            order = assign(
                campaign, chosen(), token=uuid4(), by=owner.actor, times=clock.read(), expected=count
            )
        assert order.total == count

    def raw() -> None:
        with owner.acting(), connection.cursor() as cursor:
            values = {"campaign": campaign.pk, "order": made_order(owner, campaign).pk, "ids": ids}
            for statement in _RAW:
                cursor.execute(statement, values)
                assert cursor.rowcount == count

    def looked() -> None:
        with owner.acting():
            assert preview(campaign, chosen(), times=clock.read()).will == count

    def rows() -> list[Assignment]:
        at, order = clock.read().business, made_order(owner, campaign)
        return [
            Assignment(
                organization_id=owner.organization.pk,
                number=number,
                campaign=campaign,
                order=order,
                e164=number.e164,
                since=at,
            )
            for number in chosen()
        ]

    def in_bulk() -> None:
        """As an admin action writes that thinks of `bulk_create`: assignments and log, and no outbox."""
        with owner.acting():
            made = Assignment.objects.bulk_create(rows())
            record_each(
                states.ASSIGNING, [one.number for one in made], by=owner.actor, at=clock.read().business
            )

    def update() -> None:
        """`queryset.update()`: one column of the rows, no log, no outbox."""
        with owner.acting():
            assert chosen().update(label="Desk") == count

    def one_by_one() -> None:
        """As an admin action writes that saves each: assignments and log, and no outbox."""
        with owner.acting(), transaction.atomic():
            for one in rows():
                one.save(force_insert=True)
                record(states.ASSIGNING, one.number, by=owner.actor, at=clock.read().business)

    took: dict[str, list[float]] = {"ours": [], "raw": []}
    for round_ in range(ROUNDS + 1):
        # In turn, so that whatever else the machine does meets both; the first round warms up.
        for name, act in (("ours", ours), ("raw", raw)):
            spent = seconds(act)
            if round_:
                took[name].append(spent)
    mine, bare = (statistics.median(took[name]) for name in ("ours", "raw"))
    peers = {
        name: seconds(act) for name, act in (("bulk", in_bulk), ("update", update), ("save", one_by_one))
    }
    told = seconds(looked)
    show(
        "N1",
        f"{count:,} numbers assigned, audit and outbox included",
        f"{mine * 1000:,.0f} ms = {mine / bare:.2f} x the bare rows ({bare * 1000:,.0f} ms);"
        f" its preview {told * 1000:,.0f} ms",
        peer=f"admin action {peers['bulk'] * 1000:,.0f} ms, update() {peers['update'] * 1000:,.0f} ms,"
        f" saving each {peers['save'] * 1000:,.0f} ms, all three without the outbox",
        wanted="at most 3 x",
    )
    assert mine <= TIMES * bare
