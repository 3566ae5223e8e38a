"""What the calls of brands and of campaigns share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from portal.carriers.adapters.telnyx import mapping
from portal.carriers.contract import NotFound, Refused, Unavailable
from portal.carriers.http import Http

BRANDS = "/10dlc/brand"

# "maximum of 500" (GetBrands.recordsPerPage).
PAGE_SIZE = 500

# The end of a list that never ends: a million rows, far beyond any account.
MOST_PAGES = 2000


def rows(
    http: Http,
    path: str,
    filters: Mapping[str, str],
    *,
    name: str,
    size: int = 0,
    until: float | None = None,
) -> Iterator[Mapping[str, Any]]:
    """The rows at `path`, oldest first, in pages of `size` (`PAGE_SIZE` without), each once by its field `name`.

    Raises Unavailable at the end when fewer came than the list says that there are: a page was repeated,
    skipped or shifted under us, or a row names nothing. Also raises Unauthorized; NotFound when the list
    itself is not there.
    """
    size = size or PAGE_SIZE
    seen: set[str] = set()
    total: int | None = None
    nameless = pages_without_news = 0
    for page in range(1, MOST_PAGES + 1):
        asked: dict[str, str | int] = {
            **filters,
            "page": page,
            "recordsPerPage": size,
            "sort": "createdAt",
        }
        try:
            answer = http.read(path, asked, until=until)
        except NotFound as gone:
            if page == 1:
                raise
            raise Unavailable(str(gone)) from None
        found = answer.get("records")
        if not isinstance(found, list):
            raise Unavailable(f"GET {path}: the answer is no list")
        said = answer.get("totalRecords")
        total = said if type(said) is int else total
        before = len(seen)
        for row in found:
            reference = row.get(name) if isinstance(row, dict) else None
            if not isinstance(reference, str) or not reference.strip():
                nameless += 1
            elif reference not in seen:
                seen.add(reference)
                yield row
        pages_without_news = pages_without_news + 1 if len(seen) == before else 0
        complete = total is not None and len(seen) >= total and len(found) < size
        # One page without news may be a repeated one with more behind it; two are a loop.
        if not found or complete or pages_without_news == 2:
            break
    else:
        raise Unavailable(f"GET {path}: the list does not end")
    if nameless or (total is not None and len(seen) < total):
        raise Unavailable(f"GET {path}: the list has gaps: {len(seen)} of {total} came")


def part(reference: str) -> str:
    """A reference as one part of a path. Raises NotFound for what cannot be one."""
    if not reference or reference in (".", ".."):
        raise NotFound("GET: there is nothing without a reference")
    return quote(reference, safe="")


@contextmanager
def withholding(secrets: Iterable[str] = ()) -> Iterator[None]:
    """Takes `secrets`, and what looks like a tax id, out of the reasons of a refusal."""
    try:
        yield
    except Refused as refused:
        raise Refused(str(refused), reasons=mapping.withheld_reasons(refused.reasons, secrets)) from None
