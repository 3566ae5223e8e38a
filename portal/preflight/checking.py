"""Rules, and the one function that asks them.

A rule is a function over a plain subject. A flow lists its rules once; which subject they look at (a brand,
a campaign, a toll-free request) is no concern of the engine.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import structlog

from portal.preflight.findings import Finding, Findings, Severity, Source, Text

log = structlog.get_logger(__name__)

Subject = TypeVar("Subject")

# Tests want to see a rule break; a page must not.
raising = False


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule's function yields. `severity` None: the rule's own."""

    field: str
    message: Text
    fix: Text
    severity: Severity | None = None
    hint: Text = ""


@dataclass(frozen=True, slots=True)
class Rule(Generic[Subject]):
    """One rule. `severities` are those it may give, the usual one first; `fields` those it may speak of.

    `find` yields what it found, and nothing where it cannot say: an answer that is still missing is another
    rule's to ask for. `bad` and `good` are one example of each, shown where the rule is explained.
    """

    id: str
    title: Text
    severities: tuple[Severity, ...]
    scope: str
    fields: tuple[str, ...]
    source: Source
    find: Callable[[Subject], Iterable[Found]]
    bad: Text = ""
    good: Text = ""

    def __post_init__(self) -> None:
        """Raises ValueError for an id that is none, or without a severity."""
        if not re.fullmatch(r"[A-Z]\d{2}", self.id):
            raise ValueError(f"{self.id!r} is no rule's id: a letter and two digits")
        if not self.severities:
            raise ValueError(f"{self.id} says nothing of its severity")

    def findings(self, subject: Subject) -> list[Finding]:
        """What the rule finds. Raises ValueError when its function goes beyond what the rule declares."""
        found = []
        for one in self.find(subject):
            severity = one.severity or self.severities[0]
            if severity not in self.severities or one.field not in self.fields:
                raise ValueError(f"{self.id} declares neither {severity} nor {one.field!r}")
            found.append(Finding(self.id, severity, one.field, one.message, one.fix, self.source, one.hint))
        return found


def check(rules: Sequence[Rule[Subject]], subject: Subject) -> Findings:
    """Ask every rule about `subject`: worst findings first, in the order of `rules` otherwise.

    A rule that breaks is named in the log and in `broken`, and says nothing; the others are asked all the
    same. Its error is not quoted, because that may quote the subject.
    """
    found: list[Finding] = []
    broken: list[str] = []
    for rule in rules:
        try:
            found += rule.findings(subject)
        except Exception as problem:
            if raising:
                raise
            broken.append(rule.id)
            place = traceback.extract_tb(problem.__traceback__)[-1]
            log.error(  # the error itself would quote what was typed
                "a rule of the linter broke",
                rule=rule.id,
                error=type(problem).__name__,
                at=f"{place.filename}:{place.lineno}",
            )
    return Findings(tuple(sorted(found, key=lambda one: one.severity.rank)), tuple(broken))
