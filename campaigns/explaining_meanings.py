"""From a reason as a reviewer gave it to what it means for a campaign."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import structlog

from campaigns import explaining_words as words
from campaigns.rules import RULES
from portal.preflight.explaining import Meaning, Vocabulary

log = structlog.get_logger(__name__)


def _fields(names: Iterable[str]) -> tuple[str, ...]:
    """The samples are spoken of together: which of them is meant, the findings say."""
    return tuple(dict.fromkeys("samples" if name.startswith("sample_") else name for name in names))


VOCABULARY = Vocabulary(
    by_code=words.BY_CODE,
    by_words=words.BY_WORDS,
    content=words.CONTENT,
    other=words.OTHER,
    unknown=words.UNKNOWN,
    # Rules that may speak of nearly every text name none.
    fields_of_rule={rule.id: _fields(rule.fields) for rule in RULES if len(_fields(rule.fields)) <= 5},
    of_layer=words.OF_LAYER,
)


def meaning_of(code: str, text: str) -> tuple[Meaning, bool]:
    """What a reason means: by its code, by the catalogue, by its words; False: nothing that we know."""
    return VOCABULARY.meaning_of(code, text)


def report_unknown(campaign: object, reasons: Iterable[Mapping[str, Any]]) -> None:
    """Name in the log each reason that we have no words for: operators teach it to us."""
    for reason in reasons:
        if not meaning_of(str(reason["code"]), str(reason["text"]))[1]:
            log.warning(
                "a reason of a reviewer that we do not know",
                campaign=str(campaign),
                code=reason["code"],
                reason=str(reason["text"])[:200],
            )
