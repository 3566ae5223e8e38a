"""What the calls of brands, campaigns and numbers share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from portal.carriers.adapters.telnyx import mapping
from portal.carriers.contract import NotFound, Refused, Unavailable
from portal.carriers.http import Http

BRANDS = "/10dlc/brand"

# "maximum of 500" (GetBrands.recordsPerPage).
PAGE_SIZE = 500
# "maximum: 250" (PageConsolidated).
PAGE_SIZE_V2 = 250

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


def snapshot(
    http: Http, path: str, filters: Mapping[str, str], *, name: str, until: float
) -> list[Mapping[str, Any]]:
    """Every row of a 10DLC list that stood in it from beginning to end, while others come and go, each once.

    Oldest first, rows that come are put at the end, and where one is taken out all behind it move forward. So the
    pages are read from the last to the first: whatever moves, moves to where we have not been yet. Raises
    Unavailable when fewer came than stood in the list at any time, Unauthorized, and NotFound as `rows`.
    """
    size = PAGE_SIZE
    asked: dict[str, str | int] = {**filters, "recordsPerPage": size, "sort": "createdAt"}
    found: dict[str, Mapping[str, Any]] = {}

    def page(number: int) -> tuple[int, int]:
        answer = http.read(path, {**asked, "page": number}, until=until)
        total, shown = answer.get("totalRecords"), answer.get("records")
        if not isinstance(shown, list) or type(total) is not int:
            raise Unavailable(f"GET {path}: the answer is no list")
        for row in shown:
            reference = row.get(name) if isinstance(row, dict) else None
            if not isinstance(reference, str) or not reference.strip():
                raise Unavailable(f"GET {path}: a row that names nothing")
            found[reference] = row
        return total, len(shown)

    least, first = page(1)
    if 0 < first < least:
        # A page may hold less than we ask for. The first one is read once more, after those behind it.
        pages = range(-(-least // first), 0, -1)
        if len(pages) > MOST_PAGES:
            raise Unavailable(f"GET {path}: the list does not end")
        least = min(least, *(page(number)[0] for number in pages))
    if len(found) < least:
        raise Unavailable(f"GET {path}: the list has gaps: {len(found)} of {least} came")
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list that is not one of 10DLC. `total` is None where the answer does not say."""

    rows: list[Mapping[str, Any]]
    is_last: bool
    total: int | None


def one_page(http: Http, path: str, filters: Mapping[str, str], number: int) -> Page:
    """A page of one of those lists: parameters in brackets, rows in `data`, their number in `meta`.

    Raises Unavailable, Unauthorized, NotFound.
    """
    asked: dict[str, str | int] = {**filters, "page[number]": number, "page[size]": PAGE_SIZE_V2}
    answer = http.read(path, asked)
    found, meta = answer.get("data"), answer.get("meta")
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise Unavailable(f"GET {path}: the answer is no list")
    said = meta if isinstance(meta, dict) else {}
    total, pages = (said.get(name) for name in ("total_results", "total_pages"))
    # A page may hold less than we ask for; without a word about pages an empty one is the end.
    is_last = number >= pages if type(pages) is int else not found
    return Page(found, is_last or not found, total if type(total) is int else None)


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
