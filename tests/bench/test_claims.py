"""What claiming costs, how fair it is, and what an idle worker asks for."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from portal import beat, clock
from portal.audit.recording import CLEARLINE
from portal.lifecycle import accounts, loop, tasks
from portal.lifecycle.claiming import Claim, Queue, done, queues, take
from portal.lifecycle.models import Due
from portal.notifications import delivering
from portal.tenancy.scope import acting_for
from tests.bench.figures import percentile, show, size, spread
from tests.bench.queue_rows import as_claimer, empty, fill, peer_take, settle
from tests.lifecycle.gates import together

pytestmark = [pytest.mark.nightly, pytest.mark.django_db(transaction=True)]
STORM = Queue("telnyx", Due.WATCH, background=False)
PEOPLE = Queue("telnyx", Due.SUBMISSION, background=False)
CLAIMERS, BATCH = 8, 500


@pytest.fixture(autouse=True)
def _emptied() -> Iterator[None]:
    yield
    empty()


def drained(take_some: Any) -> tuple[float, list[UUID]]:
    """Seconds, and everything that eight claimers took."""
    times = clock.read()

    def work(_number: int) -> list[UUID]:
        got: list[UUID] = []
        while some := take_some(times):
            got.extend(some)
        return got

    began = time.monotonic()
    parts = together(CLAIMERS, work)
    return time.monotonic() - began, [item for part in parts for item in part]


def test_b22_eight_claimers_drain_a_hundred_thousand_rows_and_take_none_twice() -> None:
    count = size(100_000, 100_000)

    def filled() -> None:
        empty()
        before = clock.read().machine - timedelta(hours=1)
        for _ in range(20):
            fill(STORM, count // 20, first=before)
        settle()

    filled()
    seconds, got = drained(lambda times: [one.item for one in take(STORM, times, limit=BATCH)])
    filled()
    peer_seconds, peer_got = drained(lambda times: [item for item, _ in peer_take(STORM, times, limit=BATCH)])
    rate, peer_rate = len(got) / seconds, len(peer_got) / peer_seconds
    show(
        "B22",
        f"{CLAIMERS} claimers, {count} rows, batches of {BATCH}",
        f"{rate:,.0f} rows/s, {len(got) - len(set(got))} twice",
        peer=f"{peer_rate:,.0f} rows/s (first in, first out)",
        wanted=">= 20,000 rows/s, 0 twice",
    )
    assert len(set(got)) == len(got) == count
    assert rate >= 20_000


def test_b22_one_row_at_a_time_as_the_loop_takes_them() -> None:
    before = clock.read().machine - timedelta(hours=1)
    for _ in range(20):
        fill(STORM, 5_000, first=before)
    settle()
    times, took = clock.read(), []
    for _ in range(500):
        began = time.monotonic()
        assert queues(times)
        assert take(STORM, times)
        took.append(time.monotonic() - began)
    show("B22", "one look and one claim over 100,000 due rows", spread(took), wanted="no bar of its own")
    assert percentile(took, 0.99) < 0.1


def test_b23_a_tenant_with_one_row_beside_one_with_fifty_thousand() -> None:
    before = clock.read().machine - timedelta(hours=1)
    fill(STORM, 50_000, first=before)
    for _ in range(200):  # and tenants of whom nothing is due
        fill(STORM, 5, first=clock.read().machine + timedelta(hours=5))
    settle()
    stop, rate = time.monotonic() + size(120, 20), 10.0
    made: dict[UUID, float] = {}
    waits: list[float] = []

    def guests() -> None:
        try:
            while time.monotonic() < stop - 3:
                organization = fill(STORM, 1, first=clock.read().machine)
                made[organization] = time.monotonic()
                time.sleep(0.7)
        finally:
            connection.close()

    guest = threading.Thread(target=guests)
    guest.start()
    while time.monotonic() < stop:
        waits.extend(
            time.monotonic() - made.pop(one.organization_id)
            for one in take(STORM, clock.read())
            if one.organization_id in made
        )
        time.sleep(1 / rate)
    guest.join()
    show(
        "B23",
        f"{len(waits)} tenants of one row each, at {rate:g} claims a second",
        spread(waits, "s", 1.0),
        peer=f"{50_000 / rate:,.0f} s (first in, first out)",
        wanted="p95 <= 10 s",
    )
    assert not made
    assert percentile(waits, 0.95) <= 10


def test_b24_a_claim_of_a_hundred_after_a_million_reschedules() -> None:
    rounds = size(10_000, 1_000)
    start = clock.read().machine - timedelta(hours=1)
    for _ in range(20):
        fill(STORM, 5_000, first=start, apart=timedelta(milliseconds=700))
    settle()
    took: list[float] = []
    for number in range(rounds):
        times = clock.read()
        began = time.monotonic()
        claims = take(STORM, times, limit=100)
        took.append(time.monotonic() - began)
        as_claimer(
            "UPDATE lifecycle_due SET due_at = due_at + interval '1 hour', lease_until = NULL"
            " WHERE item = ANY (%s)",
            [[one.item for one in claims]],
        )
        if number % 100 == 0:
            # So that something stays due: what was put off comes back.
            as_claimer(
                "UPDATE lifecycle_due SET due_at = %s WHERE item IN"
                " (SELECT item FROM lifecycle_due ORDER BY due_at DESC LIMIT 10000)",
                [times.machine],
            )
    last = took[-size(2_000, 300) :]
    show(
        "B24",
        f"claim of 100, after {rounds * 100:,} reschedules of 100,000 rows",
        spread(last),
        wanted="p99 <= 10 ms",
    )
    assert percentile(last, 0.99) <= 0.010


def test_b21_how_long_after_its_time_a_row_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    count, over = size(10_000, 1_000), size(600, 60)
    begin = clock.read().machine + timedelta(seconds=1)
    organizations = [
        fill(
            PEOPLE,
            count // 10,
            first=begin + timedelta(seconds=over / count * number),
            apart=timedelta(seconds=over / count * 10),
        )
        for number in range(10)
    ]
    assert len(set(organizations)) == 10
    lags: list[float] = []

    def step(one: Claim, read: Any) -> None:
        claimed: datetime = read().machine
        time.sleep(0.05)  # the registry
        with acting_for(one.organization_id, by=CLEARLINE):
            lags.append((claimed - Due.objects.get(pk=one.item).due_at).total_seconds())
            done(one)

    monkeypatch.setitem(loop.STEPS, Due.SUBMISSION, step)
    stop = time.monotonic() + over + 10

    def worker(number: int) -> None:
        time.sleep(number)
        while time.monotonic() < stop and len(lags) < count:
            loop.run(seconds=tasks.LOOK_FOR)
            time.sleep(beat.TICK)

    together(2, worker)
    show(
        "B21",
        f"{len(lags)} rows due over {over} s, 2 workers, registry 50 ms",
        spread(lags, "s", 1.0),
        wanted="p99 <= 2 s",
    )
    assert len(lags) == count
    assert percentile(lags, 0.99) <= 2


def test_b25_what_an_idle_worker_asks_the_database() -> None:
    for _ in range(20):
        fill(STORM, 5_000, first=clock.read().machine + timedelta(hours=5))
    settle()
    seen: list[str] = []

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append(sql)
        return execute(sql, params, many, context)

    def per_minute(act: Any, every: float) -> float:
        act()
        seen.clear()
        with connection.execute_wrapper(count):
            act()
        asked = [sql for sql in seen if not sql.startswith("SET LOCAL ROLE")]
        return len(asked) * 60 / every

    parts = {
        "tick": per_minute(tasks.tick, beat.TICK),
        "mail": per_minute(lambda: delivering.run(seconds=1), beat.MAIL),
        "alert": per_minute(accounts.alert_operators, beat.ALERT),
    }
    total = sum(parts.values())
    figures = ", ".join(f"{name} {number:g}" for name, number in parts.items())
    show(
        "B25",
        "statements a minute of an idle worker, roles and sealing aside",
        f"{total:g} ({figures})",
        wanted="<= 60",
    )
    assert parts["tick"] <= 60
