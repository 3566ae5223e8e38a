"""`manage.py test`: pytest with databases of its own, which are gone afterwards."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import FrameType

from django.core.management.base import BaseCommand

from portal.embedded import process
from portal.embedded.home import Home, Unusable
from portal.embedded.postgres import Postgres, PostgresFailed
from portal.embedded.programs import CHECKOUT
from portal.embedded.supervisor import Child, Service, Supervisor
from portal.embedded.valkey import Valkey, ValkeyFailed

# What pytest itself calls a usage error; a test run that could not begin is one.
COULD_NOT_BEGIN = 4
HELP = """\
usage: manage.py test [--fast] [pytest's own arguments]

Runs the tests with a temporary PostgreSQL and Valkey, which are removed afterwards; several
runs at once do not disturb each other. DATABASE_URL and BROKER_URL, when set, are used instead.

  --fast      leave out what is slow or needs a browser
  -n 0        one process, in order (for -s, --pdb and the like this is chosen by itself)
  -k, -x, --lf, a file …   pytest's; see python -m pytest --help

Nightly sizes are left out unless an own -m asks for them.
"""
# With these, output or input belongs to one process.
ALONE = (
    "-s",
    "--pdb",
    "--trace",
    "-n",
    "--numprocesses",
    "--dist",
    "--collect-only",
    "--co",
    "--fixtures",
    "--markers",
)


class Command(BaseCommand):
    """Replaces Django's own test command; arguments pass to pytest as they are."""

    help = "Run the tests with pytest and temporary databases."

    def run_from_argv(self, argv: list[str]) -> None:
        """Run pytest and exit with its code. Its closing line stays the last line of the output."""
        arguments = argv[2:]
        if arguments[:1] in (["--help"], ["-h"]):
            print(HELP)
            return
        sys.exit(run(arguments))


def pytest_command(arguments: list[str]) -> list[str]:
    """The command line for pytest: our markers and processes, then the caller's arguments."""
    fast = "--fast" in arguments
    rest = [argument for argument in arguments if argument != "--fast"]
    wanted = "not slow and not browser and not nightly" if fast else "not nightly"
    rest, own = _take_markers(rest)
    if own:
        wanted = f"({own}) and ({wanted})" if fast else own
    command = [sys.executable, "-m", "pytest", "-m", wanted]
    named = any((CHECKOUT / argument.split("::")[0]).is_file() for argument in rest)
    if not named and not any(argument.startswith(ALONE) for argument in rest):
        # Tests that share something expensive name the group that must stay on one process.
        command += ["--numprocesses=2", "--dist=loadgroup"]
    return command + rest


def _take_markers(arguments: list[str]) -> tuple[list[str], str]:
    rest, own = [], ""
    left = iter(arguments)
    for argument in left:
        if argument == "-m":
            own = next(left, "")
        elif argument.startswith("-m") and argument[2:3] not in {"", "-"}:
            own = argument[2:].lstrip("=")
        else:
            rest.append(argument)
    return rest, own


def environment(home: Home) -> dict[str, str]:
    """The environment of the tests: databases of this run, and no carrier that could be reached.

    Variables are set even where a default would do, so that no `.env` of the checkout reaches in.
    """
    given = {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "PUBLIC_URL": "http://127.0.0.1:8000",
        # Nothing listens on the discard port: a test that forgets to say where fails at once.
        "TELNYX_URL": "http://127.0.0.1:9/v2",
        "TELNYX_KEY": "practice-tests",
        "TAX_ID_KEYS": secrets.token_urlsafe(50),
        "TAX_ID_HASH_KEY": secrets.token_urlsafe(50),
        "MFA_KEYS": secrets.token_urlsafe(50),
        "PRACTICE_URL": "",
        "EMAIL_URL": "memorymail://",
        "DEBUG": "",
        "ALLOWED_HOSTS": "",
        "SECRET_KEY_FALLBACKS": "",
        "TRUSTED_PROXIES": "0",
        "LOG_LEVEL": "INFO",
        "CARRIER": "telnyx",
        "CARRIER_URL": "",
        "CARRIER_KEY": "",
        "CLEARLINE_DATA": str(home.data),
        # allauth and Playwright's own event loop share one thread in browser tests.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
    }
    env = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"} | given
    if not os.environ.get("DATABASE_URL"):
        env |= {
            "DATABASE_URL": "",
            "DATABASE_OWNER_URL": home.owner_url,
            "PRACTICE_DATABASE_URL": home.practice_url,
        }
    if not os.environ.get("BROKER_URL"):
        env["BROKER_URL"] = home.broker_url
    return env


def run(arguments: list[str]) -> int:
    """Start what the tests need, run pytest, end everything. The exit code is pytest's."""
    home = Home(tempfile.mkdtemp(prefix="clearline-test-"))
    postgres, valkey = Postgres(home, durable=False), Valkey(home, durable=False)
    code = 128 + signal.SIGINT
    try:
        with Supervisor(_warn) as supervisor:
            if os.environ.get("DATABASE_URL"):
                home.prepare()
            else:
                postgres.prepare()
                server = supervisor.start(postgres.service())
                postgres.wait(server)
                postgres.roles()
            if not os.environ.get("BROKER_URL"):
                broker = supervisor.start(valkey.service())
                valkey.wait(broker)
            code = _pytest(supervisor, pytest_command(arguments), environment(home))
    except (Unusable, PostgresFailed, ValkeyFailed) as failure:
        _warn(str(failure))
        code = COULD_NOT_BEGIN
    finally:
        postgres.remove()
        shutil.rmtree(home.sockets, ignore_errors=True)
        shutil.rmtree(home.data, ignore_errors=True)
    return code


def _pytest(supervisor: Supervisor, command: list[str], env: dict[str, str]) -> int:
    def start() -> Child:
        # In our own group and terminal: Ctrl-C reaches pytest, which then writes its summary.
        return subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env=env,
            preexec_fn=process.die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - as in process.start
        )

    child = supervisor.start(Service("pytest", start, Path(os.devnull), signal.SIGINT, end_seconds=20))

    def pass_on(number: int, frame: FrameType | None) -> None:
        # Ctrl-C in a terminal has reached pytest already; twice would cut off its summary.
        if number != signal.SIGINT or not _in_foreground():
            process.signal_send(child.pid, signal.SIGINT)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, pass_on)
    return child.wait()


def _in_foreground() -> bool:
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError):
        return False


def _warn(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
