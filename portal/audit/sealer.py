"""The role that reads events to seal and to verify them, one chain at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, transaction


@contextmanager
def as_sealer(*, looking: bool = False) -> Iterator[None]:
    """One transaction as `portal_sealer`: the queue, the seals and the house's events, and what `turn_to` opens.

    `looking`: nothing can be written, and all of it is one moment of the database, however long it takes.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if looking:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT current_setting('app.organization_id', true)")
        outer = cursor.fetchone()[0]
        cursor.execute("SET LOCAL ROLE portal_sealer")
        yield
        cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute("SELECT set_config('app.organization_id', %s, true)", [outer or ""])


def turn_to(organization_id: UUID | None) -> None:
    """Open the events of one organization and close those of the last; None: the house's alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.organization_id', %s, true)", [str(organization_id or "")])


def of_chain(organization_id: UUID | None, table: str) -> tuple[str, list[UUID]]:
    """The SQL condition for the rows of one chain in `table`, and its values. Both forms use the index."""
    if organization_id is None:
        return f"{table}.organization_id IS NULL", []
    return f"{table}.organization_id = %s", [organization_id]
