"""Cells of a CSV file that a spreadsheet shows and never runs, and that come back as they were."""

from __future__ import annotations

import re

# What a spreadsheet takes for a formula, also in full width, behind white space or on a later line of the
# cell (OWASP, "CSV injection"; Symfony CVE-2021-41270 and its follow-ups).
_FORMULA = re.compile(
    r"(?:^|[\r\n\v\f\x85\u2028\u2029])[\s\u00a0\u200b\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r]"
)


def safe_cell(text: str) -> str:
    """`text` as a cell: with an apostrophe before it where it would begin a formula. Everything else is as it was.

    So that nobody has to guess whose an apostrophe is, one that already stands before a formula gets another.
    """
    return f"'{text}" if _is_guarded(text) else text


def unguarded(cell: str) -> str:
    """The text that `safe_cell` made `cell` of."""
    return cell[1:] if cell.startswith("'") and _is_guarded(cell[1:]) else cell


def _is_guarded(text: str) -> bool:
    if text.isalnum() and text.isascii():
        # Most cells.
        return False
    return bool(_FORMULA.search(text) or (text.startswith("'") and _FORMULA.search(text.lstrip("'"))))
