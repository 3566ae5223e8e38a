"""The catalogue of rejections: what a reviewer's code means, whoever uses it.

223 reasons of seven sources, in `rejections.json`. The same number means different things at different
sources (1001 at Infobip and at Plivo), so a code alone may have several entries.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Entry:
    """One reason. `layer` is what it is about (brand, website, samples …); `resubmit` is "yes", "no", or says
    what it takes; `rules` are those of ours that see it coming."""

    source: str
    code: str
    layer: str
    meaning: str
    resubmit: str
    rules: tuple[str, ...]


@cache
def _catalogue() -> dict[str, tuple[Entry, ...]]:
    kept = json.loads((Path(__file__).parent / "rejections.json").read_text())
    by_code: dict[str, tuple[Entry, ...]] = {}
    for source, code, layer, meaning, resubmit, rules in kept["reasons"]:
        entry = Entry(source, code, layer, meaning, resubmit, tuple(rules))
        by_code[code.upper()] = (*by_code.get(code.upper(), ()), entry)
    return by_code


def entries(code: str) -> tuple[Entry, ...]:
    """What `code` may mean, in any case; () when nobody in the catalogue uses it."""
    return _catalogue().get(code.strip().upper(), ())
