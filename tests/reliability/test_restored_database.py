"""The portal's database is brought back from a backup: what was sent since is found again, and never sent twice."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from portal.embedded import postgres
from tests.factories import unique_name
from tests.reliability import processes
from tests.reliability.arriving import until_in_review
from tests.reliability.conftest import Measure
from tests.reliability.running import Clearline
from tests.reliability.visitor import Visitor

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("system")]

MANY = 3


def test_a_restore_adopts_what_was_sent_after_the_backup_and_sends_nothing_twice(
    clearline: Clearline, member: Visitor, measured: Measure, tmp_path: Path
) -> None:
    waiting = [member.draft(unique_name("Restored")) for _ in range(MANY)]
    later = [member.draft(unique_name("Later")) for _ in range(MANY)]
    backup = tmp_path / "backup"
    with processes.stopped(clearline.tree("worker")):
        # Accepted, and not sent: so it stands in the backup.
        for brand in waiting:
            assert member.submit(brand).status_code == 302
            assert clearline.state(brand) == "accepted"
        _run(clearline, "pg_dump", "--format=custom", f"--file={backup}", "clearline")
    for brand in later:
        assert member.submit(brand).status_code == 302
    for brand in (*waiting, *later):
        until_in_review(clearline, brand, 30)
    keys = {brand: _key(clearline, brand) for brand in (*waiting, *later)}

    with clearline.supervisor_stopped():
        for name in ("worker", "beat", "web"):
            clearline.kill(name)
        _run(clearline, "dropdb", "--force", "clearline")
        _run(clearline, "createdb", "--owner=portal_owner", "clearline")
        _run(clearline, "pg_restore", "--exit-on-error", "--dbname=clearline", str(backup))
        assert [clearline.state(brand) for brand in waiting] == ["accepted"] * MANY
        assert [clearline.status(brand) for brand in later] == ["draft"] * MANY
        clearline.manage("reconcile", "--after-restore")
    clearline.until("the portal answers", clearline.ready, 60)
    adopted = max(until_in_review(clearline, brand, 60) for brand in waiting)
    measured(f"restored database: {MANY} sent before and forgotten are adopted", adopted)

    for brand in waiting:
        key = _key(clearline, brand)
        assert key == keys[brand]
        assert len(clearline.posts(key)) == 1
        row = clearline.row(brand)
        assert row is not None
        assert [one["id"] for one in clearline.registered(key)] == [row.reference]
        assert "brand.found-again" in clearline.events(brand)
    # What was begun after the backup is nobody's here: the operator is told, and nothing is sent or deleted.
    strangers = clearline.ask("SELECT reference FROM lifecycle_stranger")
    there = {clearline.registered(keys[brand])[0]["id"] for brand in later}
    assert there <= {row["reference"] for row in strangers}
    for brand in later:
        assert len(clearline.posts(keys[brand])) == 1


def _key(clearline: Clearline, brand: object) -> str:
    rows = clearline.ask("SELECT key::text FROM lifecycle_submission WHERE subject_id = %s", brand)
    return str(rows[0]["key"])


def _run(clearline: Clearline, program: str, *arguments: str) -> None:
    """One of PostgreSQL's own programs, as the superuser of the run's server."""
    path = postgres.binaries(None) / program
    command = [str(path), f"--host={clearline.home.sockets}", "--username=postgres", *arguments]
    subprocess.run(command, check=True, timeout=60, env=os.environ | {"LC_ALL": "C"})
