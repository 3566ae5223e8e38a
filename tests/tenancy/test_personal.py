"""Addresses of a person's own things, with somebody else's ids: theirs are as good as none, and stay as they are."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import connection
from django.utils.timezone import now

from tests.people import Person, enrolled
from tests.tenancy.addresses import HOLE, Address, addresses, ask
from tests.tenancy.matrix import HTMX, PLAIN, fresh
from tests.tenancy.rows import outside

pytestmark = pytest.mark.django_db


def _browser(person: Person) -> int:
    """One more browser in which the person is signed in."""
    made = UserSession.objects.create(
        user=person.user,
        ip="192.0.2.9",
        user_agent="Canary",
        session_key=f"canary-{person.user.pk}"[:40],
        data={},
    )
    return int(made.pk)


def _passkey(person: Person) -> int:
    """A passkey of the person."""
    data = {"name": "Canary", "credential": {}}
    kind = Authenticator.Type.WEBAUTHN
    return int(Authenticator.objects.create(user=person.user, type=kind, data=data, created_at=now()).pk)


# Address → what of a person its hole names.
ROWS: dict[str, Callable[[Person], object]] = {
    "accounts:end-one": _browser,
    "mfa_edit_webauthn": _passkey,
    "mfa_remove_webauthn": _passkey,
    "tenancy:choose": lambda person: person.organization.pk,
}
# Address → why its hole names nothing that another person could have.
NO_ROWS = {
    "tenancy:join": "a signed token, which is the permission itself",
    "account_reset_password_from_key": "a signed key, which is the permission itself",
    "calendar-feed": "a signed address, which is the permission itself",
    "webhooks:event": "of no person: a carrier's key, and only a signature opens it",
    "outbox:mail": "of no person: practice mails, on the own machine only",
    "outbox:html": "of no person: practice mails, on the own machine only",
}
WITH_HOLES = [
    one for one in addresses() if outside(one.name) and (HOLE.search(one.route) or "(?P<" in one.route)
]


def belongings(person: Person) -> list[object]:
    """The person's row and all rows of theirs."""
    found: list[object] = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns WHERE column_name = 'user_id'"
            " AND table_name ~ '^(mfa|usersessions|account)_'"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT t::text FROM {table} t WHERE user_id = %s ORDER BY 1", [person.user.pk])
            found.append((table, cursor.fetchall()))
        cursor.execute("SELECT t::text FROM accounts_user t WHERE id = %s", [person.user.pk])
        return [*found, cursor.fetchall()]


def test_every_address_of_a_persons_own_things_is_mapped() -> None:
    assert {one.name for one in WITH_HOLES} == set(ROWS) | set(NO_ROWS)


@pytest.mark.parametrize("address", [one for one in WITH_HOLES if one.name in ROWS], ids=lambda one: one.name)
def test_somebody_elses_row_is_as_good_as_none(address: Address) -> None:
    ada, cy = enrolled("ada"), enrolled("cy")
    fresh(cy.client)
    (hole,) = address.holes
    theirs, never = ROWS[address.name](ada), address.never(hole)
    ROWS[address.name](cy)
    before, found = belongings(ada), []
    for method in ("get", "post", "put", "delete"):
        for headers in (PLAIN, HTMX):
            told = ask(cy.client, method, address.path({hole: theirs}), {"name": "Taken"}, **headers)
            nobody = ask(cy.client, method, address.path({hole: never}), {"name": "Taken"}, **headers)
            if told.status >= 500 or "canary" in told.text.lower():
                found.append(f"{method}: {told.status} {told.text[:100]}")
            if told.like(str(theirs), never) != nobody.like(str(theirs), never):
                found.append(f"{method}: {told.status}, and {nobody.status} for one that never was")
    assert found == []
    assert belongings(ada) == before


@pytest.mark.parametrize("name", ROWS)
def test_ones_own_row_is_let_through(name: str) -> None:
    """Without this, an address that answers nobody would pass the test above."""
    ada = enrolled("ada")
    fresh(ada.client)
    address = next(one for one in WITH_HOLES if one.name == name)
    path = address.path({address.holes[0]: ROWS[name](ada)})
    assert any(ask(ada.client, method, path, {"name": "New"}).let_in for method in ("get", "post"))
