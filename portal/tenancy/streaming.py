"""Long answers: sent while they are read, with a scope of their own for each piece.

The view's transaction ends before the first byte leaves, so whatever it read lazily would come out empty.
And a scope that stayed open between two pieces would hold a connection as long as a slow client likes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from django.db import connection
from django.http import StreamingHttpResponse
from django.utils import translation

from portal.tenancy.access import Acting
from portal.tenancy.scope import acting_for

T = TypeVar("T")


def in_batches(acting: Acting, fetch: Callable[[T | None], Sequence[T]]) -> Iterator[Sequence[T]]:
    """What `fetch` gives, batch by batch, until it gives nothing. It is told the last row of the batch before.

    `fetch` runs inside the organization's scope and must return rows that need the database no more. Between
    batches there is no scope, no transaction and no connection; the generator may be abandoned anywhere.
    """
    language = translation.get_language()
    last: T | None = None
    while True:
        try:
            with (
                translation.override(language),
                acting_for(acting.organization.pk, by=acting.actor, read_only=acting.visiting),
            ):
                rows = fetch(last)
        finally:
            _let_go()
        if not rows:
            return
        yield rows
        last = rows[-1]


def streamed(pieces: Iterable[bytes], *, content_type: str) -> StreamingHttpResponse:
    """An answer of `pieces`, which lets go of the view's connection before the first of them."""

    def sent() -> Iterator[bytes]:
        _let_go()
        yield from pieces

    return StreamingHttpResponse(sent(), content_type=content_type)


def _let_go() -> None:
    """Give the connection back; inside somebody's transaction it is theirs to give."""
    if not connection.in_atomic_block:
        connection.close()
