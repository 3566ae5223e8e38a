"""Rules about consent: how it is obtained, what people are told, the three replies, and the two policies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from campaigns.choices import Consent
from campaigns.rules_reading import Reading, Text
from campaigns.rules_samples import own_host
from campaigns.rules_subject import consent_field
from portal.lib.domains import host_of, same_owner
from portal.preflight import lists, patterns
from portal.preflight.checking import Found
from portal.preflight.findings import Severity

# What a way of consent is recognized by (10DLC linter, C15). A link alone proves nothing: policies are links too.
MECHANISMS: dict[str, tuple[str, ...]] = {
    Consent.WEBSITE: ("mech_web",),
    Consent.KEYWORD: ("mech_keyword",),
    Consent.VERBAL: ("mech_verbal",),
    Consent.PAPER: ("mech_paper",),
    Consent.IN_PERSON: ("mech_inperson",),
    Consent.QR: ("mech_qr",),
    Consent.INBOUND: ("mech_inbound",),
}
# Shorter words describe no way of consent (10DLC linter, C15).
SHORTEST = 40
_ALSO_WEB = re.compile(
    r"\b(?:web ?site|web ?form|online|check ?box|checkout|app|form|page|portal|box)\b", re.IGNORECASE
)
_ALSO = {
    Consent.KEYWORD: re.compile(r"\btext(?:s|ing)? (?:the (?:key)?word )?[\"']?[A-Z0-9]{2,15}\b|\bkeyword\b"),
    Consent.VERBAL: re.compile(
        r"\b(?:call|phone|spoken|oral|ask(?:s|ed)?|tell|told|say)\w*\b", re.IGNORECASE
    ),
    Consent.PAPER: re.compile(r"\b(?:paper|printed|written|sign(?:s|ed)?|form|contract)\b", re.IGNORECASE),
    Consent.IN_PERSON: re.compile(
        r"\b(?:person|counter|desk|store|office|visit|register|tablet)\b", re.IGNORECASE
    ),
    Consent.QR: re.compile(r"\bQR\b|\bscan", re.IGNORECASE),
    Consent.INBOUND: re.compile(r"\b(?:text|message|write|contact)\w*\b", re.IGNORECASE),
}
_NUMBER = re.compile(r"\b(?:phone|mobile|cell|number)", re.IGNORECASE)
_BEHIND_LOGIN = re.compile(r"\b(?:log ?in|sign ?in|password|portal|account page)\b", re.IGNORECASE)
_NO_WEB = re.compile(
    r"\b(?:web ?site|online|web)\b[^.]{0,60}\b(?:not|no|never)\b"
    r"|\b(?:not|no|never)\b[^.]{0,60}\b(?:web ?site|online)\b",
    re.IGNORECASE,
)
_POLICY = re.compile(r"\bprivacy\b", re.IGNORECASE)
_TERMS = re.compile(r"\bterms\b|\bconditions\b", re.IGNORECASE)
_NEGATED = re.compile(
    r"\b(?:no|not|never|without|nor|don't|doesn't|isn't|aren't|neither|un)\b[^.]{0,40}$", re.IGNORECASE
)
_FORCED = re.compile(
    r"\b(?:required|must|have|need|obliged) to (?:agree|consent|opt[ -]?in|accept)\b[^.]{0,60}"
    r"|\b(?:consent|agree\w*|opt[ -]?in) (?:is|are) (?:a )?(?:condition|required|mandatory)\b"
    r"|\bcondition of (?:purchase|service|care|sale|employment)\b",
    re.IGNORECASE,
)
_GIVEN_ON = re.compile(
    r"\b(?:share|shared|sell|sold|rent|transfer|pass(?:ed)?)\b[^.]{0,60}"
    r"\b(?:third[ -]part(?:y|ies)|partners|affiliates)\b",
    re.IGNORECASE,
)
_MUST_GIVE = re.compile(r"^(?:required|must|mandatory)\b", re.IGNORECASE)
_LOGIN_PAGE = re.compile(r"/(?:log[-_]?in|sign[-_]?in|account|wp-admin)\b", re.IGNORECASE)


def mechanism(read: Reading) -> Iterator[Found]:
    """C15."""
    subject, flow = read.subject, read.flow
    if flow and not any(
        flow.has(name) for names in MECHANISMS.values() for name in names if name != "mech_web"
    ):
        web = flow.has("mech_web") and _ALSO_WEB.search(flow.plain)
        if not web and not any(pattern.search(flow.plain) for pattern in _LOOSE):
            yield Found(
                "message_flow",
                _("The message flow does not say how people agree to get messages."),
                _(
                    "Say where and how: the form and its box, the keyword and the number, the question on the phone."
                ),
                Severity.REJECT,
            )
    for one in subject.consent:
        if 0 < len(one.words.strip()) < SHORTEST:
            yield Found(
                consent_field(one.method) if one.method in Consent.values else "consent",
                _("These words are too few for a reviewer to picture how people agree."),
                _("Say where people are asked, what they do, and what they are told."),
                Severity.RISK,
            )
        elif flow and one.method in Consent.values and not _describes(flow, Consent(one.method)):
            yield Found(
                "message_flow",
                _("“%(way)s” is chosen, and the message flow does not describe it.")
                % {"way": Consent(one.method).label},
                _("Describe every way of consent that is chosen."),
                Severity.RISK,
            )


_LOOSE = (_ALSO[Consent.KEYWORD], _ALSO[Consent.QR])


def _describes(flow: Text, method: Consent) -> bool:
    if any(flow.has(name) for name in MECHANISMS[method]):
        return True
    also = _ALSO_WEB if method is Consent.WEBSITE else _ALSO[method]
    return also.search(flow.plain) is not None


def web_form(read: Reading) -> Iterator[Found]:
    """C16."""
    subject, flow = read.subject, read.flow
    ways = [one for one in subject.consent if one.method == Consent.WEBSITE]
    if not ways or not flow:
        return
    policies = {subject.privacy_url.strip(), subject.terms_url.strip()}
    shown = [link for link in flow.links if link.startswith("https://") and link.rstrip("/.") not in policies]
    if not shown:
        yield Found(
            "message_flow",
            _("People agree on a website, and the message flow does not say where."),
            _("Give the address of the page with the form, beginning with https://."),
            Severity.REJECT,
        )
    elif read.site and not any(own_host(read, link) for link in shown):
        yield Found(
            "message_flow",
            _("The page with the form, “%(link)s”, is not at the brand's own domain.") % {"link": shown[0]},
            _("Have the form on the brand's website, or say whose page it is."),
            Severity.RISK,
        )
    if not _NUMBER.search(flow.plain):
        yield Found(
            "message_flow",
            _("The message flow does not say that people enter a phone number."),
            _("Say which fields the form has: reviewers look for the one with the number."),
            Severity.RISK,
        )
    if _BEHIND_LOGIN.search(flow.plain) and not any(one.evidence.strip() for one in ways):
        yield Found(
            "consent_website",
            _("The form seems to stand behind a sign-in, where reviewers cannot look."),
            _("Give a screenshot that anybody can open as evidence."),
            Severity.RISK,
        )


def lacking(text: Text, *elements: str) -> list[str]:
    """Which disclosures `text` lacks, by name: frequency, rates, help, stop, privacy, terms."""
    return [element for element in elements if not _says(text, element)]


def _says(text: Text, element: str) -> bool:
    match element:
        case "frequency":
            return text.has("frequency") or "one message" in text.plain.casefold()
        case "rates":
            return text.has("rates")
        case "help":
            return text.has("help_instruction") or re.search(r"\bHELP\b", text.plain) is not None
        case "stop":
            return text.has("stop_instruction") or re.search(r"\bSTOP\b", text.plain) is not None
        case "privacy":
            return _POLICY.search(text.plain) is not None
        case _:
            return _TERMS.search(text.plain) is not None


def called(element: str) -> str:
    """What a disclosure is called in a sentence."""
    return {
        "frequency": _("how often you write"),
        "rates": _("that message and data rates may apply"),
        "help": _("HELP"),
        "stop": _("STOP"),
        "privacy": _("the privacy policy"),
        "terms": _("the terms"),
        "brand": _("the brand's name"),
    }[element]


def _list(elements: list[str]) -> str:
    return ", ".join(called(one) for one in elements)


ELEMENTS = ("frequency", "rates", "help", "stop", "privacy", "terms")


def disclosures(read: Reading) -> Iterator[Found]:
    """C17."""
    if read.flow and (missing := lacking(read.flow, *ELEMENTS)):
        yield Found(
            "message_flow",
            _("The message flow does not mention: %(what)s.") % {"what": _list(missing)},
            _("Say what people are told when they agree: reviewers look for each of these."),
        )


def bad_consent(read: Reading) -> Iterator[Found]:
    """C18."""
    sources = [(read.flow, "message_flow")]
    for text, field in sources:
        if not text:
            continue
        for found in _objections(text):
            yield Found(
                field,
                _("“%(words)s” reads like consent that is forced, bundled, bought or shared.")
                % {"words": found[:80]},
                _(
                    "Consent is a separate, free choice, given to this brand alone. Change how it is obtained first."
                ),
            )
            break
        else:
            for match in patterns.every("consent_bad", text.plain):
                if _MUST_GIVE.match(match[0]) and "condition" not in text.plain.casefold():
                    yield Found(
                        field,
                        _("“%(words)s”: a number that has to be given is no consent to texts.")
                        % {"words": match[0][:80]},
                        _(
                            "Say that texts are a choice of their own: “Consent is not a condition of purchase.”"
                        ),
                        Severity.RISK,
                    )
                    break


def _objections(text: Text) -> Iterator[str]:
    for match in patterns.every("consent_bad", text.plain):
        if not _MUST_GIVE.match(match[0]) and not _is_denied(text.plain, match.start()):
            yield match[0]
    for pattern in (_FORCED, _GIVEN_ON):
        for match in pattern.finditer(text.plain):
            if not _is_denied(text.plain, match.start()) and not re.search(
                r"\b(?:not|never|no)\b", match[0], re.IGNORECASE
            ):
                yield match[0]


def _is_denied(text: str, at: int) -> bool:
    return _NEGATED.search(text[max(at - 60, 0) : at]) is not None


def no_web_form(read: Reading) -> Iterator[Found]:
    """C19."""
    ways = {one.method for one in read.subject.consent}
    if ways and Consent.WEBSITE not in ways and read.flow and not _NO_WEB.search(read.flow.plain):
        yield Found(
            "message_flow",
            _("Nobody agrees on the website, and the message flow does not say so."),
            _("Add: “Our website does not collect phone numbers for texts.” Reviewers look there first."),
        )


def opt_in_reply(read: Reading) -> Iterator[Found]:
    """C20."""
    text = read.text("optin_message")
    if not text:
        return
    missing = _unnamed(read, text) + lacking(text, "frequency", "rates", "help", "stop")
    if missing:
        yield Found(
            "optin_message",
            _("The opt-in reply lacks: %(what)s.") % {"what": _list(missing)},
            _("It is the first message that people get, and has to hold all of it."),
        )


def _unnamed(read: Reading, text: Text) -> list[str]:
    return ["brand"] if read.names and not read.names_brand(text) else []


def opt_out_reply(read: Reading) -> Iterator[Found]:
    """C21."""
    text = read.text("optout_message")
    if not text:
        return
    said = [text.has("ack_optout"), text.has("no_more")]
    missing = [called(one) for one in _unnamed(read, text)]
    if not said[0]:
        missing.append(_("that the person is unsubscribed"))
    if not said[1]:
        missing.append(_("that no more messages follow"))
    if missing:
        yield Found(
            "optout_message",
            _("The opt-out reply lacks: %(what)s.") % {"what": ", ".join(missing)},
            _("Say it in one sentence: who writes, that it is done, and that nothing follows."),
            Severity.REJECT if not any(said) or _unnamed(read, text) else Severity.RISK,
        )


def help_reply(read: Reading) -> Iterator[Found]:
    """C22."""
    text = read.text("help_message")
    if not text:
        return
    if unnamed := _unnamed(read, text):
        yield Found(
            "help_message",
            _("The HELP reply lacks: %(what)s.") % {"what": _list(unnamed)},
            _("Begin it with the brand's name."),
        )
    if not (text.mails or text.phones or text.links):
        yield Found(
            "help_message",
            _("The HELP reply names no way to reach anybody."),
            _("Give a phone number, a mailbox or a page where people get help."),
        )
        return
    for mail in text.mails:
        host = host_of(mail)
        free = lists.is_free_mail(host)
        if free or (read.site and not same_owner(host, read.site)):
            yield Found(
                "help_message",
                _("“%(mail)s” is not at the brand's own domain.") % {"mail": mail},
                _("Give a mailbox at the brand's domain, or a phone number instead."),
                Severity.RISK,
            )
            return


def policies(read: Reading) -> Iterator[Found]:
    """C23."""
    for name in ("privacy_url", "terms_url"):
        address = read.text(name).plain
        if not address:
            continue
        host = host_of(address)
        shown = {"address": address[:120]}
        if address.lower().startswith("http://"):
            yield Found(
                name,
                _("“%(address)s” is not encrypted.") % shown,
                _("Give the address with https://."),
                Severity.REJECT,
            )
        elif not address.lower().startswith("https://") or "." not in host or " " in address:
            yield Found(
                name,
                _("“%(address)s” is no web address that can be filed.") % shown,
                _("Give the whole address, beginning with https://."),
                Severity.ERROR,
            )
        elif lists.is_listed(host, lists.SHORTENERS):
            yield Found(
                name,
                _("“%(host)s” shortens links and hides where they lead.") % {"host": host},
                _("Give the page's own address."),
                Severity.REJECT,
            )
        elif _LOGIN_PAGE.search(_path(address)):
            yield Found(
                name,
                _("“%(address)s” reads like a page behind a sign-in.") % shown,
                _("Give a page that anybody can open."),
                Severity.REJECT,
            )
        elif read.site and not same_owner(host, read.site):
            yield Found(
                name,
                _("The page is at “%(host)s”, and the brand's website at “%(site)s”.")
                % {"host": host, "site": read.site},
                _("Publish it on the brand's own website; that page may repeat the other one."),
            )


def _path(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:
        return ""


def not_checked(read: Reading) -> Iterator[Found]:
    """C24, C25: nobody visits the two pages, so nothing is said of what stands there."""
    return iter(())
