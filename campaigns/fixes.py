"""Corrections that need no judgement: one click, and the answer is as the rule wants it.

Each works on the answer as it stands in the field now, and after it the rule has nothing more to say of that field.
Where only a person can decide there is no fix.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy

from campaigns import rules_consent as consent
from campaigns.rules_form import USUAL_STOPS, keywords_of
from campaigns.rules_letters import not_english
from campaigns.rules_reading import SENTENCE, Reading
from campaigns.rules_samples import glued
from campaigns.rules_subject import BOUNDS, SAMPLE, Subject
from portal.lib.segments import STRAIGHT
from portal.preflight.findings import Finding
from portal.preflight.findings import Text as Words
from portal.preflight.plain import latin, plain

# What is filed has to be English, whatever the portal's own language is.
OPT_OUT = "Reply STOP to unsubscribe."
_SENTENCES = {
    "frequency": "Message frequency varies.",
    "rates": "Message and data rates may apply.",
    "help": "Reply HELP for help.",
    "stop": "Reply STOP to opt out.",
}
_PLAIN_LINK = re.compile(r"\bhttp://", re.IGNORECASE)


def _plain(value: str, subject: Subject) -> str:
    """Full-width, zero-width and lookalike letters made plain, line by line."""
    return "\n".join(latin(plain(line, len(line))) for line in value.splitlines())


def _encrypted(value: str, subject: Subject) -> str:
    return _PLAIN_LINK.sub("https://", value)


def _ended(value: str) -> str:
    value = value.rstrip()
    return value if not value or value[-1] in ".!?" else f"{value}."


def _with_opt_out(value: str, subject: Subject) -> str:
    """The opt-out sentence at the end: moved there where it stands in the middle, else added."""
    text = Reading(replace(subject, samples=(value,))).samples[0]
    if text.stop is None:
        without = glued(text.plain)
        kept = value if without is None else _without_sentence(text.plain, *without.span())
        return f"{_ended(kept)} {OPT_OUT}".strip()
    kept = _without_sentence(text.plain, *text.stop)
    return f"{_ended(kept)} {OPT_OUT}".strip()


def _without_sentence(text: str, begins: int, ends: int) -> str:
    """`text` without the sentence around the given place."""
    starts = [match.end() for match in SENTENCE.finditer(text, 0, begins)]
    start = starts[-1] if starts else begins
    end = SENTENCE.search(text, ends)
    return f"{text[:start].rstrip()} {text[end.end() :] if end else ''}".strip()


def _with_word_apart(value: str, subject: Subject) -> str:
    """Glued opt-out words out; the ordinary sentence in, where none is left."""
    text = plain(value, len(value))
    while found := glued(text):
        text = _without_sentence(text, *found.span())
    if Reading(replace(subject, samples=(text,))).samples[0].stop is None:
        text = f"{_ended(text)} {OPT_OUT}".strip()
    return text


def _named(value: str, subject: Subject) -> str:
    brand = subject.brand_name or subject.legal_name
    return f"{brand}: {value.lstrip()}" if brand else value


def _called(value: str, subject: Subject) -> str:
    brand = subject.brand_name or subject.legal_name
    return f"{brand} {value.strip()}" if brand else value


def _keywords(value: str, subject: Subject) -> str:
    """Upper case, plain letters, no blanks, each once."""
    return ",".join(dict.fromkeys(keywords_of(latin(plain(value, len(value))))))


def _stops(value: str, subject: Subject) -> str:
    taken = {*keywords_of(subject.optin_keywords), *keywords_of(subject.help_keywords)}
    usual = [one for one in ("STOP", *USUAL_STOPS) if one not in taken]
    return ",".join(dict.fromkeys([*usual[:1], *keywords_of(value), *usual]))


def _helps(value: str, subject: Subject) -> str:
    taken = {*keywords_of(subject.optin_keywords), *keywords_of(subject.optout_keywords)}
    mine = [one for one in keywords_of(value) if one not in keywords_of(subject.optout_keywords)]
    return ",".join(dict.fromkeys([*mine, *(one for one in ("HELP", "INFO") if one not in taken)]))


def _starts(value: str, subject: Subject) -> str:
    taken = {*keywords_of(subject.help_keywords), *keywords_of(subject.optout_keywords)}
    return ",".join(one for one in dict.fromkeys(keywords_of(value)) if one not in taken)


def _disclosed(value: str, subject: Subject) -> str:
    """What the message flow does not say yet, at its end."""
    flow = Reading(replace(subject, message_flow=value)).flow
    missing = consent.lacking(flow, *consent.ELEMENTS)
    added = [_SENTENCES[one] for one in missing if one in _SENTENCES]
    if "privacy" in missing and subject.privacy_url:
        added.append(f"Privacy policy: {subject.privacy_url}")
    if "terms" in missing and subject.terms_url:
        added.append(f"Terms: {subject.terms_url}")
    return " ".join([_ended(value), *added]) if added else value


def _no_web_form(value: str, subject: Subject) -> str:
    return f"{_ended(value)} Our website does not collect phone numbers for texts."


def _opt_in(value: str, subject: Subject) -> str:
    read = Reading(replace(subject, optin_message=value))
    text = read.text("optin_message")
    missing = consent.lacking(text, "frequency", "rates", "help", "stop")
    named = value if not read.names or read.names_brand(text) else _named(value, subject)
    return " ".join([_ended(named), *(_SENTENCES[one] for one in missing)])


def _opt_out_reply(value: str, subject: Subject) -> str:
    brand = subject.brand_name or subject.legal_name
    return f"{brand}: you are unsubscribed and will receive no more messages." if brand else value


def _help_reply(value: str, subject: Subject) -> str:
    read = Reading(replace(subject, help_message=value))
    text = read.text("help_message")
    named = value if not read.names or read.names_brand(text) else _named(value, subject)
    if text.mails or text.phones or text.links or not subject.brand_email:
        return named
    return f"{_ended(named)} Write to {subject.brand_email}."


_Fix = tuple[Words, Callable[[str, Subject], str]]
_FIXES: dict[str, _Fix] = {
    "C01": (gettext_lazy("Put the brand's name in front"), _named),
    "C02": (gettext_lazy("End it with the opt-out sentence"), _with_opt_out),
    "C03": (gettext_lazy("Write STOP as a word by itself"), _with_word_apart),
    "C05": (gettext_lazy("Write https://"), _encrypted),
    "C17": (gettext_lazy("Add what is missing"), _disclosed),
    "C19": (gettext_lazy("Add the sentence"), _no_web_form),
    "C20": (gettext_lazy("Add what is missing"), _opt_in),
    "C21": (gettext_lazy("Use the usual sentence"), _opt_out_reply),
    "C22": (gettext_lazy("Add what is missing"), _help_reply),
    "C23": (gettext_lazy("Write https://"), _encrypted),
    "C32": (gettext_lazy("Put the brand's name in front"), _called),
    "F05": (gettext_lazy("Write it in plain letters"), _plain),
    "F06": (gettext_lazy("Put the list in order"), _keywords),
}
_KEYWORDS: dict[str, _Fix] = {
    "optout_keywords": (gettext_lazy("Add what is missing"), _stops),
    "help_keywords": (gettext_lazy("Put the list in order"), _helps),
    "optin_keywords": (gettext_lazy("Take the others' words out"), _starts),
}
# Fields where a fix of that name makes sense; elsewhere the same finding needs a person.
_ONLY = {"C01": "sample_", "C02": "sample_"}


def _of(rule_id: str, field: str) -> _Fix | None:
    if not field.startswith(_ONLY.get(rule_id, "")):
        return None
    return _KEYWORDS.get(field) if rule_id == "F07" else _FIXES.get(rule_id)


def _room(field: str) -> int:
    return SAMPLE[1] if field.startswith("sample_") else BOUNDS.get(field, (0, 0))[1]


def apply(rule_id: str, field: str, value: str, subject: Subject) -> str | None:
    """`value`, the answer `field` as it is typed now, mended for what `rule_id` found.

    None where only a person can mend it, where nothing would change, and where it would become too long.
    """
    fix = _of(rule_id, field)
    if fix is None:
        return None
    better = fix[1](value[: 4 * _room(field)], subject)
    if better == value or len(better) > _room(field):
        return None
    # Plain letters do not make English of a text.
    if rule_id == "F05" and any(
        one.field == field for one in not_english(Reading(mended(subject, field, better)))
    ):
        return None
    return better


def words_of(rule_id: str, field: str) -> str:
    """What the button of a fix says; "" where there is none."""
    fix = _of(rule_id, field)
    return str(fix[0]) if fix else ""


def value_of(subject: Subject, field: str) -> str:
    """The answer `field` of `subject`; "" for one that is no text."""
    if field.startswith("sample_"):
        number = int(field.removeprefix("sample_"))
        return subject.samples[number - 1] if number <= len(subject.samples) else ""
    return str(getattr(subject, field)) if field in BOUNDS else ""


def mended(subject: Subject, field: str, value: str) -> Subject:
    """`subject` with another answer `field`."""
    if field.startswith("sample_"):
        samples = [*subject.samples, *[""] * (int(field.removeprefix("sample_")) - len(subject.samples))]
        samples[int(field.removeprefix("sample_")) - 1] = value
        return replace(subject, samples=tuple(samples))
    answers: dict[str, Any] = {field: value}
    return replace(subject, **answers)


def offered(finding: Finding, subject: Subject) -> str | None:
    """What the answer would be after one click; None where a click cannot mend it."""
    return apply(finding.rule, finding.field, value_of(subject, finding.field), subject)


def straightened(text: str) -> str:
    """`text` with typographic quotes, dashes and blanks that force the short segments made plain ones."""
    return text.translate(STRAIGHT)
