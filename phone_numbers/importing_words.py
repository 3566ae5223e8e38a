"""Why a file, or a row of it, cannot be taken: each in plain words, and with what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from phone_numbers.import_models import Import, ImportRow
from phone_numbers.importing import MOST_BYTES, MOST_ROWS
from phone_numbers.importing_columns import MOST_COLUMNS, NAMES
from portal.lib.sheets import BadFile
from portal.ui.looks import Look, Text

_FILES: Mapping[str, Text] = {
    "empty": _("This file is empty. Choose the one with your numbers."),
    "no-rows": _("This file has column names and no row below them. Choose the one with your numbers."),
    "large": _(
        "This file has %(size)s; the largest that is taken has %(most)s, which is enough for some hundred thousand"
        " numbers. Leave out columns that are not about numbers, or split it."
    ),
    "many-rows": _("This file has more than %(rows)s rows. Split it, and upload one part after the other."),
    "many-columns": _(
        "This file has more than %(columns)s columns. Keep the one with the numbers and its neighbours."
    ),
    "picture": _(
        "This is a picture, whatever its name says. Export your numbers as CSV and upload that file."
    ),
    "pdf": _(
        "This is a PDF document, whatever its name says. Export your numbers as CSV and upload that file."
    ),
    "workbook": _(
        "This is a workbook or another packed file, not CSV. Open it in your spreadsheet program, choose “Save as”,"
        " “CSV UTF-8”, and upload that file."
    ),
    "archive": _("This is a packed archive. Unpack it, and upload the CSV file that is inside."),
    "web-page": _(
        "This is a web page, often a sign-in page that was saved in place of the file. Export again."
    ),
    "document": _("This is a text document, not a table. Export your numbers as CSV and upload that file."),
    "binary": _("This is no text file. Export your numbers as CSV and upload that file."),
    "open-quote": _(
        "In row %(row)s a quotation mark is opened and never closed, so that everything behind it would be one cell."
        " Close or delete it, and upload the file again."
    ),
    "long-cell": _(
        "Row %(row)s has a cell of more than 131,072 characters. Shorten it, and upload the file again."
    ),
    "no-number-column": _(
        "No column is called “number”. The columns that were found: %(found)s. Name the one with the phone numbers"
        " “number”, and upload the file again."
    ),
    "two-columns": _(
        "Two columns mean the same: %(found)s. Keep the one that counts, and upload the file again."
    ),
}


def words_of_file(problem: BadFile, *, size: int = 0) -> str:
    """Why the file as a whole is not taken."""
    values = {
        "row": f"{problem.row:,}",
        "found": ", ".join(f"“{name}”" for name in problem.found) or _now("none"),
        "size": filesizeformat(size),
        "most": filesizeformat(MOST_BYTES),
        "rows": f"{MOST_ROWS:,}",
        "columns": str(MOST_COLUMNS),
    }
    return str(_FILES[problem.why]) % values


REASONS: Mapping[str, Text] = {
    "no-number": _("The row has no number."),
    "format": _("This is no phone number of the US or Canada. Check its digits."),
    "letters": _(
        "The number has characters that are no plain digits, such as full-width ones. Type it again."
    ),
    "extension": _("The number has an extension: texts go to whole numbers only. Leave the extension out."),
    "region": _("The number is not from the US or Canada."),
    "type": _("Numbers of this kind, such as 900 numbers, cannot text."),
    "scientific": _(
        "A spreadsheet has shortened this number, and its last digits are lost. Format the column as text, enter the"
        " number again, and save."
    ),
    "lines": _(
        "The cell of the number has several lines, often because of a quotation mark that is not closed."
    ),
    "nul": _(
        "The row holds a NUL character, which no text has: the file was damaged, or saved as something else."
    ),
    "unreadable": _("A character could not be read. Save the file as “CSV UTF-8”, and upload it again."),
    "too-many-cells": _(
        "The row has more cells than there are columns, often because of a comma inside a text. Put the text into"
        " quotation marks."
    ),
    "twice": _("The same number stands in row %(row)s, which counts."),
    "other-product": _(
        "The number is in the list of the other product: import it there, or take it out there first."
    ),
    "kind": _("“Rings at (kind)” is “user”, “queue” or “site”."),
    "half": _("“Rings at” needs both: what kind of thing it is (user, queue or site), and its name."),
    "yes-no": _("“SMS” is “yes” or “no”."),
    "long": _("The text is longer than 100 characters. Shorten it."),
    "unknown": _("This number is not in your inventory. Import it there first, or check its digits."),
    "meanwhile": _(
        "Somebody changed this number after the file was checked. Upload the file again to see how it is now."
    ),
}


def words_of_row(row: ImportRow) -> str:
    """Why a row is refused."""
    values: dict[str, Any] = row.values
    return str(REASONS[row.reason]) % values


def column_of(source: Import, row: ImportRow) -> str:
    """The column at fault, as the file itself calls it."""
    place = source.columns.get(row.column)
    if place is not None and place < len(source.header) and source.header[place]:
        return str(source.header[place])
    return str(NAMES.get(row.column, ""))


_ENCODINGS: Mapping[str, Text] = {
    "utf-16": _("It was read as UTF-16 (Excel's “Unicode text”)."),
    "utf-16-le": _("It was read as UTF-16, which it does not say itself: check the labels."),
    "utf-16-be": _("It was read as UTF-16, which it does not say itself: check the labels."),
    "cp1252": _(
        "It was read as Windows Latin-1, because it is no UTF-8: check accents and umlauts in the labels."
    ),
}
_DELIMITERS: Mapping[str, Text] = {
    ";": _("Its columns are separated by semicolons."),
    "\t": _("Its columns are separated by tabs."),
    "|": _("Its columns are separated by upright bars."),
}


def remarks_on(source: Import) -> list[str]:
    """What was noticed on the way of reading, and does no harm."""
    found: list[Any] = [_ENCODINGS.get(source.encoding), _DELIMITERS.get(source.delimiter)]
    if not source.header:
        found.append(_("It has no column names: the only column with phone numbers was taken."))
    ignored = [
        name for place, name in enumerate(source.header) if name and place not in source.columns.values()
    ]
    if ignored:
        names = ", ".join(f"“{name[:40]}”" for name in ignored[:8])
        found.append(_now("Columns that mean nothing to the inventory: %(names)s.") % {"names": names})
    return [str(words) for words in found if words]


State = Import.State
LOOKS: Mapping[str, Look] = {
    State.CHECKING: Look(_("Being checked"), "wait", "submitting"),
    State.READY: Look(_("Checked"), "wait", "in-review"),
    State.APPLYING: Look(_("Being imported"), "wait", "submitting"),
    State.APPLIED: Look(_("Imported"), "ok", "verified"),
    State.STOPPED: Look(_("Stopped half way"), "late", "suspended"),
    State.DISCARDED: Look(_("Discarded"), "mute", "deleted"),
    State.FAILED: Look(_("Failed"), "bad", "rejected"),
}
ASSIGNED = Look(_("Assigned"), "ok", "verified")


def look_of(source: Import) -> Look:
    """How it stands."""
    return ASSIGNED if source.state == State.APPLIED and source.campaign_id else LOOKS[source.state]
