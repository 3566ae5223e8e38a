"""Rules about what is said: trades that carriers do not take, and those that have to be declared.

A word by itself is a risk at most: "wine" stands in "wine glass" too. A telling phrase, or two different words of
one list, is what a reviewer would return.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.choices import UseCase
from campaigns.rules_reading import Reading, Text
from portal.preflight import words
from portal.preflight.checking import Found
from portal.preflight.findings import Severity
from portal.preflight.findings import Text as Words
from portal.preflight.words import Hits

PROHIBITED: dict[str, Words] = {
    "cannabis": gettext_lazy("cannabis, CBD or hemp"),
    "drugs": gettext_lazy("prescription or other drugs"),
    "gambling": gettext_lazy("gambling"),
    "finance": gettext_lazy("high-risk finance"),
    "debt": gettext_lazy("debt relief, debt collection or credit repair"),
    "leads": gettext_lazy("lead generation or affiliate marketing"),
    "jobs": gettext_lazy("job boards or work-from-home offers"),
    "sexual": gettext_lazy("sexual content"),
    "hate": gettext_lazy("hate or profanity"),
    "sweepstakes": gettext_lazy("sweepstakes and prizes"),
}
AGE: dict[str, Words] = {
    "alcohol": gettext_lazy("alcohol"),
    "tobacco": gettext_lazy("tobacco or vaping"),
    "firearms": gettext_lazy("firearms"),
}
_BIRTH = ("date of birth", "birth date", "birthdate", "birthday", "dob", "birth day")


def _severity(hits: Hits) -> Severity:
    return Severity.REJECT if hits.is_certain else Severity.RISK


def _quoted(hits: Hits) -> str:
    return ", ".join(f"“{one}”" for one in hits.words[:3])


def _texts(read: Reading) -> tuple[Text, ...]:
    """Every text, once; the opt-out reply says nothing of the trade."""
    return tuple(read.told())


def _about(read: Reading, topic: str) -> Iterator[tuple[Text, Hits]]:
    """The texts that hold words of `topic`. What one says for certain the others say no less: a word that is weak
    in a second text is told at its own severity there."""
    for text in _texts(read):
        if found := read.hits(text).get(topic):
            yield text, found


def prohibited(read: Reading) -> Iterator[Found]:
    """C10."""
    name = words.hits(words.tokens(read.text_of_brand))
    for topic, called in PROHIBITED.items():
        shown = {"topic": called}
        for text, found in _about(read, topic):
            if found.is_certain:
                yield Found(
                    text.field,
                    _("%(words)s: carriers take no messages about %(topic)s.")
                    % {"words": _quoted(found), **shown},
                    _(
                        "Take it out. If the company works in this field, no campaign of it is taken on 10DLC."
                    ),
                    Severity.REJECT,
                )
            else:
                yield Found(
                    text.field,
                    _("%(words)s may be read as being about %(topic)s.") % {"words": _quoted(found), **shown},
                    _("Say it in another way if it is not meant so; nothing has to change if it is plain."),
                    Severity.RISK,
                )
        if topic in name:
            yield Found(
                "brand",
                _("The brand's name holds %(words)s, and reviewers look at names for %(topic)s.")
                % {"words": _quoted(name[topic]), **shown},
                _("Say in the description what the company does."),
                Severity.RISK,
            )


def age_restricted(read: Reading) -> Iterator[Found]:
    """C08, in both directions."""
    subject = read.subject
    if not subject.age_gated:
        for topic, called in AGE.items():
            for text, found in _about(read, topic):
                yield Found(
                    text.field,
                    _("%(words)s: messages about %(topic)s need an age gate, and none is declared.")
                    % {"words": _quoted(found), "topic": called},
                    _("Answer yes to age-restricted content and ask for the date of birth, or take it out."),
                    _severity(found),
                )
        return
    told = " ".join((read.text("age_gate").plain, read.flow.plain)).casefold()
    if told.strip() and not any(one in told for one in _BIRTH):
        yield Found(
            "age_gate",
            _("Nothing says that people enter their date of birth before they get these messages."),
            _("Ask for the date of birth; “Are you over 21?” alone is not accepted."),
            Severity.REJECT,
        )
    if read.given and not any(topic in read.hits(text) for text in _texts(read) for topic in AGE):
        yield Found(
            "age_gated",
            _("Age-restricted content is declared, and no text shows any."),
            _("Answer no if there is none, or show it in a sample."),
            Severity.RISK,
        )


def lending(read: Reading) -> Iterator[Found]:
    """C09, in both directions."""
    subject = read.subject
    found = list(_about(read, "lending"))
    if not subject.direct_lending:
        for text, hits in found:
            yield Found(
                text.field,
                _("%(words)s: messages about loans have to be declared, and they are not.")
                % {"words": _quoted(hits)},
                _("Answer yes to lending if the brand itself lends; loans of others are not taken at all."),
                _severity(hits),
            )
        return
    if read.given and not found:
        yield Found(
            "direct_lending",
            _("Lending is declared, and no text shows any."),
            _("Answer no if there is none, or show it in a sample."),
            Severity.RISK,
        )
    if read.description and "direct lend" not in read.description.plain.casefold():
        yield Found(
            "description",
            _("Lending is declared, and the description does not say “direct lending”."),
            _("Say that the brand lends its own money: “Direct lending”."),
            Severity.RISK,
        )


def charity_and_politics(read: Reading) -> Iterator[Found]:
    """C30."""
    uses = read.subject.uses
    for topic, use_case, called in (
        ("charity", UseCase.CHARITY, _("donations")),
        ("political", UseCase.POLITICAL, _("politics")),
    ):
        if use_case in uses:
            continue
        for text, found in _about(read, topic):
            if topic == "political" and UseCase.POLLING_VOTING in uses and not found.strong:
                # A poll among customers votes and elects.
                continue
            yield Found(
                text.field,
                _("%(words)s reads like %(topic)s, which is a use case of its own.")
                % {"words": _quoted(found), "topic": called},
                _("Choose that use case, for which certain brands qualify, or say it in another way."),
                _severity(found),
            )


def emergency_and_fans(read: Reading) -> Iterator[Found]:
    """C35."""
    uses = read.subject.uses
    for topic, allowed, message in (
        ("emergency", UseCase.EMERGENCY, _("%(words)s reads like alerts in emergencies.")),
        (
            "influencer",
            UseCase.SOCIAL,
            _("%(words)s reads like texts of somebody famous to their followers."),
        ),
    ):
        if allowed in uses:
            continue
        for text, found in _about(read, topic):
            yield Found(
                text.field,
                message % {"words": _quoted(found)},
                _("Most carriers take no such campaign: say what else it is, or take it out."),
                _severity(found),
            )


def _of_description(read: Reading, topic: str) -> Hits:
    return read.hits(read.description).get(topic, Hits()) if read.description else Hits()


def personal(read: Reading) -> Iterator[Found]:
    """C26."""
    if found := _of_description(read, "personal"):
        yield Found(
            "description",
            _("%(words)s reads like people who text each other.") % {"words": _quoted(found)},
            _("Say which business writes to whom about what; private texting needs no campaign."),
            _severity(found),
        )


def testing(read: Reading) -> Iterator[Found]:
    """C27."""
    if found := _of_description(read, "testing"):
        yield Found(
            "description",
            _("%(words)s reads like a trial and not like messages to customers.") % {"words": _quoted(found)},
            _("Describe the real messages, and register once they will be sent."),
            _severity(found),
        )


def reseller(read: Reading) -> Iterator[Found]:
    """C28."""
    if found := _of_description(read, "reseller"):
        yield Found(
            "description",
            _("%(words)s reads like sending for other companies.") % {"words": _quoted(found)},
            _("Each company that is named in the messages needs a brand and a campaign of its own."),
            _severity(found),
        )
