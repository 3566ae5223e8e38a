from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from portal.embedded.home import Home
from portal.embedded.programs import CHECKOUT
from portal.embedded.watchdog import alive
from portal.management.commands.test import environment, pytest_command

PROBE = """
import os, sys, time
def test_where_we_are(tmp_path):
    from pathlib import Path
    Path(os.environ["PROBE"]).write_text(os.environ["CLEARLINE_DATA"])
    time.sleep(float(os.environ.get("PROBE_SLEEP", "0")))
"""


def marker(command: list[str]) -> str:
    """The marker expression of a command line."""
    return command[command.index("-m", 3) + 1]


def test_nightly_sizes_are_left_out_unless_asked_for() -> None:
    assert marker(pytest_command([])) == "not nightly"
    assert marker(pytest_command(["-m", "nightly"])) == "nightly"
    assert marker(pytest_command(["-mnightly"])) == "nightly"


def test_the_fast_set_leaves_out_what_is_slow_or_needs_a_browser() -> None:
    assert marker(pytest_command(["--fast"])) == "not slow and not browser and not nightly"
    command = pytest_command(["--fast", "-m", "contracts"])
    assert marker(command) == "(contracts) and (not slow and not browser and not nightly)"
    assert "--fast" not in command


def test_arguments_pass_to_pytest_as_they_are() -> None:
    assert pytest_command(["-k", "brand and not draft", "--lf", "-x"])[-4:] == [
        "-k",
        "brand and not draft",
        "--lf",
        "-x",
    ]


@pytest.mark.parametrize(
    "alone", [["-s"], ["--pdb"], ["-n", "0"], ["-n4"], ["tests/commands/test_locks.py::test_x"]]
)
def test_two_processes_are_used_unless_one_is_wanted(alone: list[str]) -> None:
    assert "--numprocesses=2" in pytest_command(["-k", "x"])
    assert "--numprocesses=2" not in pytest_command(alone)


def test_no_variable_of_a_developer_reaches_the_tests(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("BROKER_URL", "")
    monkeypatch.setenv("TELNYX_URL", "https://api.telnyx.com/v2")
    monkeypatch.setenv("TELNYX_KEY", "KEY-real")
    home = Home(tmp_path)
    env = environment(home)
    assert env["TELNYX_URL"].startswith("http://127.0.0.1:9/")
    assert env["TELNYX_KEY"] != "KEY-real"
    assert env["BROKER_URL"] == home.broker_url
    # Set although empty: a file .env is read for what is not set.
    assert env["DATABASE_URL"] == ""


def test_databases_that_were_given_are_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://portal_app@database/clearline")
    monkeypatch.setenv("BROKER_URL", "redis://broker/0")
    env = environment(Home(tmp_path))
    assert env["DATABASE_URL"] == "postgresql://portal_app@database/clearline"
    assert env["BROKER_URL"] == "redis://broker/0"


def start(tmp_path: Path, **more: str) -> subprocess.Popen[str]:
    """A run of its own with one small test."""
    probe = tmp_path / "test_probe.py"
    probe.write_text(PROBE)
    kept = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "BROKER_URL"}}
    env = kept | {"PROBE": str(tmp_path / "data.txt"), **more}
    return subprocess.Popen(
        [sys.executable, "manage.py", "test", "-q", "-p", "no:cacheprovider", str(probe)],
        cwd=CHECKOUT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def processes_of(data: str) -> list[int]:
    """Every process whose command line or folder names the data folder."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes() + os.fsencode(os.readlink(folder / "cwd"))
        except OSError:
            continue
        if os.fsencode(data) in words:
            found.append(int(folder.name))
    return found


@pytest.mark.slow
def test_two_runs_at_once_have_databases_of_their_own_and_leave_nothing(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    runs = [start(folder) for folder in folders]
    for run in runs:
        output, _ = run.communicate(timeout=90)
        assert run.returncode == 0, output
        # The closing line of the test runner is the last thing that is said.
        assert "1 passed in " in output.splitlines()[-1]
    data = {(folder / "data.txt").read_text() for folder in folders}
    assert len(data) == 2
    for place in data:
        assert not Path(place).exists()
        assert processes_of(place) == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_broken_off_leaves_no_process(tmp_path: Path, number: signal.Signals) -> None:
    run = start(tmp_path, PROBE_SLEEP="60")
    noted = tmp_path / "data.txt"
    deadline = time.monotonic() + 60
    while not noted.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    data = noted.read_text()
    left = processes_of(data)
    assert len(left) >= 2
    run.send_signal(number)
    run.communicate(timeout=30)
    deadline = time.monotonic() + 10
    while any(alive(pid) for pid in left) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(alive(pid) for pid in left)
    assert run.returncode != 0
    if number is signal.SIGKILL:
        # Nobody was left to delete the folder.
        shutil.rmtree(Home(data).sockets, ignore_errors=True)
        shutil.rmtree(data)
    else:
        assert not Path(data).exists()
