"""Nothing bleeds from one request into the next: two tenants, few connections, and exceptions among them.

10,000 answers, each looked at, over the real web server (bar B28); the same by way of PgBouncer.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from itertools import count

import pytest
from django.db import connection

from brands.models import Brand
from portal.tenancy.scope import acting_for
from tests.factories import brand_draft
from tests.people import Person, enrolled
from tests.tenancy.serving import Browser, database_url, pgbouncer, portal

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

REQUESTS = 10_000
BROWSERS = 8
BRANDS = 12
# Of each hundred requests so many; the rest asks for rows.
MIX = {"raises": 8, "breaks": 4, "bare": 8, "stream": 8, "foreign": 6, "page": 4}
WAYS = [way for way, share in MIX.items() for _ in range(share)]
WAYS += ["rows"] * (100 - len(WAYS))


def names(person: Person) -> list[str]:
    """The brands of a person's organization."""
    with acting_for(person.organization.pk, by=person.actor):
        return sorted(Brand.objects.values_list("display_name", flat=True))


def furnished() -> dict[str, tuple[Person, str]]:
    """Two people with brands, each with the id of one of them."""
    found = {}
    for who, word in (("ada", "Acme canary"), ("cy", "Rival canary")):
        person = enrolled(who)
        brands = [brand_draft(person, display_name=f"{word} {number}") for number in range(BRANDS)]
        found[word] = (person, str(brands[0].pk))
    return found


class Crowd:
    """Browsers of two tenants, side by side, that look at each answer."""

    def __init__(self, port: int, people: dict[str, tuple[Person, str]]) -> None:
        self.port, self.people = port, people
        self.numbers, self.seen, self.wrong = count(), Counter[str](), []
        self.mine = {word: names(person) for word, (person, _) in people.items()}
        self.ids = {word: str(person.organization.pk) for word, (person, _) in people.items()}

    def run(self, requests: int) -> None:
        """`requests` in all; each thread changes the tenant with each request."""
        threads = [threading.Thread(target=self._visit, args=(requests,)) for _ in range(BROWSERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _visit(self, requests: int) -> None:
        words = list(self.people)
        browsers = {word: Browser(self.port, person) for word, (person, _) in self.people.items()}
        while (number := next(self.numbers)) < requests:
            word = words[number % 2]
            other = words[(number + 1) % 2]
            # 37 and 100 share no factor: all ways come, in another order than they are listed.
            way = WAYS[number // 2 * 37 % 100]
            try:
                self._one(browsers[word], way, word, other)
            except Exception as problem:  # noqa: BLE001  whatever it is, it is a finding
                self.wrong.append(f"{way} {word}: {problem!r}")
            self.seen[f"{word} {way}"] += 1
        for browser in browsers.values():
            browser.close()

    def _one(self, browser: Browser, way: str, word: str, other: str) -> None:
        path = {"foreign": f"/brands/{self.people[other][1]}/", "page": "/sms-campaigns/"}.get(
            way, f"/walls/{way}/"
        )
        status, text = browser.get(path)
        check: dict[str, Callable[[], bool]] = {
            "rows": lambda: self._shown(text) == (self.mine[word], self.ids[word]),
            "bare": lambda: self._shown(text) == ([], ""),
            "stream": lambda: sorted(text.splitlines()) == self.mine[word],
            "page": lambda: text.count(word) >= BRANDS,
        }
        expected = {"raises": 500, "breaks": 500, "foreign": 404}.get(way, 200)
        if status != expected:
            self.wrong.append(f"{way} {word}: {status}")
        elif other in text:
            self.wrong.append(f"{way} {word}: shows {other}")
        elif not check.get(way, lambda: True)():
            self.wrong.append(f"{way} {word}: {text[:200]}")

    @staticmethod
    def _shown(text: str) -> tuple[list[str], str]:
        told = json.loads(text)
        assert told["role"] == "portal_app"
        assert told["person"] in {"", None}
        return sorted(told["names"]), told["organization"] or ""


def crowd(port: int, requests: int) -> Crowd:
    """Send the crowd, and see that nothing was left behind by what broke."""
    people = furnished()
    crowd = Crowd(port, people)
    before = _everything(people)
    crowd.run(requests)
    assert crowd.wrong == []
    assert sum(crowd.seen.values()) == requests
    assert len(crowd.seen) == 2 * len(set(WAYS)), crowd.seen
    assert _everything(people) == before
    return crowd


def _everything(people: dict[str, tuple[Person, str]]) -> list[object]:
    """Brands, due rows and events of both: what breaks half-way leaves none of them."""
    found: list[object] = []
    for person, _ in people.values():
        with person.acting(), connection.cursor() as cursor:
            for table in ("brands_brand", "lifecycle_due", "audit_event"):
                cursor.execute(
                    f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t"
                )
                found.append(cursor.fetchone())
    return found


def test_ten_thousand_requests_over_one_connection_of_each_process_show_nothing_foreign() -> None:
    with portal(pool=1) as port:
        crowd(port, REQUESTS)


@pytest.mark.parametrize("requests", [2_500, pytest.param(REQUESTS, marks=pytest.mark.nightly)])
def test_the_same_by_way_of_pgbouncer_in_transaction_mode(requests: int) -> None:
    """One connection of the server for all: each transaction of a request may follow one of another tenant."""
    with pgbouncer(1) as pooler, portal(pool=4, url=database_url(host="127.0.0.1", port=pooler)) as port:
        crowd(port, requests)


def test_statements_are_not_prepared_on_the_connection() -> None:
    """A pooler gives the next transaction another connection, on which they would be unknown."""
    parameters = connection.get_connection_params()  # type: ignore[attr-defined]
    assert parameters["prepare_threshold"] is None
