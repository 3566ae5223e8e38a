"""Sealing and verifying: whatever is done to the log behind its back, the row is named."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from portal.audit import sealing
from portal.audit.chain import COLUMNS
from portal.tenancy.models import Organization
from tests.audit.chains import house_events, seal_all, tampering, told, verified, written

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def acme() -> Organization:
    return Organization.objects.create(name="Acme")


@pytest.fixture
def rival() -> Organization:
    return Organization.objects.create(name="Rival")


def test_what_was_written_is_sealed_and_found_intact(acme: Organization, rival: Organization) -> None:
    written(acme, 7)
    written(rival, 2)
    house_events(3)
    assert seal_all(batch=3) == 12
    written(acme, 2)
    report = verified()
    assert report.findings == []
    counts = {chain.organization_id: (chain.events, chain.links, chain.waiting) for chain in report.chains}
    assert counts == {acme.pk: (9, 7, 2), rival.pk: (2, 2, 0), None: (3, 3, 0)}
    assert report.seals == 3 + 1 + 1


# Each column of an event, and one bit of it turned over.
FLIPS = {
    "id": "id = id # 1024",
    "organization_id": "organization_id = %(other)s",
    "at": "at = at + interval '1 microsecond'",
    "recorded_at": "recorded_at = recorded_at + interval '1 microsecond'",
    "actor_id": "actor_id = '00000000-0000-0000-0000-000000000006'",
    "actor_name": "actor_name = 'Aea Osei'",
    "address": "address = '192.0.2.6'",
    "action": "action = 'brand.creatdd'",
    "object_kind": "object_kind = 'bsand'",
    "object_id": "object_id = '00000000-0000-0000-0000-000000000000'",
    "detail": "detail = '{\"number\": 6}'",
}


def test_every_column_is_covered() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = 'audit_event'")
        columns = {name for (name,) in cursor.fetchall()}
    assert columns == set(COLUMNS) == set(FLIPS)


@pytest.mark.parametrize("column", FLIPS)
def test_one_bit_in_any_column_is_found(column: str, acme: Organization, rival: Organization) -> None:
    events = written(acme)
    seal_all(batch=4)
    with tampering() as hand:
        hand.execute(f"UPDATE audit_event SET {FLIPS[column]} WHERE id = {events[2]}", {"other": rival.pk})
    expected = {
        "organization_id": [("missing", events[2]), ("inserted", events[2])],
    }.get(column, [("changed", events[2])])
    assert sorted(told(verified())) == sorted(expected)


@pytest.mark.parametrize("place", [0, 2, 3, 5], ids=["first", "middle", "end of a batch", "last"])
def test_a_removed_event_is_named(place: int, acme: Organization) -> None:
    events = written(acme)
    seal_all(batch=4)
    with tampering() as hand:
        hand.execute("DELETE FROM audit_event WHERE id = %s", [events[place]])
    assert told(verified()) == [("missing", events[place])]


@pytest.mark.parametrize("place", [0, 2, 3])
def test_an_event_removed_with_its_link_leaves_a_hole(place: int, acme: Organization) -> None:
    events = written(acme)
    seal_all(batch=4)
    with tampering() as hand:
        hand.execute("DELETE FROM audit_event WHERE id = %s", [events[place]])
        hand.execute("DELETE FROM audit_link WHERE event_id = %s", [events[place]])
    report = verified()
    assert told(report) == [("missing", events[place + 1])]
    assert f"place {place + 1}" in report.findings[0].sentence


@pytest.mark.parametrize("place", [0, 2, 3])
def test_a_removed_link_is_named_by_its_event(place: int, acme: Organization) -> None:
    events = written(acme)
    seal_all(batch=4)
    with tampering() as hand:
        hand.execute("DELETE FROM audit_link WHERE event_id = %s", [events[place]])
    assert told(verified()) == [("link missing", events[place])]


@pytest.mark.parametrize(("one", "other"), [(1, 2), (0, 4), (3, 5)])
def test_two_events_that_were_swapped_are_named(one: int, other: int, acme: Organization) -> None:
    events = written(acme)
    seal_all(batch=4)
    with tampering() as hand:
        hand.execute("UPDATE audit_event SET id = -1 WHERE id = %s", [events[one]])
        hand.execute("UPDATE audit_event SET id = %s WHERE id = %s", [events[one], events[other]])
        hand.execute("UPDATE audit_event SET id = %s WHERE id = -1", [events[other]])
    report = verified()
    assert told(report) == [("swapped", events[one])]
    assert f"event {events[other]} " in report.findings[0].sentence


@pytest.mark.parametrize(("one", "other"), [(1, 2), (0, 3)])
def test_two_links_that_were_swapped_are_named(one: int, other: int, acme: Organization) -> None:
    events = written(acme)
    seal_all()
    with tampering() as hand:
        for event, place in ((events[one], 99), (events[other], one + 1), (events[one], other + 1)):
            hand.execute("UPDATE audit_link SET position = %s WHERE event_id = %s", [place, event])
    assert [what for what, _ in told(verified())] == ["swapped"]


@pytest.mark.parametrize("place", [0, 2, 3, 5], ids=["first", "middle", "end of a batch", "last"])
def test_a_changed_digest_is_told_from_a_changed_event(place: int, acme: Organization) -> None:
    events = written(acme)
    seal_all(batch=4)
    with tampering() as hand:
        flipped = "set_bit(digest, 7, 1 - get_bit(digest, 7))"
        hand.execute(f"UPDATE audit_link SET digest = {flipped} WHERE event_id = %s", [events[place]])
    assert told(verified()) == [("link changed", events[place])]


@pytest.mark.parametrize("tables", [["audit_link"], ["audit_link", "audit_event"]], ids=" and ".join)
def test_a_tail_that_was_cut_off_is_named_by_its_seal(tables: list[str], acme: Organization) -> None:
    events = written(acme)
    seal_all(batch=2)
    with tampering() as hand:
        for table in tables:
            column = "id" if table == "audit_event" else "event_id"
            hand.execute(f"DELETE FROM {table} WHERE {column} >= %s", [events[3]])
    found = told(verified())
    assert found[0] == ("cut", None)
    assert ("inserted", events[3]) in found or tables != ["audit_link"]


SEAL_FLIPS = {
    "version": "version = version + 1",
    "organization_id": "organization_id = NULL",
    "first_position": "first_position = first_position + 1",
    "last_position": "last_position = last_position + 1",
    "head": "head = set_bit(head, 3, 1 - get_bit(head, 3))",
    "sealed_at": "sealed_at = sealed_at + interval '1 microsecond'",
    "digest": "digest = set_bit(digest, 3, 1 - get_bit(digest, 3))",
}


@pytest.mark.parametrize("column", SEAL_FLIPS)
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_changed_seal_is_named(column: str, number: int, acme: Organization) -> None:
    written(acme)
    seal_all(batch=2)
    with tampering() as hand:
        hand.execute(f"UPDATE audit_seal SET {SEAL_FLIPS[column]} WHERE number = {number}")
    report = verified()
    assert report.findings[0].what == "seal changed"
    assert f"seal {number} " in report.findings[0].sentence


def test_a_removed_seal_is_named(acme: Organization) -> None:
    written(acme)
    seal_all(batch=2)
    with tampering() as hand:
        hand.execute("DELETE FROM audit_seal WHERE number = 2")
    report = verified()
    assert report.findings[0].sentence.startswith("seal 2 is missing")


def test_an_event_that_was_slipped_in_is_named(acme: Organization) -> None:
    written(acme)
    seal_all()
    with tampering() as hand:
        slipped = hand.execute(
            "INSERT INTO audit_event (organization_id, at, actor_name, action, object_kind, object_id, detail)"
            " SELECT organization_id, at, 'Nobody', action, object_kind, object_id, detail"
            " FROM audit_event ORDER BY id LIMIT 1 RETURNING id"
        ).fetchone()
    assert slipped is not None
    assert told(verified()) == [("inserted", slipped[0])]


def test_an_event_removed_before_it_was_sealed_is_named_before_and_after(acme: Organization) -> None:
    events = written(acme)
    with tampering() as hand:
        hand.execute("DELETE FROM audit_event WHERE id = %s", [events[1]])
    assert told(verified()) == [("missing", events[1])]
    seal_all()
    assert told(verified()) == [("missing", events[1])]


def test_an_event_that_nobody_seals_is_named_after_a_while(acme: Organization) -> None:
    (event,) = written(acme, 1)
    assert told(verified()) == []
    with tampering() as hand:
        hand.execute("UPDATE audit_event SET recorded_at = recorded_at - interval '16 minutes'")
    assert told(verified()) == [("not sealed", event)]


def test_damage_in_one_chain_leaves_the_others_intact_and_goes_on_being_sealed(
    acme: Organization, rival: Organization
) -> None:
    events = written(acme)
    written(rival)
    seal_all()
    with tampering() as hand:
        hand.execute("UPDATE audit_event SET actor_name = 'Nobody' WHERE id = %s", [events[4]])
        hand.execute("DELETE FROM audit_link WHERE event_id = %s", [events[5]])
        hand.execute("DELETE FROM audit_event WHERE id = %s", [events[5]])
    written(acme, 2)
    assert seal_all() == 2
    report = verified()
    assert [chain.organization_id for chain in report.chains if chain.findings] == [acme.pk]
    assert told(report)[0] == ("changed", events[4])
    assert told(report)[1][0] == "missing"


def test_an_event_that_commits_late_is_sealed_in_a_later_batch(acme: Organization) -> None:
    """Its id is lower than those that were sealed before: nothing may look for ids."""
    import psycopg

    from tests.conftest import owner_url

    with psycopg.connect(owner_url()) as slow:
        slow.execute("SELECT set_config('app.organization_id', %s, true)", [str(acme.pk)])
        (late,) = slow.execute(
            "INSERT INTO audit_event (organization_id, at, actor_name, action, object_kind, object_id, detail)"
            " VALUES (%s, now(), 'Slow', 'brand.created', 'brand', gen_random_uuid(), '{}') RETURNING id",
            [acme.pk],
        ).fetchone() or (0,)
        events = written(acme, 2)
        assert late < events[0]
        assert seal_all() == 2
    assert seal_all() == 1
    with tampering() as hand:
        order = hand.execute("SELECT event_id FROM audit_link ORDER BY position").fetchall()
    assert [event for (event,) in order] == [*events, late]
    assert verified().findings == []


def test_two_sealers_at_once_seal_everything_once(
    acme: Organization, rival: Organization, caplog: Any
) -> None:
    import threading

    written(acme, 400)
    written(rival, 400)
    done: list[int] = []

    def work() -> None:
        done.append(seal_all(batch=10))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seal_all()
    report = verified()
    assert report.findings == []
    assert sum(chain.links for chain in report.chains) == 800
    # They take turns; they do not run into one another's seals.
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


def test_nothing_new_costs_one_look_at_an_empty_queue(
    acme: Organization, django_assert_num_queries: Any
) -> None:
    written(acme)
    seal_all()
    with django_assert_num_queries(7):
        assert sealing.run(seconds=5) == 0
