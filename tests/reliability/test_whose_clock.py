"""A worker's own clock may be a day wrong: nothing that decides when to act ever asks it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.reliability.running import CHECKOUT

# What reads this machine's clock. `time.monotonic` measures a span inside one process, which no setting moves.
ASKS = {"now", "utcnow", "today", "time", "time_ns", "localtime", "gmtime"}
OWNERS = {"datetime", "date", "timezone", "time"}
PACKAGES = ("portal/lifecycle", "portal/clock", "brands")


def asked(path: Path) -> list[str]:
    """The calls in a file that read the machine's own clock."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        owner = node.func.value
        name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
        if node.func.attr in ASKS and name in OWNERS:
            found.append(f"{path.relative_to(CHECKOUT)}:{node.lineno} {name}.{node.func.attr}")
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_due_times_leases_and_permits_come_from_the_databases_clock_alone(package: str) -> None:
    files = [path for path in (CHECKOUT / package).rglob("*.py") if "migrations" not in path.parts]
    assert files
    assert [one for path in files for one in asked(path)] == []


def test_the_look_for_clocks_finds_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.reliability.test_whose_clock.CHECKOUT", tmp_path)
    planted = tmp_path / "planted.py"
    planted.write_text("import datetime\nat = datetime.datetime.now()\n")
    assert asked(planted) == ["planted.py:2 datetime.now"]
