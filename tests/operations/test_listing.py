"""The table of all organizations: search, order, pages by keys, and the price of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.audit.recording import CLEARLINE
from portal.operations import listing
from portal.tenancy.models import Organization
from portal.tenancy.scope import acting_for
from tests.operations import many
from tests.operations.staff import Colleague
from tests.people import Person

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ROW = re.compile(r'<th scope="row">\s*<a href="/operations/organizations/[0-9a-f-]{36}/">([^<]+)</a>')
NEXT = re.compile(r'rel="next"\s+href="([^"]+)"')
PREVIOUS = re.compile(r'rel="prev"\s+href="([^"]+)"')
PATH = "/operations/organizations/"


def shown(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return ROW.findall(answer.content.decode())


def link(answer: Any, which: re.Pattern[str]) -> str:
    found = which.search(answer.content.decode())
    return found[1].replace("&amp;", "&") if found else ""


def walked(olu: Colleague, path: str) -> list[list[str]]:
    pages = []
    while path:
        answer = olu.get(path)
        pages.append(shown(answer))
        path = link(answer, NEXT)
    return pages


def flat(pages: list[list[str]]) -> list[str]:
    return [name for page in pages for name in page]


@pytest.fixture
def seven(olu: Colleague, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Seven organizations, three to a page. Two share their number of people, four have nobody."""
    monkeypatch.setattr(listing, "PAGE", 3)
    monkeypatch.setattr(listing.page, "__kwdefaults__", {"size": 3})
    names = ["Delta", "alpha", "Charlie", "Bravo", "Golf", "echo", "Foxtrot"]
    for name in names:
        many.organization(name)
    for name, people in (("Delta", 2), ("Golf", 2), ("echo", 1)):
        for number in range(people):
            many.owner_of(Organization.objects.get(name=name), f"{name}{number}@example.test".lower())
    return names


@pytest.mark.parametrize("sort", [f"{way}{name}" for name in listing.SORTS for way in ("", "-")])
def test_pages_follow_each_other_without_a_gap_in_every_order(
    olu: Colleague, seven: list[str], sort: str
) -> None:
    pages = walked(olu, f"{PATH}?sort={sort}")
    assert [len(page) for page in pages] == [3, 3, 1]
    assert sorted(flat(pages)) == sorted(seven)


def test_names_are_sorted_as_people_read_them(olu: Colleague, seven: list[str]) -> None:
    names = sorted(seven, key=str.lower)
    assert flat(walked(olu, PATH)) == names
    assert flat(walked(olu, f"{PATH}?sort=-name")) == names[::-1]


def test_previous_leads_back_the_same_way(olu: Colleague, seven: list[str]) -> None:
    first = olu.get(PATH)
    second = olu.get(link(first, NEXT))
    third = olu.get(link(second, NEXT))
    assert shown(olu.get(link(third, PREVIOUS))) == shown(second)
    back = olu.get(link(olu.get(link(third, PREVIOUS)), PREVIOUS))
    assert shown(back) == shown(first)
    assert link(first, PREVIOUS) == link(back, PREVIOUS) == ""


def test_a_row_that_comes_meanwhile_shifts_nothing(olu: Colleague, seven: list[str]) -> None:
    first = olu.get(PATH)
    many.organization("aardvark")
    assert shown(olu.get(link(first, NEXT))) == sorted(seven, key=str.lower)[3:6]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("alp", ["alpha"]),
        ("ALPHA", ["alpha"]),
        ("golf1@example", ["Golf"]),
        ("%", []),
        ("_", []),
        ("nobody", []),
        ("", ["alpha", "Bravo", "Charlie"]),
    ],
)
def test_search_by_name_and_address(olu: Colleague, seven: list[str], words: str, names: list[str]) -> None:
    assert shown(olu.client.get(PATH, {"q": words})) == names


def test_search_by_id(olu: Colleague, seven: list[str]) -> None:
    one = Organization.objects.get(name="Golf")
    assert shown(olu.client.get(PATH, {"q": str(one.pk)})) == ["Golf"]


def test_search_and_order_are_kept_from_page_to_page(olu: Colleague, seven: list[str]) -> None:
    """By their own name or by that of an owner."""
    hits = [name for name in seven if "a" in name.lower()] + ["Golf", "echo"]
    expected = sorted(hits, key=str.lower, reverse=True)
    assert flat(walked(olu, f"{PATH}?q=a&sort=-name")) == expected
    assert len(expected) > 3


def test_suspended_ones_alone(olu: Colleague, seven: list[str]) -> None:
    one = Organization.objects.get(name="Golf")
    with acting_for(one.pk, by=CLEARLINE):
        Organization.objects.update(suspended_at=one.created_at, suspended_reason="Unpaid")
    answer = olu.client.get(PATH, {"only": "suspended"})
    assert shown(answer) == ["Golf"]
    assert "7 organizations, 1 of them suspended" in answer.content.decode()


@pytest.mark.parametrize(
    "query",
    ["sort=nonsense", "sort=--name", "after=junk", "before=junk", "after=a:b:c", "sort=pk", "after=%00"],
)
def test_what_cannot_be_honoured_is_refused(olu: Colleague, seven: list[str], query: str) -> None:
    assert olu.get(f"{PATH}?{query}").status_code == 400


def test_a_key_of_another_order_is_refused(olu: Colleague, seven: list[str]) -> None:
    key = link(olu.get(PATH), NEXT).split("after=")[1]
    assert olu.get(f"{PATH}?sort=people&after={key}").status_code == 400


@pytest.mark.parametrize("query", ["only=nonsense", "q=" + "x" * 101])
def test_a_search_that_makes_no_sense_is_said_so(olu: Colleague, query: str) -> None:
    answer = olu.get(f"{PATH}?{query}")
    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()


def test_a_search_with_characters_that_cannot_be_stored_finds_no_error(olu: Colleague) -> None:
    assert olu.client.get(PATH, {"q": "a\x00b"}).status_code == 422


def test_brands_are_counted_by_status(olu: Colleague, ada: Person) -> None:
    for status in ("draft", "draft", "verified"):
        many.brand(ada.organization, status=status)
    text = " ".join(olu.get(PATH).content.decode().split())
    assert "2 Draft" in text
    assert "1 Verified" in text


@pytest.mark.parametrize(
    "path", ["/operations/", PATH, "/operations/needs/submissions/", "/operations/needs/slow/"]
)
def test_fifty_organizations_cost_as_many_queries_as_one(olu: Colleague, path: str) -> None:
    many.troubled(1)
    olu.get(path)
    with CaptureQueriesContext(
        connection,
    ) as one:
        olu.get(path)
    many.troubled(49)
    with CaptureQueriesContext(connection) as fifty:
        olu.get(path)
    assert len(fifty) == len(one)
    assert len(fifty) < 45


def test_the_page_of_one_organization_costs_the_same_however_much_it_has(olu: Colleague, ada: Person) -> None:
    path = f"{PATH}{ada.organization.pk}/"

    def more(number: int) -> None:
        for _ in range(number):
            made = many.brand(ada.organization)
            many.submission(made, "unknown", hours=1)
            many.invitation(ada.organization, f"{made.pk}@x.test", hours=1)

    more(1)
    olu.get(path)
    with CaptureQueriesContext(connection) as one:
        olu.get(path)
    more(12)
    with CaptureQueriesContext(connection) as many_more:
        olu.get(path)
    assert len(many_more) == len(one)
