"""Bytes from the wire, read with care: JSON and text that PostgreSQL can keep."""

from __future__ import annotations

import json
import re
from typing import Any

# PostgreSQL's text holds neither NUL nor halves of a surrogate pair.
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")


class NotJson(ValueError):
    """The bytes are not a JSON document that we are willing to read."""


def read_json(raw: bytes) -> Any:
    """The document in `raw`, UTF-8. Raises NotJson, also for NaN, too deep nesting and endless numbers."""
    try:
        return json.loads(raw.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise NotJson(str(error)) from error


def keepable(text: str) -> bool:
    """Can the database store this text as it is?"""
    return _UNKEEPABLE.search(text) is None


def kept(text: str, longest: int) -> str:
    """`text` as the database can store it: replacement marks for what it cannot, cut at `longest`."""
    return _UNKEEPABLE.sub("\N{REPLACEMENT CHARACTER}", text)[:longest]


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")
