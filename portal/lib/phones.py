"""Phone numbers of the US and Canada.

`phonenumbers` alone is too kind for a registration: it takes full-width digits, keeps an extension
and calls 900 and 500 numbers valid. So after parsing, ask for the region, the type and no extension.
"""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

# Countries of the North American Numbering Plan that this product serves; the territories have regions of their own.
REGIONS = frozenset({"US", "CA"})
_ORDINARY = frozenset(
    {
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
        PhoneNumberType.TOLL_FREE,
    }
)


# The usual notations of ten digits. About these the library says the same whatever the last four digits are: no pattern
# of the plan asks for one of them (a test reads them all), but for those of Barbados and Jamaica.
_USUAL = re.compile(
    r"\s*(?:\+?1[\s.-]*)?\(?((?!246|658|876)[2-9][0-9]{2})\)?[\s.-]*([0-9]{3})[\s.-]*([0-9]{4})\s*", re.ASCII
)


class BadPhone(ValueError):
    """Not an ordinary US or Canadian number. `why` is "format", "extension", "region" or "type"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def parse(text: str) -> str:
    """`text` in any usual notation as E.164, for example "+12065550123".

    Raises BadPhone. Toll-free numbers pass: a support line often is one.
    """
    return judge(text)[0]


def kind_of(e164: str) -> tuple[str, str]:
    """Country ("US" or "CA") and type ("local" or "toll_free") of a number that `parse` gave. A toll-free number
    belongs to no country; it counts as US. Raises BadPhone for anything else.
    """
    return judge(e164)[1]


def judge(text: str) -> tuple[str, tuple[str, str]]:
    """What `parse` and `kind_of` say of it. Raises BadPhone."""
    usual = _USUAL.fullmatch(text)
    if usual is None:
        return _judged(text)
    area, exchange, line = usual.groups()
    kind, why = _exchange(area + exchange)
    if why:
        raise BadPhone(why)
    return f"+1{area}{exchange}{line}", kind


# Two lookups for the price of one: a file of many numbers has few exchanges.
@lru_cache(maxsize=20_000)
def _exchange(six: str) -> tuple[tuple[str, str], str]:
    """What the numbers that begin with these `six` digits are, as `kind_of`; or why they are none."""
    try:
        return _judged(f"+1{six}0123")[1], ""
    except BadPhone as problem:
        return ("", ""), problem.why


def _judged(text: str) -> tuple[str, tuple[str, str]]:
    """`text` as E.164 and its kind, by the library. Raises BadPhone."""
    if not text.isascii():
        raise BadPhone("format")
    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException as problem:
        raise BadPhone("format") from problem
    if number.extension:
        raise BadPhone("extension")
    # An unknown type is how the library says that a number is not valid.
    kind = phonenumbers.number_type(number)
    if kind == PhoneNumberType.UNKNOWN:
        raise BadPhone("format")
    region = phonenumbers.region_code_for_number(number) or ""
    if number.country_code != 1 or (kind != PhoneNumberType.TOLL_FREE and region not in REGIONS):
        raise BadPhone("region")
    if kind not in _ORDINARY:
        raise BadPhone("type")
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return e164, ("US", "toll_free") if kind == PhoneNumberType.TOLL_FREE else (region, "local")


def parse_mobile(text: str) -> str:
    """`text` as the E.164 number of a phone that takes text messages.

    The numbering plan does not tell mobile from fixed, so only what surely is none is refused. Raises
    BadPhone, as `parse` does; a toll-free number is of the wrong type here.
    """
    number = parse(text)
    kind = phonenumbers.number_type(phonenumbers.parse(number))
    if kind in (PhoneNumberType.TOLL_FREE, PhoneNumberType.FIXED_LINE):
        raise BadPhone("type")
    return number


def shown(e164: str) -> str:
    """An E.164 number as people read it: "+1 206 555 0123". Anything else comes back as it is."""
    digits = e164.removeprefix("+1")
    if len(digits) == 10 and digits.isdigit() and e164.startswith("+1"):
        return f"+1 {digits[:3]} {digits[3:6]} {digits[6:]}"
    return e164
