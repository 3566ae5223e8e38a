from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from portal.embedded import process
from portal.embedded.home import Home
from portal.embedded.postgres import TREE, WHEEL, Postgres, binaries
from portal.embedded.programs import CHECKOUT
from portal.embedded.watchdog import alive


@contextmanager
def serving(postgres: Postgres) -> Iterator[subprocess.Popen[bytes]]:
    """A prepared server with its roles, ended afterwards."""
    postgres.prepare()
    running = postgres.start()
    try:
        postgres.wait(running)
        postgres.roles()
        yield running
    finally:
        postgres.stop(running)


def test_the_roles_are_as_narrow_as_the_design_asks(serving_home: Home) -> None:
    with psycopg.connect(serving_home.owner_url) as owner:
        rows = owner.execute(
            "SELECT rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolbypassrls"
            " FROM pg_roles WHERE rolname NOT LIKE 'pg\\_%' AND rolname <> 'postgres' ORDER BY rolname"
        ).fetchall()
    assert rows == [
        ("portal_app", False, False, False, False, True, False),
        ("portal_claimer", False, True, False, False, False, False),
        ("portal_desk", False, True, False, False, False, False),
        ("portal_owner", False, True, False, True, True, False),
        ("portal_sealer", False, True, False, False, False, False),
        ("practice", False, True, False, True, True, False),
    ]


def test_the_portals_role_takes_its_narrow_roles_and_makes_nothing(serving_home: Home) -> None:
    with psycopg.connect(serving_home.app_url) as app:
        app.execute("SET LOCAL ROLE portal_claimer")
        app.execute("SET LOCAL ROLE portal_desk")
        app.execute("SET LOCAL ROLE portal_sealer")
        app.execute("RESET ROLE")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("CREATE TABLE mine (id int)")
    with psycopg.connect(serving_home.owner_url) as owner:
        owner.execute("SET ROLE portal_app")


@pytest.mark.parametrize(("role", "database"), [("portal_app", "practice"), ("practice", "clearline")])
def test_portal_and_registry_cannot_enter_each_others_database(
    serving_home: Home, role: str, database: str
) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(host=str(serving_home.sockets), user=role, dbname=database)


def test_text_sorts_alike_on_every_machine_and_the_clock_is_utc(serving_home: Home) -> None:
    with psycopg.connect(serving_home.app_url) as app:
        row = app.execute(
            "SELECT datlocprovider, pg_encoding_to_char(encoding), current_setting('timezone')"
            " FROM pg_database WHERE datname = current_database()"
        ).fetchone()
        names = app.execute("SELECT x FROM unnest(array['b', 'Ä', 'a', 'B']) x ORDER BY x").fetchall()
    assert row == ("b", "UTF8", "UTC")
    assert [name for (name,) in names] == ["B", "a", "b", "Ä"]


def test_nothing_listens_on_a_port(serving_home: Home) -> None:
    with psycopg.connect(serving_home.app_url) as app:
        assert app.execute("SELECT current_setting('listen_addresses')").fetchone() == ("",)
    hba = (Postgres(serving_home).data / "pg_hba.conf").read_text().splitlines()
    remote = [line.split() for line in hba if line.startswith("host")]
    assert remote
    assert {words[-1] for words in remote} == {"reject"}


@pytest.mark.slow
def test_committed_rows_survive_a_kill_of_the_server(home: Home) -> None:
    postgres = Postgres(home)
    postgres.prepare()
    running = postgres.start()
    postgres.wait(running)
    postgres.roles()
    with psycopg.connect(home.owner_url, autocommit=True) as owner:
        owner.execute("CREATE TABLE kept (id int)")
        for number in range(500):
            owner.execute("INSERT INTO kept VALUES (%s)", [number])
        os.kill(running.pid, signal.SIGKILL)
    running.wait()
    with serving(postgres), psycopg.connect(home.owner_url) as owner:
        assert owner.execute("SELECT count(*) FROM kept").fetchone() == (500,)


@pytest.mark.slow
def test_a_server_that_lost_its_supervisor_is_ended_before_the_next_start(home: Home) -> None:
    postgres = Postgres(home, durable=False)
    postgres.prepare()
    forgotten = postgres.start()
    postgres.wait(forgotten)
    with serving(postgres) as running:
        assert running.pid != forgotten.pid
        assert not alive(forgotten.pid)
    forgotten.wait()


@pytest.mark.slow
def test_a_left_over_pid_file_with_the_number_of_a_stranger_is_no_obstacle(home: Home) -> None:
    postgres = Postgres(home, durable=False)
    postgres.prepare()
    # Of the same account: PostgreSQL takes the number of anybody else's process for an old one.
    stranger = process.start(["sleep", "100"], log=home.logs / "sleep.log", account=postgres.account)
    try:
        (postgres.data / "postmaster.pid").write_text(f"{stranger.pid}\n{postgres.data}\n")
        with serving(postgres), psycopg.connect(home.app_url) as app:
            assert app.execute("SELECT 1").fetchone() == (1,)
        assert alive(stranger.pid)
    finally:
        process.end(stranger, signal.SIGKILL, 1)


@pytest.mark.slow
@pytest.mark.skipif(os.getuid() != 0, reason="only root runs PostgreSQL as another account")
def test_root_below_a_home_of_mode_700_gets_a_server_and_the_mode_stays() -> None:
    private = Path(tempfile.mkdtemp(prefix="clearline-private-"))
    try:
        packages = private / "packages"
        source = binaries(None).parents[1]
        shutil.copytree(source / TREE, packages / WHEEL / TREE, symlinks=True)
        (packages / WHEEL / "__init__.py").touch()
        shutil.copytree(source.with_name(f"{WHEEL}.libs"), packages / f"{WHEEL}.libs")
        # Another name than the installed version's, so that this test makes its own copy.
        (packages / f"{WHEEL}-0.0.{os.getpid()}.dist-info").mkdir()
        script = textwrap.dedent(f"""
            import sys
            sys.path.insert(0, {str(CHECKOUT)!r})
            from portal.embedded.home import Home
            from portal.embedded.postgres import Postgres, binaries
            postgres = Postgres(Home({str(private / "data")!r}), durable=False)
            postgres.prepare()
            running = postgres.start()
            postgres.wait(running)
            postgres.roles()
            print(postgres.ask("SELECT current_setting('data_directory')", "clearline"))
            print(binaries(postgres.account).parents[2])
            postgres.stop(running)
            again = Postgres(Home({str(private / "data")!r}), durable=False)
            place = again.data.parent
            assert postgres.data.parent == place
            again.remove()
            assert not place.exists()
        """)
        done = subprocess.run(
            [sys.executable, "-c", script],
            env=os.environ | {"PYTHONPATH": str(packages)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        data, copied = (Path(line) for line in done.stdout.split())
        assert not data.is_relative_to(private)
        assert not copied.is_relative_to(private)
        assert copied.name.endswith(f"0.0.{os.getpid()}")
        shutil.rmtree(copied)
        assert stat.S_IMODE(private.stat().st_mode) == 0o700
    finally:
        shutil.rmtree(private)
