"""Letting time pass until nothing is left to do: the virtual form of "ends when all is quiet"."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from tests.lifecycle.moments import Later, work

# A lease and a half, so that whatever a dead process held is free again.
STEP = 60.0
# Far more than any case needs: quarantine, two searches, and the growing delays after ten failures.
ROUNDS = 120


def left() -> list[tuple[Any, ...]]:
    """The submissions that somebody still has to work on."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE portal_claimer")
        cursor.execute("SELECT item, due_at, attempt FROM lifecycle_due WHERE kind = 'submission'")
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        cursor.execute("SET LOCAL ROLE NONE")
    return rows


def settle(later: Later, *, rounds: int = ROUNDS) -> int:
    """Work, let a minute go by, and again, until every submission has ended; how many minutes it took."""
    for round_ in range(rounds):
        work(later)
        if not left():
            return round_
        pass_(later, seconds=STEP)
    raise AssertionError(f"not quiet after {rounds} minutes: {left()}")


def pass_(later: Later, *, seconds: float) -> None:
    """Let time go by for the loop, and for the accounts of carriers, which read the database's own clock."""
    later.pass_(seconds=seconds)
