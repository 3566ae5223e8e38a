"""`manage.py` in a checkout of its own, whose locks name two tiny packages that lie beside it.

Nothing comes from a network: the lock of uv is empty there, so pip installs, as it does on any
machine where uv does not work.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from portal.embedded.programs import CHECKOUT

# Stands in for Django: tells where it runs, so that a test can see it.
ENTRY = """
import importlib.util, sys
def execute_from_command_line(argv):
    tools = importlib.util.find_spec("testtools") is not None
    print("ran", argv[1], "in", sys.prefix, "with" if tools else "without", "test tools")
"""


def wheel(folder: Path, name: str, files: dict[str, str]) -> str:
    """Make a wheel in `folder`; gives the line that locks it with its hash."""
    path = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    files = files | {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{file},,\n" for file in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in (files | {f"{info}/RECORD": record}).items():
            archive.writestr(file, text)
    return f"{path} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with manage.py and locks that need no index."""
    shutil.copy(CHECKOUT / "manage.py", tmp_path)
    django = wheel(
        tmp_path,
        "django",
        {"django/__init__.py": "", "django/core/__init__.py": "", "django/core/management.py": ENTRY},
    )
    tools = wheel(tmp_path, "testtools", {"testtools.py": ""})
    (tmp_path / "requirements-embedded.txt").write_text(django)
    (tmp_path / "requirements-dev.txt").write_text(django + tools)
    (tmp_path / "requirements-uv.txt").write_text("")
    return tmp_path


def environment() -> dict[str, str]:
    """Ours without what makes pip or manage.py behave otherwise, and without a uv to be found."""
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "UV_", "CLEARLINE_"))
    }
    return kept | {"PIP_NO_INDEX": "1", "PATH": "/usr/bin:/bin", "PIP_CONFIG_FILE": os.devnull}


def run(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run manage.py with the Python that made our own environment, as a person would."""
    python = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info[1]}"
    return subprocess.run(
        [str(python), str(checkout / "manage.py"), *arguments],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_python_that_is_too_old_can_read_the_file_and_say_so() -> None:
    source = (CHECKOUT / "manage.py").read_text()
    tree = ast.parse(source, feature_version=(3, 6))
    check = next(node for node in tree.body if isinstance(node, ast.If))
    before = [node for node in tree.body if node.lineno < check.lineno]
    # Nothing that an old Python lacks is imported or evaluated before the sentence.
    assert [ast.unparse(node) for node in before[1:]] == ["import sys"]
    assert "Clearline needs Python 3.11 or newer" in ast.unparse(check)


def test_an_image_with_its_packages_installed_is_left_alone(checkout: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "version"],
        cwd=CHECKOUT,
        env=os.environ | {"CLEARLINE_NO_BOOTSTRAP": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("5.2.")
    assert "Preparing" not in done.stderr


@pytest.mark.slow
def test_the_first_run_prepares_the_environment_and_the_second_one_finds_it(checkout: Path) -> None:
    first = run(checkout, "migrate", "--plan")
    assert first.returncode == 0, first.stderr
    assert first.stdout == f"ran migrate in {checkout}/.venv without test tools\n"
    assert "Preparing the environment" in first.stderr
    second = run(checkout, "migrate")
    assert (second.returncode, second.stderr) == (0, "")


@pytest.mark.slow
def test_the_test_tools_come_when_asked_for_and_are_never_removed(checkout: Path) -> None:
    run(checkout, "migrate")
    assert "with test tools" in run(checkout, "bench").stdout
    assert run(checkout, "migrate").stdout.endswith("with test tools\n")
    # Another lock: the lower level is prepared again and still keeps the tools.
    lock = checkout / "requirements-embedded.txt"
    lock.write_text("# changed\n" + lock.read_text())
    again = run(checkout, "migrate")
    assert "requirements-dev.txt" in again.stderr
    assert again.stdout.endswith("with test tools\n")


@pytest.mark.slow
def test_a_changed_lock_is_installed_before_the_command_runs(checkout: Path) -> None:
    run(checkout, "migrate")
    (checkout / "requirements-embedded.txt").write_text((checkout / "requirements-dev.txt").read_text())
    done = run(checkout, "migrate")
    assert "Preparing the environment" in done.stderr
    assert done.stdout.endswith("with test tools\n")


@pytest.mark.slow
def test_a_package_with_another_hash_is_refused_and_no_stamp_is_written(checkout: Path) -> None:
    lock = checkout / "requirements-embedded.txt"
    lock.write_text(lock.read_text().replace("sha256:", "sha256:0")[:-2] + "\n")
    done = run(checkout, "migrate")
    assert done.returncode == 1
    assert "could not be installed" in done.stderr
    assert not (checkout / ".venv" / "clearline-stamp.json").exists()


@pytest.mark.slow
def test_an_environment_that_was_left_half_made_is_made_anew(checkout: Path) -> None:
    run(checkout, "migrate")
    venv = checkout / ".venv"
    (venv / "clearline-unfinished").touch()
    package = next(venv.glob("lib/python*/site-packages/django/core/management.py"))
    package.write_text("this is half a file (")
    done = run(checkout, "migrate")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("ran migrate")
    assert not (venv / "clearline-unfinished").exists()


@pytest.mark.slow
def test_a_preparation_that_is_killed_is_finished_by_the_next_run(checkout: Path) -> None:
    killed = subprocess.Popen(
        [str(Path(sys.base_prefix) / "bin" / "python3"), str(checkout / "manage.py"), "migrate"],
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 10
    while not (checkout / ".venv" / "clearline-unfinished").exists() and time.monotonic() < deadline:
        time.sleep(0.005)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    assert not (checkout / ".venv" / "clearline-stamp.json").exists()
    done = run(checkout, "migrate")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("ran migrate")


@pytest.mark.slow
def test_a_python_that_was_removed_or_replaced_is_noticed(checkout: Path) -> None:
    run(checkout, "migrate")
    python = checkout / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nonexistent/python3.11")
    done = run(checkout, "migrate")
    assert done.returncode == 0, done.stderr
    assert "Preparing the environment" in done.stderr
    stamp = json.loads((checkout / ".venv" / "clearline-stamp.json").read_text())
    assert Path(stamp["python"]).exists()


@pytest.mark.slow
def test_two_processes_at_once_take_turns_and_both_run(checkout: Path) -> None:
    both = [
        subprocess.Popen(
            [str(Path(sys.base_prefix) / "bin" / "python3"), str(checkout / "manage.py"), "migrate"],
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    answers = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert all(stdout.startswith("ran migrate") for stdout, _ in answers)
    assert sum("Preparing the environment" in stderr for _, stderr in answers) == 1


def test_a_checkout_that_lacks_its_locks_gets_a_sentence(tmp_path: Path) -> None:
    shutil.copy(CHECKOUT / "manage.py", tmp_path)
    done = run(tmp_path, "migrate")
    assert done.returncode == 1
    assert "cannot be prepared" in done.stderr
    assert "Traceback" not in done.stderr
