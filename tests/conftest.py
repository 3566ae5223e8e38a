"""The test database as production has it: made and migrated by the owner, used by the app's own role.

A test that runs as the owner would never notice a missing grant, so nothing but the set-up does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.test import TransactionTestCase
from psycopg import sql

from tests.people import Person, enrolled
from tests.practice_registry import PracticeRegistry


def pytest_configure() -> None:
    """Passwords of tests protect nothing, and the real hasher takes a quarter of a second each."""
    from portal.preflight import checking

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # On a page a rule that breaks says nothing; here it is a failure.
    checking.raising = True


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    """One database per process of the run, with the roles and grants of a real one."""
    suffix = getattr(request.config, "workerinput", {}).get("workerid", "")
    with django_db_blocker.unblock():
        owner = connections["owner"]
        live = owner.settings_dict["NAME"]
        owner.settings_dict["TEST"]["NAME"] = f"test_{live}_{suffix}" if suffix else f"test_{live}"
        owner.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        connections["default"].settings_dict["NAME"] = owner.settings_dict["NAME"]
        owner.close()
    yield
    with django_db_blocker.unblock():
        connections["default"].close()
        connections["default"].close_pool()
        owner.creation.destroy_test_db(live, verbosity=0)


def owner_url() -> str:
    """The test database for its owner, as psycopg takes it."""
    owner = connections["owner"].settings_dict
    host = owner["HOST"] or owner["OPTIONS"].get("host", "")
    return psycopg.conninfo.make_conninfo(
        host=host,
        port=owner["PORT"] or None,
        user=owner["USER"],
        password=owner["PASSWORD"],
        dbname=owner["NAME"],
    )


def superuser_url() -> str:
    """The test database for the embedded server's superuser, whom neither walls nor triggers hold.

    Skips the test on a server that is not ours, where nobody gives us that role.
    """
    if not settings.EMBEDDED:
        pytest.skip("needs the embedded server's superuser")
    return psycopg.conninfo.make_conninfo(owner_url(), user="postgres", password="")


def _guard(connection: psycopg.Connection[Any], act: str, tables: list[Any]) -> None:
    for (table,) in tables:
        connection.execute(
            sql.SQL("ALTER TABLE {} {} TRIGGER append_only").format(sql.Identifier(table), sql.SQL(act))
        )


def _empty_all_tables(self: TransactionTestCase) -> None:
    """Django's flush truncates as the app's role, which may not: the owner does it."""
    with psycopg.connect(owner_url(), autocommit=True) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'django_migrations'"
        ).fetchall()
        names = sql.SQL(", ").join(sql.Identifier(name) for (name,) in tables)
        # The audit log refuses to be emptied, by its owner too; only the owner can put its guard aside.
        guarded = connection.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'append_only'"
        ).fetchall()
        with connection.transaction():
            _guard(connection, "DISABLE", guarded)
            connection.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(names))
            _guard(connection, "ENABLE", guarded)


TransactionTestCase._fixture_teardown = _empty_all_tables  # type: ignore[method-assign]


@pytest.fixture
def ada(db: None) -> Person:
    """Owner of Acme."""
    return enrolled("ada")


@pytest.fixture
def bo(db: None, ada: Person) -> Person:
    """Viewer in Acme."""
    return enrolled("bo")


@pytest.fixture
def cy(db: None) -> Person:
    """Owner of Rival: the outsider."""
    return enrolled("cy")


@pytest.fixture(scope="session")
def practice() -> Iterator[PracticeRegistry]:
    """A practice registry of this process of the run, over real HTTP."""
    with PracticeRegistry(owner_server_url()) as registry:
        yield registry


def owner_server_url() -> str:
    """The server for a role that may create databases there."""
    return str(settings.DATABASE_OWNER_URL)


@pytest.fixture
def registry(
    practice: PracticeRegistry, settings: Any, request: pytest.FixtureRequest
) -> Iterator[PracticeRegistry]:
    """The practice registry as the carrier of this test, with an account of its own."""
    from portal.lifecycle import gateway

    settings.PRACTICE_URL = practice.url
    settings.TELNYX_URL = f"{practice.url}/v2"
    settings.TELNYX_KEY = f"practice-{abs(hash(request.node.nodeid))}"
    gateway.carrier.cache_clear()
    yield practice
    gateway.carrier(settings.CARRIER).close()
    gateway.carrier.cache_clear()
