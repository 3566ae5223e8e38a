"""The kill run as a program: see `killing`."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

import django

from portal.embedded.postgres import Postgres
from tests.reliability.killing_plan import Plan
from tests.reliability.running import Clearline


def main() -> int:
    """Run the seeds that were asked for, each on a Clearline of its own; 1 when anything was broken."""
    asked = argparse.ArgumentParser(prog="python -m tests.reliability", description=__doc__)
    asked.add_argument("--submissions", type=int, default=1000)
    asked.add_argument("--campaigns", type=int, default=60, help="of campaigns, beside those of brands")
    asked.add_argument("--kills", type=int, default=40)
    asked.add_argument("--seconds", type=float, default=400, help="within which everything is submitted")
    asked.add_argument("--deadline", type=float, default=900, help="seconds after which it must be quiet")
    asked.add_argument("--seeds", type=int, nargs="+", default=[1])
    given = asked.parse_args()
    plans = [
        Plan(
            *(given.submissions, given.kills, seed, given.seconds, given.deadline), campaigns=given.campaigns
        )
        for seed in given.seeds
    ]
    with tempfile.TemporaryDirectory() as unused:
        # The judges know the statuses by the portal's own modules.
        os.environ |= {"DJANGO_SETTINGS_MODULE": "portal.settings", "CLEARLINE_DATA": unused}
        django.setup()
    return max([run(plan) for plan in plans])


def run(plan: Plan) -> int:
    """One run; its figures on one line. 1 when an invariant is broken."""
    from tests.reliability.killing import Run

    with tempfile.TemporaryDirectory(prefix="clearline-kills-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        clearline = Clearline(Path(folder) / "data")
        try:
            clearline.start()
            outcome = Run(clearline, plan, lambda line: print(line, file=sys.stderr, flush=True)).run()
        finally:
            clearline.stop()
            Postgres(clearline.home).remove()
    print(outcome, flush=True)
    return int(bool(outcome.problems))


if __name__ == "__main__":
    sys.exit(main())
