"""No page shows a button that would be refused: every page is opened in every role, and its links followed on paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from portal import clock
from portal.tenancy.models import Role, StaffRole
from portal.tenancy.roles import ALLOWED, ON_DUTY, READING, Act
from tests.people import Person
from tests.tenancy.addresses import addresses, ask
from tests.tenancy.matrix import CANARY, fillings, in_role, of_the_staff, together
from tests.tenancy.rows import outside

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

LINKS = {"href": {"a"}, "action": {"form"}, "formaction": {"button", "input"}}
HTMX = ("hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete")
# A page more than this many clicks away is opened by its address all the same.
MOST_PAGES = 400


class _Links(HTMLParser):
    """The addresses to which a page leads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.empty = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # A template's variable that was not there: the browser opens the same page again.
        given = dict(attrs)
        self.empty |= tag == "a" and "hidden" not in given and given.get("href") == ""
        for name, value in attrs:
            if value and (tag in LINKS.get(name, ()) or name in HTMX):
                self.found.add(value)


@dataclass
class Walk:
    """What one person is shown. `acts` and `duties` are all that the tables give them."""

    client: Client
    acts: frozenset[Act]
    staff: str = ""
    pages: set[str] = field(default_factory=set)
    findings: set[str] = field(default_factory=set)

    def run(self, starts: list[str]) -> Walk:
        """Open `starts` and everything that is linked from there, once."""
        waiting = list(dict.fromkeys(starts))
        while waiting and len(self.pages) < MOST_PAGES:
            page = waiting.pop()
            if page in self.pages:
                continue
            self.pages.add(page)
            answer = ask(self.client, "get", page)
            if answer.status != 200 or "text/html" not in answer.headers.get("Content-Type", ""):
                continue
            waiting += self._judge(page, answer.text)
        return self

    def _judge(self, page: str, text: str) -> Iterator[str]:
        """Look at each link of a page; those worth opening come back."""
        links = _Links()
        links.feed(text)
        if links.empty:
            self.findings.add(f"{_place(page)} has a link without an address")
        for link in sorted(links.found):
            parts = urlsplit(urljoin(page, link))
            if parts.netloc or parts.scheme or parts.path.startswith("/static/") or link.startswith("#"):
                continue
            try:
                match = resolve(parts.path)
            except Resolver404:
                self.findings.add(f"{_place(page)} leads nowhere: {parts.path}")
                continue
            if refusal := self._refused(match.func):
                self.findings.add(f"{_place(page)} leads to {match.view_name}, which {refusal}")
            elif not outside(match.view_name):
                yield parts.path

    def _refused(self, view: object) -> str:
        can, duty = getattr(view, "can", None), getattr(view, "duty", None)
        if can is not None and can not in self.acts:
            return f"asks for {can}"
        if duty is not None and self.staff not in ON_DUTY[duty]:
            return f"asks for {duty}"
        return ""


def _place(page: str) -> str:
    """The name of the page's address, which does not change from run to run."""
    return resolve(urlsplit(page).path).view_name


def bare() -> list[str]:
    """Every address without a hole."""
    return [one.path({}) for one in addresses() if not outside(one.name) and not one.holes]


def furnished(owner: Person) -> list[str]:
    """Every address with one, for rows of `owner`'s organization, which are made here."""
    return [
        one.path(values)
        for one in addresses()
        if not outside(one.name) and one.holes
        for values in together(fillings(one, owner, CANARY))
    ]


def walked(walk: Walk, owner: Person) -> Walk:
    """All pages while `owner`'s organization has nothing, and again when it has: both have buttons of their own."""
    walk.run(bare())
    walk.pages.clear()
    return walk.run([*bare(), *furnished(owner)])


def acts(role: str, *, reading: bool = False) -> frozenset[Act]:
    """What the table gives a role, or what is left of it."""
    return frozenset(act for act in Act if role in ALLOWED[act] and (act in READING or not reading))


@pytest.mark.parametrize("role", Role.values)
def test_no_role_is_shown_what_it_may_not_do(role: str) -> None:
    person = in_role(role)
    walk = walked(Walk(person.client, acts(role)), person)
    assert walk.findings == set()
    assert len(walk.pages) > 5


@pytest.mark.parametrize("role", Role.values)
def test_nobody_of_a_suspended_organization_is_shown_a_way_to_write(role: str) -> None:
    person = in_role(role)
    person.settle(suspended_at=clock.read().business, suspended_reason="Unpaid")
    assert walked(Walk(person.client, acts(role, reading=True)), person).findings == set()


def test_a_visiting_operator_is_shown_no_way_to_write() -> None:
    ada = in_role("owner")
    person = of_the_staff(StaffRole.OPERATOR, visiting=ada.organization)
    walk = Walk(person.client, acts(Role.VIEWER, reading=True), staff=StaffRole.OPERATOR)
    assert walked(walk, ada).findings == set()


@pytest.mark.parametrize("role", StaffRole.values)
def test_no_staff_is_shown_what_they_may_not_do(role: str) -> None:
    ada = in_role("owner")
    person = of_the_staff(role)
    assert walked(Walk(person.client, frozenset(), staff=role), ada).findings == set()


def test_the_walk_sees_a_button_that_would_be_refused() -> None:
    """An owner's pages, judged by a viewer's table: without this, a walk that sees nothing would pass."""
    person = in_role("owner")
    walk = walked(Walk(person.client, acts(Role.VIEWER)), person)
    assert "overview:sms-campaigns leads to brands:new, which asks for draft" in walk.findings
