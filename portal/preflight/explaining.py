"""A rejection in plain words: from a reason as somebody gave it to what it means, and what can be done.

What the flows share. Each flow has a vocabulary of its own (`explaining_words`); the catalogue of codes is common.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from portal.preflight.catalogue import Entry, entries
from portal.preflight.findings import Finding

Text = str | Promise

# Longer words are cut before they are searched; all of them are shown.
_SEARCHED = 2_000
# Codes of carriers that say only "validation", whatever is wrong.
_GENERIC = frozenset({"", "OTHERS", "OTHER", "10001", "10002", "10015", "10004", "10005", "VALIDATION_ERROR"})
# A code that stands in the words: "803: …", "(code 803)", "Error 30896".
_IN_WORDS = re.compile(
    r"^\s*\(?([0-9]{3,5})\)?\s*[:–-]|\b(?:code|error|reason)\s*#?\s*([0-9]{3,5})\b", re.IGNORECASE
)


class Outcome(StrEnum):
    """What a reason leaves to do."""

    FIX = "fix"
    # Nothing in the form is wrong: the website, for example.
    OUTSIDE = "outside"
    # What would have to change is frozen for good.
    NEW = "new"
    FINAL = "final"
    ASK = "ask"
    UNKNOWN = "unknown"

    @property
    def word(self) -> Promise:
        """What a badge says of it."""
        return _LOOKS[self][0]

    @property
    def tone(self) -> str:
        """The tone of the badge."""
        return _LOOKS[self][1]

    @property
    def icon(self) -> str:
        """The icon of the badge."""
        return _LOOKS[self][2]


_LOOKS = {
    Outcome.FIX: (pgettext_lazy("outcome", "Can be corrected"), "late", "warning"),
    Outcome.OUTSIDE: (pgettext_lazy("outcome", "Fix it, then appeal"), "late", "warning"),
    Outcome.NEW: (pgettext_lazy("outcome", "Needs a new campaign"), "bad", "rejected"),
    Outcome.FINAL: (pgettext_lazy("outcome", "Final"), "bad", "rejected"),
    Outcome.ASK: (pgettext_lazy("outcome", "Ask the carrier"), "mute", "info"),
    Outcome.UNKNOWN: (pgettext_lazy("outcome", "Not known to us"), "mute", "unknown"),
}
_OF_CATALOGUE = {
    "no": Outcome.FINAL,
    "new campaign": Outcome.NEW,
    "new brand": Outcome.NEW,
    "re-register": Outcome.NEW,
    "with age gate": Outcome.NEW,
    "contact support": Outcome.ASK,
    "wait": Outcome.ASK,
    "retry new": Outcome.NEW,
}
_OF_LAYER = {"website": Outcome.OUTSIDE, "brand": Outcome.OUTSIDE, "carrier": Outcome.ASK}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a reason means, what to do about it, which answers it may be about, and what is worth knowing.

    `rules` are ours that see it coming.
    """

    plain: Text
    to_do: Text
    fields: tuple[str, ...] = ()
    hints: tuple[Text, ...] = ()
    outcome: Outcome = Outcome.FIX
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One flow's words. `by_code` is in upper case; of `by_words` the first pattern that fits wins.

    `content` is what a final reason comes to, `other` one that only its own words describe, `unknown` one that
    nobody knows; `of_layer` gives advice where the catalogue knows the code; `fields_of_rule` links its rules.
    """

    by_code: Mapping[str, Meaning]
    by_words: Sequence[tuple[re.Pattern[str], Meaning]]
    content: Meaning
    other: Meaning
    unknown: Meaning
    fields_of_rule: Mapping[str, tuple[str, ...]]
    of_layer: Mapping[str, Meaning] = field(default_factory=dict)

    def meaning_of(self, code: str, text: str) -> tuple[Meaning, bool]:
        """What a reason means: by its code, by the catalogue, by its words; False: nothing that we know."""
        code = code.strip().upper()
        searched = text[:_SEARCHED]
        if code in _GENERIC and (found := _IN_WORDS.search(searched)):
            code = found[1] or found[2]
        if meaning := self.by_code.get(code):
            return meaning, True
        of_code = entries(code) if code not in _GENERIC else ()
        by_words = next((meaning for pattern, meaning in self.by_words if pattern.search(searched)), None)
        if of_code:
            return self._of_catalogue(of_code, by_words), True
        if by_words is not None:
            return by_words, True
        return (self.other, True) if code == "OTHERS" and text else (self.unknown, False)

    def _of_catalogue(self, known: Sequence[Entry], by_words: Meaning | None) -> Meaning:
        """The catalogue's own summary; where sources differ, each of them by name."""
        if len(known) == 1:
            plain = f"{known[0].meaning}."
        else:
            plain = _("This number means different things: %(meanings)s.") % {
                "meanings": "; ".join(f"{one.source.title()}: {one.meaning}" for one in known)
            }
        is_final = all(one.resubmit in ("no", "contact support") for one in known)
        layers = [self.of_layer[one.layer] for one in known if one.layer in self.of_layer]
        advice = self.content if is_final else (by_words or (layers[0] if layers else self.other))
        rules = tuple(dict.fromkeys(rule for one in known for rule in one.rules))
        names = [name for rule in rules for name in self.fields_of_rule.get(rule, ())]
        fields = tuple(dict.fromkeys(names)) or (advice.fields if not is_final else ())
        return replace(
            advice, plain=plain, fields=fields, hints=(), outcome=outcome_of(known, advice), rules=rules
        )


def outcome_of(known: Sequence[Entry], advice: Meaning) -> Outcome:
    """What the catalogue leaves to do. Where sources differ, the mildest: nobody gives up for another's number."""
    found = [_OF_CATALOGUE.get(one.resubmit) or _OF_LAYER.get(one.layer) or advice.outcome for one in known]
    return min(found, key=tuple(Outcome).index)


@dataclass(frozen=True, slots=True)
class Suggested:
    """Better wording for one answer, and the way to it ("" where nothing can be changed)."""

    label: Text
    wording: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Explained:
    """One reason of a rejection: `code` and `text` as they came, and what they come to.

    `fields`: our names of the answers it is about, each with the way to correct it ("" where nothing can be
    corrected). `hints`: what else to check, our own findings on what was filed among them.
    """

    code: str
    text: str
    plain: Text
    to_do: Text
    decided_by: Text
    fields: list[tuple[Text, str]] = field(default_factory=list)
    hints: list[Text] = field(default_factory=list)
    is_known: bool = True
    outcome: Outcome = Outcome.FIX
    suggested: list[Suggested] = field(default_factory=list)


def of_ours(found: Sequence[Finding], warned: frozenset[str]) -> list[Text]:
    """Our own findings on what was filed, in sentences; `warned`: the keys of those that were shown before."""
    return [
        (
            _("We had warned of this before it was sent: %(finding)s")
            if one.key in warned
            else _("Our check says of what was filed: %(finding)s")
        )
        % {"finding": f"{one.message} {one.fix}"}
        for one in found
    ]
