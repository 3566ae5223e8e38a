"""When an account is compared with the carrier's list: every night, and soon when there is a reason."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import F
from django.db.models.functions import Coalesce, Greatest, Least

from portal.clock import Times
from portal.lifecycle.models import CarrierAccount
from portal.lifecycle.shared import ensure_account

# Three in the morning in Chicago, midnight in Los Angeles: few people, and the registry is in the USA.
NIGHT = timedelta(hours=8)
# Accounts and portals do not begin together.
SPREAD = timedelta(hours=1)
# Reasons may come in a flood; a list of all brands is long.
REST = timedelta(minutes=10)
# A sweep that the carrier broke off comes again, in growing steps.
AGAIN = (timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=3))

Uniform = Callable[[float, float], float]


def next_night(machine: datetime, *, uniform: Uniform = random.uniform) -> datetime:
    """A moment in the next night after `machine`, UTC."""
    start = machine.replace(hour=0, minute=0, second=0, microsecond=0) + NIGHT
    if start <= machine:
        start += timedelta(days=1)
    return start + SPREAD * uniform(0.0, 1.0)


def again_after(tries: int, machine: datetime) -> datetime:
    """When a sweep comes again that was broken off for the `tries`-th time (1 = the first)."""
    return machine + AGAIN[min(max(tries, 1), len(AGAIN)) - 1]


def sweep_soon(account: str, times: Times) -> None:
    """Compare as soon as it may be: at once, or ten minutes after the last time."""
    ensure_account(account)
    soon = Greatest(Coalesce(F("swept_at") + REST, times.machine), times.machine)
    # The condition spares the row, which every request's permit needs, in a flood of reasons.
    CarrierAccount.objects.filter(account=account, sweep_due_at__gt=soon).update(sweep_due_at=soon)


def sweep_now(account: str, times: Times) -> None:
    """Compare at once, whenever the last time was: an operator asks for it."""
    ensure_account(account)
    CarrierAccount.objects.filter(account=account).update(
        sweep_due_at=Least(F("sweep_due_at"), times.machine)
    )
