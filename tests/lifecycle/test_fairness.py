"""Whose turn it is: between organizations, between people and the background, between accounts."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connection

from portal import clock
from portal.audit.recording import CLEARLINE
from portal.carriers.gate import Held, Passage
from portal.carriers.policy import Rate
from portal.clock import Times
from portal.lifecycle import accounts, claiming, loop
from portal.lifecycle.claiming import FRONT, Claim, Queue, again, done, queues, take
from portal.lifecycle.gate import AccountGate
from portal.lifecycle.models import CarrierAccount, Due
from portal.lifecycle.schedule import comeback
from portal.tenancy.scope import acting_for
from tests.conftest import owner_url
from tests.lifecycle.gates import together

ACCOUNT = "telnyx"
PEOPLE = Queue(ACCOUNT, Due.SUBMISSION, background=False)
STORM = Queue(ACCOUNT, Due.SUBMISSION, background=True)
READINGS = Queue(ACCOUNT, Due.WATCH, background=False)


def rows(count: int, times: Times, queue: Queue = PEOPLE, *, whose: UUID | None = None, **due: float) -> UUID:
    """`count` rows of one organization, due `due` from now."""
    organization = whose or uuid4()
    with acting_for(organization, by=CLEARLINE):
        Due.objects.bulk_create(
            Due(
                item=uuid4(),
                organization_id=organization,
                account=queue.account,
                kind=queue.kind,
                background=queue.background,
                due_at=times.machine + timedelta(**due),
            )
            for _ in range(count)
        )
    return organization


def give_back(one: Claim) -> None:
    with acting_for(one.organization_id, by=CLEARLINE):
        done(one)


@pytest.fixture
def times() -> Times:
    return clock.read()


# --- organizations


@pytest.mark.django_db
@pytest.mark.parametrize("crowd", [10, FRONT * 3])
def test_one_row_does_not_wait_behind_somebody_elses_many(times: Times, crowd: int) -> None:
    rows(crowd, times, hours=-5)
    small = [rows(1, times, seconds=-1) for _ in range(3)]
    served = [take(PEOPLE, times)[0].organization_id for _ in range(8)]
    assert set(small) <= set(served)


@pytest.mark.django_db
def test_organizations_take_turns_for_as_long_as_they_have_work(times: Times) -> None:
    everybody = [rows(100, times, hours=-number) for number in range(4)]
    served = [take(PEOPLE, times)[0].organization_id for _ in range(80)]
    assert {served.count(one) for one in everybody} == {20}


@pytest.mark.django_db
def test_inside_an_organization_what_is_due_longest_goes_first(times: Times) -> None:
    organization = rows(1, times, seconds=-10)
    rows(1, times, seconds=-20, whose=organization)
    rows(1, times, seconds=-30, whose=organization)
    with acting_for(organization, by=CLEARLINE):
        expected = list(Due.objects.order_by("due_at").values_list("item", flat=True))
    assert [take(PEOPLE, times)[0].item for _ in range(3)] == expected


@pytest.mark.django_db
def test_organizations_without_anything_due_cost_nobody_a_turn(times: Times) -> None:
    for _ in range(FRONT * 5):
        rows(1, times, hours=1)
    big = rows(FRONT * 2, times, hours=-5)
    small = rows(1, times, seconds=-1)
    served = [take(PEOPLE, times)[0].organization_id for _ in range(8)]
    assert set(served) == {big, small}


@pytest.mark.django_db
def test_a_row_that_somebody_holds_is_not_waited_for(times: Times) -> None:
    organization = rows(2, times, seconds=-1)
    first, second = take(PEOPLE, times), take(PEOPLE, times)
    assert first[0].item != second[0].item
    assert first[0].organization_id == second[0].organization_id == organization
    assert take(PEOPLE, times) == []


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_eight_claimers_take_everything_once_from_one_organization_and_from_many(times: Times) -> None:
    rows(200, times, seconds=-1)
    for _ in range(40):
        rows(5, times, seconds=-1)

    def work(_number: int) -> list[UUID]:
        got: list[UUID] = []
        while queues(times):
            got.extend(one.item for one in take(PEOPLE, times))
        return got

    got = [item for part in together(8, work) for item in part]
    assert (len(got), len(set(got))) == (400, 400)


# --- people, background, readings


@pytest.mark.slow
@pytest.mark.django_db
def test_people_go_first_and_the_others_are_not_forgotten(
    times: Times, monkeypatch: pytest.MonkeyPatch
) -> None:
    for queue in (PEOPLE, STORM, READINGS):
        rows(50, times, queue, seconds=-1)
    seen: list[tuple[str, bool]] = []

    def step(one: Claim, _read: Any) -> None:
        seen.append((one.kind, one.background))
        give_back(one)

    for kind in (Due.SUBMISSION, Due.WATCH):
        monkeypatch.setitem(loop.STEPS, kind, step)
    loop.run(seconds=60)
    assert len(seen) == 150
    begun = seen[:50]
    assert begun.count((Due.SUBMISSION, False)) == 40
    assert min(begun.count((Due.SUBMISSION, True)), begun.count((Due.WATCH, False))) >= 4


# --- accounts that must not be asked


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "closed"),
    [
        ({"wait_until": timedelta(seconds=30)}, {PEOPLE, STORM, READINGS}),
        ({"open_until": timedelta(seconds=30), "opened_at": timedelta(0)}, {PEOPLE, STORM, READINGS}),
        ({"refused_key": "this key"}, {PEOPLE, STORM, READINGS}),
        ({"refused_key": "another key"}, set()),
        ({"paused_for": "person", "paused_at": timedelta(0)}, {PEOPLE, STORM}),
        # Further ahead than it can be: the database's clock was set back.
        ({"open_until": timedelta(hours=5)}, set()),
        ({"wait_until": timedelta(seconds=-1), "open_until": timedelta(seconds=-1)}, set()),
    ],
)
def test_an_account_that_must_not_be_asked_is_not_claimed_from(
    times: Times, state: dict[str, Any], closed: set[Queue]
) -> None:
    everything = {PEOPLE, STORM, READINGS}
    elsewhere = Queue("other", Due.SUBMISSION, background=False)
    for queue in everything | {elsewhere}:
        rows(1, times, queue, seconds=-1)
    CarrierAccount.objects.create(
        account=ACCOUNT,
        **{
            name: times.machine + value if isinstance(value, timedelta) else value
            for name, value in state.items()
        },
    )
    assert set(queues(times, keys=["this key"])) == (everything | {elsewhere}) - closed


@pytest.mark.slow
@pytest.mark.django_db
def test_looking_over_a_hundred_thousand_rows_of_which_none_is_due_reads_a_few_pages(times: Times) -> None:
    fill(100_000, organizations=200, ahead=3600)
    assert queues(times) == []
    assert pages_of_a_look(times) <= 60


def fill(count: int, *, organizations: int, ahead: float) -> None:
    """Readings of many organizations, due `ahead` seconds from now and later."""
    for _ in range(organizations):
        organization = uuid4()
        with acting_for(organization, by=CLEARLINE), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO lifecycle_due (item, organization_id, account, kind, due_at, attempt, background)"
                " SELECT gen_random_uuid(), %s, 'telnyx', 'watch', now() + %s * interval '1 s' + n * interval '1 s',"
                " 0, false FROM generate_series(1, %s) AS n",
                [organization, ahead, count // organizations],
            )


def pages_of_a_look(times: Times) -> int:
    """Pages that one look touches, as EXPLAIN counts them."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE portal_claimer")
        cursor.execute(
            f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {claiming._QUEUES}",
            {
                "machine": times.machine,
                "business": times.business,
                "keys": [],
                "breaker": timedelta(minutes=1),
            },
        )
        plan = cursor.fetchone()[0][0]["Plan"]
        cursor.execute("SET LOCAL ROLE NONE")
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


