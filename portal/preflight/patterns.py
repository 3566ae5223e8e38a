"""Patterns that say what a text holds: an opt-out at its end, a link, a placeholder, a consent mechanism.

They stand in `patterns.json`. Every text is cut before it is searched, because some of them take time that
grows with the square of the length.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

# Longer than any field of any registry (4,096); what stands behind it no reviewer reads either.
LONGEST = 5_000


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    kept = json.loads((Path(__file__).parent / "patterns.json").read_text())
    exact = set(kept["case_sensitive"])
    return {
        name: re.compile(pattern, re.NOFLAG if name in exact else re.IGNORECASE)
        for name, pattern in kept["patterns"].items()
    }


def names() -> tuple[str, ...]:
    """Every pattern there is."""
    return tuple(_patterns())


def every(name: str, text: str) -> Iterator[re.Match[str]]:
    """Every place where the pattern `name` is found in `text`, from left to right. Raises KeyError as `search`."""
    return _patterns()[name].finditer(text[:LONGEST])


def every_replaced(name: str, text: str, by: Callable[[str], str]) -> str:
    """`text`, at most LONGEST of it, with whatever the pattern `name` finds replaced by what `by` says of it."""
    return _patterns()[name].sub(lambda match: by(match[0]), text[:LONGEST])


def search(name: str, text: str) -> re.Match[str] | None:
    """The first place where the pattern `name` is found in `text`. Raises KeyError for a name that is none."""
    return _patterns()[name].search(text[:LONGEST])
