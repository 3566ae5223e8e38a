"""From a reason as the registry gave it to what it means for a brand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import structlog
from django.utils.translation import gettext as _

from brands import explaining_words as words
from brands.explaining_words import Meaning
from brands.rules import RULES
from portal.preflight.catalogue import Entry, entries

log = structlog.get_logger(__name__)

# Longer words are cut before they are searched; all of them are shown.
_SEARCHED = 2_000
# Codes of carriers that say only "validation", whatever is wrong.
_GENERIC = frozenset({"", "OTHERS", "OTHER", "10001", "10002", "10015", "10004", "10005", "VALIDATION_ERROR"})
# F01 and F02 may speak of every answer, and so name none.
_FIELDS_OF_RULE = {rule.id: rule.fields for rule in RULES if rule.id[0] == "B"}


def meaning_of(code: str, text: str) -> tuple[Meaning, bool]:
    """What a reason means: by its code, by its words, by the catalogue; False: nothing that we know."""
    code = code.strip().upper()
    if meaning := words.BY_CODE.get(code):
        return meaning, True
    of_code = entries(code) if code not in _GENERIC else ()
    searched = text[:_SEARCHED]
    by_words = next((meaning for pattern, meaning in words.BY_WORDS if pattern.search(searched)), None)
    if of_code:
        return _of_catalogue(of_code, by_words), True
    if by_words is not None:
        return by_words, True
    return (words.OTHER, True) if code == "OTHERS" and text else (words.UNKNOWN, False)


def _of_catalogue(known: Sequence[Entry], by_words: Meaning | None) -> Meaning:
    """The catalogue's own summary; where sources differ, each of them by name."""
    if len(known) == 1:
        plain = f"{known[0].meaning}."
    else:
        plain = _("This number means different things: %(meanings)s.") % {
            "meanings": "; ".join(f"{one.source.title()}: {one.meaning}" for one in known)
        }
    is_final = all(one.resubmit in ("no", "contact support") for one in known)
    to_do = words.CONTENT.to_do if is_final else (by_words.to_do if by_words else words.OTHER.to_do)
    names = [name for one in known for rule in one.rules for name in _FIELDS_OF_RULE.get(rule, ())]
    fields = tuple(dict.fromkeys(names)) or (by_words.fields if by_words else ())
    return Meaning(plain, to_do, fields)


def report_unknown(brand: object, reasons: Iterable[Mapping[str, Any]]) -> None:
    """Name in the log each reason that we have no words for: operators teach it to us."""
    for reason in reasons:
        if not meaning_of(str(reason["code"]), str(reason["text"]))[1]:
            log.warning(
                "a reason of the registry that we do not know",
                brand=str(brand),
                code=reason["code"],
                reason=str(reason["text"])[:200],
            )
