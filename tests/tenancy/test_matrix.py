"""Every address × method × role × another tenant's id, generated from the URL conf.

A page that is new and not in `rows.py` fails the first tests; one whose permission changes, that lets in
a role too many or too few, or that shows, takes or betrays another tenant's row fails the others, also
with every ORM filter gone. What the matrix is worth is shown by `test_planted_leaks.py`.
"""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import reverse

from portal import clock
from portal.tenancy import scope
from portal.tenancy.access import STAFF_HOME
from portal.tenancy.models import Role, StaffRole
from portal.tenancy.roles import ALLOWED, ON_DUTY, READING
from tests.conftest import owner_url
from tests.people import enrolled
from tests.tenancy.addresses import Address, addresses, ask
from tests.tenancy.matrix import (
    HTMX,
    PLAIN,
    events,
    fillings,
    foreign_findings,
    in_role,
    names_a_row,
    of_the_staff,
    own_answers,
    permission_findings,
    reading_findings,
    role_findings,
    together,
    unmapped,
)
from tests.tenancy.rows import FORMS, HOLES, OUTSIDE, OWN_WRITES, PERMISSIONS, form_of, outside

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ALL = list(addresses())
OURS = [one for one in ALL if not outside(one.name)]
MEMBERS = [one for one in OURS if one.can]
STAFF = [one for one in OURS if one.duty]


def tenant_models() -> list[type[models.Model]]:
    """Every model whose rows belong to an organization."""
    return [
        one
        for one in apps.get_models()
        if any(field.attname == "organization_id" for field in one._meta.concrete_fields)
    ]


def named(address: Address) -> str:
    """For the names of tests."""
    return address.name


def test_every_address_asks_for_the_permission_that_is_written_down() -> None:
    assert OURS
    assert [finding for one in OURS for finding in permission_findings(one, PERMISSIONS)] == []


def test_every_address_is_mapped() -> None:
    assert [(one.name, hole) for one in OURS for hole in unmapped(one)] == []


def test_the_tables_hold_nothing_that_is_gone() -> None:
    names = {one.name for one in OURS}
    assert sorted((set(PERMISSIONS) | set(FORMS) | set(OWN_WRITES)) - names) == []
    holes = {hole for one in OURS for hole in one.holes} | {
        f"{o.name} {hole}" for o in OURS for hole in o.holes
    }
    assert sorted(set(HOLES) - holes) == []
    assert [start for start in OUTSIDE if not any(one.name.startswith(start) for one in ALL)] == []


# --- roles, both directions


@pytest.mark.slow
@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("address", MEMBERS, ids=named)
def test_every_address_lets_in_exactly_the_roles_of_the_table(address: Address, role: str) -> None:
    person = in_role(role)
    allowed = role in ALLOWED[address.can]  # type: ignore[index]
    refused = events(person, "access.refused")
    assert role_findings(address, person, allowed=allowed, role=role) == []
    assert (events(person, "access.refused") > refused) is not allowed


@pytest.mark.slow
@pytest.mark.parametrize("role", Role.values)
def test_what_is_suspended_can_be_read_and_not_changed(role: str) -> None:
    person = in_role(role)
    person.settle(suspended_at=clock.read().business, suspended_reason="Unpaid")
    found = []
    for one in MEMBERS:
        allowed = role in ALLOWED[one.can] and one.can in READING  # type: ignore[index]
        found += role_findings(one, person, allowed=allowed, role=f"suspended {role}")
    assert found == []


@pytest.mark.slow
@pytest.mark.parametrize("role", StaffRole.values)
def test_the_staff_see_of_an_organization_what_a_visit_shows(role: str) -> None:
    """An operator who visits reads as a viewer does; nobody of the staff gets in otherwise."""
    ada = in_role("owner")
    found = []
    for visits in (False, True):
        person = of_the_staff(role, visiting=ada.organization if visits else None)
        for one in MEMBERS:
            looks = visits and role == StaffRole.OPERATOR and one.can in READING
            allowed = looks and Role.VIEWER in ALLOWED[one.can]  # type: ignore[index]
            rows = list(together(fillings(one, ada, "Plain")))
            form = form_of(one.name, ada)
            answers = [
                ask(person.client, method, one.path(v), form) for v in rows for method in ("get", "post")
            ]
            # Who belongs nowhere is taken from the start page to their own pages.
            home = reverse(STAFF_HOME[StaffRole(role)])
            inside = [answer for answer in answers if answer.headers.get("Location") != home]
            statuses = [answer.status for answer in inside]
            if allowed and not any(answer.let_in for answer in inside):
                found.append(f"{one.name} {role} visits={visits}: never let in, {statuses}")
            if not allowed and set(statuses) - {403, 405}:
                found.append(f"{one.name} {role} visits={visits}: not refused, {statuses}")
    assert found == []


