"""How a text message travels: in which alphabet, and in how many parts.

Source: 3GPP TS 23.038 (the GSM 7-bit default alphabet and its extension table) and TS 23.040 (a part of a longer
message gives 7 of its 160 characters, or 3 of its 70, to the header that puts the parts together again).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Each takes two places: an escape stands before it.
_EXTENDED = frozenset("\f^{}\\[~]|€")
# Places in a message that travels whole, and in each part of one that does not.
_WHOLE = {"GSM-7": 160, "UCS-2": 70}
_PART = {"GSM-7": 153, "UCS-2": 67}
# Odd characters that are named.
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Segments:
    """`length` is in places of the alphabet, `count` in parts that are paid for (0 for an empty text).

    `odd` are the first characters, each once, that GSM-7 does not know and that make every part shorter.
    """

    alphabet: Literal["GSM-7", "UCS-2"]
    length: int
    count: int
    odd: tuple[str, ...] = ()


def segments(text: str) -> Segments:
    """Measure `text` as it would be sent. Linear in its length."""
    odd = tuple(dict.fromkeys(one for one in text if one not in _BASIC and one not in _EXTENDED))
    alphabet: Literal["GSM-7", "UCS-2"] = "UCS-2" if odd else "GSM-7"
    places = [_places(one, ucs2=bool(odd)) for one in text]
    length = sum(places)
    if length <= _WHOLE[alphabet]:
        return Segments(alphabet, length, 1 if text else 0, odd[:_NAMED])
    return Segments(alphabet, length, _parts(places, _PART[alphabet]), odd[:_NAMED])


def _places(character: str, *, ucs2: bool) -> int:
    if ucs2:
        return 2 if ord(character) > 0xFFFF else 1
    return 2 if character in _EXTENDED else 1


def _parts(places: list[int], room: int) -> int:
    """How many parts it takes; a character of two places is never divided between two of them."""
    count, left = 1, room
    for needed in places:
        if needed > left:
            count, left = count + 1, room
        left -= needed
    return count


# What keyboards make of plain quotes, dashes and dots, and the plain ones: the usual reason for a short alphabet.
STRAIGHT = str.maketrans(
    {
        "‘": "'",
        "’": "'",
        "‚": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "–": "-",
        "—": "-",
        "…": "...",
        "\u00a0": " ",
    }
)
