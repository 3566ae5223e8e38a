"""Which account PostgreSQL runs as, and what that account can reach.

PostgreSQL refuses to run as root, so root starts it as `nobody`. That account cannot enter a
home of mode 700; for that case there is a shelter outside of it.
"""

from __future__ import annotations

import os
import pwd
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Account:
    """A system account by its numbers."""

    uid: int
    gid: int

    def can_enter(self, folder: Path) -> bool:
        """Whether the account may pass every folder down to `folder` (which need not exist yet)."""
        folder = Path(os.path.realpath(folder))
        return all(self._passes(step) for step in (folder, *folder.parents) if step.exists())

    def _passes(self, folder: Path) -> bool:
        found = folder.stat()
        if found.st_uid == self.uid:
            return bool(found.st_mode & stat.S_IXUSR)
        if found.st_gid == self.gid:
            return bool(found.st_mode & stat.S_IXGRP)
        return bool(found.st_mode & stat.S_IXOTH)


def service_account() -> Account | None:
    """The account for PostgreSQL when we are root, else None: then it runs as ourselves."""
    if os.getuid() != 0:
        return None
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        return Account(65534, 65534)
    return Account(nobody.pw_uid, nobody.pw_gid)


def shelter(account: Account) -> Path:
    """A folder of root's that `account` can enter, for what cannot stay where the checkout is.

    /var/lib survives a restart of the machine; the temporary folder is for read-only systems.
    """
    for parent in (Path("/var/lib"), Path(tempfile.gettempdir())):
        folder = parent / "clearline"
        try:
            folder.mkdir(mode=0o755, exist_ok=True)
        except OSError:
            continue
        found = folder.lstat()
        if stat.S_ISDIR(found.st_mode) and found.st_uid == 0 and os.access(folder, os.W_OK):
            folder.chmod(0o755)
            if account.can_enter(folder):
                return folder
    raise PermissionError("no folder that both root and the service account can use")
