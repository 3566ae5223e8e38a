"""`manage.py rotate_second_factors`: seal second factors with the newest key, so that former ones can be dropped."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.accounts.resealing import reseal_all


class Command(BaseCommand):
    """Idempotent: what has the newest key already is left alone."""

    help = "Seal the secrets of authenticator apps and recovery codes with the first of MFA_KEYS."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--check` changes nothing."""
        parser.add_argument(
            "--check", action="store_true", help="only count, and try whether all can be opened"
        )

    def handle(self, *args: Any, check: bool = False, **options: Any) -> None:
        """Say what was done. Raises CommandError when something cannot be opened."""
        found = reseal_all(check=check)
        current = found.seen - found.renewed - len(found.shut)
        self.stdout.write(
            f"{found.seen} secrets: {found.renewed} {'to be ' if check else ''}sealed anew,"
            f" {current} had the newest key."
        )
        if found.shut:
            raise CommandError(
                f"{len(found.shut)} cannot be opened: put the key that they were sealed with into MFA_KEYS, behind"
                " the first one, and run this again."
            )
