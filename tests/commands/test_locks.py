from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from portal.embedded.programs import CHECKOUT
from portal.management.locks import LOCKS, complaints

Change = Callable[[str, str, str], None]


@pytest.fixture
def change(tmp_path: Path) -> Change:
    """Copies the project file and the locks; replaces `old` by `new` in one of them."""
    for name in ("pyproject.toml", *LOCKS):
        shutil.copy(CHECKOUT / name, tmp_path)

    def replace(name: str, old: str, new: str) -> None:
        text = (tmp_path / name).read_text()
        assert old in text
        (tmp_path / name).write_text(text.replace(old, new, 1))

    return replace


def test_the_locks_say_what_the_project_file_asks_for() -> None:
    assert complaints(CHECKOUT) == []


def test_a_range_that_the_lock_does_not_meet_is_named(change: Change, tmp_path: Path) -> None:
    change("pyproject.toml", '"whitenoise>=6.12,<7"', '"whitenoise>=7"')
    found = complaints(tmp_path)
    assert len(found) == len(LOCKS)
    assert found[0].startswith("requirements.txt: whitenoise 6.")
    assert found[0].endswith("is not >=7")


def test_a_dependency_that_was_added_and_not_locked_is_named(change: Change, tmp_path: Path) -> None:
    change("pyproject.toml", '"whitenoise>=6.12,<7"', '"whitenoise>=6.12,<7", "boltons"')
    assert complaints(tmp_path)[0] == "requirements.txt: boltons is missing"


def test_a_dependency_that_was_dropped_and_is_still_locked_is_named(change: Change, tmp_path: Path) -> None:
    change("pyproject.toml", '"whitenoise>=6.12,<7",', "")
    assert complaints(tmp_path) == [f"{name}: nothing asks for whitenoise" for name in LOCKS]


def test_locks_that_disagree_are_named(change: Change, tmp_path: Path) -> None:
    change("requirements.txt", "idna==", "idna==99.")
    found = complaints(tmp_path)
    assert len(found) == 1
    assert found[0].startswith("requirements-embedded.txt: idna is ")


def test_a_pin_without_a_hash_is_named(tmp_path: Path, change: Change) -> None:
    lines = (tmp_path / "requirements.txt").read_text().splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("idna=="))
    kept = [line for line in lines[start + 1 :] if not line.startswith("    --hash")]
    following = next(number for number in range(start + 1, len(lines)) if not lines[number].startswith(" "))
    assert kept
    (tmp_path / "requirements.txt").write_text("\n".join([*lines[: start + 1], *lines[following:]]))
    assert complaints(tmp_path) == ["requirements.txt: idna has no hash"]


def test_a_line_that_is_no_pin_is_refused(tmp_path: Path, change: Change) -> None:
    change("requirements.txt", "idna==", "--index-url https://mirror.example.com\nidna==")
    with pytest.raises(ValueError, match="not understood: --index-url"):
        complaints(tmp_path)
