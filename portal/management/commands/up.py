"""`manage.py up`: the whole of Clearline on this machine, from one command."""

from __future__ import annotations

import hashlib
import http.client
import io
import os
import shutil
import socket
import time
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from django.core.management.base import BaseCommand, CommandError

from portal.embedded import heartbeat, process
from portal.embedded.home import Home, Unusable, replace_file
from portal.embedded.lock import Lock, Taken
from portal.embedded.postgres import Postgres, PostgresFailed
from portal.embedded.programs import CHECKOUT, Programs
from portal.embedded.supervisor import ServiceFailed, Supervisor, Watch
from portal.embedded.valkey import Valkey, ValkeyFailed

if TYPE_CHECKING:
    from django.db.backends.postgresql.base import DatabaseWrapper

# A first answer includes the import of everything and, cold, its compilation.
READY_SECONDS = 90.0
# In the data folder: proof that it is one of ours, asked for before anything in it is deleted.
MARK = "clearline-data.txt"


class Command(BaseCommand):
    """Starts everything, prints where it is, restarts what dies, ends in order at Ctrl-C."""

    help = "Start Clearline on this machine: databases, portal, worker, practice registry."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--port",
            type=int,
            default=8000,
            help="port of the portal; the practice registry takes the next one",
        )
        parser.add_argument(
            "--data", type=Path, help="folder for databases, logs and generated keys (default: .data)"
        )
        parser.add_argument(
            "--fresh", action="store_true", help="delete what earlier runs left in the data folder first"
        )
        parser.add_argument(
            "--clock", type=_moment, help="where the practice registry's clock begins, as 2026-11-20T10:00"
        )
        parser.add_argument("--no-demo", action="store_true", help="do not create the demo company")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until Ctrl-C or SIGTERM. Raises CommandError with a sentence for what cannot work."""
        started = time.monotonic()
        _read_dotenv()
        if options["data"]:
            os.environ["CLEARLINE_DATA"] = str(options["data"].absolute())
        home = Home(os.environ.setdefault("CLEARLINE_DATA", str(CHECKOUT / ".data")))
        port: int = options["port"]
        address = f"http://127.0.0.1:{port}"
        lock = Lock(home.lock)
        try:
            lock.take(address)
            if options["fresh"]:
                _forget(home)
            _check_ports(port)
            _mark(home)
            run = Run(home, port, self.stdout.write, clock=options["clock"], demo=not options["no_demo"])
            with Supervisor(self._line, kept_open=(lock.number,)) as supervisor:
                run.start(supervisor)
                self.stdout.write(run.summary(time.monotonic() - started))
                self.stdout.flush()
                supervisor.run()
            self._line("Clearline has stopped.")
        except Taken as taken:
            raise CommandError(
                f"Clearline already runs from {home.data}: {taken.address} (process {taken.pid}). "
                "Another data folder (--data) and port (--port) can run beside it."
            ) from None
        except (Unusable, PostgresFailed, ValkeyFailed, ServiceFailed) as failure:
            raise CommandError(str(failure)) from None
        finally:
            if lock.number >= 0:
                home.run_env.unlink(missing_ok=True)
                shutil.rmtree(home.sockets, ignore_errors=True)
            lock.release()

    def _line(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


class Run:
    """One run of `up`: what is started, in which order, and what is told about it."""

    def __init__(self, home: Home, port: int, say: Callable[[str], Any], *, clock: str, demo: bool) -> None:
        self.home = home
        self.port = port
        self.say = say
        self.clock = clock
        self.demo = demo
        self.own_database = not os.environ.get("DATABASE_URL")
        self.own_broker = not os.environ.get("BROKER_URL")
        self.signins = home.data / "sign-ins.txt"
        self.new = not (home.data / "migrated.txt").exists()
        self._set_addresses()
        self.programs = Programs(home, os.environ)

    def _set_addresses(self) -> None:
        os.environ.setdefault("PUBLIC_URL", f"http://127.0.0.1:{self.port}")
        if self.own_database:
            os.environ.setdefault("PRACTICE_DATABASE_URL", self.home.practice_url)
        elif self.own_broker:
            os.environ["BROKER_URL"] = self.home.broker_url
        real = any(
            os.environ.get(name) for name in ("PRACTICE_URL", "TELNYX_URL", "TELNYX_KEY", "CARRIER_URL")
        )
        exists = (CHECKOUT / "portal" / "practice" / "settings.py").exists()
        self.practice = exists and not real and bool(os.environ.get("PRACTICE_DATABASE_URL"))
        if self.practice:
            os.environ["PRACTICE_URL"] = f"http://127.0.0.1:{self.port + 1}"
            os.environ["PRACTICE_SECRET_KEY"] = self.home.secret("practice")
            os.environ["PORTAL_URL"] = os.environ["PUBLIC_URL"]
            if self.clock:
                os.environ["PRACTICE_START_CLOCK"] = self.clock
            if self.demo:
                # Somebody looks on: campaigns are decided while they do, as brands are.
                os.environ.setdefault("PRACTICE_PACE", "minutes")

    # --- starting -----------------------------------------------------------------------------

    def start(self, supervisor: Supervisor) -> None:
        """Start everything and return when the portal answers."""
        postgres, valkey = Postgres(self.home), Valkey(self.home)
        if self.own_database:
            postgres.prepare()
        else:
            self.home.prepare()
        if self.own_broker:
            broker = supervisor.start(valkey.service())
        if self.own_database:
            database = supervisor.start(postgres.service())
            postgres.wait(database)
        if self.own_broker:
            valkey.wait(broker)
        self._migrate(postgres)
        programs = self.programs
        if self.practice:
            supervisor.start(programs.practice(self.port + 1))
        supervisor.start(programs.web(self.port))
        if self.practice:
            # The demo company asks it for the business time.
            supervisor.wait("practice", lambda: _answers(self.port + 1, "/health/"), READY_SECONDS)
        self._fill()
        supervisor.wait("web", lambda: _answers(self.port, "/health/ready/"), READY_SECONDS)
        # Last: pages come first, and four processes that load at once slow each other down.
        supervisor.start(programs.worker())
        supervisor.start(programs.beat())
        self._note_addresses()
        broker_answers = valkey.answers if self.own_broker else _yes
        database_url = os.environ.get("DATABASE_URL") or self.home.app_url
        pulse = heartbeat.Heartbeat(lambda: heartbeat.age_in(database_url), broker_answers)
        supervisor.watch(Watch("worker", pulse.complaint))
        # No tick may as well mean that nobody sends one, and from here the two cannot be told apart.
        silence = heartbeat.Heartbeat(lambda: heartbeat.age_in(database_url), broker_answers)
        supervisor.watch(Watch("beat", silence.complaint))

    def _migrate(self, postgres: Postgres) -> None:
        """Bring both databases up to date; costs nothing when a fingerprint says that they are."""
        noted, wanted = self.home.data / "migrated.txt", _fingerprint()
        if self.own_database and noted.exists():
            found, _, count = noted.read_text(encoding="utf-8").partition(" ")
            if found == wanted and count.strip() == _migrations(postgres):
                return
        self.say("Bringing the databases up to date …")
        if self.own_database:
            postgres.roles()
        practice = self.programs.migrate_practice() if self.practice else None
        _setup_django()
        from django.conf import settings
        from django.core.management import call_command

        if "owner" in settings.DATABASES:
            call_command("migrate", database="owner", verbosity=0, interactive=False)
        if not self.own_database:
            # With a database of one's own, pages name their files as in a deployment: by content.
            call_command("collectstatic", verbosity=0, interactive=False)
        if practice is not None and practice.wait() != 0:
            log = self.home.logs / "practice.log"
            raise ServiceFailed(
                f"The practice registry's database is not up to date:\n{process.last_lines(log)}"
            )
        if self.own_database:
            replace_file(noted, f"{wanted} {_migrations(postgres)}\n", mode=0o644)

    def _fill(self) -> None:
        """Create the demo company at the first start, and keep its sign-ins for the next ones."""
        if self.signins.exists():
            return
        text = ""
        # Only where the data is ours and no real carrier could hear of it.
        if self.demo and self.own_database and os.environ.get("PRACTICE_URL"):
            _setup_django()
            from django.core.management import call_command, get_commands
            from django.db import connection

            if "demo" in get_commands():
                self.say("Creating the demo company …")
                printed = io.StringIO()
                call_command("demo", stdout=printed)
                text = printed.getvalue()
                # Its threads would be in the way of starting processes later on.
                connection.close()
                cast("DatabaseWrapper", connection).close_pool()
        replace_file(self.signins, text, mode=0o600)

    def _note_addresses(self) -> None:
        names = ["PUBLIC_URL", "PRACTICE_URL", "PRACTICE_DATABASE_URL"]
        self.home.write_run_env({name: os.environ[name] for name in names if os.environ.get(name)})

    # --- telling ------------------------------------------------------------------------------

    def summary(self, seconds: float) -> str:
        """What a person needs to know now, as a block of text."""
        rows = [("Clearline", os.environ["PUBLIC_URL"] + "/")]
        if self.practice:
            rows.append(
                (
                    "Practice registry",
                    f"{os.environ['PRACTICE_URL']}/  plays the carrier: verdicts, clock, ledger",
                )
            )
        elif os.environ.get("PRACTICE_URL"):
            rows.append(("Practice registry", os.environ["PRACTICE_URL"] + "/"))
        rows += [("Data and logs", str(self.home.data)), ("Stop", "Ctrl-C")]
        lines = ["", *(f"  {name:<20}{value}" for name, value in rows)]
        signins = self.signins.read_text(encoding="utf-8").strip("\n") if self.signins.exists() else ""
        if signins:
            lines += ["", *(f"  {line}".rstrip() for line in signins.splitlines())]
        if self.clock and not self.new:
            lines += [
                "",
                "  The practice clock was set at the first start: move it on its page, or use --fresh.",
            ]
        return "\n".join([*lines, "", f"  Ready after {seconds:.1f} s.", ""])


def _moment(text: str) -> str:
    """An ISO moment, checked; without an offset it is meant in this machine's zone. Raises ValueError."""
    return datetime.fromisoformat(text).astimezone().isoformat()


