"""`manage.py doctor ID`: why is this not moving?"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal import clock
from portal.operations.doctor.finding import SHORTEST, find
from portal.operations.doctor.telling import clocks, tell


class Command(BaseCommand):
    """Says what an id names, what is known about it and why it does not move."""

    help = (
        "Say why something is not moving. ID is the id of anything (in full, or its first eight characters),"
        " our reference, the carrier's or the registry's, an event's, a carrier account, the name of an"
        " organization or somebody's e-mail address."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The id."""
        parser.add_argument("id")

    def handle(self, *args: Any, **options: Any) -> None:
        """Tell of everything that has this id."""
        wanted = options["id"].strip().lower()
        times = clock.read()
        found = list(find(wanted)) if wanted else []
        if not found:
            raise CommandError(
                f"Nothing has the id or reference {wanted!r}. Ids and references have {SHORTEST} characters or more."
            )
        for one in found:
            for line in tell(one, times):
                self.stdout.write(line)
            self.stdout.write("")
        for line in clocks(times):
            self.stdout.write(line)
