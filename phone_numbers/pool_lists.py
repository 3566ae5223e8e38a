"""The list that goes with a request: the numbers that a campaign could have, as rows to strike out and as a file."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from phone_numbers.models import Assignment, Number
from phone_numbers.pools import policy_of
from portal.lib import phones
from portal.lib.sheets import BadFile, rows_of, shape_of
from portal.lib.tables import csv_file
from portal.support.files import CSV, PLAIN, NewFile, made, word_for

# As many rows as a page lets one strike out; whoever has more does so in the file. (A form has at most 1,000 fields.)
SHOWN = 500
COLUMNS = ("tel", "name", "serves", "on_campaign")
# A row in the list of the inventory.
Row = dict[str, Any]


class NoList(ValueError):
    """The file holds no list of numbers; the message says why, and what to do."""


def candidates(campaign: Campaign) -> QuerySet[Number]:
    """The numbers that can be on `campaign`, in their order: of its product and of a region that is taken, able to
    send texts, and on no other campaign. `on_it`: it is on this one already."""
    open_rows = Assignment.objects.open().filter(number=OuterRef("pk"))
    rows: QuerySet[Number] = Number.objects.held().filter(
        product=campaign.product,
        sms=True,
        type=Number.Type.LOCAL,
        country__in=policy_of(campaign).regions.value,
    )
    rows = rows.exclude(Exists(open_rows.exclude(campaign=campaign)))
    return rows.annotate(on_it=Exists(open_rows.filter(campaign=campaign))).order_by("e164", "pk")


def ours(ids: Iterable[UUID]) -> bool:
    """Are all of these numbers of the organization in scope?"""
    wanted = set(ids)
    return Number.objects.held().filter(pk__in=wanted).count() == len(wanted)


def row_of(number: Number) -> Row:
    """A number as the file has it: without its plus, so that no spreadsheet reads a formula."""
    return {
        "tel": number.e164.removeprefix("+"),
        "name": number.label,
        "serves": number.serves,
        "on_campaign": "yes" if getattr(number, "on_it", False) else "no",
    }


def as_file(numbers: Sequence[Number], stem: str) -> NewFile:
    """The numbers as the list that goes with a request."""
    pieces = csv_file([[row_of(one) for one in numbers]], COLUMNS)
    return made(f"{stem}.csv", b"".join(pieces))


def numbers_of(file: NewFile, *, most: int) -> list[str]:
    """The different phone numbers of somebody's own file, in E.164 and in its order; each row's first one counts.

    Raises NoList for what is no list, holds no number, or more than `most`.
    """
    if file.content_type not in (CSV, PLAIN):
        words = _("“%(name)s” is %(kind)s and no list. Save the list as CSV and attach that.")
        raise NoList(words % {"name": file.name, "kind": word_for(file.content_type)})
    found: dict[str, None] = {}
    try:
        stream = io.BytesIO(file.data)
        for _place, cells in rows_of(stream, shape_of(stream, lambda cells: len(cells) > 1)):
            number = next((one for cell in cells if (one := _phone(cell))), "")
            if number:
                found[number] = None
            if len(found) > most:
                words = _("“%(name)s” holds more than %(most)s numbers, which is all that carriers grant.")
                raise NoList(words % {"name": file.name, "most": f"{most:,}"})
    except BadFile as problem:
        words = _("“%(name)s” cannot be read as a list: a quotation mark in row %(row)d is never closed.")
        raise NoList(words % {"name": file.name, "row": problem.row}) from None
    if not found:
        words = _(
            "There is no phone number of the US or Canada in “%(name)s”. If it came out of a spreadsheet, format the"
            " column as text: 1.20656E+10 has lost its digits."
        )
        raise NoList(words % {"name": file.name})
    return list(found)


def _phone(cell: str) -> str:
    """The number in a cell, "" for anything else."""
    text = cell.strip().lstrip("'")
    # Parsing is slow, and most cells are names.
    if not 10 <= sum(map(str.isdigit, text)) <= 11 or len(text) > 30:
        return ""
    try:
        return phones.parse(text)
    except phones.BadPhone:
        return ""
