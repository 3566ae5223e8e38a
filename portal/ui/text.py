"""What people type and paste, made safe to store and to compare."""

from __future__ import annotations

import re
import unicodedata

# Nothing on a keyboard makes these: C0 and C1 controls except tab and line breaks, half surrogates
# (PostgreSQL and UTF-8 refuse them, and NUL) and the non-characters of Unicode 15, section 23.7.
_UNSTORABLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(chr(plane * 0x10000 + last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
# Invisible passengers of a copy from a web page or a word processor: soft hyphen, zero-width space,
# word joiner, byte order mark, and the marks that turn text around. Joiners that scripts and emoji
# need (U+200C, U+200D) stay.
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_LINE_BREAK = re.compile("\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")


def without_unstorable(value: str) -> tuple[str, bool]:
    """`value` without characters that no database or page can hold, and whether there were any."""
    clean = _UNSTORABLE.sub("", value)
    return clean, clean != value


def one_line(value: str) -> str:
    """`value` in Unicode form C, invisible characters removed, every run of white space one space."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", value)).split())


def many_lines(value: str) -> str:
    """Like `one_line`, line by line; line breaks become \\n, blank lines at both ends go."""
    lines = _LINE_BREAK.split(_INVISIBLE.sub("", unicodedata.normalize("NFC", value)))
    return "\n".join(line.rstrip() for line in lines).strip("\n")
