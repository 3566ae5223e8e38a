"""Rules about the sample messages: who writes, the way out at their end, links, phones, placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from campaigns.rules_reading import SENTENCE, Reading, Text
from portal.lib.domains import host_of, same_owner
from portal.preflight import lists, patterns
from portal.preflight.checking import Found
from portal.preflight.findings import Severity

# How long the opt-out sentence at the end may be, from its first word (10DLC linter, C02).
_LONGEST_END = 60
# After the opt-out sentence nothing may follow but what belongs to it.
_MAY_FOLLOW = re.compile(
    r"\b(?:HELP|INFO)\b|\b(?:msg|message|data|carrier)s?\b.{0,40}\brates?\b|\bfrequency\b|\bterms\b|\bprivacy\b"
    r"|\bopt[ -]?out\b|\bSTOP\b|\bunsubscribe\b",
    re.IGNORECASE,
)
_GLUED = re.compile(
    r"\b(?:[Rr]eply|REPLY|[Tt]e?xt|TE?XT|[Ss]end|SEND)(?:STOP|Stop)\w*"
    r"|\b(?:STOP|Stop)(?:2|TO|To|to|4|ALL|FOR|for)[A-Za-z]*\b"
    r"|\b(?i:stop2(?:end|stop|quit|unsub\w*)|end2(?:end|stop|quit)|txt2stop|stoptoend|stopallmsgs)\b"
    r"|\bSTOP(?=[a-z]+\b)(?!s\b|ped\b|ping\b|per\b)[a-z]+"
)
_MARKUP = re.compile(r"</?[a-z!][a-z0-9]{0,20}(?:[ /][^<>]{0,200})?>|\bjavascript:", re.IGNORECASE)
_CROSSES_MEANT = re.compile(r"(?:\bis|\bcode|\bnumber|\bno\.?|[#:$-])\s?$", re.IGNORECASE)
# So much of a sample may be variables (10DLC linter, C11), and with more than this nothing is left to review.
_MUCH, _ALL = 0.4, 0.6


def ends_with_opt_out(text: Text) -> bool:
    """Does the text end with how to stop it, and with nothing else behind?"""
    last = text.stop
    if last is None:
        return False
    rest = text.plain[last[1] :]
    end = SENTENCE.search(rest)
    behind = rest[end.end() :] if end else ""
    tail = rest[: end.start()] if end else rest
    if len(tail) > _LONGEST_END:
        return False
    return all(_MAY_FOLLOW.search(one) for one in SENTENCE.split(behind) if one.strip())


def opt_out(read: Reading) -> Iterator[Found]:
    """C02."""
    for sample in read.given:
        if ends_with_opt_out(sample):
            continue
        if sample.stop:
            message = _("How to stop the messages stands in the middle of the sample, not at its end.")
            fix = _("Move it to the end: carriers return a sample that ends otherwise.")
        else:
            message = _("The sample does not end with how to stop the messages.")
            fix = _("End it with “Reply STOP to unsubscribe.”")
        yield Found(sample.field, message, fix)


def glued(text: str) -> re.Match[str] | None:
    """The first opt-out word that is glued to another."""
    return _GLUED.search(text)


def glued_opt_out(read: Reading) -> Iterator[Found]:
    """C03."""
    for text in read.sent():
        if found := glued(text.plain):
            yield Found(
                text.field,
                _("“%(word)s” is no word that people can send back.") % {"word": found[0]},
                _("Write STOP as a word by itself: “Reply STOP to unsubscribe.”"),
            )


def brand_named(read: Reading) -> Iterator[Found]:
    """C01."""
    if not read.names:
        return
    brand = {"brand": read.subject.brand_name or read.subject.legal_name}
    silent = [sample for sample in read.given if not read.names_brand(sample)]
    if silent and len(silent) == len(read.given):
        for sample in silent:
            yield Found(
                sample.field,
                _("No sample says that %(brand)s writes.") % brand
                if len(read.given) > 1
                else _("The message does not say that %(brand)s writes.") % brand,
                _("Begin each with “%(brand)s:”.") % brand,
                Severity.REJECT,
            )
    else:
        for sample in silent:
            yield Found(
                sample.field,
                _("The sample does not say that %(brand)s writes.") % brand,
                _("Begin it with “%(brand)s:”.") % brand,
            )
    for text in (read.description, read.flow):
        if text and not read.names_brand(text):
            yield Found(
                text.field,
                _("%(brand)s is not named in it.") % brand,
                _("Name the brand: reviewers look for who asks and who writes."),
            )


def shorteners(read: Reading) -> Iterator[Found]:
    """C04."""
    for text in (*read.told(), read.text("embedded_link_sample")):
        for host in text.hosts:
            if lists.is_listed(host, lists.SHORTENERS):
                yield Found(
                    text.field,
                    _("“%(host)s” shortens links and hides where they lead.") % {"host": host},
                    _("Link to a page at the company's own domain."),
                )
                break


def unencrypted(read: Reading) -> Iterator[Found]:
    """C05."""
    for text in (*read.told(), read.text("embedded_link_sample")):
        if text.has("http_plain"):
            yield Found(
                text.field,
                _("A link begins with http://, which is not encrypted."),
                _("Write https://, and see that the page opens with it."),
            )


def link_answer(read: Reading) -> Iterator[Found]:
    """C06."""
    subject = read.subject
    holding = [sample for sample in read.given if sample.links]
    if holding and subject.embedded_link is False:
        yield Found(
            "embedded_link",
            _("The answer says that messages hold no links, and a sample holds “%(link)s”.")
            % {"link": holding[0].links[0]},
            _("Answer yes, or take the link away. The answer cannot be changed after submission."),
            Severity.REJECT,
        )
    elif subject.embedded_link and read.given and not holding:
        yield Found(
            "embedded_link",
            _("The answer says that messages hold links, and no sample shows one."),
            _("Put a real link into a sample, or answer no."),
            Severity.REJECT,
        )
    if holding and not subject.links:
        yield Found(
            holding[0].field,
            _("A carrier takes no links in this use case."),
            _("Take the link away, or choose another use case."),
        )


def phones_of(sample: Text) -> tuple[str, ...]:
    """Phone numbers of a sample; the sender's own beside HELP does not count."""
    if not sample.phones:
        return ()
    asks = [
        part for part in SENTENCE.split(sample.plain) if patterns.search("help_instruction", part) is not None
    ]
    return tuple(one for one in sample.phones if not any(one in part for part in asks))


