"""The page of the log: filters, pages, words, and who may see it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal import clock
from portal.audit.models import Event
from portal.audit.recording import CLEARLINE, Actor, record_house
from portal.tenancy.models import Membership
from tests.factories import brand_draft, submitted_brand
from tests.people import Person

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PAGE = "/organization/audit/"
HTMX = {"HTTP_HX_REQUEST": "true"}


def happened(person: Person, *, at: datetime, many: int = 1, **columns: Any) -> list[Event]:
    """Events of `person`'s organization at one moment."""
    standard = {
        "actor_id": person.user.pk,
        "actor_name": str(person.user),
        "address": "192.0.2.7",
        "action": "brand.created",
        "object_kind": "brand",
        "object_id": uuid4(),
    }
    with person.acting():
        return Event.objects.bulk_create(
            Event(organization=person.organization, at=at, **(standard | columns)) for _ in range(many)
        )


def entries(answer: Any) -> list[int]:
    """The ids of the entries that a page shows, in its order."""
    return [int(one) for one in re.findall(r'<dd class="mono">\s*(\d+)\s*</dd>', answer.content.decode())]


def test_an_owner_reads_who_did_what_to_what_and_from_where(ada: Person) -> None:
    brand = submitted_brand(ada)
    page = ada.get(PAGE).content.decode()
    assert "Ada Osei submitted the brand" in page
    assert f'<a href="/brands/{brand.pk}/">Acme Plumbing</a>' in page
    assert "127.0.0.1" in page
    assert '<h2 id="log-count"' in page


@pytest.mark.parametrize(
    ("role", "status"), [("owner", 200), ("admin", 200), ("submitter", 403), ("viewer", 403)]
)
def test_owners_and_admins_read_it_and_nobody_else(role: str, status: int, ada: Person) -> None:
    with ada.acting():
        Membership.objects.filter(user=ada.user).update(role=role)
    assert ada.get(PAGE).status_code == status
    assert ada.post(f"{PAGE}export/", {"format": "csv"}).status_code == status
    assert ("Audit log" in ada.get("/").content.decode()) is (status == 200)


def test_a_refusal_stands_in_the_log(ada: Person, bo: Person) -> None:
    assert bo.get(PAGE).status_code == 403
    page = ada.get(f"{PAGE}?what=access.refused").content.decode()
    assert "Bo Lindqvist asked for something that their role does not allow" in page
    assert PAGE in page


def test_neither_other_organizations_nor_the_house_are_shown(ada: Person, cy: Person) -> None:
    times = clock.read()
    happened(cy, at=times.business, action="brand.canary", actor_name="Canary")
    record_house("person.canary", kind="person", object_id=ada.user.pk, by=Actor("Canary"), at=times.business)
    page = ada.get(PAGE).content.decode()
    assert "anary" not in page


@pytest.fixture
def mixed(ada: Person) -> dict[str, int]:
    """Five entries that differ in one thing each, by what differs."""
    noon = datetime(2026, 11, 2, 17, 0, tzinfo=UTC)
    other = uuid4()
    found = {
        "plain": happened(ada, at=noon)[0],
        "who": happened(ada, at=noon, actor_id=other, actor_name="Somebody Else")[0],
        "party": happened(ada, at=noon, actor_id=None, actor_name=CLEARLINE.name, address=None)[0],
        "what": happened(ada, at=noon, action="brand.submitted")[0],
        "about": happened(ada, at=noon, object_kind="notice")[0],
        "when": happened(ada, at=noon - timedelta(days=3))[0],
    }
    return {name: event.pk for name, event in found.items()} | {"other": other.int}


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("who={other}", {"who"}),
        ("who=Clearline", {"party"}),
        ("what=brand.submitted", {"what"}),
        ("about=notice", {"about"}),
        ("first=2026-11-01", {"plain", "who", "party", "what", "about"}),
        ("last=2026-10-30", {"when"}),
        ("first=2026-10-30&last=2026-10-30", {"when"}),
        ("first=2026-10-31&last=2026-11-01", set()),
        ("what=brand.created&about=brand&who={ada}&first=2026-11-02", {"plain"}),
    ],
)
def test_each_filter_leaves_what_was_asked_for(
    query: str, shown: set[str], ada: Person, mixed: dict[str, int]
) -> None:
    query = query.format(other=UUID(int=mixed["other"]), ada=ada.user.pk)
    assert set(entries(ada.get(f"{PAGE}?{query}"))) == {mixed[name] for name in shown}


def test_one_thing_is_followed_by_its_link(ada: Person) -> None:
    brand, other = brand_draft(ada), brand_draft(ada)
    answer = ada.get(f"{PAGE}?about=brand&thing={brand.pk}")
    assert len(entries(answer)) == 1
    assert str(other.pk) not in answer.content.decode()


@pytest.mark.parametrize(
    ("zone", "day", "shown"),
    [
        ("America/Los_Angeles", "2026-11-01", [0, 1]),
        ("America/Los_Angeles", "2026-11-02", [2]),
        ("Pacific/Kiritimati", "2026-11-02", [0, 1]),
        ("UTC", "2026-11-02", [1, 2]),
    ],
)
def test_a_day_is_the_organizations_own_from_its_first_to_its_last_moment(
    zone: str, day: str, shown: list[int], ada: Person
) -> None:
    """On 1 November 2026 Los Angeles has 25 hours: from 07:00 to 08:00 UTC on the next day."""
    ada.settle(time_zone=zone)
    moments = [
        datetime(2026, 11, 1, 10, 0, tzinfo=UTC),
        datetime(2026, 11, 2, 7, 59, 59, 999_999, tzinfo=UTC),
        datetime(2026, 11, 2, 12, 0, tzinfo=UTC),
    ]
    ids = [happened(ada, at=moment)[0].pk for moment in moments]
    found = entries(ada.get(f"{PAGE}?first={day}&last={day}&about=brand"))
    assert found == [ids[number] for number in reversed(shown)]


