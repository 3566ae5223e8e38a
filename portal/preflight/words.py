"""Word lists with context: which of a list's words a text holds, and whether they mean what the list is about.

A list has strong phrases (each says enough), weak words (one may be innocent, two different ones hardly are) and
innocent phrases, inside which its words do not count ("nail gun", "wine glass"). Words match whole and without
regard to case or plural; "=" before a phrase asks for exactly these forms, "#" stands for any number.
The lists stand in `lexicons.json`. Time grows with the length of the text alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)?|[%$&#]")
_SPELLED = re.compile(r"\b(?:[^\W\d_][.·*_-]){2,11}[^\W\d_]\b\.?")
_NUMBER = "#"
# Longer ones are in no list.
_LONGEST_WORD = 40
# As many words of a company's name are compared; the first tell it apart.
_LONGEST_NAME = 6
STRONG, WEAK, INNOCENT = "strong", "weak", "innocent"


class Token(NamedTuple):
    """One word, number or sign: `said` as it stands there in lower case, `form` in the singular."""

    said: str
    form: str
    is_name: bool


@lru_cache(maxsize=4096)
def _forms(word: str) -> tuple[str, str]:
    """A word in lower case, and in the singular; a number is any number there."""
    said = word.casefold().replace("’", "'")
    return said, _NUMBER if word[0].isdigit() else _singular(said)


def _singular(word: str) -> str:
    word = word.removesuffix("'s")
    if len(word) <= 3 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("shes", "ches", "xes", "sses")):
        return word[:-2]
    return word[:-1]


def tokens(text: str) -> tuple[Token, ...]:
    """The words of `text`. A word with a capital inside a sentence of small letters may be a name."""
    text = _SPELLED.sub(lambda spelled: re.sub(r"[.·*_-]", "", spelled[0]) + " ", text)
    found = list(_TOKEN.finditer(text))
    words = [match[0] for match in found]
    capital = sum(1 for word in words if word[0].isupper())
    # Above this it is a headline, where capitals say nothing.
    mostly_small = capital * 2 <= len(words)
    rows = []
    for match, word in zip(found, words, strict=True):
        is_name = (
            mostly_small and word[0].isupper() and not word.isupper() and not _begins(text, match.start())
        )
        rows.append(Token(*(_forms(word) if len(word) <= _LONGEST_WORD else (word, word)), is_name))
    return tuple(rows)


def _begins(text: str, at: int) -> bool:
    """Does a sentence begin there?"""
    return at == 0 or text[max(at - 2, 0) : at].strip()[-1:] in (".", ":", "!", "?")


@dataclass(frozen=True, slots=True)
class _Phrase:
    topic: str
    level: str
    parts: tuple[str, ...]
    exact: bool


@dataclass(frozen=True, slots=True)
class Hits:
    """What a text holds of one list: the strong phrases and the weak words, each once, as they stand there.

    `names` are weak words that look like somebody's name.
    """

    strong: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def is_certain(self) -> bool:
        """Do the words say enough without a reader's judgement?"""
        return bool(self.strong) or (len(self.weak) >= 2 and len(set(self.weak) - set(self.names)) >= 2)

    @property
    def words(self) -> tuple[str, ...]:
        """All of them, the telling ones first."""
        weak = (one for one in self.weak if not any(one in phrase for phrase in self.strong))
        return tuple(dict.fromkeys((*self.strong, *weak)))

    def __bool__(self) -> bool:
        return bool(self.strong or self.weak)

    def __add__(self, other: Hits) -> Hits:
        return Hits(
            tuple(dict.fromkeys(self.strong + other.strong)),
            tuple(dict.fromkeys(self.weak + other.weak)),
            tuple(dict.fromkeys(self.names + other.names)),
        )


@cache
def _lists() -> Mapping[str, Mapping[str, Sequence[str]]]:
    kept = json.loads((Path(__file__).parent / "lexicons.json").read_text())
    lists: Mapping[str, Mapping[str, Sequence[str]]] = kept["lists"]
    return lists


def topics() -> tuple[str, ...]:
    """Every list there is."""
    return tuple(_lists())


@cache
def _by_first() -> dict[str, tuple[_Phrase, ...]]:
    by_first: dict[str, list[_Phrase]] = {}
    for topic, levels in _lists().items():
        for level in (STRONG, WEAK, INNOCENT):
            for written in levels.get(level, ()):
                exact = written.startswith("=")
                read = tokens(written.removeprefix("="))
                parts = tuple(one.said if exact or one.said[0].isdigit() else one.form for one in read)
                by_first.setdefault(parts[0], []).append(_Phrase(topic, level, parts, exact))
    return {first: tuple(sorted(rows, key=lambda row: -len(row.parts))) for first, rows in by_first.items()}


def _fits(phrase: _Phrase, read: Sequence[Token], start: int) -> bool:
    if start + len(phrase.parts) > len(read):
        return False
    for offset, part in enumerate(phrase.parts):
        token = read[start + offset]
        if part != token.said and ((phrase.exact and part != _NUMBER) or part != token.form):
            return False
    return True


def places(read: Sequence[Token], name: Sequence[Token]) -> list[range]:
    """Where the words of `name` stand one after the other in `read`."""
    if not name:
        return []
    wanted = [one.form for one in name[:_LONGEST_NAME]]
    first, long = wanted[0], len(wanted)
    return [
        range(start, start + long)
        for start, token in enumerate(read)
        if token.form == first and [one.form for one in read[start : start + long]] == wanted
    ]


def hits(read: Sequence[Token], without: Iterable[range] = ()) -> dict[str, Hits]:
    """What `read` holds of every list, by topic; empty ones left out. Words inside `without` (a company's own
    name) do not count."""
    by_first = _by_first()
    found: list[tuple[_Phrase, int]] = []
    for start, token in enumerate(read):
        rows = by_first.get(token.form, ())
        if token.said != token.form:
            rows = (*rows, *by_first.get(token.said, ()))
        found += [(one, start) for one in rows if _fits(one, read, start)]
    masked: dict[str, dict[int, int]] = {}
    own = {place for span in without for place in span}
    for phrase, start in found:
        if phrase.level == INNOCENT:
            long = len(phrase.parts)
            places_of = masked.setdefault(phrase.topic, {})
            for place in range(start, start + long):
                places_of[place] = max(long, places_of.get(place, 0))
    strong: dict[str, dict[str, None]] = {}
    weak: dict[str, dict[str, bool]] = {}
    for phrase, start in found:
        span = range(start, start + len(phrase.parts))
        hidden = masked.get(phrase.topic, {})
        # A strong phrase is hidden only by an innocent one that is as long: "roofing leads to", and "leads to".
        needed = len(phrase.parts) if phrase.level == STRONG else 1
        if phrase.level == INNOCENT or any(hidden.get(place, 0) >= needed for place in span):
            continue
        if all(place in own for place in span):
            continue
        words = " ".join(read[place].said for place in span)
        if phrase.level == STRONG:
            strong.setdefault(phrase.topic, {})[words] = None
        else:
            name = all(read[place].is_name for place in span)
            kept = weak.setdefault(phrase.topic, {})
            form = " ".join(phrase.parts)
            kept[form] = name and kept.get(form, True)
    return {
        topic: Hits(
            tuple(strong.get(topic, {})),
            tuple(weak.get(topic, {})),
            tuple(form for form, name in weak.get(topic, {}).items() if name),
        )
        for topic in dict.fromkeys((*strong, *weak))
    }
