"""Ids: random ones for many rows at once, and their short form in addresses."""

from __future__ import annotations

import base64
import os
from uuid import UUID


def random_ids(count: int) -> list[str]:
    """`count` random UUIDs (version 4) as text, of one reading of the system's randomness.

    Asking the system for each row, as `uuid4` and PostgreSQL's gen_random_uuid do, took half of the time of an insert
    of some thousand rows where system calls are dear.
    """
    noise = os.urandom(16 * count)
    return [str(UUID(bytes=noise[start : start + 16], version=4)) for start in range(0, 16 * count, 16)]


def brief(id_: UUID) -> str:
    """An id in 22 characters that an address holds as they are. `from_brief` is its reverse."""
    return base64.urlsafe_b64encode(id_.bytes).rstrip(b"=").decode()


def from_brief(text: str) -> UUID:
    """The id that `brief` wrote. Raises ValueError for anything else."""
    if len(text) != 22 or not text.isascii():
        raise ValueError(text)
    found = UUID(bytes=base64.b64decode(f"{text}==", altchars=b"-_", validate=True))
    if brief(found) != text:
        raise ValueError(text)
    return found
