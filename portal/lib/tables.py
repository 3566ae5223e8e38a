"""Rows as a file, CSV or JSON, piece by piece: for answers that are written while they are read."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from portal.lib.spreadsheets import safe_cell

Batches = Iterable[Sequence[dict[str, Any]]]

CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


class _Line:
    """Where the csv module writes to: it hands each line back."""

    def write(self, line: str) -> str:
        return line


def csv_file(batches: Batches, columns: Sequence[str]) -> Iterator[bytes]:
    """Comma-separated, in UTF-8 with the mark by which spreadsheets know it. No cell is ever run as a formula."""
    writer = csv.writer(_Line())
    yield b"\xef\xbb\xbf" + writer.writerow(columns).encode()
    for rows in batches:
        yield b"".join(writer.writerow([_cell(row[key]) for key in columns]).encode() for row in rows)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return safe_cell(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def json_file(
    batches: Batches, columns: Sequence[str], *, head: dict[str, Any], name: str
) -> Iterator[bytes]:
    """One object: `head`, the rows under `name`, and `count` behind them, so a file without it was cut off."""
    yield (
        json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}").encode()
        + f',\n "{name}": ['.encode()
    )
    count = 0
    for rows in batches:
        texts = [json.dumps({key: row[key] for key in columns}, ensure_ascii=False) for row in rows]
        yield ((",\n  " if count else "\n  ") + ",\n  ".join(texts)).encode()
        count += len(rows)
    yield f'\n ],\n "count": {count}\n}}\n'.encode()


def in_utc(moment: datetime | None, timespec: str = "seconds") -> str | None:
    """A moment as files give it for machines: "2026-11-22T21:40:15Z"."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec=timespec).replace("+00:00", "Z")


def in_zone(moment: datetime, zone: ZoneInfo) -> str:
    """A moment as files give it for people: in their zone, with its distance from UTC."""
    return moment.astimezone(zone).isoformat(timespec="seconds")
