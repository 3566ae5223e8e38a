"""The labelled texts and campaigns: what reviewers return, and what only looks like it.

Both parts were labelled before the rules were tuned; the second was kept back and never tuned on.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from campaigns.rules_subject import Consented, Other, Subject
from tests.campaigns.subjects import CLINIC

# Rule, brand, text: the rule must speak (bad), or must not be fooled (fine).
Labelled = tuple[str, str, str]


@dataclass(frozen=True)
class Corpus:
    """One part. Campaigns: (rule, what is wrong, campaign) and (what it is, campaign)."""

    bad: list[Labelled]
    fine: list[Labelled]
    bad_campaigns: list[tuple[str, str, Subject]]
    fine_campaigns: list[tuple[str, Subject]]

    def __len__(self) -> int:
        return len(self.bad) + len(self.fine) + len(self.bad_campaigns) + len(self.fine_campaigns)


def _campaign(changed: dict[str, Any]) -> Subject:
    answers = {name: tuple(value) if isinstance(value, list) else value for name, value in changed.items()}
    if "consent" in answers:
        answers["consent"] = tuple(Consented(*one) for one in answers["consent"])
    if "others" in answers:
        answers["others"] = tuple(Other(*one[:3], tuple(one[3])) for one in answers["others"])
    return replace(CLINIC, **answers)


def _part(name: str) -> Corpus:
    kept = json.loads((Path(__file__).parent / name).read_text())
    return Corpus(
        [(rule, brand, text) for rule, brand, text in kept["bad"]],
        [(rule, brand, text) for rule, brand, text in kept["fine"]],
        [(rule, about, _campaign(changed)) for rule, about, changed in kept["bad_campaigns"]],
        [(about, _campaign(changed)) for about, changed in kept["fine_campaigns"]],
    )


TUNED = _part("corpus.json")
HELD_OUT = _part("corpus_held_out.json")
