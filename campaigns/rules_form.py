"""Rules about the form itself: what is missing, too long, too many, and keywords that cannot be filed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.choices import Consent, UseCase
from campaigns.rules_reading import Reading
from campaigns.rules_subject import (
    BOUNDS,
    MOST_SAMPLES,
    SAMPLE,
    SUB_BOUNDS,
    Subject,
    consent_field,
    sample_field,
)
from portal.preflight.checking import Found
from portal.preflight.findings import Severity

# Standard use cases that may be part of a mixed one (SignalWire campaign API).
STANDARD = frozenset(
    [
        "2FA",
        "ACCOUNT_NOTIFICATION",
        "CUSTOMER_CARE",
        "DELIVERY_NOTIFICATION",
        "FRAUD_ALERT",
        "HIGHER_EDUCATION",
        "MARKETING",
        "POLLING_VOTING",
        "PUBLIC_SERVICE_ANNOUNCEMENT",
        "SECURITY_ALERT",
    ]
)
REQUIREMENTS = ("collects_opt_ins", "processes_opt_outs", "answers_help")
QUESTIONS = ("embedded_link", "embedded_phone", "age_gated", "direct_lending")
_ALWAYS = (
    "name",
    "product",
    "use_case",
    "description",
    "message_flow",
    "privacy_url",
    "terms_url",
    "optout_keywords",
    "help_keywords",
    "optin_message",
    "optout_message",
    "help_message",
)
_KEYWORD = re.compile(r"[A-Z0-9]{1,20}")
# What carriers stop and help by themselves (10DLC campaign fields, defaults).
USUAL_STOPS = ("UNSUBSCRIBE", "CANCEL", "END", "QUIT")
# Most campaigns per brand: the registry's limit, and where Twilio asks for a reason (Twilio 30930).
MOST_CAMPAIGNS, MANY_CAMPAIGNS = 100, 5


def missing(read: Reading) -> Iterator[Found]:
    """F01."""
    subject = read.subject
    fill = _("Fill it in: carriers ask for it.")
    if not subject.brand_given:
        yield Found("brand", _("No brand is chosen."), _("Choose the brand that the messages come from."))
    for name in REQUIREMENTS:
        if not getattr(subject, name):
            yield Found(
                name,
                _("This requirement is not confirmed."),
                _("Confirm it once it is true: carriers take no campaign without all three."),
            )
    for name in _ALWAYS:
        if not getattr(subject, name).strip():
            yield Found(name, _("An answer is missing."), fill)
    if subject.use_case == UseCase.LOW_VOLUME and subject.categories_fit is None:
        yield Found("categories_fit", _("An answer is missing."), fill)
    for name in (*QUESTIONS, "auto_renewal"):
        if getattr(subject, name) is None:
            yield Found(name, _("Yes or no is not answered."), _("Choose yes or no."))
    yield from _consent_missing(subject)
    if subject.age_gated and not subject.age_gate.strip():
        yield Found(
            "age_gate",
            _("The content is age-restricted, and the answer does not say how age is checked."),
            _("Say where people enter their date of birth; a yes/no button is not enough."),
        )


def _consent_missing(subject: Subject) -> Iterator[Found]:
    if not subject.consent:
        yield Found("consent", _("No way of consent is chosen."), _("Choose at least one, and describe it."))
    for one in subject.consent:
        if not one.words.strip():
            yield Found(
                consent_field(one.method) if one.method in Consent.values else "consent",
                _("The way of consent is chosen, and not described."),
                _("Say in your own words where and how people agree."),
            )
    if any(one.method == Consent.KEYWORD for one in subject.consent) and not subject.optin_keywords.strip():
        yield Found(
            "optin_keywords",
            _("People opt in by a keyword, and no keyword is given."),
            _("Give the keyword, such as START."),
        )


def out_of_bounds(read: Reading) -> Iterator[Found]:
    """F02."""
    subject = read.subject
    for name, (least, most) in BOUNDS.items():
        yield from _bounds(name, getattr(subject, name), least, most)
    for number, sample in enumerate(subject.samples[:MOST_SAMPLES], 1):
        yield from _bounds(sample_field(number), sample, *SAMPLE)


def _bounds(name: str, value: str, least: int, most: int) -> Iterator[Found]:
    long = len(value.strip())
    if long > most:
        yield Found(
            name,
            _("%(long)d characters, and at most %(most)d can be filed.") % {"long": long, "most": most},
            ngettext("Shorten it by %(by)d character.", "Shorten it by %(by)d characters.", long - most)
            % {"by": long - most},
        )
    elif 0 < long < least:
        yield Found(
            name,
            _("%(long)d characters, and at least %(least)d are needed.") % {"long": long, "least": least},
            _("Say more: who writes, to whom, about what."),
        )


def sample_count(read: Reading) -> Iterator[Found]:
    """F03."""
    subject = read.subject
    given = sum(1 for one in subject.samples if one.strip())
    least = max(subject.least_samples, 1)
    if given < least:
        yield Found(
            "samples",
            ngettext(
                "There is %(given)d sample message, and %(least)d are needed.",
                "There are %(given)d sample messages, and %(least)d are needed.",
                given,
            )
            % {"given": given, "least": least},
            _("Add messages as you will really send them, each of another kind."),
        )
    elif given > subject.most_samples:
        yield Found(
            "samples",
            _("There are %(given)d sample messages, and %(most)d can be filed.")
            % {"given": given, "most": subject.most_samples},
            _("Keep those that differ most."),
        )
    for number, sample in enumerate(subject.samples[: subject.most_samples], 1):
        if not sample.strip() and number <= least <= given:
            yield Found(
                sample_field(number), _("The sample is empty."), _("Write it, or take the field away.")
            )


def keywords_of(value: str) -> list[str]:
    """The keywords of a list, as they are compared: upper case, without blanks around."""
    return [one.strip().upper() for one in value.split(",") if one.strip()]


def keyword_form(read: Reading) -> Iterator[Found]:
    """F06."""
    for name in ("optin_keywords", "optout_keywords", "help_keywords"):
        value = read.text(name).raw
        if not value.strip():
            continue
        keywords = keywords_of(value)
        odd = [one for one in dict.fromkeys(keywords) if not _KEYWORD.fullmatch(one)]
        if odd:
            yield Found(
                name,
                _("“%(words)s” is no keyword.") % {"words": ", ".join(odd[:3])},
                _("Use letters A to Z and digits, up to 20, one word each, with commas between."),
            )
        elif len(keywords) != len(set(keywords)):
            yield Found(
                name,
                _("A keyword stands there twice."),
                _("Take the second one away."),
            )
        elif any(char.isspace() for char in value) or value.strip(",") != value or ",," in value:
            yield Found(
                name,
                _("Carriers take the keywords with commas between and no blanks."),
                _("The blanks are taken out when it is filed."),
                Severity.RISK,
            )


def keyword_set(read: Reading) -> Iterator[Found]:
    """F07."""
    subject = read.subject
    opt_in, opt_out, asking = (
        keywords_of(read.text(name).plain) for name in ("optin_keywords", "optout_keywords", "help_keywords")
    )
    if opt_out and "STOP" not in opt_out:
        yield Found("optout_keywords", _("STOP is not among the opt-out keywords."), _("Add STOP."))
    elif opt_out and (left := [one for one in USUAL_STOPS if one not in opt_out]):
        yield Found(
            "optout_keywords",
            _("People also write %(words)s to leave.") % {"words": ", ".join(left)},
            _("Add them: carriers expect all of them to work."),
            Severity.RISK,
        )
    if asking and "HELP" not in asking:
        yield Found("help_keywords", _("HELP is not among the HELP keywords."), _("Add HELP."))
    elif asking and "INFO" not in asking:
        yield Found(
            "help_keywords",
            _("People also write INFO to ask."),
            _("Add INFO: carriers expect it to work."),
            Severity.RISK,
        )
    for name, mine, theirs in (
        ("optin_keywords", opt_in, {*opt_out, *asking}),
        ("help_keywords", asking, set(opt_out)),
    ):
        if both := [one for one in mine if one in theirs]:
            yield Found(
                name,
                _("“%(word)s” means two things: it stands in two of the lists.") % {"word": both[0]},
                _("Keep it in one list only."),
            )
    if subject.optin_keywords and not keywords_of(subject.optin_keywords):
        yield Found(
            "optin_keywords", _("There is no keyword in it."), _("Give a keyword, or leave it empty.")
        )


def sub_use_cases(read: Reading) -> Iterator[Found]:
    """C14."""
    subject = read.subject
    if not subject.use_case:
        return
    chosen = subject.sub_use_cases
    least, most = subject.sub_bounds or SUB_BOUNDS.get(subject.use_case, (0, 0))
    if odd := [one for one in chosen if one not in STANDARD]:
        yield Found(
            "sub_use_cases",
            _("“%(code)s” is no part of a mixed use case.") % {"code": odd[0]},
            _("Choose among the standard kinds of messages."),
        )
    elif len(set(chosen)) != len(chosen):
        yield Found("sub_use_cases", _("A kind of message is chosen twice."), _("Take the second one away."))
    elif len(chosen) < least:
        yield Found(
            "sub_use_cases",
            ngettext(
                "%(given)d kind of message is chosen, and at least %(least)d are needed.",
                "%(given)d kinds of messages are chosen, and at least %(least)d are needed.",
                len(chosen),
            )
            % {"given": len(chosen), "least": least},
            _("Choose every kind of message that you will send."),
        )
    elif len(chosen) > most:
        yield Found(
            "sub_use_cases",
            _("%(given)d kinds of messages are chosen, and this use case takes %(most)d.")
            % {"given": len(chosen), "most": most},
            _("Take some away, or choose a mixed use case."),
        )


def brand_ready(read: Reading) -> Iterator[Found]:
    """B14."""
    if read.subject.brand_ready is False:
        yield Found(
            "brand",
            _("The brand is not verified yet."),
            _("Wait for its verification; the draft stays as it is."),
        )


def campaign_name(read: Reading) -> Iterator[Found]:
    """C32."""
    subject, name = read.subject, read.text("name")
    if name and subject.brand_name and not read.names_brand(name):
        yield Found(
            "name",
            _("The campaign's name does not hold the organization's name."),
            _("Begin it with “%(brand)s”.") % {"brand": subject.brand_name},
        )


def too_many(read: Reading) -> Iterator[Found]:
    """C36."""
    there = read.subject.campaigns_there
    if there >= MOST_CAMPAIGNS:
        yield Found(
            "brand",
            _("The brand has %(there)d campaigns, and the registry takes no more than %(most)d.")
            % {"there": there, "most": MOST_CAMPAIGNS},
            _("End campaigns that nobody needs any more."),
            Severity.REJECT,
        )
    elif there >= MANY_CAMPAIGNS:
        yield Found(
            "brand",
            _("The brand has %(there)d campaigns already; some carriers ask why from the sixth on.")
            % {"there": there},
            _("Have a reason at hand, or use a mixed use case for several kinds of messages."),
        )
