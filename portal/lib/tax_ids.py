"""Tax ids as the registry takes them: the EIN of the US and the Business Number of Canada.

Only what the registry's interface refuses is refused here; what a reviewer may doubt (a prefix that
the IRS list does not know, a check digit) is the linter's to say. Sources: registry error texts
("nine digits, dash allowed"), the IRS, and the Canada Revenue Agency's 9 digits + program account.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_EIN = re.compile(r"(\d{2})-?(\d{7})")
# Social security and individual numbers are written 3-2-4; the registry refuses both.
_SSN = re.compile(r"\d{3}-\d{2}-\d{4}")
_BN = re.compile(r"(\d{9})((?:RC|RM|RP|RT)\d{4})?")
_CORPORATION = re.compile(r"(?=.*\d)[A-Z0-9-]{5,20}")


class BadTaxId(ValueError):
    """Not a tax id of that country. `why` is "format", "ssn" or "dummy"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def parse(text: str, country: str) -> str:
    """`text` in the form that is filed: "12-3456789" (US), "123456789" or "123456789RC0001" (CA).

    A Canadian corporation number passes as typed, upper case. Raises BadTaxId.
    """
    if not text.isascii():
        raise BadTaxId("format")
    return _ein(text.strip()) if country == "US" else _business_number(text)


def _ein(text: str) -> str:
    if _SSN.fullmatch(text):
        raise BadTaxId("ssn")
    match = _EIN.fullmatch(re.sub(r"\s", "", text))
    if match is None:
        raise BadTaxId("format")
    if len(set(match[1] + match[2])) == 1:
        raise BadTaxId("dummy")
    return f"{match[1]}-{match[2]}"


def _business_number(text: str) -> str:
    compact = re.sub(r"[\s-]", "", text).upper()
    if match := _BN.fullmatch(compact):
        if len(set(match[1])) == 1:
            raise BadTaxId("dummy")
        return compact
    if _CORPORATION.fullmatch(compact):
        return compact
    raise BadTaxId("format")


def masked(tax_id: str) -> str:
    """The last four characters and never more than half of them, the rest hidden: "••-•••6789"."""
    shown = min(4, len(plain(tax_id)) // 2)
    hidden = tax_id[: len(tax_id) - shown]
    return re.sub(r"[A-Z0-9]", "•", hidden) + tax_id[len(hidden) :]


def plain(tax_id: str) -> str:
    """A tax id without dashes and blanks, upper case."""
    return re.sub(r"[\s-]", "", tax_id).upper()


def identity(tax_id: str, country: str) -> str:
    """What two notations of the same tax id have in common: "US 914730265".

    In Canada that is the Business Number: its program accounts (RC0001 …) belong to the same business.
    """
    number = plain(tax_id)
    if country == "CA" and (match := _BN.fullmatch(number)):
        number = match[1]
    return f"{country} {number}"


def replaced(value: Any, stand_ins: Mapping[str, str]) -> Any:
    """A copy of a JSON value in which what stands for it is put in the place of each tax id of `stand_ins`.

    However it is spelled: with and without separators, inside a longer text, as a number, as a name, and
    cut off at the end of a text. A value in which none occurs comes back equal.
    """
    found = _spellings(stand_ins)
    return _replaced(value, *found) if found else value


_LOOKS_LIKE_ONE = re.compile(r"(?<![\w.-])(?:\d{2}-\d{7}|\d{9}(?:(?:RC|RM|RP|RT)\d{4})?)(?![\w-])", re.ASCII)


def blotted(text: str) -> str:
    """`text` without anything that looks like a tax id: the last net, for logs and reports of errors.

    Where a tax id is known, `replaced` takes it out by its value. This one goes by the form alone, so it
    also blots out innocent numbers of nine digits, which a log can bear.
    """
    return _LOOKS_LIKE_ONE.sub("•••", text)


def _replaced(value: Any, pattern: re.Pattern[str], by_group: Mapping[str, str]) -> Any:
    match value:
        case str():
            return pattern.sub(lambda match: by_group[str(match.lastgroup)], value)
        case bool() | None:
            return value
        case int() | float():
            text = str(value)
            clean = pattern.sub(lambda match: by_group[str(match.lastgroup)], text)
            return value if clean == text else clean
        case list() | tuple():
            return [_replaced(one, pattern, by_group) for one in value]
        case Mapping():
            return {
                _replaced(name, pattern, by_group): _replaced(one, pattern, by_group)
                for name, one in value.items()
            }
    return value


# What people and programs put between the digits: nothing, a blank, a dash of any kind.
_GAP = r"[\W_]{0,2}"
# Shorter ones would blot out words and house numbers; no tax id of the countries taken is.
_SHORTEST = 5
# Of a tax id that is cut off at the end of a text, so many characters give it away.
_SHORTEST_CUT = 6


def _spellings(stand_ins: Mapping[str, str]) -> tuple[re.Pattern[str], dict[str, str]] | None:
    """One pattern for all tax ids, longest first, each in a named group, and what stands for each group."""
    numbers: dict[str, str] = {}
    for tax_id, stand_in in stand_ins.items():
        number = plain(tax_id)
        for one in (number, match[1]) if (match := _BN.fullmatch(number)) else (number,):
            if len(one) >= _SHORTEST:
                numbers.setdefault(one, stand_in)
    if not numbers:
        return None
    groups, parts = {}, []
    for count, number in enumerate(sorted(numbers, key=len, reverse=True)):
        groups[f"t{count}"] = numbers[number]
        cut = (number[:length] for length in range(len(number) - 1, _SHORTEST_CUT - 1, -1))
        spelled = [_spaced(number), *(rf"{_spaced(beginning)}\Z" for beginning in cut)]
        parts.append(f"(?P<t{count}>{'|'.join(spelled)})")
    return re.compile("|".join(parts), re.IGNORECASE), groups


def _spaced(number: str) -> str:
    return _GAP.join(map(re.escape, number))
