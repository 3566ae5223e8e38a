"""`manage.py reconcile`: compare with the carrier now."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal import clock
from portal.lifecycle import doubting, gateway, sweeping
from portal.lifecycle.sweep_times import sweep_now
from portal.tenancy.power import refuse_power


class Command(BaseCommand):
    """One comparison at once, and what it found; the same that the night does."""

    help = "Compare every brand of the carrier account with what this database knows, now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--after-restore` for a database that was brought back from a backup."""
        parser.add_argument(
            "--after-restore",
            action="store_true",
            help="this database is older than what was sent: search whatever is not sent yet before sending it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what was found. Raises CommandError when the carrier broke it off, or somebody else is at it."""
        refuse_power()
        account = gateway.default_account()
        times = clock.read()
        if options["after_restore"]:
            doubting.doubt(account, times)
            self.stdout.write("What was accepted before now is searched at the carrier before it is sent.")
        else:
            sweep_now(account, times)
        done = [one for one in sweeping.run() if one.account == account]
        if not done:
            raise CommandError("Somebody else compares this account at the moment.")
        for what, number in sorted(done[0].found.items()):
            self.stdout.write(f"{what:22} {number}")
        if "broken off" in done[0].found:
            raise CommandError("The carrier broke it off: it comes again by itself.")
