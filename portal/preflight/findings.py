"""What a check says: findings, the worst of which is the verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

Text = str | Promise


class Severity(StrEnum):
    """How bad a finding is, worst first."""

    # The carrier's interface refuses it: it cannot be sent.
    ERROR = "error"
    # A reviewer would return it for this alone: sent on only by a deliberate act.
    REJECT = "reject"
    # Reviewers differ, or it may be innocent: shown, explained, never in the way.
    RISK = "risk"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return tuple(Severity).index(self)

    @property
    def word(self) -> Promise:
        """What a person reads instead of the code."""
        return _LOOKS[self][0]

    @property
    def tone(self) -> str:
        """The tone of its badge (`ui.looks.Tone`)."""
        return _LOOKS[self][1]

    @property
    def icon(self) -> str:
        """The icon of its badge: each severity has a shape of its own."""
        return _LOOKS[self][2]


_LOOKS = {
    Severity.ERROR: (pgettext_lazy("severity", "Must be fixed"), "bad", "rejected"),
    Severity.REJECT: (pgettext_lazy("severity", "Likely rejected"), "late", "warning"),
    Severity.RISK: (pgettext_lazy("severity", "Risk"), "mute", "info"),
}


class Verdict(StrEnum):
    """The worst finding, as one sentence of the whole. `word`, `tone` and `icon` make its badge."""

    CANNOT_BE_SENT = "cannot be sent"
    LIKELY_REJECTED = "likely rejected"
    AT_RISK = "at risk"
    NO_KNOWN_PROBLEM = "no known problem"

    @classmethod
    def of(cls, worst: Severity | None) -> Verdict:
        """The verdict that the worst severity makes; None: nothing was found."""
        return cls.NO_KNOWN_PROBLEM if worst is None else tuple(cls)[worst.rank]

    @property
    def word(self) -> Promise:
        """What the badge says."""
        return _VERDICTS[self][0]

    @property
    def tone(self) -> str:
        """The tone of the badge."""
        return _VERDICTS[self][1]

    @property
    def icon(self) -> str:
        """The icon of the badge."""
        return _VERDICTS[self][2]


_VERDICTS = {
    Verdict.CANNOT_BE_SENT: (pgettext_lazy("verdict", "Cannot be sent"), "bad", "rejected"),
    Verdict.LIKELY_REJECTED: (pgettext_lazy("verdict", "Likely rejected"), "late", "warning"),
    Verdict.AT_RISK: (pgettext_lazy("verdict", "At risk"), "mute", "info"),
    Verdict.NO_KNOWN_PROBLEM: (pgettext_lazy("verdict", "No known problem"), "ok", "verified"),
}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule comes from, and the day on which that was read."""

    text: str
    as_of: date


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule found, in words for the person who can change it.

    `field` is the name of the answer ("" for the whole), `message` names what was found, `fix` says what to
    do, `hint` what else is worth knowing.
    """

    rule: str
    severity: Severity
    field: str
    message: Text
    fix: Text
    source: Source
    hint: Text = ""

    @property
    def key(self) -> str:
        """What it is called in events and between two requests: "B05:email". Holds nothing that was typed."""
        return f"{self.rule}:{self.field}"


@dataclass(frozen=True, slots=True)
class Findings:
    """What one check found: worst first, then in the order of the rules."""

    all: tuple[Finding, ...] = ()
    # Rules that could not be asked, because they broke. Nobody is kept from sending by that.
    broken: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.all)

    def __len__(self) -> int:
        return len(self.all)

    @property
    def worst(self) -> Severity | None:
        """The worst severity, None without findings."""
        return min((one.severity for one in self.all), key=lambda one: one.rank, default=None)

    @property
    def verdict(self) -> Verdict:
        """The whole in one word."""
        return Verdict.of(self.worst)

    def of(self, severity: Severity) -> tuple[Finding, ...]:
        """Those of one severity."""
        return tuple(one for one in self.all if one.severity is severity)

    def about(self, *fields: str) -> tuple[Finding, ...]:
        """Those about one of `fields`."""
        return tuple(one for one in self.all if one.field in fields)
