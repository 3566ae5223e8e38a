"""A table that is sorted and paged by keys, not by row numbers.

A page says "after this row", so that it costs the same wherever it stands, and no row is shown twice or left
out when others come and go meanwhile. A key is signed: whatever it holds is ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core import signing
from django.core.exceptions import BadRequest
from django.db.models import Q, QuerySet

from portal.ui.looks import Text


@dataclass(frozen=True, slots=True)
class Sort:
    """A column by which a table can be sorted: its title, and the expression that gives its key, never NULL.

    `falling`: which way round comes first.
    """

    title: Text
    by: Any
    falling: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's title: where pressing it leads, and how it is sorted now ("ascending", "descending" or "")."""

    title: Text
    sort: str
    sorted: str


@dataclass(frozen=True, slots=True)
class Slice:
    """The rows of a page. `earlier` and `later` are the keys of its neighbours, "" where there is none."""

    rows: list[Any]
    headings: list[Heading]
    sort: str
    earlier: str = ""
    later: str = ""


def sliced(
    rows: QuerySet[Any],
    sorts: Mapping[str, Sort],
    query: Mapping[str, str],
    *,
    usual: str,
    size: int,
    salt: str,
    values: tuple[str, ...] = (),
) -> Slice:
    """The page of `size` rows that `query` (sort, after, before) names. With `values`, rows are dictionaries.

    `usual` is the sort of a query that names none, and `salt` names the table. Raises BadRequest for a sort or a
    key that no page of ours has ever shown: what cannot be honoured is refused, never ignored.
    """
    sort = query.get("sort") or usual
    column, falling = sort.removeprefix("-"), sort.startswith("-")
    if column not in sorts:
        raise BadRequest("unknown sort")
    backwards = bool(query.get("before"))
    key = query.get("before") or query.get("after") or ""
    found = rows.annotate(key=sorts[column].by)
    if key:
        value, pk = _opened(key, sort, salt)
        past = "lt" if falling is not backwards else "gt"
        # The first condition says nothing new, except to an index: it begins where the page does.
        found = found.filter(
            Q(**{f"key__{past}": value}) | Q(key=value, **{f"pk__{past}": pk}), **{f"key__{past}e": value}
        )
    way = "-" if falling is not backwards else ""
    found = found.order_by(f"{way}key", f"{way}pk")
    page = list((found.values("pk", "key", *values) if values else found)[: size + 1])
    more, page = len(page) > size, page[:size]
    if backwards:
        page.reverse()
    return Slice(
        rows=page,
        headings=[_heading(name, one, column, falling=falling) for name, one in sorts.items()],
        sort=sort,
        earlier=_closed(page[0], sort, salt) if page and (more if backwards else bool(key)) else "",
        later=_closed(page[-1], sort, salt) if page and (more or backwards) else "",
    )


def _heading(name: str, sort: Sort, column: str, *, falling: bool) -> Heading:
    here = name == column
    turned = not falling if here else sort.falling
    now = ("descending" if falling else "ascending") if here else ""
    return Heading(sort.title, f"-{name}" if turned else name, now)


def _closed(row: Any, sort: str, salt: str) -> str:
    value, pk = (row["key"], row["pk"]) if isinstance(row, dict) else (row.key, row.pk)
    return signing.dumps(
        [sort, value.isoformat() if isinstance(value, datetime) else value, str(pk)], salt=salt
    )


def _opened(key: str, sort: str, salt: str) -> tuple[Any, UUID]:
    """The value of the key's column, a moment as text, which the database's field reads; and the row's id."""
    try:
        made_for, value, pk = signing.loads(key, salt=salt)
    except signing.BadSignature as problem:
        raise BadRequest("unknown page") from problem
    if made_for != sort:
        raise BadRequest("a page of another order")
    return value, UUID(pk)
