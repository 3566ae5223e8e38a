"""From a reason as the registry gave it to what it means for a brand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import structlog

from brands import explaining_words as words
from brands.rules import RULES
from portal.preflight.explaining import Meaning, Vocabulary

log = structlog.get_logger(__name__)

_VOCABULARY = Vocabulary(
    by_code=words.BY_CODE,
    by_words=words.BY_WORDS,
    content=words.CONTENT,
    other=words.OTHER,
    unknown=words.UNKNOWN,
    # F01 and F02 may speak of every answer, and so name none.
    fields_of_rule={rule.id: rule.fields for rule in RULES if rule.id[0] == "B"},
)


def meaning_of(code: str, text: str) -> tuple[Meaning, bool]:
    """What a reason means: by its code, by the catalogue, by its words; False: nothing that we know."""
    return _VOCABULARY.meaning_of(code, text)


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
