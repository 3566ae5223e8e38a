"""Append-only in the database itself: for the app, for the sealer, and for the owner of the tables."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from portal.audit.sealer import as_sealer, turn_to
from tests.audit.chains import house_events, seal_all, written
from tests.conftest import owner_url
from tests.people import Person, enrolled

pytestmark = pytest.mark.slow

TABLES = ("audit_event", "audit_link", "audit_seal")
CHANGES = (
    "UPDATE {} SET organization_id = organization_id",
    "DELETE FROM {}",
    "TRUNCATE {} CASCADE",
)


@pytest.fixture
def acme() -> Person:
    """Some events, sealed and not."""
    ada = enrolled("ada")
    written(ada.organization)
    house_events()
    seal_all()
    written(ada.organization)
    return ada


def ask(sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


@pytest.mark.django_db
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("table", TABLES)
def test_the_app_is_refused(table: str, change: str, acme: Person) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), acme.acting():
        ask(change.format(table))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("table", TABLES)
def test_the_owner_is_refused_also_in_a_scope(table: str, change: str, acme: Person) -> None:
    with psycopg.connect(owner_url()) as owner:
        owner.execute("SELECT set_config('app.organization_id', %s, true)", [str(acme.organization.pk)])
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match=f"{table} is append-only"):
            owner.execute(change.format(table))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "insert",
    [
        "INSERT INTO audit_link (event_id, organization_id, position, digest) SELECT 7, organization_id, 7, digest"
        " FROM audit_link LIMIT 1",
        "INSERT INTO audit_unsealed (event_id) VALUES (7)",
        "INSERT INTO audit_seal SELECT * FROM audit_seal",
        "DELETE FROM audit_unsealed",
    ],
)
def test_the_app_writes_neither_links_nor_seals_nor_the_queue(insert: str, acme: Person) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), acme.acting():
        ask(insert)


@pytest.mark.django_db
def test_the_sealer_sees_one_chain_at_a_time_and_can_change_no_event(acme: Person) -> None:
    cy = enrolled("cy")
    written(cy.organization, 2)
    with as_sealer():
        turn_to(None)
        assert ask("SELECT DISTINCT organization_id FROM audit_event") == [(None,)]
        assert ask("SELECT count(*) FROM audit_link WHERE organization_id IS NOT NULL") == [(0,)]
        turn_to(cy.organization.pk)
        seen = {organization for (organization,) in ask("SELECT DISTINCT organization_id FROM audit_event")}
        assert seen == {None, cy.organization.pk}
    for statement in (
        "INSERT INTO audit_event (at) VALUES (now())",
        "UPDATE audit_event SET action = ''",
        "DELETE FROM audit_event",
        "DELETE FROM audit_link",
        "UPDATE audit_seal SET version = 2",
        "SELECT * FROM tenancy_membership",
        "SELECT * FROM brands_brand",
        "SELECT * FROM accounts_user",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), as_sealer():
            ask(statement)


@pytest.mark.django_db
def test_after_sealing_the_app_is_itself_again(acme: Person) -> None:
    with acme.acting():
        seal_all()
        assert ask("SELECT current_user") == [("portal_app",)]
        assert ask("SELECT count(*) > 0 FROM brands_brand WHERE false OR true") == [(False,)]
        assert ask("SELECT DISTINCT organization_id FROM audit_event") == [(acme.organization.pk,)]


@pytest.mark.django_db
def test_neither_the_house_nor_others_are_read_by_the_app(acme: Person) -> None:
    cy = enrolled("cy")
    with cy.acting():
        for table in (*TABLES, "audit_unsealed"):
            assert ask(
                f"SELECT count(*) FROM {table} WHERE organization_id IS DISTINCT FROM '{cy.organization.pk}'"
            ) == [(0,)], table


@pytest.mark.django_db(transaction=True)
def test_an_event_that_is_rolled_back_leaves_nothing_to_seal(acme: Person) -> None:
    seal_all()

    class Stop(Exception):
        pass

    with pytest.raises(Stop), transaction.atomic():
        written(acme.organization)
        raise Stop
    assert seal_all() == 0
