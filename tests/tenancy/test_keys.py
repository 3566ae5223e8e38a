"""The third wall: foreign keys that carry the organization. PostgreSQL checks keys behind the policies."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.apps import apps
from django.db import connection, models
from psycopg.errors import ForeignKeyViolation, InsufficientPrivilege

from portal.tenancy.isolation import CompositeKey
from tests.conftest import owner_url
from tests.tenancy.scratch import (
    ACME,
    COMPOSITE,
    RIVAL,
    add,
    as_app,
    library,
    operations,
    serve,
    statements,
    superuser_url,
)

pytestmark = pytest.mark.django_db


def rows(sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def keys_of_models() -> set[tuple[str, str, str, str]]:
    """Child table, column, parent table, parent's key: every foreign key between tenants' models."""
    found = set()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            parent = field.related_model
            if not isinstance(parent, type) or not issubclass(parent, models.Model):
                continue
            if all(
                any(f.column == "organization_id" for f in one._meta.concrete_fields)
                for one in (model, parent)
            ):
                found.add((model._meta.db_table, field.column, parent._meta.db_table, parent._meta.pk.column))
    return found


def keys_of_the_database(length: int) -> set[tuple[str, str, str, str]]:
    """The same of the catalogue, where the key has `length` columns; of two, the first is the organization."""
    return set(
        rows(f"""
            SELECT k.conrelid::regclass::text, child.attname, k.confrelid::regclass::text, parent.attname
              FROM pg_constraint k
              JOIN pg_attribute child ON child.attrelid = k.conrelid AND child.attnum = k.conkey[{length}]
              JOIN pg_attribute parent ON parent.attrelid = k.confrelid AND parent.attnum = k.confkey[{length}]
             WHERE k.contype = 'f' AND cardinality(k.conkey) = {length} AND k.convalidated
               AND ({length} = 1 OR 2 = (
                    SELECT count(*) FROM pg_attribute a WHERE a.attname = 'organization_id'
                       AND (a.attrelid, a.attnum) IN ((k.conrelid, k.conkey[1]), (k.confrelid, k.confkey[1]))))
               AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = k.conrelid AND attname = 'organization_id')
               AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = k.confrelid AND attname = 'organization_id')
        """)
    )


def test_every_key_between_tenant_tables_carries_the_organization_and_no_other_stands_beside_it() -> None:
    assert keys_of_the_database(2) == keys_of_models()
    assert keys_of_the_database(1) == set()


def test_a_plain_key_would_take_another_tenants_row_behind_the_policies() -> None:
    """The trap that makes the third wall necessary, measured: the row that one cannot see can be linked."""
    with library(operations(db_constraint=True)) as owner:
        serve(owner, RIVAL)
        shelf = add(owner, "scratch_shelf", RIVAL)
        as_app(owner, ACME)
        assert owner.execute("SELECT count(*) FROM scratch_shelf").fetchone() == (0,)
        add(owner, "scratch_book", ACME, shelf_id=shelf)
        with pytest.raises(ForeignKeyViolation):
            add(owner, "scratch_book", ACME, shelf_id=uuid4())
            owner.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_row_of_ones_own_organization_is_linked_and_none_as_well() -> None:
    with library(operations(key=COMPOSITE)) as owner:
        as_app(owner, ACME)
        shelf = add(owner, "scratch_shelf", ACME)
        add(owner, "scratch_book", ACME, shelf_id=shelf)
        add(owner, "scratch_book", ACME, shelf_id=None)
        assert owner.execute("SELECT count(*) FROM scratch_book").fetchone() == (2,)


@pytest.mark.parametrize("who", ["app", "owner", "superuser"])
def test_another_tenants_row_is_refused_to_everybody(who: str) -> None:
    with library(operations(key=COMPOSITE), superuser_url() if who == "superuser" else "") as owner:
        serve(owner, RIVAL)
        shelf = add(owner, "scratch_shelf", RIVAL)
        if who == "app":
            as_app(owner, ACME)
        serve(owner, ACME)
        with pytest.raises(ForeignKeyViolation):
            add(owner, "scratch_book", ACME, shelf_id=shelf)


def test_the_answer_for_another_tenants_row_is_that_for_none() -> None:
    said = []
    for it_exists in (True, False):
        with library(operations(key=COMPOSITE)) as owner:
            serve(owner, RIVAL)
            shelf = add(owner, "scratch_shelf", RIVAL) if it_exists else uuid4()
            as_app(owner, ACME)
            with pytest.raises(ForeignKeyViolation) as refused:
                add(owner, "scratch_book", ACME, shelf_id=shelf)
            said.append(str(refused.value).replace(str(shelf), "·").replace(str(ACME), "·"))
    assert said[0] == said[1]


def test_a_linked_row_cannot_move_to_another_organization_alone() -> None:
    with library(operations(key=COMPOSITE), superuser_url()) as superuser:
        shelf = add(superuser, "scratch_shelf", ACME)
        add(superuser, "scratch_book", ACME, shelf_id=shelf)
        with pytest.raises(ForeignKeyViolation):
            superuser.execute("UPDATE scratch_shelf SET organization_id = %s", [RIVAL])


def test_rows_that_name_each_other_wait_for_the_commit_and_are_checked_there() -> None:
    with library(operations(key=COMPOSITE)) as owner:
        as_app(owner, ACME)
        owner.execute("SET CONSTRAINTS ALL DEFERRED")
        add(owner, "scratch_book", ACME, shelf_id=uuid4())
        with pytest.raises(ForeignKeyViolation):
            owner.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    "statement",
    [
        "SET session_replication_role = replica",
        "SET LOCAL session_replication_role = replica",
        "ALTER TABLE scratch_book DISABLE TRIGGER ALL",
        "ALTER TABLE scratch_book DROP CONSTRAINT scratch_book_shelf_id_tenant_fk",
        "UPDATE pg_catalog.pg_constraint SET convalidated = false",
        "ALTER ROLE portal_app SET session_replication_role = replica",
    ],
)
def test_the_app_cannot_defeat_the_keys(statement: str) -> None:
    with library(operations(key=COMPOSITE)) as owner:
        owner.execute("SET LOCAL ROLE portal_app")
        with pytest.raises(InsufficientPrivilege):
            owner.execute(statement)  # type: ignore[call-overload]


def test_the_owner_cannot_switch_keys_off_for_a_session_either() -> None:
    with psycopg.connect(owner_url()) as owner, pytest.raises(InsufficientPrivilege):
        owner.execute("SET session_replication_role = replica")


def test_the_operation_refuses_a_plain_key_beside_it_and_a_wrong_parent() -> None:
    with pytest.raises(ValueError, match="db_constraint=False"):
        statements(operations(db_constraint=True, key=COMPOSITE))
    with pytest.raises(ValueError, match="must point at"):
        statements(operations(key=CompositeKey("Book", "shelf", "scratch.Book")))


def test_the_operation_can_be_taken_back() -> None:
    said = statements(operations(key=COMPOSITE), backwards=COMPOSITE)
    assert "ALTER TABLE scratch_book DROP CONSTRAINT scratch_book_shelf_id_tenant_fk;" in said
    name, arguments, options = COMPOSITE.deconstruct()
    assert (name, CompositeKey(*arguments, **options).deconstruct()) == (
        "CompositeKey",
        COMPOSITE.deconstruct(),
    )
