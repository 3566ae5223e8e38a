"""One row of a file: its number and what it says of it, or why it cannot be taken. Asks no database."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from phone_numbers.importing_columns import KIND, LABEL, NUMBER, PRODUCT, SERVES, SMS
from phone_numbers.models import Number
from portal.lib.phones import BadPhone, judge
from portal.lib.spreadsheets import unguarded
from portal.ui.text import one_line, without_unstorable

_PLAIN = re.compile(r"[0-9 ()+\-]+")
# What a spreadsheet makes of a number in a narrow column: most of its digits are gone.
_SCIENTIFIC = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?E[+-]?[0-9]+", re.IGNORECASE)
# Ways around that: ="12065550123", an apostrophe before the digits, and what a table of numbers has behind them.
_AS_TEXT = re.compile(r'="?([^"]*)"?')
_ROUND = re.compile(r"([0-9]{10,11})[.,]0+")
_YES = frozenset({"yes", "y", "true", "t", "1", "x"})
_NO = frozenset({"no", "n", "false", "f", "0", "-"})
_KINDS = frozenset(Number.Serves.values)
_LONGEST = {LABEL: 100, SERVES: 100}


class BadRow(ValueError):
    """A row that cannot be taken: `why` (a key of `importing_words.REASONS`), and our column and value at fault.

    `row`: of the other row that it is about, where there is one.
    """

    def __init__(self, why: str, column: str = NUMBER, value: str = "", *, row: int = 0) -> None:
        super().__init__(why)
        self.why = why
        self.column = column
        self.value = value
        self.row = row


class Read(NamedTuple):
    """A row that names a number. `values` holds what the file says of it, by our column names."""

    e164: str
    country: str
    type: str
    values: dict[str, Any]


def read(cells: Sequence[str], places: Mapping[str, int], *, product: str, width: int) -> Read:
    """What a row that is not empty says. `width`: how many columns have a name. Raises BadRow."""
    if "\0" in "".join(cells):
        place = next(place for place, cell in enumerate(cells) if "\0" in cell)
        raise BadRow("nul", _name_at(place, places), cells[place])
    if len(cells) > width and any(cell.strip() for cell in cells[width:]):
        raise BadRow("too-many-cells", "", next(cell for cell in cells[width:] if cell.strip()))
    e164, (country, type_) = _number(_cell(cells, places, NUMBER) or "")
    named = _cell(cells, places, PRODUCT)
    if named and re.sub(r"[\s_-]+", "_", named.strip().casefold()) != product:
        raise BadRow("other-product", PRODUCT, named)
    return Read(e164, country, type_, _values(cells, places))


def _cell(cells: Sequence[str], places: Mapping[str, int], name: str) -> str | None:
    """The cell of our column `name`; None where the row or the file has none."""
    place = places.get(name)
    return cells[place] if place is not None and place < len(cells) else None


def _name_at(place: int, places: Mapping[str, int]) -> str:
    return next((name for name, where in places.items() if where == place), "")


def _number(cell: str) -> tuple[str, tuple[str, str]]:
    """A number with its country and type, in any notation that a spreadsheet may have made of it."""
    text = cell.strip()
    if _PLAIN.fullmatch(text):
        with suppress(BadPhone):
            return judge(text)
    if "\n" in text:
        raise BadRow("lines", NUMBER, cell)
    if text.startswith("="):
        text = _AS_TEXT.sub(r"\1", text)
    text = unguarded(text).lstrip("'").strip()
    if not text:
        raise BadRow("no-number", NUMBER, cell)
    if _SCIENTIFIC.fullmatch(text):
        raise BadRow("scientific", NUMBER, text)
    if "�" in text:
        raise BadRow("unreadable", NUMBER, text)
    round_ = _ROUND.fullmatch(text)
    try:
        return judge(round_[1] if round_ else text)
    except BadPhone as problem:
        why = problem.why if text.isascii() or problem.why != "format" else "letters"
        raise BadRow(why, NUMBER, text) from None


def _values(cells: Sequence[str], places: Mapping[str, int]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in (LABEL, SERVES, KIND):
        cell = _cell(cells, places, name)
        if cell is not None:
            values[name] = _text(name, cell)
    if KIND in values:
        values[KIND] = values[KIND].casefold()
        if values[KIND] and values[KIND] not in _KINDS:
            raise BadRow("kind", KIND, values[KIND])
    if KIND in values and bool(values.get(SERVES)) != bool(values[KIND]):
        column = KIND if values.get(SERVES) else SERVES
        raise BadRow("half", column, values.get(SERVES) or values[KIND])
    sms = _cell(cells, places, SMS)
    if sms is not None and sms.strip():
        word = sms.strip().casefold()
        if word not in _YES | _NO:
            raise BadRow("yes-no", SMS, sms)
        values[SMS] = word in _YES
    return values


def _text(name: str, cell: str) -> str:
    text = unguarded(cell) if cell.startswith("'") else cell
    # Most cells hold nothing that could be wrong.
    plain = text.isascii() and text.isprintable()
    clean = " ".join(text.split()) if plain else one_line(without_unstorable(text)[0])
    if "�" in cell:
        raise BadRow("unreadable", name, cell)
    if len(clean) > _LONGEST.get(name, 20):
        raise BadRow("long", name, cell)
    return clean