# --- the loop


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_slow_account_holds_up_nobody_but_itself(times: Times, monkeypatch: pytest.MonkeyPatch) -> None:
    slow, other, quick = (
        Queue(name, Due.SUBMISSION, background=False) for name in ("slow", "slow too", "quick")
    )
    rows(2, times, slow, hours=-1)
    rows(2, times, other, hours=-1)
    rows(20, times, quick, seconds=-1)
    began = time.monotonic()
    ended: dict[str, list[float]] = {"slow": [], "slow too": [], "quick": []}

    def step(one: Claim, _read: Any) -> None:
        if one.account != "quick":
            time.sleep(2)
        give_back(one)
        ended[one.account].append(time.monotonic() - began)

    monkeypatch.setitem(loop.STEPS, Due.SUBMISSION, step)
    assert loop.run(seconds=60) == 24
    assert max(ended["quick"]) < 2
    assert 4 <= max(ended["slow"] + ended["slow too"]) < 7, "each four seconds, and not one after the other"
    assert threading.active_count() < 10


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_work_that_comes_for_another_account_does_not_wait_for_a_slow_one(
    times: Times, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, quick = (Queue(name, Due.SUBMISSION, background=False) for name in ("slow", "quick"))
    rows(2, times, slow, hours=-1)
    rows(1, times, quick, hours=-1)
    ended: list[tuple[str, float]] = []
    began = time.monotonic()

    def step(one: Claim, _read: Any) -> None:
        if one.account == "slow":
            time.sleep(2)
        give_back(one)
        ended.append((one.account, time.monotonic() - began))

    monkeypatch.setitem(loop.STEPS, Due.SUBMISSION, step)
    late = threading.Timer(1.0, lambda: (rows(1, clock.read(), quick), connection.close()))
    late.start()
    assert loop.run(seconds=60) == 4
    late.join()
    assert [account for account, _ in ended] == ["quick", "quick", "slow", "slow"]


@pytest.mark.slow
@pytest.mark.django_db
def test_a_queue_that_the_gate_holds_back_is_not_walked_through_row_by_row(
    times: Times, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows(500, times, STORM, seconds=-1)
    gate = AccountGate(ACCOUNT, key="key", rate=Rate(0.2, 1), interactive_share=0.4)
    steps = 0

    def step(one: Claim, read: Any) -> None:
        nonlocal steps
        steps += 1
        try:
            gate.enter(within=10)
        except Held as held:
            with acting_for(one.organization_id, by=CLEARLINE):
                again(one, at=read().machine + comeback(held.retry_after))
        else:
            gate.left(Passage.ANSWERED)
            give_back(one)

    monkeypatch.setitem(loop.STEPS, Due.SUBMISSION, step)
    began = time.monotonic()
    for _ in range(4):
        loop.run(seconds=2)
    assert steps <= 8, "one that leaves and one that is held back, in each of the four looks at most"
    assert time.monotonic() - began < 4, "with nothing to do it does not stay"


@pytest.mark.django_db
def test_the_claimer_may_see_of_an_account_only_whether_it_may_be_asked() -> None:
    assert accounts.paused("nobody") is None
    with psycopg.connect(owner_url()) as owner:
        seen = owner.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'lifecycle_carrieraccount'::regclass"
            "   AND attnum > 0 AND NOT attisdropped"
            "   AND has_column_privilege('portal_claimer', attrelid, attnum, 'SELECT')"
        ).fetchall()
    assert {name for (name,) in seen} == {"account", "paused_for", "refused_key", "wait_until", "open_until"}
