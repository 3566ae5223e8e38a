"""Rules about what belongs together: samples and use case, texts among themselves, other campaigns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from django.utils.translation import gettext as _

from campaigns.choices import UseCase
from campaigns.rules_reading import Reading, Text
from portal.lib.domains import same_owner
from portal.preflight import words
from portal.preflight.checking import Found
from portal.preflight.findings import Severity
from portal.preflight.plain import plain
from portal.preflight.words import Token

# From here on two texts are the same to a reviewer, and another campaign is the same again (10DLC linter, F04, C31).
SAME, SIMILAR, AGAIN = 0.97, 0.8, 0.85
# A description has fewer words only when it says nothing (10DLC linter, C29).
_FEWEST_WORDS = 15
_USES = tuple(topic.removeprefix("use:") for topic in words.topics() if topic.startswith("use:"))


def alike(one: Sequence[Token], other: Sequence[Token]) -> float:
    """How much two texts have in common, 0 to 1: their words and pairs of words; numbers are all alike."""
    ours, theirs = _grams(one), _grams(other)
    total = sum(ours.values()) + sum(theirs.values())
    return 2 * sum((ours & theirs).values()) / total if total else 0.0


def _grams(read: Sequence[Token]) -> Counter[tuple[str, ...]]:
    said = [token.form for token in read]
    return Counter([*((one,) for one in said), *pairwise(said)])


def same_text(read: Reading) -> Iterator[Found]:
    """F04."""
    bodies = [(text, text.body) for text in (read.description, read.flow, *read.given) if text]
    grams = [(text, _grams(body), len(body)) for text, body in bodies]
    for place, (text, ours, long) in enumerate(grams):
        for _other, theirs, others_long in grams[:place]:
            if min(long, others_long) * 3 < max(long, others_long) or long < 3:
                continue
            total = sum(ours.values()) + sum(theirs.values())
            part = 2 * sum((ours & theirs).values()) / total
            if part < SIMILAR:
                continue
            yield Found(
                text.field,
                _("It says nearly the same as another text of this campaign.")
                if part < SAME
                else _("It is the same text as another one of this campaign."),
                _("Write each in its own words; samples show different kinds of messages."),
                Severity.REJECT if part >= SAME else Severity.RISK,
            )
            break


def duplicate(read: Reading) -> Iterator[Found]:
    """C31."""
    subject = read.subject
    if not read.description:
        return
    for other in subject.others:
        if other.use_case != subject.use_case:
            continue
        if alike(read.description.tokens, words.tokens(plain(other.description, 4096))) >= AGAIN:
            yield Found(
                "description",
                _("“%(name)s” of the same brand has nearly the same description.") % {"name": other.name},
                _(
                    "Carriers see several campaigns for one purpose as evasion: use that one, or say what differs."
                ),
            )
            return


def _uses_of(read: Reading, sample: Text) -> dict[str, int]:
    """What a sample seems to be for, with how much speaks for it."""
    found = read.hits(sample)
    scores = {}
    for use in _USES:
        if hits := found.get(f"use:{use}"):
            scores[use] = 3 * len(hits.strong) + len(hits.weak)
    if (promo := found.get("promo")) and promo.is_certain:
        scores[UseCase.MARKETING.value] = 3 * len(promo.strong) + len(promo.weak)
    return scores


def _clearly(scores: dict[str, int]) -> dict[str, int]:
    return {use: score for use, score in scores.items() if score >= 3}


def _outside(read: Reading) -> tuple[list[tuple[Text, str]], bool]:
    """The samples that are clearly for something that is not chosen, each with what; and whether no sample at all
    is for what is chosen."""
    uses = read.subject.uses
    if not uses or not uses <= {*_USES, UseCase.MARKETING}:
        return [], False
    outside, fits = [], False
    for sample in read.given:
        scores = _uses_of(read, sample)
        if uses & set(scores):
            fits = True
        elif _clearly(scores):
            outside.append((sample, max(scores, key=lambda use: scores[use])))
    return outside, bool(outside) and not fits


def use_case_fits(read: Reading) -> Iterator[Found]:
    """C12."""
    outside, every = _outside(read)
    for sample, best in outside:
        if not every and best == UseCase.MARKETING:
            # What promotes beside what does not is the next rule's.
            continue
        yield Found(
            sample.field,
            _("The sample reads like “%(use)s”, which is not what the campaign is for.")
            % {"use": UseCase(best).label},
            _(
                "Show what you chose, or choose what you show: the use case cannot be changed after submission."
            ),
            Severity.REJECT if every else Severity.RISK,
        )


def promotion(read: Reading) -> Iterator[Found]:
    """C13, in both directions."""
    uses = read.subject.uses
    if not uses:
        return
    offers = [(text, read.hits(text).get("promo")) for text in read.given]
    if UseCase.MARKETING in uses:
        if len(uses) > 1 and read.given and not any(hits for _text, hits in offers):
            yield Found(
                "sub_use_cases",
                _("Marketing is chosen, and no sample promotes anything."),
                _("Show one such message, or take marketing away."),
                Severity.RISK,
            )
        return
    outside, every = _outside(read)
    told = {sample.field for sample, _best in outside} if every else set()
    if not uses <= {*_USES}:
        return
    for text, hits in offers:
        if hits and hits.is_certain and text.field not in told:
            yield Found(
                text.field,
                _("%(words)s promotes something, and marketing is not among what the campaign is for.")
                % {"words": ", ".join(f"“{one}”" for one in hits.words[:3])},
                _("Take it out, or choose a mixed use case with marketing and have consent for it."),
            )


def vague(read: Reading) -> Iterator[Found]:
    """C29."""
    text = read.description
    if not text:
        return
    found = read.hits(text)
    lacking = []
    if text.long < _FEWEST_WORDS:
        lacking.append(_("more than a few words"))
    if read.names and not read.names_brand(text):
        lacking.append(_("who writes"))
    if "recipients" not in found:
        lacking.append(_("who gets the messages"))
    if "purposes" not in found:
        lacking.append(_("what they are for"))
    if lacking:
        yield Found(
            "description",
            _("The description lacks: %(what)s.") % {"what": ", ".join(lacking)},
            _("Say it like this: “Acme Plumbing reminds its customers of visits that they booked.”"),
        )


_SSN = re.compile(r"(?<!\d)\d{3}-\d{2}-\d{4}(?!\d)")
_STREET = re.compile(
    r"\b\d{1,5} (?:[A-Z][a-z]{1,20} ){1,3}(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln)\b"
)


def personal_data(read: Reading) -> Iterator[Found]:
    """C33."""
    text = read.description
    own = [mail for mail in text.mails if not (read.site and same_owner(mail.partition("@")[2], read.site))]
    found = [*own, *text.phones]
    found += [match[0] for match in (_SSN.search(text.plain), _STREET.search(text.plain)) if match]
    if found:
        yield Found(
            "description",
            _("The description holds what looks like somebody's contact data."),
            _("Take it out: the description goes to every reviewer, and needs nobody's address or number."),
        )
