"""The portal behind its real web server, on the database of the tests, with as few connections as one likes."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connections

from portal.embedded import process
from portal.embedded.account import service_account
from portal.embedded.home import Home
from portal.embedded.programs import Programs
from tests.people import Person

SECONDS_TO_START = 30.0


def free_port() -> int:
    """A port that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def database_url(*, host: str = "", port: int = 0) -> str:
    """The database of the tests for the portal's own role, directly or by way of a pooler."""
    default = connections["default"].settings_dict
    at = f"{host}:{port}" if host else f"{default['HOST']}:{default['PORT']}".strip(":")
    query = (
        "" if host else f"?host={quote(default['OPTIONS'].get('host', ''))}" if not default["HOST"] else ""
    )
    password = f":{quote(default['PASSWORD'])}" if default["PASSWORD"] else ""
    return f"postgresql://{default['USER']}{password}@{at}/{default['NAME']}{query}"


@contextmanager
def portal(*, pool: int, workers: int = 2, threads: int = 4, url: str = "") -> Iterator[int]:
    """The web server with the command line of `manage.py up`; its port. `pool`: connections per process."""
    folder = Path(tempfile.mkdtemp(prefix="clearline-walls-"))
    home, port = Home(folder), free_port()
    home.logs.mkdir(parents=True)
    env = os.environ | {
        "DATABASE_URL": url or database_url(),
        "DATABASE_POOL": str(pool),
        "SECRET_KEY": settings.SECRET_KEY,
        "TELNYX_KEY": "KEY",
        "TAX_ID_KEYS": "t" * 50,
        "TAX_ID_HASH_KEY": "h" * 50,
        "MFA_KEYS": "m" * 50,
        "EMAIL_URL": "dummymail://",
        "LOG_LEVEL": "ERROR",
        "ALLOWED_HOSTS": "",
    }
    service = Programs(home, env)._gunicorn(
        "web", "tests.tenancy.served_wsgi:application", port, workers=workers, threads=threads
    )
    child = service.start()
    try:
        _wait_for(port, lambda: child.poll() is None, service.log)
        yield port
    finally:
        child.terminate()
        with contextlib.suppress(Exception):
            child.wait(10)
        if child.poll() is None:
            child.kill()
            child.wait()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def pgbouncer(size: int) -> Iterator[int]:
    """PgBouncer in transaction mode in front of the database, with `size` connections; its port."""
    program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip("PgBouncer is not installed (Debian: apt-get install pgbouncer)")
    default = connections["default"].settings_dict
    folder, port, account = Path(tempfile.mkdtemp(prefix="clearline-pooler-")), free_port(), service_account()
    folder.chmod(0o711)
    users = folder / "users.txt"
    users.write_text(f'"{default["USER"]}" "{default["PASSWORD"]}"\n')
    where = default["OPTIONS"].get("host") or default["HOST"]
    (folder / "pgbouncer.ini").write_text(
        f"[databases]\n* = host={where} {'port=' + str(default['PORT']) if default['PORT'] else ''}\n"
        "[pgbouncer]\nlisten_addr = 127.0.0.1\nunix_socket_dir =\nauth_type = trust\npool_mode = transaction\n"
        f"listen_port = {port}\nauth_file = {users}\ndefault_pool_size = {size}\nlogfile = {folder}/pgbouncer.log\n"
    )
    if account:
        for one in (folder, users, folder / "pgbouncer.ini"):
            os.chown(one, account.uid, account.gid)
    child = process.start([program, "-q", folder / "pgbouncer.ini"], log=folder / "out.log", account=account)
    try:
        _wait_for(port, lambda: child.poll() is None, folder / "out.log")
        yield port
    finally:
        child.kill()
        child.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(port: int, alive: object, log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and alive():  # type: ignore[operator]
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError(f"did not start: {log.read_text(errors='replace')[-2000:]}")


class Browser:
    """One person's browser over one kept connection."""

    def __init__(self, port: int, person: Person) -> None:
        name = settings.SESSION_COOKIE_NAME
        self.cookie = f"{name}={person.client.cookies[name].value}"
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def get(self, path: str) -> tuple[int, str]:
        """Status and text; a connection that the server closed in between is opened again."""
        for last in (False, True):
            try:
                self.line.request("GET", path, headers={"Cookie": self.cookie})
                with self.line.getresponse() as answer:
                    return answer.status, answer.read().decode()
            except (ConnectionError, http.client.HTTPException):
                self.line.close()
                if last:
                    raise
        raise AssertionError

    def close(self) -> None:
        """Hang up."""
        self.line.close()