@pytest.mark.slow
@pytest.mark.parametrize("role", [*StaffRole.values, *Role.values])
@pytest.mark.parametrize("address", STAFF, ids=named)
def test_the_operators_pages_let_in_exactly_the_staff_of_the_table(address: Address, role: str) -> None:
    is_staff = role in StaffRole.values
    person = of_the_staff(role) if is_staff else in_role(role)
    allowed = is_staff and role in ON_DUTY[address.duty]  # type: ignore[index]
    assert role_findings(address, person, allowed=allowed, role=role) == []


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_refusal_at_the_operators_door_is_written_down() -> None:
    """The app cannot read the house's own events, so the owner of the database looks."""
    ada = in_role("owner")
    paths = [one.path({hole: one.never(hole) for hole in one.holes}) for one in STAFF]
    refused = [path for path in paths if ask(ada.client, "get", path).status == 403]
    assert len(refused) > 10
    with psycopg.connect(owner_url()) as owner:
        owner.execute("ALTER TABLE audit_event NO FORCE ROW LEVEL SECURITY")
        rows = owner.execute(
            "SELECT count(*) FROM audit_event WHERE action = 'access.refused' AND organization_id IS NULL"
        ).fetchone()
        owner.rollback()
    assert rows == (len(refused),)


@pytest.mark.slow
@pytest.mark.parametrize("headers", [PLAIN, HTMX], ids=["plain", "htmx"])
def test_strangers_are_sent_to_the_sign_in_page(headers: dict[str, str]) -> None:
    ada, browser = in_role("owner"), Client()
    found = []
    for one in OURS:
        values = next(together(fillings(one, ada, "Plain")))
        for method in ("get", "post"):
            answer = ask(browser, method, one.path(values), {}, **headers)
            to = answer.headers.get("Location", answer.headers.get("HX-Redirect", ""))
            if answer.status != 405 and not to.startswith("/account/login/?next="):
                found.append(f"{one.name} {method}: {answer.status} {to}")
    assert found == []


# --- another tenant's ids


@pytest.mark.parametrize("address", MEMBERS, ids=named)
def test_another_tenants_row_is_as_good_as_none(address: Address) -> None:
    assert foreign_findings(address, in_role("owner"), enrolled("cy")) == []


@pytest.mark.slow
@pytest.mark.parametrize("address", MEMBERS, ids=named)
def test_with_every_filter_gone_the_database_alone_holds(
    address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, cy = in_role("owner"), enrolled("cy")
    without_filters(monkeypatch)
    assert foreign_findings(address, ada, cy) == []


def without_filters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scoped managers give every row, and no query asks for an organization any more."""
    monkeypatch.setattr(scope.TenantManager, "get_queryset", models.Manager.get_queryset)
    monkeypatch.setattr(scope.DeskManager, "get_queryset", models.Manager.get_queryset)
    really = models.QuerySet._filter_or_exclude

    def asks(self: Any, negate: bool, args: Any, kwargs: dict[str, Any]) -> Any:
        kept = {name: value for name, value in kwargs.items() if not name.startswith("organization")}
        return really(self, negate, args, kept)

    monkeypatch.setattr(models.QuerySet, "_filter_or_exclude", asks)


def test_the_filters_are_really_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without this the test above could pass because nothing was taken away."""
    without_filters(monkeypatch)
    for model in tenant_models():
        for manager in model._meta.managers:
            assert "WHERE" not in str(manager.filter(organization_id=None).order_by().query), model


@pytest.mark.slow
@pytest.mark.parametrize("address", MEMBERS, ids=named)
def test_who_may_only_read_changes_nothing(address: Address) -> None:
    assert reading_findings(address, in_role("owner")) == []


@pytest.mark.slow
@pytest.mark.parametrize("address", [one for one in MEMBERS if names_a_row(one)], ids=named)
def test_the_owner_of_the_row_gets_an_answer(address: Address) -> None:
    """Without this, a page that answers 404 to everybody would pass the tests above."""
    ada = in_role("owner")
    assert any(answer.let_in for answer in own_answers(address, ada))
