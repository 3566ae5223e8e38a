"""The columns of a file of numbers: their names in the file that we write, and how people call them in theirs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from portal.lib.phones import BadPhone, parse
from portal.lib.sheets import BadFile
from portal.ui.looks import Text

NUMBER, LABEL, KIND, SERVES, SMS, PRODUCT = "number", "label", "serves_kind", "serves", "sms", "product"
# In words, for the pages that show a change.
NAMES: dict[str, Text] = {
    NUMBER: _("Number"),
    LABEL: _("Label"),
    KIND: _("Rings at (kind)"),
    SERVES: _("Rings at"),
    SMS: _("Can do SMS"),
    PRODUCT: _("Product"),
}
# Written small, with one space for any mark between words. What the phone system's own export calls them is here, too.
_CALLED: dict[str, str] = {
    **dict.fromkeys(
        (
            "number",
            "numbers",
            "phone",
            "phones",
            "phone number",
            "phone numbers",
            "telephone",
            "telephone number",
        ),
        NUMBER,
    ),
    **dict.fromkeys(
        ("tel", "e164", "e.164", "did", "tn", "mobile", "phone no", "phone no.", "msisdn"), NUMBER
    ),
    **dict.fromkeys(("label", "name", "display name", "description", "number name"), LABEL),
    **dict.fromkeys(
        ("serves kind", "serves type", "assignee type", "assigned to type", "extension type"), KIND
    ),
    **dict.fromkeys(("serves", "assigned to", "assignee", "user", "owner"), SERVES),
    **dict.fromkeys(("sms", "sms capable", "can do sms", "sms enabled"), SMS),
    PRODUCT: PRODUCT,
}
_BETWEEN = re.compile(r"[\s_\-*:]+")
MOST_COLUMNS = 100


@dataclass(frozen=True, slots=True)
class Columns:
    """Which of our columns stands where; `has_names`: the first row is one of names and not of a number."""

    places: dict[str, int]
    has_names: bool = True


def called(name: str) -> str:
    """Our name of the column that a file calls `name`; "" for one that means nothing to us."""
    return _CALLED.get(_BETWEEN.sub(" ", name).strip().casefold(), "")


def known(names: Sequence[str]) -> int:
    """How many of `names` mean something to us; a row of numbers without names counts a little, too."""
    return sum(bool(called(name)) for name in names) or any(_is_number(name) for name in names) / 2  # type: ignore[return-value]


def columns_of(first: Sequence[str]) -> Columns:
    """What the `first` row of a file says of its columns.

    Raises BadFile: "no-number-column" with the names that were `found`, "two-columns" for two that mean the same,
    "many-columns".
    """
    if len(first) > MOST_COLUMNS:
        raise BadFile("many-columns")
    places: dict[str, int] = {}
    for place, name in enumerate(first):
        ours = called(name)
        if ours and ours in places:
            raise BadFile("two-columns", found=(first[places[ours]].strip(), name.strip()))
        if ours:
            places[ours] = place
    if NUMBER in places:
        return Columns(places)
    numbers = [place for place, cell in enumerate(first) if _is_number(cell)]
    if len(numbers) == 1 and not places:
        return Columns({NUMBER: numbers[0]}, has_names=False)
    raise BadFile("no-number-column", found=[name.strip()[:40] for name in first if name.strip()][:8])


def _is_number(cell: str) -> bool:
    try:
        parse(cell.strip())
    except BadPhone:
        return False
    return True
