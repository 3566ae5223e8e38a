"""States and moves: data that can be printed as a table, and the one way to take a move.

    draft ─submit→ submitting ─→ in review ─→ verified
                       └→ rejected  └→ rejected

Each flow's own `states.py` holds its words. `make` is a guarded UPDATE: the WHERE clause is the
lock, one changed row means it happened, and the audit event is written in the same transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction
from django.dispatch import Signal
from django.utils.functional import Promise

from portal.audit.recording import Actor, Recorded, record
from portal.notifications.telling import tell

# Sent on commit with kind, id and move. A nudge that may be lost: whatever must follow a move is
# a row written in the same transaction, or is found again by a sweep.
moved = Signal()


@dataclass(frozen=True, slots=True)
class Move:
    """A named step from one of `sources` to `target`. `sentence` tells it, with %(actor)s in it.

    `tells` names the kind of notification (`notifications.kinds`) that members get; "" tells nobody.
    """

    name: str
    sources: frozenset[str]
    target: str
    sentence: str | Promise
    tells: str = ""


class Stateful(Recorded, Protocol):
    """A tenant's row with a status that only `make` changes."""

    status: str
    since: datetime

    def refresh_from_db(self) -> None:
        """Read the row again."""


class StaleState(Exception):
    """The row was not in a state that allows the move: somebody else was faster."""

    def __init__(self, move: Move, row: Stateful) -> None:
        super().__init__(f"{row.kind} {row.pk} cannot be {move.name} from {row.status}")
        self.move = move
        self.row = row


def make(
    move: Move,
    row: Stateful,
    *,
    by: Actor,
    at: datetime,
    detail: dict[str, Any] | None = None,
    **changes: Any,
) -> None:
    """Take `move` on `row` at business time `at`, setting `changes` with it, and record the event.

    Raises StaleState, with `row` refreshed, when its status is none of the move's sources.
    """
    with transaction.atomic():
        rows = type(row).objects.filter(pk=row.pk, status__in=move.sources)  # type: ignore[attr-defined]
        won = rows.update(status=move.target, since=at, **changes)
        row.refresh_from_db()
        if won != 1:
            raise StaleState(move, row)
        record(f"{row.kind}.{move.name}", row, by=by, at=at, detail=detail)
        if move.tells:
            tell(row, kind=move.tells, state=move.target, at=at, by=by, held=True)
        transaction.on_commit(lambda: moved.send(sender=type(row), kind=row.kind, id=row.pk, move=move.name))
