"""`manage.py bench`: the benchmarks, with what others do beside what we do, in one run."""

from __future__ import annotations

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.management.commands.test import run

HELP = """\
usage: manage.py bench [--full] [pytest's own arguments]

Runs the benchmarks of tests/bench with a temporary PostgreSQL and prints one line per figure, beside
its bar and, where there is one, a peer. Nothing else should run on the machine meanwhile.

  --full      the sizes that the bars name; without it smaller ones, and each line says so
  -k b22      only what is named so
"""


class Command(BaseCommand):
    """Arguments pass to pytest as they are."""

    help = "Run the benchmarks with a temporary database."

    def run_from_argv(self, argv: list[str]) -> None:
        """Run and exit with pytest's code: a bar that is not met is a failure."""
        arguments = argv[2:]
        if arguments[:1] in (["--help"], ["-h"]):
            print(HELP)
            return
        if "--full" in arguments:
            arguments.remove("--full")
            os.environ["BENCH_FULL"] = "1"
        sys.exit(run(["-n", "0", "-s", "-q", "-m", "nightly", "tests/bench", *arguments]))

    def handle(self, *args: Any, **options: Any) -> None:
        """Only by the command line: pytest wants a process of its own."""
        raise CommandError("run manage.py bench")
