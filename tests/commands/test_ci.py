from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from portal.embedded.programs import CHECKOUT
from portal.management.commands.ci import Outcome, Step, production, steps, table, take


def test_a_step_that_fails_keeps_its_output() -> None:
    outcome = take(Step("lint", [sys.executable, "-c", "print('line 3: wrong'); raise SystemExit(1)"]))
    assert (outcome.state, outcome.output) == ("FAILED", "line 3: wrong")


def test_a_program_that_is_not_there_is_a_failure_and_no_traceback() -> None:
    assert take(Step("lint", ["/nonexistent/ruff"])).state == "FAILED"


def test_a_step_that_cannot_be_done_here_is_skipped_with_the_reason() -> None:
    outcome = take(Step("compose", ["/nonexistent"], missing="docker-compose is not installed"))
    assert outcome.state == "skipped"
    assert "skipped (docker-compose is not installed)" in table([outcome], 0.0)


def test_complaints_of_a_check_are_a_failure() -> None:
    assert take(Step("locks", check=lambda: ["idna has no hash"])).output == "idna has no hash"
    assert take(Step("locks", check=list)).state == "ok"


def test_the_table_ends_with_the_whole() -> None:
    lines = table([Outcome("format", "ok", 1.0), Outcome("types", "FAILED", 20.5)], 20.7).splitlines()
    assert lines[-3].split() == ["format", "1.0", "ok"]
    assert lines[-2].split() == ["types", "20.5", "FAILED"]
    assert lines[-1].split() == ["all", "20.7", "1", "FAILED"]


def test_all_steps_run_although_one_fails_and_the_exit_code_says_so() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "ci", "compose", "locks"],
        cwd=CHECKOUT,
        env=os.environ | {"PATH": "/nonexistent"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "compose: skipped" in done.stdout
    assert "locks: ok" in done.stdout
    assert done.returncode == 0
    unknown = subprocess.run(
        [sys.executable, "manage.py", "ci", "spelling"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert unknown.returncode == 2
    assert "No such step: spelling." in unknown.stdout


def test_every_file_that_a_step_names_exists(tmp_path: Path) -> None:
    for step in steps(tmp_path):
        for word in step.command:
            if word.endswith((".py", ".yml")):
                assert (CHECKOUT / word).exists(), f"{step.name}: {word}"


def test_the_deploy_check_uses_settings_of_a_deployment(tmp_path: Path) -> None:
    env = production(tmp_path)
    assert env["PUBLIC_URL"].startswith("https://")
    assert env["PRACTICE_URL"] == ""
    assert len(env["SECRET_KEY"]) >= 50
