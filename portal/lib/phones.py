"""Phone numbers of the US and Canada.

`phonenumbers` alone is too kind for a registration: it takes full-width digits, keeps an extension
and calls 900 and 500 numbers valid. So after parsing, ask for the region, the type and no extension.
"""

from __future__ import annotations

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


class BadPhone(ValueError):
    """Not an ordinary US or Canadian number. `why` is "format", "extension", "region" or "type"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def parse(text: str) -> str:
    """`text` in any usual notation as E.164, for example "+12065550123".

    Raises BadPhone. Toll-free numbers pass: a support line often is one.
    """
    if not text.isascii():
        raise BadPhone("format")
    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException as problem:
        raise BadPhone("format") from problem
    if number.extension:
        raise BadPhone("extension")
    if not phonenumbers.is_valid_number(number):
        raise BadPhone("format")
    kind = phonenumbers.number_type(number)
    region = phonenumbers.region_code_for_number(number)
    if number.country_code != 1 or (kind != PhoneNumberType.TOLL_FREE and region not in REGIONS):
        raise BadPhone("region")
    if kind not in _ORDINARY:
        raise BadPhone("type")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


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
