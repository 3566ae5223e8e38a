"""Every address × method × role × another tenant's id, generated from the URL conf.

A page that is new and not in this table fails the first test; one whose permission changes fails the
second; one that shows or takes another tenant's row fails the third, also with every ORM filter gone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from django.db import models
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from brands.models import Brand
from portal.tenancy import scope
from portal.tenancy.models import Membership, Role
from portal.tenancy.roles import ALLOWED, Act
from portal.tenancy.scope import acting_for
from tests.factories import brand_draft, submitted_brand
from tests.people import Person, enrolled

pytestmark = pytest.mark.django_db

# Addresses that no tenant's row stands behind, each with its reason.
OUTSIDE = {
    "account_": "allauth: a person and their own account",
    "mfa_": "allauth: a person and their own second factors",
    "usersessions_": "allauth: a person and their own signed-in browsers",
    "health-": "asked by load balancers; says nothing of anybody",
    "ui:": "colours, and the developers' specimen page",
}
CANARY = "Canary Confidential"
METHODS = ("get", "post", "put", "patch", "delete")
HTMX = {"HTTP_HX_REQUEST": "true"}


@dataclass(frozen=True)
class Address:
    """One URL pattern: its full name, its route and the permission that its view asks for."""

    name: str
    route: str
    can: Act | None

    def path(self, brand: UUID) -> str:
        """The address for one brand; a step of the wizard stands for all of them."""
        path = self.route.replace("<uuid:brand_id>", str(brand)).replace("<slug:slug>", "company")
        assert "<" not in path, f"{self.name}: say in this test what {path} is filled with"
        return f"/{path}"

    @property
    def has_id(self) -> bool:
        """Does it name somebody's row?"""
        return "<uuid:brand_id>" in self.route


def addresses() -> Iterator[Address]:
    """All of the URL conf, flattened."""

    def walk(patterns: list[URLPattern | URLResolver], prefix: str, namespace: str) -> Iterator[Address]:
        for one in patterns:
            route = prefix + str(one.pattern)
            if isinstance(one, URLResolver):
                inner = f"{namespace}{one.namespace}:" if one.namespace else namespace
                yield from walk(one.url_patterns, route, inner)
            else:
                yield Address(f"{namespace}{one.name}", route, getattr(one.callback, "can", None))

    yield from walk(get_resolver().url_patterns, "", "")


OURS = [one for one in addresses() if not one.name.startswith(tuple(OUTSIDE))]


def in_role(role: str) -> Person:
    """Somebody of Acme with this role."""
    person = enrolled("ada")
    with acting_for(person.organization.pk, by=person.actor):
        Membership.objects.filter(user=person.user).update(role=role)
    return person


def ask(client: Client, method: str, path: str, headers: dict[str, str]) -> tuple[int, str]:
    answer = getattr(client, method)(path, **headers)
    return answer.status_code, answer.content.decode() + str(answer.headers)


def test_every_address_asks_for_a_permission() -> None:
    assert OURS
    assert [one.name for one in OURS if one.can is None] == []


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("address", OURS, ids=lambda one: one.name)
def test_every_address_lets_in_exactly_the_roles_of_the_table(address: Address, role: str) -> None:
    person = in_role(role)
    brand = brand_draft(enrolled("ada"))
    may = role in ALLOWED[address.can] if address.can else False
    for method in ("get", "post"):
        status, _ = ask(person.client, method, address.path(brand.pk), {})
        assert status < 500
        assert (status == 403) is not may or status == 405, f"{role} {method} {address.name}: {status}"


@pytest.mark.parametrize("filters", ["with filters", "database alone"])
@pytest.mark.parametrize("address", OURS, ids=lambda one: one.name)
def test_another_tenants_row_is_as_good_as_none(
    address: Address, filters: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, cy = enrolled("ada"), enrolled("cy")
    theirs = [brand_draft(ada, display_name=CANARY), submitted_brand(ada, display_name=CANARY)]
    if filters == "database alone":
        monkeypatch.setattr(scope.TenantManager, "get_queryset", models.Manager.get_queryset)
    with ada.acting():
        before = list(Brand.objects.order_by("pk").values())
    for brand in theirs:
        for method in METHODS:
            for headers in ({}, HTMX):
                path = address.path(brand.pk)
                query = f"?seen={brand.pk}:verified&brand={brand.pk}&id={brand.pk}&return=check"
                status, text = ask(cy.client, method, path + query, headers)
                nobodys, like_nobody = ask(cy.client, method, address.path(uuid4()) + query, headers)
                assert status < 500
                assert CANARY not in text
                if address.has_id:
                    assert (status, _without_ids(text)) == (nobodys, _without_ids(like_nobody))
                    assert status in {404, 405}
    with ada.acting():
        assert list(Brand.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("address", [one for one in OURS if one.has_id], ids=lambda one: one.name)
def test_the_owner_of_the_row_gets_an_answer(address: Address) -> None:
    """Without this, a page that answers 404 to everybody would pass the test above."""
    ada = enrolled("ada")
    brands = [brand_draft(ada), submitted_brand(ada)]
    answers = [
        ask(ada.client, method, address.path(one.pk), {})[0] for one in brands for method in ("get", "post")
    ]
    assert any(status in {200, 204, 302} for status in answers), answers


def _without_ids(text: str) -> str:
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,}|nonce-\S+", "", text)
