"""`manage.py work`: the loop without a broker."""

from __future__ import annotations

import signal
import threading
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections

from campaigns import reminding
from campaigns.tasks import LOOK_FOR as AHEAD_FOR
from phone_numbers import syncing
from portal import clock
from portal.audit import sealing
from portal.audit.tasks import SEAL_FOR
from portal.beat import AHEAD, ALERT, FETCH, MAIL, SEAL, SWEEP, TICK
from portal.lifecycle import accounts, doubting, loop, sweeping
from portal.lifecycle.tasks import HEARTBEAT, LOOK_FOR, beat
from portal.notifications import delivering
from portal.notifications.tasks import LOOK_FOR as MAIL_FOR
from portal.tenancy.power import refuse_power


class Command(BaseCommand):
    """Looks at the due table every two seconds, with or without other workers beside it."""

    help = "Work on everything that is due, without Celery or a broker, until it is told to stop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--once` for one look."""
        parser.add_argument("--once", action="store_true", help="look once, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until SIGTERM or Ctrl-C; a database that is away is waited for."""
        refuse_power()
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        mail_at = seal_at = alert_at = ahead_at = fetch_at = sweep_at = 0.0
        while not stop.is_set():
            try:
                doubting.look_out(clock.read)
                beat("work", every=HEARTBEAT)
                clock.follow_practice()
                steps = loop.run(seconds=LOOK_FOR)
                if time.monotonic() >= ahead_at:
                    steps += reminding.run(seconds=AHEAD_FOR)
                    ahead_at = time.monotonic() + AHEAD
                if time.monotonic() >= mail_at:
                    steps += delivering.run(seconds=MAIL_FOR)
                    mail_at = time.monotonic() + MAIL
                if time.monotonic() >= seal_at:
                    sealing.run(seconds=SEAL_FOR)
                    seal_at = time.monotonic() + SEAL
                if time.monotonic() >= alert_at:
                    accounts.alert_operators()
                    alert_at = time.monotonic() + ALERT
                if time.monotonic() >= fetch_at:
                    syncing.begin_everywhere()
                    fetch_at = time.monotonic() + FETCH
                if time.monotonic() >= sweep_at and not options["once"]:
                    sweeping.run_beside()
                    sweep_at = time.monotonic() + SWEEP
            except OperationalError as problem:
                self.stderr.write(f"The database does not answer: {problem}".strip())
                close_old_connections()
                steps = 0
            if options["once"]:
                self.stdout.write(f"{steps} steps")
                return
            stop.wait(TICK)