def _read_dotenv() -> None:
    if (CHECKOUT / ".env").exists():
        import environ

        environ.Env.read_env(str(CHECKOUT / ".env"), overwrite=False)


def _setup_django() -> None:
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()


def _check_ports(port: int) -> None:
    for number in (port, port + 1):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", number))
            except OverflowError:
                raise CommandError(f"{number} is not a port.") from None
            except OSError as error:
                raise CommandError(
                    f"Port {number} cannot be used ({error.strerror}). "
                    f"Choose other ports with --port, for example --port {port + 100}."
                ) from None


def _mark(home: Home) -> None:
    home.data.mkdir(parents=True, exist_ok=True)
    (home.data / MARK).write_text(
        "Databases, logs and keys of Clearline. `up --fresh` deletes them.\n", encoding="utf-8"
    )


def _forget(home: Home) -> None:
    """Delete what earlier runs left, and nothing that is not ours."""
    others = [path for path in home.data.iterdir() if path != home.lock]
    if not others:
        return
    if not (home.data / MARK).exists():
        raise CommandError(f"{home.data} is not a data folder of Clearline: nothing was deleted.")
    Postgres(home).remove()
    for name in ("valkey", "logs", "secrets"):
        shutil.rmtree(home.data / name, ignore_errors=True)
    for name in ("run.env", "migrated.txt", "sign-ins.txt"):
        (home.data / name).unlink(missing_ok=True)
    for path in home.data.glob(home.celerybeat_schedule.name + "*"):
        path.unlink()


def _fingerprint() -> str:
    """Changes whenever a migration or the set of installed packages may have changed."""
    total = hashlib.sha256()
    places = [path for path in CHECKOUT.iterdir() if path.is_dir() and not path.name.startswith(".")]
    files = sorted(file for place in places for file in place.glob("**/migrations/*.py"))
    for path in [
        *files,
        CHECKOUT / "requirements-embedded.txt",
        CHECKOUT / "portal" / "embedded" / "roles.sql",
    ]:
        total.update(path.name.encode() + path.read_bytes())
    return total.hexdigest()


def _migrations(postgres: Postgres) -> str:
    """How many migrations the portal's database says it has; "" when it has no such table."""
    return postgres.ask("SELECT count(*) FROM django_migrations", "clearline")


def _answers(port: int, path: str) -> bool:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        line.request("GET", path)
        return line.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def _yes() -> bool:
    return True
