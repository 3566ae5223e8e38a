"""`manage.py ci`: everything that is checked besides the tests, in named steps and one table."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from django.core.management.base import BaseCommand

from portal.embedded.programs import CHECKOUT

PYTHON = sys.executable
# Some steps only wait, and the smallest machine has two processors.
AT_ONCE = 2
# What docker-compose.yml asks for; the values only have to be there.
COMPOSE_NAMES = (
    "SECRET_KEY",
    "PUBLIC_URL",
    "POSTGRES_PASSWORD",
    "PORTAL_OWNER_PASSWORD",
    "PORTAL_APP_PASSWORD",
    "REDIS_PASSWORD",
    "TELNYX_KEY",
    "TAX_ID_KEYS",
    "TAX_ID_HASH_KEY",
    "MFA_KEYS",
    "EMAIL_URL",
)


@dataclass
class Step:
    """One named check: a command line, or a function that returns complaints."""

    name: str
    command: list[str] = field(default_factory=list)
    check: Callable[[], list[str]] | None = None
    env: dict[str, str] = field(default_factory=dict)
    # Why it cannot be done on this machine; it then counts as skipped and the table says so.
    missing: str = ""


@dataclass
class Outcome:
    """What came of a step."""

    name: str
    state: str
    seconds: float
    output: str = ""


class Command(BaseCommand):
    """Runs every step, also after a failure, and ends with 1 if any of them failed."""

    help = "Check format, lint, types, import rules, templates, migrations, settings, locks and compose file."

    def run_from_argv(self, argv: list[str]) -> None:
        """`ci [NAME …]` runs all steps, or those that are named."""
        names, started = argv[2:], time.monotonic()
        with tempfile.TemporaryDirectory(prefix="clearline-ci-") as scratch:
            known = steps(Path(scratch))
            unknown = set(names) - {step.name for step in known}
            if unknown:
                print(f"No such step: {', '.join(sorted(unknown))}.")
                print(f"Steps: {', '.join(step.name for step in known)}.")
                sys.exit(2)
            wanted = [step for step in known if not names or step.name in names]
            outcomes = []
            with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
                for outcome in pool.map(take, wanted):
                    outcomes.append(outcome)
                    _tell(outcome)
        print(table(outcomes, time.monotonic() - started), flush=True)
        sys.exit(any(outcome.state == "FAILED" for outcome in outcomes))


def steps(scratch: Path) -> list[Step]:
    """All steps in their order; `scratch` is an empty folder for what they write."""
    manage = [PYTHON, "manage.py"]
    # Without this, a step would make keys in the data folder of the checkout.
    local = {"CLEARLINE_DATA": str(scratch / "data"), "DJANGO_SETTINGS_MODULE": "portal.settings"}
    practice = local | {
        "DJANGO_SETTINGS_MODULE": "portal.practice.settings",
        "PRACTICE_DATABASE_URL": "postgresql://practice@/practice?host=/nonexistent",
    }
    apps = sorted(path.parent.name for path in CHECKOUT.glob("*/apps.py"))
    compose = shutil.which("docker-compose")
    return [
        Step("format", [PYTHON, "-m", "ruff", "format", "--check", "--diff", "."]),
        Step("lint", [PYTHON, "-m", "ruff", "check", "."]),
        Step("types", [PYTHON, "-m", "mypy", *apps, "manage.py"], env=local),
        Step("imports", [_script("lint-imports"), "--no-cache"]),
        Step("template-format", [_script("djlint"), "--check", "templates", "portal"]),
        Step("template-lint", [_script("djlint"), "--lint", "templates", "portal"]),
        Step("migrations", [*manage, "makemigrations", "--check", "--dry-run"], env=local),
        Step("practice-migrations", [*manage, "makemigrations", "--check", "--dry-run"], env=practice),
        Step("deploy", [*manage, "check", "--deploy", "--fail-level", "WARNING"], env=production(scratch)),
        Step(
            "tokens",
            [
                PYTHON,
                "-m",
                "pytest",
                "-q",
                "-p",
                "no:cacheprovider",
                "tests/ui/test_css.py",
                "tests/ui/test_contrast.py",
            ],
            env=local,
        ),
        Step("locks", check=_locks),
        Step(
            "compose",
            [str(compose), "-f", "docker-compose.yml", "config", "-q"],
            env=dict.fromkeys(COMPOSE_NAMES, "x"),
            missing="" if compose else "docker-compose is not installed",
        ),
    ]


def production(scratch: Path) -> dict[str, str]:
    """The variables of a deployment, with values that reach nothing."""
    return {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "CLEARLINE_DATA": str(scratch / "no-data"),
        "SECRET_KEY": "never-used-" + "0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "DATABASE_URL": "postgresql://portal_app:x@database.example.com/clearline",
        "DATABASE_OWNER_URL": "",
        "BROKER_URL": "redis://broker.example.com:6379/0",
        "PUBLIC_URL": "https://portal.example.com",
        "TELNYX_KEY": "KEY-never-used",
        "TAX_ID_KEYS": "never-used-to-seal-" + "0123456789abcdefghijklmnopqrstuvwxyz",
        "TAX_ID_HASH_KEY": "never-used-to-hash-" + "0123456789abcdefghijklmnopqrstuvwxyz",
        "MFA_KEYS": "never-used-for-factors-" + "0123456789abcdefghijklmnopqrstuvwxyz",
        "PRACTICE_URL": "",
        "EMAIL_URL": "smtp://mail.example.com:25",
        "DEBUG": "",
    }


def take(step: Step) -> Outcome:
    """Do one step and say what came of it; nothing that goes wrong in it is raised."""
    started = time.monotonic()
    if step.missing:
        return Outcome(step.name, "skipped", 0.0, step.missing)
    try:
        if step.check:
            output = "\n".join(step.check())
            failed = bool(output)
        else:
            done = subprocess.run(
                step.command,
                cwd=CHECKOUT,
                env={**os.environ, **step.env},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=False,
            )
            output, failed = done.stdout.decode(errors="replace").rstrip(), done.returncode != 0
    except (OSError, ValueError) as error:
        output, failed = f"{step.command[:1] or step.name}: {error}", True
    return Outcome(step.name, "FAILED" if failed else "ok", time.monotonic() - started, output)


def table(outcomes: list[Outcome], seconds: float) -> str:
    """One line for each step: its name, how long it took, and what came of it.

    `seconds` is the time for all of them, which is less than the sum: steps run side by side.
    """
    width = max((len(outcome.name) for outcome in outcomes), default=0)
    lines = ["", f"{'step':<{width}}  {'seconds':>7}  result"]
    for outcome in outcomes:
        note = f" ({outcome.output})" if outcome.state == "skipped" else ""
        lines.append(f"{outcome.name:<{width}}  {outcome.seconds:>7.1f}  {outcome.state}{note}")
    failed = sum(outcome.state == "FAILED" for outcome in outcomes)
    lines.append(f"{'all':<{width}}  {seconds:>7.1f}  {f'{failed} FAILED' if failed else 'ok'}")
    return "\n".join(lines)


def _tell(outcome: Outcome) -> None:
    if outcome.state == "FAILED":
        print(f"\n--- {outcome.name} ---\n{outcome.output}\n", flush=True)
    else:
        print(f"{outcome.name}: {outcome.state}", flush=True)


def _script(name: str) -> str:
    return str(Path(PYTHON).with_name(name))


def _locks() -> list[str]:
    # Not at the top: it needs the developer's packages, and the other steps do not need it.
    from portal.management.locks import complaints

    return complaints(CHECKOUT)
