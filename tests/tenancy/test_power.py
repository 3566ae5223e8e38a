"""The portal does not start with a database role that sees behind the walls: web, worker and `work` alike."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connections
from psycopg import sql

from portal.embedded.home import Home
from portal.embedded.programs import Programs
from portal.tenancy.power import powers
from tests.conftest import owner_url
from tests.tenancy.scratch import superuser_url

pytestmark = pytest.mark.slow

SETUP = "import django; django.setup(); "
# As their entry points do it; the worker is started for real below, because Celery swallows what signals raise.
STARTS = {
    "web": "import portal.wsgi",
    "work": SETUP + "from django.core.management import call_command as c; c('work', once=True)",
}


def deployment(user: str) -> dict[str, str]:
    """The environment of a deployment whose DATABASE_URL names `user`."""
    owner = connections["owner"].settings_dict
    host = owner["OPTIONS"].get("host", owner["HOST"])
    return os.environ | {
        "DATABASE_URL": f"postgresql://{user}@/{owner['NAME']}?host={host}",
        "SECRET_KEY": "k" * 50,
        "TELNYX_KEY": "KEY",
        "TAX_ID_KEYS": "t" * 50,
        "TAX_ID_HASH_KEY": "h" * 50,
        "MFA_KEYS": "m" * 50,
        "EMAIL_URL": "dummymail://",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }


def started(code: str, user: str) -> subprocess.CompletedProcess[str]:
    """A process of the portal with this role."""
    return subprocess.run(
        [sys.executable, "-c", code],
        env=deployment(user),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@contextmanager
def role(attributes: str, *statements: str) -> Iterator[str]:
    """A role of the server for this test; `statements` may say {role}."""
    name = f"walls_{os.getpid()}"
    with psycopg.connect(superuser_url(), autocommit=True) as superuser:
        for statement in (f"CREATE ROLE {{role}} LOGIN {attributes}", *statements):
            superuser.execute(sql.SQL(statement).format(role=sql.Identifier(name)))  # type: ignore[arg-type]
        try:
            yield name
        finally:
            superuser.execute(sql.SQL("DROP OWNED BY {0}; DROP ROLE {0}").format(sql.Identifier(name)))


@pytest.mark.django_db
def test_the_portals_own_role_has_nothing_special() -> None:
    assert powers() == []


@pytest.mark.django_db
@pytest.mark.parametrize("start", STARTS)
def test_the_owner_in_database_url_is_refused_by_every_process(start: str) -> None:
    """DATABASE_OWNER_URL given as DATABASE_URL by accident, with the sentence that says what to use instead."""
    ended = started(STARTS[start], connections["owner"].settings_dict["USER"])
    assert ended.returncode != 0
    assert "The role in DATABASE_URL" in ended.stderr
    assert "owns tables or other objects" in ended.stderr
    assert "Use portal_app there" in ended.stderr


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("name", ["web", "worker"])
def test_the_servers_as_up_starts_them_end_with_the_sentence(name: str, tmp_path: Path) -> None:
    """gunicorn refuses before it forks and does not try for ever; Celery swallows what its signals raise."""
    home = Home(tmp_path)
    home.logs.mkdir(parents=True)
    programs = Programs(home, deployment(connections["owner"].settings_dict["USER"]))
    service = programs.web(8279) if name == "web" else programs.worker()
    child = service.start()
    try:
        assert child.wait(60) != 0
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
    assert "owns tables or other objects" in service.log.read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("attributes", "statements", "power"),
    [
        ("SUPERUSER", (), "is a superuser"),
        ("NOINHERIT BYPASSRLS", (), "has BYPASSRLS"),
        ("NOINHERIT CREATEROLE", (), "may make roles or databases, or replicate"),
        ("NOINHERIT CREATEDB", (), "may make roles or databases, or replicate"),
        ("INHERIT", ("GRANT portal_claimer TO {role}",), "inherits the rights of other roles"),
        ("NOINHERIT", ("GRANT portal_owner TO {role}",), "may become a role for which the walls do not hold"),
        ("NOINHERIT", ("CREATE SCHEMA AUTHORIZATION {role}",), "owns tables or other objects"),
        (
            "NOINHERIT",
            (
                "CREATE FUNCTION walls_probe() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                "ALTER FUNCTION walls_probe() OWNER TO {role}",
            ),
            "owns tables or other objects",
        ),
    ],
)
def test_each_power_is_named(attributes: str, statements: tuple[str, ...], power: str) -> None:
    code = SETUP + "from portal.tenancy.power import refuse_power; refuse_power()"
    with role(attributes, *statements) as name:
        ended = started(code, name)
    assert ended.returncode != 0
    assert power in ended.stderr


@pytest.mark.slow
@pytest.mark.django_db
def test_a_role_like_the_portals_is_taken() -> None:
    """Without this, a check that refuses everybody would pass."""
    code = SETUP + "from portal.tenancy.power import refuse_power; refuse_power(); print('taken')"
    grants = "GRANT portal_claimer, portal_desk, portal_sealer TO {role}"
    with role("NOINHERIT", grants) as name:
        ended = started(code, name)
    assert ended.stdout.strip() == "taken", ended.stderr


def test_the_database_of_the_tests_is_owned_by_nobody_who_runs_the_portal() -> None:
    assert "user=portal_app" not in owner_url()


@pytest.mark.django_db
@pytest.mark.parametrize("start", STARTS)
def test_a_start_waits_for_a_database_that_is_away(start: str, tmp_path: Path) -> None:
    environment = deployment("portal_app")
    sockets = environment["DATABASE_URL"].rpartition("host=")[2]
    away = tmp_path / "away"
    environment["DATABASE_URL"] = environment["DATABASE_URL"].replace(f"host={sockets}", f"host={away}")
    process = subprocess.Popen(
        [sys.executable, "-c", STARTS[start]],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=4)
        away.symlink_to(sockets)
        said, _nothing = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 0, said.decode()