def test_paging_shows_every_entry_once_also_when_many_share_a_moment(ada: Person) -> None:
    now = clock.read().business
    newest = happened(ada, at=now, many=120)
    older = happened(ada, at=now - timedelta(minutes=1), many=10)
    seen: list[int] = []
    url, back = f"{PAGE}?about=brand", []
    while url:
        answer = ada.get(url)
        page = entries(answer)
        seen += page
        back.append((answer.context["newer_url"], page))
        url = answer.context["older_url"]
    assert seen == [event.pk for event in [*reversed(newest), *reversed(older)]]
    assert [len(page) for _, page in back] == [50, 50, 30]
    assert entries(ada.get(back[2][0])) == back[1][1]
    assert entries(ada.get(back[1][0])) == back[0][1]


def test_an_entry_that_arrives_while_one_pages_neither_repeats_nor_hides_another(ada: Person) -> None:
    now = clock.read().business
    happened(ada, at=now, many=60)
    first = ada.get(f"{PAGE}?about=brand")
    happened(ada, at=now + timedelta(seconds=1), many=5)
    second = ada.get(first.context["older_url"])
    assert not set(entries(first)) & set(entries(second))
    assert len(entries(first)) + len(entries(second)) == 60


@pytest.mark.parametrize("place", ["x", "1", "1-", "-1-2", "1-2-3", "1-٣", "9" * 40 + "-1"])
@pytest.mark.parametrize("name", ["before", "after"])
def test_a_place_that_is_none_is_not_found(name: str, place: str, ada: Person) -> None:
    assert ada.get(f"{PAGE}?{name}={place}").status_code == 404


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("first=2026-13-01", "Enter a day in “From”"),
        ("last=0001-01-01", "2000"),
        ("first=2026-11-03&last=2026-11-02", "“To” is before “From”"),
        ("who=nobody", "Choose one of the answers offered for “Who”"),
        ("what=x'--", "Choose one of the answers"),
        ("thing=7", ""),
    ],
)
@pytest.mark.parametrize("htmx", [False, True])
def test_a_filter_that_cannot_be_honoured_is_refused_and_never_ignored(
    query: str, says: str, htmx: bool, ada: Person
) -> None:
    happened(ada, at=clock.read().business, many=3)
    answer = ada.get(f"{PAGE}?{query}", **(HTMX if htmx else {}))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "There is a problem" in page
    assert says in page
    assert entries(answer) == []
    assert answer.headers.get("HX-Retarget") == ("#log" if htmx else None)
    assert ("<html" in page) is not htmx


def test_htmx_gets_the_results_alone_with_focus_a_clean_address_and_one_announcement(ada: Person) -> None:
    happened(ada, at=clock.read().business, many=3)
    query = f"{PAGE}?who=&what=brand.created&about=&first=&last=&thing="
    answer = ada.get(query, **HTMX, HTTP_HX_TARGET="log-results")
    page = answer.content.decode()
    assert page.count("<section") == 1
    assert "<form class" not in page.split("<section")[0]
    assert 'id="log-count"' in page
    assert "data-focus" in page
    assert answer.headers["HX-Push-Url"] == f"{PAGE}?what=brand.created"
    assert "3 entries" in answer.headers["HX-Trigger"]
    assert "data-focus" not in ada.get(query).content.decode()


def test_after_an_error_the_form_is_sent_again_without_it(ada: Person) -> None:
    answer = ada.get(PAGE, **HTMX, HTTP_HX_TARGET="log")
    page = answer.content.decode()
    assert 'id="log"' in page
    assert "There is a problem" not in page


def test_a_page_costs_the_same_number_of_queries_however_long_the_log(ada: Person) -> None:
    happened(ada, at=clock.read().business, many=1)

    def asked(query: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert ada.get(PAGE + query).status_code == 200
        return len(queries)

    ada.get(PAGE)
    few = asked("?about=brand")
    for number in range(30):
        happened(
            ada,
            at=clock.read().business,
            actor_id=uuid4(),
            action=f"brand.action-{number}",
            object_kind="brand",
            many=4,
        )
    assert asked("?about=brand") == few


def test_nothing_found_offers_the_way_back(ada: Person) -> None:
    happened(ada, at=clock.read().business)
    page = ada.get(f"{PAGE}?last=2001-01-01").content.decode()
    assert "Nothing was recorded that fits" in page
    assert "Show everything" in page
    assert "CSV" not in page


def test_an_action_nobody_taught_and_hostile_words_are_shown_as_text(ada: Person) -> None:
    hostile = "<script>alert(1)</script> %(x)s"
    happened(
        ada,
        at=clock.read().business,
        actor_name=hostile,
        action="odd.act%s",
        object_kind="odd-kind",
        detail={"<b>": hostile, "list": [1, {"a": None}], "empty": ""},
    )
    page = ada.get(PAGE).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert "Odd kind" in page
    assert ada.get(f"{PAGE}?about=odd-kind").status_code == 200


def test_it_says_how_far_the_log_is_sealed(ada: Person) -> None:
    from portal.audit import sealing

    happened(ada, at=datetime(2026, 11, 2, 17, 0, tzinfo=UTC))
    assert "Not sealed yet" in ada.get(PAGE).content.decode()
    sealing.run(seconds=10)
    page = ada.get(PAGE).content.decode()
    assert "Sealed up to" in page
    assert "still to be sealed" not in page
    happened(ada, at=clock.read().business)
    assert "1 entry is still to be sealed" in re.sub(r"\s+", " ", ada.get(PAGE).content.decode())
