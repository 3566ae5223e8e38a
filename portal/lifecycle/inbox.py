"""The inbox: a carrier's signed events as rows, each heard once, whatever order and number they come in.

An event says that something happened, and causes a reading of what is true; its own words change nothing.
So duplicates, reversed order and losses make no difference, and what came before the thing that it speaks of
stays here until that is written down.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.db.models import F, Q

from portal import clock
from portal.audit.recording import CLEARLINE
from portal.carriers import loading
from portal.carriers.contract import EventHeard, NotGenuine
from portal.clock import Times
from portal.lifecycle import gateway
from portal.lifecycle.event_keys import event_keys, newer_keys
from portal.lifecycle.knocking import Door, doors, knock
from portal.lifecycle.models import CarrierAccount, CarrierEvent, Due, Watch
from portal.lifecycle.nudge import nudge
from portal.lifecycle.shared import alone_with, ensure_account
from portal.lifecycle.sweep_times import sweep_soon
from portal.tenancy.scope import acting_for

log = structlog.get_logger(__name__)

# A replay is refused by its time long before; a month is for the operator who asks what came in.
KEPT = timedelta(days=30)
# A flood of events must not hold the row that every request's permit needs.
NOTED_EVERY = timedelta(seconds=1)

_TAKE = """
    INSERT INTO lifecycle_carrierevent (account, event_id, type, key, reference, occurred_at, times)
    VALUES (%s, %s, %s, %s, %s, %s, 1)
        ON CONFLICT (account, event_id) DO UPDATE SET times = lifecycle_carrierevent.times + 1
 RETURNING id, times
"""


def proven(account: str, headers: Mapping[str, str], body: bytes, *, key: UUID, times: Times) -> EventHeard:
    """The event that came to the address of `key`, if the carrier signed it, and for this address.

    Raises NotGenuine. Nothing is read of what is not signed, and nothing is written.
    """
    read = loading.events(gateway.config_of(account).name)
    if read is None:
        raise NotGenuine("this carrier signs no events")
    names = {name.lower(): value for name, value in headers.items()}
    keys = event_keys()
    try:
        event = read(names, body, keys=keys, now=times.machine)
    except NotGenuine:
        newer = newer_keys(keys)
        if newer == keys:
            raise
        event = read(names, body, keys=newer, now=times.machine)
    # The address is not part of what is signed; what the sender calls it inside the body is.
    if event.key and event.key != str(key):
        raise NotGenuine("sent to the address of another key")
    return event


def hear(account: str, key: UUID, event: EventHeard, times: Times) -> bool:
    """Keep the event and knock at what it is about; False for one that was heard before.

    All in one transaction: a sender that gets no answer sends again, and then it is the first time.
    """
    with transaction.atomic():
        alone_with(account, key)
        with connection.cursor() as cursor:
            values: list[Any] = [account, event.id, event.type, key, event.reference, event.occurred_at]
            cursor.execute(_TAKE, values)
            row, count = cursor.fetchone()
        if count > 1:
            return False
        found = doors(account, key)
        meant = [door for door in found if _is_about(door, event)]
        knock([door.item for door in meant], times)
        # Knocked at a write alone, it stays for the wait that begins when that is known (`models.watch`).
        if any(door.kind == Due.WATCH for door in meant):
            CarrierEvent.objects.filter(pk=row).update(heard_at=times.machine)
        nudge()
        # Last, so that the row which every request's permit needs is held for a moment only.
        if len(meant) < len(found) or not found:
            # Of ours under another name, or of nobody: a twin, or a write that this database lost.
            sweep_soon(account, times)
        _note(account, times)
    return True


def refuse(account: str, times: Times) -> None:
    """Count an event that nothing proves, which is all that is ever written of one."""
    ensure_account(account)
    CarrierAccount.objects.filter(account=account).update(
        refused_events=F("refused_events") + 1, refused_event_at=times.machine
    )


def tells_of(account: str, key: UUID) -> bool:
    """Did the carrier ever speak of an object of this key? Then it has one."""
    return CarrierEvent.objects.filter(account=account, key=key).exists()


def clear_away() -> int:
    """Delete events that nobody asks for any more; how many."""
    old = clock.read().machine - KEPT
    return CarrierEvent.objects.filter(received_at__lt=old).delete()[0]


def _is_about(door: Door, event: EventHeard) -> bool:
    """Is it about the object that we wait for under this key? A write has no reference yet."""
    if door.kind != Due.WATCH or not event.reference:
        return True
    with acting_for(door.organization_id, by=CLEARLINE):
        return Watch.objects.filter(pk=door.item, reference=event.reference).exists()


def _note(account: str, times: Times) -> None:
    ensure_account(account)
    long_ago = Q(last_event_at=None) | Q(last_event_at__lt=times.machine - NOTED_EVERY)
    CarrierAccount.objects.filter(long_ago, account=account).update(last_event_at=times.machine)