def phone_answer(read: Reading) -> Iterator[Found]:
    """C07."""
    subject = read.subject
    holding = [(sample, phones_of(sample)) for sample in read.given if phones_of(sample)]
    if holding and subject.embedded_phone is False:
        yield Found(
            "embedded_phone",
            _("The answer says that messages hold no phone numbers, and a sample holds “%(phone)s”.")
            % {"phone": holding[0][1][0]},
            _("Answer yes, or take the number away. The answer cannot be changed after submission."),
            Severity.REJECT,
        )
    elif subject.embedded_phone and read.given and not holding:
        yield Found(
            "embedded_phone",
            _("The answer says that messages hold phone numbers, and no sample shows one."),
            _("Put a real number into a sample, or answer no."),
            Severity.REJECT,
        )
    if holding and not subject.phones:
        yield Found(
            holding[0][0].field,
            _("A carrier takes no phone numbers in this use case."),
            _("Take the number away, or choose another use case."),
        )


def foreign_links(read: Reading) -> Iterator[Found]:
    """C34."""
    if not read.site:
        return
    for sample in read.given:
        for host in sample.hosts:
            if same_owner(host, read.site) or lists.is_listed(host, lists.SHORTENERS):
                continue
            yield Found(
                sample.field,
                _("The link leads to “%(host)s”, and the brand's website is “%(site)s”.")
                % {"host": host, "site": read.site},
                _("Link to the brand's own domain, or be ready to show that the other one belongs to it."),
            )
            break


def placeholder(text: Text) -> str:
    """The first instruction, template mark or test text in it; "" without one."""
    for match in patterns.every("placeholder_instruction", text.plain):
        before = text.plain[max(match.start() - 12, 0) : match.start()]
        # Three crosses may be a number, a size or a kiss; after "code" or "#" they stand for something.
        if match[0].upper() != "XXX" or _CROSSES_MEANT.search(before):
            return match[0]
    found = patterns.search("test_text", text.plain) or _MARKUP.search(text.plain)
    return found[0] if found else ""


def variables(text: Text) -> float:
    """Which part of the characters of `text` are variables in square brackets, its opt-out left out."""
    body = text.plain[: text.stop_at]
    taken = sum(len(match[0]) for match in patterns.every("variable_ok", body))
    return taken / max(len(body), 1)


def placeholders(read: Reading) -> Iterator[Found]:
    """C11."""
    for text in (*read.told(), read.text("name"), read.text("age_gate")):
        if found := placeholder(text):
            yield Found(
                text.field,
                _("“%(words)s” reads like a template, a test, or markup.") % {"words": found[:60]},
                _(
                    "Write it as people will really get it; a variable may stand in square brackets, such as [date]."
                ),
            )
    for sample in read.given:
        part = variables(sample)
        if part > _MUCH:
            yield Found(
                sample.field,
                _("%(percent)d percent of the sample are variables in brackets.") % {"percent": part * 100},
                _("Fill most of them in with an example: reviewers read it as a subscriber would."),
                Severity.REJECT if part > _ALL else Severity.RISK,
            )


def own_host(read: Reading, address: str) -> bool:
    """Does `address` stand at the brand's own domain?"""
    return same_owner(host_of(address), read.site)
