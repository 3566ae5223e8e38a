"""A text as a reviewer reads it: one spelling for what looks the same, so that every rule sees one text.

Full-width letters and ligatures become plain ones, invisible characters go, curly quotes are straight, every run
of white space is one blank. What is shown and filed stays as it was typed.
"""

from __future__ import annotations

import re
import unicodedata

from portal.lib.segments import STRAIGHT

# Letters of other alphabets that look like Latin ones (Unicode confusables, those that keyboards can make).
_ALIKE = str.maketrans(
    "АВЕЅІЈКМНОРСТХУаеѕіјоросухԁԛԝһΑΒΕΖΗΙΚΜΝΟΡΤΥΧονα", "ABESIJKMHOPCTXYaesijopocyxdqwhABEZHIKMNOPTYXova"
)
_FORMAT = "Cf"
_WIDE = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")


def plain(text: str, most: int) -> str:
    """`text` in plain spelling, at most `most` characters of it: what stands behind them is not read."""
    if text.isascii():
        return " ".join(text[:most].split())
    # One character can become eighteen, so it is cut twice.
    formed = unicodedata.normalize("NFKC", text[:most].translate(STRAIGHT))[:most]
    seen = "".join(
        char for char in formed.translate(STRAIGHT) if char.isascii() or unicodedata.category(char) != _FORMAT
    )
    return " ".join(seen.split())


def latin(text: str) -> str:
    """`text` with letters of other alphabets that look like Latin ones replaced by those."""
    return text if text.isascii() else text.translate(_ALIKE)


def invisible(text: str) -> int:
    """How many characters of `text` nobody can see: zero-width ones, joiners, marks of direction.

    The joiner inside an emoji and the marks after one are part of it.
    """
    if text.isascii():
        return 0
    count = 0
    for place, char in enumerate(text):
        if unicodedata.category(char) != _FORMAT:
            continue
        before = text[place - 1] if place else ""
        if char == "\u200d" and before and (unicodedata.category(before) in ("So", "Mn", "Sk")):
            continue
        count += 1
    return count


def wide(text: str) -> int:
    """How many full-width letters and digits `text` has."""
    return len(_WIDE.findall(text))
