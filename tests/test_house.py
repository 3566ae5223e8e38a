"""Rules of the house that no linter knows."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 400
DRAWERS = {"utils.py", "helpers.py", "services.py", "base.py", "common.py", "misc.py"}


def ours() -> list[Path]:
    """Every file that belongs to the project: tracked, or new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, check=False
    )
    if listed.returncode:
        names = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if path.is_file()]
        names = [name for name in names if not name.startswith((".venv", ".git/", ".data"))]
    else:
        names = listed.stdout.decode().split("\0")[:-1]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def test_a_file_can_be_read_in_one_sitting() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in ours()
        if path.suffix in {".py", ".html", ".css", ".js"} and "migrations" not in path.parts
        if (count := len(path.read_text().splitlines())) > LONGEST
    }
    assert long == {}


def test_there_are_no_drawers_for_odds_and_ends() -> None:
    assert [path for path in ours() if path.name in DRAWERS] == []


def test_the_standard_librarys_numbers_stays_ours_to_import() -> None:
    assert not (ROOT / "numbers").exists()


def test_no_file_names_a_package_host_or_a_path_of_somebodys_machine() -> None:
    pattern = re.compile(rb"files\.pythonhosted|pypi\.org|/root/|/home/\w+/|/work/")
    itself = Path(__file__).resolve()
    found = [
        str(path.relative_to(ROOT))
        for path in ours()
        if path.resolve() != itself
        and path.suffix not in {".png", ".svg"}
        and pattern.search(path.read_bytes())
    ]
    assert found == []


def test_views_never_set_a_status() -> None:
    found = [
        str(path.relative_to(ROOT))
        for path in ours()
        if path.name in {"views.py", "drafting.py"} and re.search(r"\.status\s*=[^=]", path.read_text())
    ]
    assert found == []
