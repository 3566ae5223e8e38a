"""Tax ids as the registry takes them: the EIN of the US and the Business Number of Canada.

Only what the registry's interface refuses is refused here; what a reviewer may doubt (a prefix that
the IRS list does not know, a check digit) is the linter's to say. Sources: registry error texts
("nine digits, dash allowed"), the IRS, and the Canada Revenue Agency's 9 digits + program account.
"""

from __future__ import annotations

import re

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
    """All but the last four characters hidden: "••-•••6789"."""
    if len(tax_id) <= 4:
        return tax_id
    return re.sub(r"[A-Z0-9]", "•", tax_id[:-4]) + tax_id[-4:]
