"""The log as a file: whole, safe to open, and read in scopes of its own."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from portal import clock
from portal.audit import sealing
from portal.audit.models import Event
from portal.tenancy import audit_export, scope
from portal.tenancy.scope import NoScope, current
from tests.audit.test_page import happened
from tests.people import Person, enrolled

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
EXPORT = "/organization/audit/export/"


@pytest.fixture
def ada() -> Person:
    return enrolled("ada")


def stream(person: Person, kind: str = "csv", **asked: str) -> Any:
    answer = person.post(EXPORT, {"format": kind, **asked})
    assert answer.status_code == 200
    assert answer.streaming
    return answer


def as_rows(answer: Any) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def nothing_is_open() -> bool:
    """No scope, no transaction, no connection that this thread holds."""
    with pytest.raises(NoScope):
        current()
    return connection.connection is None and not connection.in_atomic_block


def test_all_rows_are_in_the_file_oldest_first(ada: Person) -> None:
    now = clock.read().business
    many = happened(ada, at=now, many=2500)
    earlier = happened(ada, at=now - timedelta(days=1), many=3)
    rows = as_rows(stream(ada))
    assert [int(row["id"]) for row in rows] == [event.pk for event in [*earlier, *many]]


def test_the_view_has_ended_before_the_first_row_is_read(ada: Person) -> None:
    """A request-wide transaction would stream an empty file."""
    happened(ada, at=clock.read().business, many=5)
    answer = stream(ada)
    content = iter(answer.streaming_content)
    head = next(content)
    assert nothing_is_open()
    assert len([head, *content]) == 2
    assert nothing_is_open()


def test_between_two_batches_nothing_is_held(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_export, "BATCH", 2)
    happened(ada, at=clock.read().business, many=5)
    pieces = 0
    for _piece in stream(ada).streaming_content:
        pieces += 1
        assert nothing_is_open()
    assert pieces == 1 + 3


def test_a_reader_who_leaves_in_the_middle_leaves_nothing_open(
    ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_export, "BATCH", 2)
    happened(ada, at=clock.read().business, many=6)
    answer = stream(ada)
    content = iter(answer.streaming_content)
    next(content)
    next(content)
    answer.close()
    del content
    assert nothing_is_open()


def test_a_failure_in_the_middle_breaks_the_file_and_leaves_nothing_open(
    ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_export, "BATCH", 2)
    happened(ada, at=clock.read().business, many=6)
    answer = stream(ada, "json")
    content = iter(answer.streaming_content)
    got = next(content) + next(content)

    def broken(*_args: Any) -> None:
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr(audit_export, "places_of", broken)
    with pytest.raises(RuntimeError, match="disk"):
        next(content)
    assert nothing_is_open()
    with pytest.raises(json.JSONDecodeError):
        json.loads(got)


def test_two_organizations_streams_side_by_side_keep_to_themselves(
    ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_export, "BATCH", 2)
    cy = enrolled("cy")
    now = clock.read().business
    mine = {event.pk for event in happened(ada, at=now, many=7)}
    theirs = {event.pk for event in happened(cy, at=now, many=7)}
    streams: list[Iterator[bytes]] = [iter(stream(one).streaming_content) for one in (ada, cy)]
    got = [b"", b""]
    for _ in range(8):
        for number, one in enumerate(streams):
            got[number] += next(one, b"")
    found = [
        {int(row["id"]) for row in csv.DictReader(io.StringIO(text.decode("utf-8-sig")))} for text in got
    ]
    assert found == [mine, theirs]


def test_what_is_written_while_the_file_is_sent_is_not_in_it(
    ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_export, "BATCH", 2)
    now = clock.read().business
    before = happened(ada, at=now, many=4)
    content = iter(stream(ada).streaming_content)
    first = [next(content), next(content)]
    happened(ada, at=now, many=4)
    rows = csv.DictReader(io.StringIO(b"".join([*first, *content]).decode("utf-8-sig")))
    assert [int(row["id"]) for row in rows] == [event.pk for event in before]


def test_the_file_holds_what_the_filter_leaves(ada: Person) -> None:
    now = clock.read().business
    happened(ada, at=now, many=3)
    wanted = happened(ada, at=now, action="brand.submitted", many=2)
    rows = as_rows(stream(ada, what="brand.submitted"))
    assert [int(row["id"]) for row in rows] == [event.pk for event in wanted]


def test_json_is_one_object_that_says_what_it_holds(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_export, "BATCH", 2)
    events = happened(ada, at=datetime(2026, 11, 2, 17, 0, tzinfo=UTC), many=5, detail={"word": 'a "b" ü'})
    sealing.run(seconds=10)
    data = json.loads(b"".join(stream(ada, "json", about="brand").streaming_content))
    assert data["organization"]["name"] == "Acme"
    assert data["filter"] == {"about": "brand"}
    assert data["count"] == len(data["events"]) == 5
    one = data["events"][0]
    assert one["id"] == events[0].pk
    assert one["time_utc"] == "2026-11-02T17:00:00.000000Z"
    assert one["time_local"] == "2026-11-02T12:00:00-05:00"
    assert one["detail"] == {"word": 'a "b" ü'}
    assert one["chain_position"] == 1
    assert len(one["chain_digest"]) == 64


def test_nothing_at_all_is_still_a_file(ada: Person) -> None:
    assert as_rows(stream(ada, last="2001-01-01")) == []
    data = json.loads(b"".join(stream(ada, "json", last="2001-01-01").streaming_content))
    assert data["events"] == []
    assert data["count"] == 0


def test_a_download_is_itself_an_event_with_its_filter(ada: Person) -> None:
    happened(ada, at=clock.read().business, many=3)
    with ada.acting():
        before = Event.objects.count()
    answer = stream(ada, "json", about="brand")
    with ada.acting():
        assert Event.objects.count() == before + 1
        event = Event.objects.latest("id")
    assert event.action == "audit.exported"
    assert event.detail == {"format": "json", "about": "brand", "events": "3 entries"}
    assert event.address == "127.0.0.1"
    assert "downloaded the audit log" in ada.get("/organization/audit/").content.decode()
    assert event.pk not in [one["id"] for one in json.loads(b"".join(answer.streaming_content))["events"]]


def test_the_file_is_named_after_the_organization_and_the_day_and_saved_not_shown(ada: Person) -> None:
    ada.settle(name='Acme "Näh"/../x\r\n')
    answer = stream(ada)
    today = clock.read().business
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="audit-log-acme-nahx-20')
    assert str(today.year) in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize(
    "asked", [{"format": "xlsx"}, {"format": "csv", "first": "x"}, {"format": "csv", "who": "x"}]
)
def test_what_cannot_be_honoured_is_refused(asked: dict[str, str], ada: Person) -> None:
    assert ada.post(EXPORT, asked).status_code in {404, 422}
    with ada.acting():
        assert not Event.objects.filter(action="audit.exported").exists()


def test_the_file_is_safe_to_open(ada: Person) -> None:
    happened(ada, at=clock.read().business, actor_name="=cmd()", detail={})
    assert [row["actor"] for row in as_rows(stream(ada))] == ["'=cmd()"]


def test_what_an_operator_did_here_is_in_the_file(ada: Person) -> None:
    """Visits are announced: the organization's own file tells of them."""
    happened(
        ada,
        at=clock.read().business,
        actor_id=uuid4(),
        actor_name="Olu (operator)",
        action="operator.entered",
    )
    assert [row["actor"] for row in as_rows(stream(ada))] == ["Olu (operator)"]


def test_the_scope_of_a_stream_is_the_one_it_was_asked_in(ada: Person) -> None:
    """Read inside somebody else's scope, it still reads its own, and gives theirs back."""
    cy = enrolled("cy")
    happened(ada, at=clock.read().business, many=2)
    answer = stream(ada)
    with cy.acting():
        assert len(as_rows(answer)) == 2
        assert scope.current().organization_id == cy.organization.pk
        assert Event.objects.filter(organization=ada.organization).count() == 0
