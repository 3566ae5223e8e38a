"""Where the embedded services of one checkout live, and how to reach them."""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
import tempfile
from pathlib import Path
from urllib.parse import quote

# Linux refuses socket paths of more than 107 bytes and macOS of more than 103; the longest
# name below the folder is "/.s.PGSQL.5432.lock".
LONGEST_SOCKET_DIR = 103 - len("/.s.PGSQL.5432.lock")


class Unusable(Exception):
    """The data or socket folder cannot be used; the message says why and what to do."""


class Home:
    """The data folder of the embedded services: paths, addresses and generated secrets.

    Making a Home touches nothing on the disk. Everything below `data` belongs to it:

    `postgres/`, `valkey/` databases · `logs/` one file per process · `secrets/` generated keys ·
    `run.env` addresses of the running services · `up.lock` held by the one supervisor.

    Database addresses carry the socket folder in their query (`?host=`), the form that libpq,
    psycopg and django-environ share.
    """

    def __init__(self, data: Path | str) -> None:
        self.data = Path(os.path.abspath(os.fspath(data)))
        self.logs = self.data / "logs"
        self.run_env = self.data / "run.env"
        self.lock = self.data / "up.lock"
        self.valkey_data = self.data / "valkey"
        self.celerybeat_schedule = self.data / "beat-schedule"

    @property
    def sockets(self) -> Path:
        """The folder of the sockets, short and private to this user and data folder.

        It stands below the temporary folder because data folders may lie too deep for a socket
        path. `prepare` writes it down, so that a shell with another TMPDIR finds the same one.
        """
        try:
            return Path(self._noted_sockets.read_text(encoding="utf-8").strip())
        except OSError:
            return self._sockets_here()

    def _sockets_here(self) -> Path:
        digest = hashlib.sha256(os.fsencode(os.path.realpath(self.data))).hexdigest()[:10]
        name = f"clearline-{os.getuid()}-{digest}"
        folder = Path(tempfile.gettempdir()) / name
        return folder if len(os.fsencode(folder)) <= LONGEST_SOCKET_DIR else Path("/tmp") / name  # noqa: S108 - private

    @property
    def _noted_sockets(self) -> Path:
        return self.data / "sockets.txt"

    @property
    def app_url(self) -> str:
        """The portal's database as its own role, which owns nothing."""
        return self._database_url("portal_app", "clearline")

    @property
    def owner_url(self) -> str:
        """The portal's database as the owner of its tables: migrations and test databases."""
        return self._database_url("portal_owner", "clearline")

    @property
    def practice_url(self) -> str:
        """The practice registry's database."""
        return self._database_url("practice", "practice")

    @property
    def broker_url(self) -> str:
        """The broker, as Celery and kombu write it."""
        return f"redis+socket://{quote(str(self.valkey_socket))}"

    @property
    def valkey_socket(self) -> Path:
        """The socket of the embedded Valkey."""
        return self.sockets / "valkey.sock"

    def _database_url(self, role: str, name: str) -> str:
        return f"postgresql://{role}@/{name}?host={quote(str(self.sockets))}"

    def prepare(self, socket_owner: tuple[int, int] | None = None) -> None:
        """Make the folders. `socket_owner` (uid, gid) is the account that PostgreSQL runs as.

        Raises Unusable when a folder cannot be made, or when somebody else made it first.
        """
        try:
            self.data.mkdir(parents=True, exist_ok=True)
            if os.getuid() == 0:
                # PostgreSQL runs as another account and must reach its folder below this one.
                self.data.chmod(stat.S_IMODE(self.data.stat().st_mode) | stat.S_IXOTH)
            for folder in (self.logs, self.valkey_data):
                folder.mkdir(exist_ok=True, mode=0o700)
        except OSError as error:
            raise Unusable(f"The data folder {self.data} cannot be used: {error.strerror}.") from error
        self._prepare_sockets(socket_owner)

    def _prepare_sockets(self, owner: tuple[int, int] | None) -> None:
        uid, gid = owner or (os.getuid(), os.getgid())
        # Chosen anew: the temporary folder of an earlier run may be gone.
        sockets = self._sockets_here()
        try:
            sockets.mkdir(mode=0o700, exist_ok=True)
            found = sockets.lstat()
            # The temporary folder is everybody's: a folder that a stranger put there is refused.
            if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {uid, os.getuid()}:
                raise Unusable(
                    f"{sockets} belongs to somebody else: remove it, or set TMPDIR to another folder."
                )
            if found.st_uid != uid:
                os.chown(sockets, uid, gid)
            sockets.chmod(0o700)
            replace_file(self._noted_sockets, f"{sockets}\n", mode=0o644)
        except OSError as error:
            raise Unusable(f"The socket folder {sockets} cannot be used: {error.strerror}.") from error

    def secret(self, name: str) -> str:
        """The generated secret `name`: made once, kept in the data folder, readable by its owner only."""
        path = self.data / "secrets" / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = path.with_name(f".{name}-{os.getpid()}-{secrets.token_hex(4)}")
            with open(
                os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii"
            ) as file:
                file.write(secrets.token_urlsafe(50))
            try:
                # A link and not a rename: of two processes at once the first one wins for both.
                os.link(draft, path)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return path.read_text(encoding="ascii").strip()

    def write_run_env(self, values: dict[str, str]) -> None:
        """Write `run.env`, from which other commands learn where the running services are."""
        lines = [f"{key}={value}\n" for key, value in values.items()]
        replace_file(self.run_env, "".join(lines), mode=0o600)


def replace_file(path: Path, text: str, *, mode: int) -> None:
    """Write `text` so that a reader sees the old file or the new one, never half of it."""
    draft = path.with_name(f".{path.name}-{os.getpid()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(draft, path)
