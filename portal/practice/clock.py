"""The business clock: the database's clock plus an offset that only ever grows.

Machine time never moves. Business time (when a verdict is due, what a brand's dates say) is
machine time plus `Registry.offset_seconds`, so that "five working days later" is one click.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.utils.translation import gettext as _

from portal.practice.models import Registry

# Python's calendar ends in 9999 and PostgreSQL's later; a practice run ends long before either.
FURTHEST = timedelta(days=36_525)
LONGEST_STEP = timedelta(days=3_653)


class BadStep(ValueError):
    """The clock cannot be moved like that; the text says why, for a person."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One reading of both clocks, taken once per request and passed on.

    `silent_since` is the business moment since which the whole registry gives no verdicts, or None.
    `seed` is what all chance of this registry comes from, `pace` how long campaigns are looked at.
    """

    machine: datetime
    business: datetime
    offset_seconds: int
    silent_since: datetime | None
    seed: int = 0
    webhooks_off: bool = False
    pace: str = "days"

    def shifted(self, step: timedelta, *, machine: bool = False) -> Moment:
        """The same moment on a clock that goes wrong by `step`; with `machine` on both clocks."""
        return replace(
            self,
            business=self.business + step,
            machine=self.machine + step if machine else self.machine,
        )


def read() -> Moment:
    """Both clocks as they stand. The first reading of a new database starts the business clock."""
    machine = _machine_now()
    registry = Registry.objects.filter(pk=1).first() or _start(machine)
    return Moment(
        machine=machine,
        business=machine + timedelta(seconds=registry.offset_seconds),
        offset_seconds=registry.offset_seconds,
        silent_since=registry.silent_since,
        seed=registry.seed,
        webhooks_off=registry.webhooks_off,
        pace=registry.pace,
    )


def advance(step: timedelta) -> Moment:
    """Move the business clock forwards by `step`. Raises BadStep unless 1 second <= step <= ten years."""
    seconds = step // timedelta(seconds=1)
    if seconds < 1:
        raise BadStep(_("The clock only moves forwards: give at least one second."))
    if step > LONGEST_STEP:
        raise BadStep(_("That is too far at once: move the clock by at most ten years."))
    read()
    limit = FURTHEST // timedelta(seconds=1) - seconds
    if not Registry.objects.filter(pk=1, offset_seconds__lte=limit).update(
        offset_seconds=F("offset_seconds") + seconds
    ):
        raise BadStep(_("The clock is already a century ahead: start a fresh registry instead."))
    return read()


def _machine_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchall()[0][0]
    return now


def _start(machine: datetime) -> Registry:
    start: datetime | None = getattr(settings, "START_CLOCK", None)
    # Rounded up: the first reading is never earlier than the moment that was asked for.
    offset = -((machine - start) // timedelta(seconds=1)) if start else 0
    seed = getattr(settings, "SEED", None)
    registry, _created = Registry.objects.get_or_create(
        pk=1,
        defaults={
            "offset_seconds": offset,
            "seed": secrets.randbelow(10**6) if seed is None else seed,
            "pace": getattr(settings, "PACE", "days"),
        },
    )
    return registry
