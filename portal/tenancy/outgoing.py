"""Claiming rows that have to be mailed once, whatever organization they belong to.

Works like `lifecycle.claiming`, for every model that is an `Outgoing`: the role `portal_claimer` takes
due rows with SKIP LOCKED, for as long as the lease lasts, and sees nothing of them but when they are due
and whose they are. What they say is read afterwards, in the scope of that organization.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction

from portal.clock import Times
from portal.tenancy.models import Outgoing

# A mail server that answers each of some ten commands just within EMAIL_TIMEOUT (5 s) takes 50 s; a
# claim that outlives its lease would be sent twice. A killed worker delays a mail by as much.
LEASE = timedelta(minutes=2)

# All that the claimer may know of a row, and all that it may change.
SEEN = ("id", "organization_id", "due_at", "attempt", "lease_until", "sent_at")
CHANGED = ("attempt", "lease_until")

# MATERIALIZED, because `WHERE id IN (SELECT … LIMIT 1 … SKIP LOCKED)` may be planned as a join that asks
# the sub-select again for every row, and then takes more than LIMIT (seen: both of two rows).
_CLAIM = """
      WITH due AS MATERIALIZED (
           SELECT id FROM {table}
            WHERE sent_at IS NULL AND due_at <= %(business)s
              AND (lease_until IS NULL OR lease_until < %(machine)s)
            ORDER BY due_at LIMIT %(limit)s
              FOR UPDATE SKIP LOCKED)
    UPDATE {table} AS claimed SET attempt = attempt + 1, lease_until = %(lease_until)s
      FROM due WHERE claimed.id = due.id
 RETURNING claimed.id, organization_id, attempt
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A due row of `model` that is ours until the lease runs out; write nothing without `attempt`."""

    model: type[Outgoing]
    item: UUID
    organization_id: UUID
    attempt: int


def claim(model: type[Outgoing], times: Times, *, limit: int = 1) -> list[Claim]:
    """Take up to `limit` rows that are due by business time and held by nobody by machine time."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE portal_claimer")
        cursor.execute(
            _CLAIM.format(table=connection.ops.quote_name(model._meta.db_table)),  # noqa: SLF001
            {
                "business": times.business,
                "machine": times.machine,
                "lease_until": times.machine + LEASE,
                "limit": limit,
            },
        )
        claims = [Claim(model, *row) for row in cursor.fetchall()]
        # Inside an outer transaction the role would stay until that one ends.
        cursor.execute("SET LOCAL ROLE NONE")
    return claims


def open_to_claimer(table: str) -> tuple[str, str]:
    """For a migration's RunSQL: let the claimer see the unsent rows of `table`, column by column; and back."""
    forwards = (
        f"GRANT SELECT ({', '.join(SEEN)}), UPDATE ({', '.join(CHANGED)}) ON {table} TO portal_claimer;"
        f"CREATE POLICY claimed ON {table} TO portal_claimer USING (sent_at IS NULL AND due_at IS NOT NULL)"
    )
    return forwards, f"DROP POLICY claimed ON {table}; REVOKE ALL ON {table} FROM portal_claimer"
