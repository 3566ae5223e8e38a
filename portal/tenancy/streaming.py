"""Long answers: sent while they are read, with a scope of their own for each piece.

The view's transaction ends before the first byte leaves, so whatever it read lazily would come out empty.
And a scope that stayed open between two pieces would hold a connection as long as a slow client likes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db import connection
from django.http import StreamingHttpResponse
from django.utils import translation
from django.utils.http import content_disposition_header
from django.utils.text import slugify

from portal.lib.tables import CONTENT_TYPES, csv_file, in_utc, json_file
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


def as_file(
    kind: str,
    acting: Acting,
    batches: Iterator[Sequence[dict[str, Any]]],
    columns: Sequence[str],
    *,
    name: str,
    asked: dict[str, str],
    at: datetime,
    stem: str = "",
) -> StreamingHttpResponse:
    """The rows of `batches` as a file of `kind` ("csv" or "json") for the acting organization.

    `name` is what the rows are called in it, and begins the name of the file where `stem` does not. `asked` is
    the filter, and `at` the business time of the export; both stand in the head of a JSON file.
    """
    organization = acting.organization
    head = {
        "organization": {"id": str(organization.pk), "name": organization.name},
        "time_zone": organization.time_zone,
        "exported_at": in_utc(at),
        "exported_by": acting.actor.name,
        "filter": asked,
    }
    pieces = (
        csv_file(batches, columns) if kind == "csv" else json_file(batches, columns, head=head, name=name)
    )
    answer = streamed(pieces, content_type=CONTENT_TYPES[kind])
    whose = slugify(organization.name) or str(organization.pk)[:8]
    day = at.astimezone(ZoneInfo(organization.time_zone))
    answer.headers["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{stem or name}-{whose}-{day:%Y-%m-%d}.{kind}"
    )
    return answer


def _let_go() -> None:
    """Give the connection back; inside somebody's transaction it is theirs to give."""
    if not connection.in_atomic_block:
        connection.close()
