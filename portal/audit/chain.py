"""The chain that makes a change of the audit log visible: what is hashed, and how. Plain Python.

Each organization has one chain of its events, and the house has one of its own. Version 1:

- A field is written as `<length in bytes of its UTF-8 form>:<field>,` and NULL as `-,`.
- An event is its fields in the order of `COLUMNS`, each as the SQL beside it prints it.
- An event's link is SHA-256 over the link before it (32 bytes) and the event. Before the first one stands
  SHA-256 of `clearline audit 1 <organization id, or house>`.
- Events are linked in batches, in the order in which they committed and were found; within a batch by id.
- A batch's seal is SHA-256 over the seal before it, of whichever chain, and the fields of `SEAL`. Before
  the first one stands SHA-256 of `clearline audit 1 seals`.

So a changed event breaks its own link, a removed one leaves a hole, a chain that lost its end disagrees
with its seal, and a chain that was taken away or rewritten as a whole disagrees with the chain of seals.
Whoever can rewrite that as well, a superuser, cannot rewrite the seals that were logged outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID

VERSION = 1
_TIME = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
# All columns of an event, and how each is printed. `address` with its net mask; `detail` as PostgreSQL
# prints jsonb: keys by length and then by bytes, one space after colon and comma.
COLUMNS = {
    "id": "e.id::text",
    "organization_id": "e.organization_id::text",
    "at": _TIME.format("e.at"),
    "recorded_at": _TIME.format("e.recorded_at"),
    "actor_id": "e.actor_id::text",
    "actor_name": "e.actor_name",
    "address": "e.address::text",
    "action": "e.action",
    "object_kind": "e.object_kind",
    "object_id": "e.object_id::text",
    "detail": "e.detail::text",
}
# All columns of a seal but its own digest.
SEAL = {
    "version": "s.version::text",
    "number": "s.number::text",
    "organization_id": "s.organization_id::text",
    "first_position": "s.first_position::text",
    "last_position": "s.last_position::text",
    "head": "encode(s.head, 'hex')",
    "sealed_at": _TIME.format("s.sealed_at"),
}
# The place of an absent event in its chain: it was queued, and gone before it could be linked.
ABSENT = b"absent"


def encoded(fields: Sequence[str | None]) -> bytes:
    """The fields as they are hashed; no two lists of fields are written alike."""
    return "".join(["-," if one is None else f"{len(one.encode())}:{one}," for one in fields]).encode()


def linked(previous: bytes, what: bytes) -> bytes:
    """The digest of `what` after `previous`."""
    return sha256(previous + what).digest()


def genesis(organization_id: UUID | None) -> bytes:
    """What stands before the first link of a chain; None is the house."""
    return sha256(f"clearline audit 1 {organization_id or 'house'}".encode()).digest()


def first_seal() -> bytes:
    """What stands before the first seal of all."""
    return sha256(b"clearline audit 1 seals").digest()
