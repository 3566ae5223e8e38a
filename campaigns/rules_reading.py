"""A campaign as the rules read it: every text once in plain spelling, with its links, phones and words.

Each text is cut a little behind what its field takes, so the work is bounded however much was pasted; what
stands behind the limit is answered by the rule of lengths.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from campaigns.rules_subject import BOUNDS, SAMPLE, Subject, sample_field
from portal.lib.domains import host_of, registrable, same_owner
from portal.preflight import patterns, words
from portal.preflight.plain import latin, plain
from portal.preflight.words import Hits, Token

# Read a little beyond the limit, so that the end of a text that is barely too long is still seen.
_BEYOND = 120
# A sixth sample is refused; one more is read so that it can be spoken of.
_SAMPLES_READ = 6
_PHONE = re.compile(
    r"(?<![\w#/.-])(?:\+?1[ .-]?)?(?:\([2-9]\d\d\) ?|[2-9]\d\d[ .-])[2-9]\d\d[ .-]\d{4}(?![\w-])"
    r"|(?<![\w#/.-])\+1[2-9]\d\d[2-9]\d{6}(?!\w)"
    r"|\b(?:call|phone|ring|dial|text|tel|at)\b:?(?: us)?(?: at| on)?:? ?(?:1)?[2-9]\d\d[2-9]\d{6}(?!\w)"
    r"|(?<![\w#/.-])1[ .-]8(?:00|33|44|55|66|77|88)[ .-][A-Z0-9][A-Z0-9-]{5,9}(?!\w)",
    re.IGNORECASE,
)
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}", re.IGNORECASE)


# How people are told to leave: a word to send back, or what it does.
_STOP = re.compile(
    r"\b(?:reply|text|txt|send|respond(?: with)?|type|write|answer) (?:with )?"
    r"[\"']?(?:STOP|END|CANCEL|QUIT|UNSUBSCRIBE)\b[\"']?"
    r"|\b(?:STOP|UNSUBSCRIBE)\b[\"']?(?: ?= ?| (?:to|2|for) )(?:end|stop|quit|cancel|opt|unsub|leave|no more)\w*",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"[.!?](?:[\"')\]]*)(?: |$)")
_DIGITS = re.compile(r"\d{3}")
# "today.Shop now" lacks a blank and is no link: a bare name ends in small letters, or all in capitals.
_SENTENCE_END = re.compile(r"\.[A-Z][a-z]+$")
# What a legal name ends in, and what begins it: nobody writes that in a message.
_SUFFIXES = frozenset(
    [
        "inc",
        "incorporated",
        "llc",
        "corp",
        "corporation",
        "ltd",
        "limited",
        "lp",
        "llp",
        "lllp",
        "pllc",
        "plc",
        "ulc",
        "pc",
        "pa",
        "co",
        "company",
        "gmbh",
        "the",
    ]
)


def _is_link(found: str) -> bool:
    if "://" in found or found.lower().startswith("www.") or "/" in found:
        return True
    owned = registrable(host_of(found)).partition(".")[0]
    return any(char.isalpha() for char in owned) and not _SENTENCE_END.search(found)


@dataclass(frozen=True)
class Text:
    """One text: `field` is the answer's name, `raw` what was typed (cut), `plain` how it reads."""

    field: str
    raw: str
    plain: str

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """Its words, lookalike letters made Latin; those of links and mailboxes left out."""
        return self._read(self.plain)

    @cached_property
    def stop(self) -> tuple[int, int] | None:
        """Where the last opt-out instruction begins and ends; None without one."""
        spans = [match.span() for match in _STOP.finditer(self.plain)]
        return spans[-1] if spans else None

    @cached_property
    def stop_at(self) -> int | None:
        """Where the sentence with the last opt-out instruction begins ("To opt out, reply STOP"); None without one."""
        if self.stop is None:
            return None
        begins = [match.end() for match in SENTENCE.finditer(self.plain, 0, self.stop[0])]
        return begins[-1] if begins else self.stop[0]

    @cached_property
    def body(self) -> tuple[Token, ...]:
        """Its words without the opt-out sentence and what follows: those are the same in every message."""
        is_sample = self.field.startswith("sample_")
        return (
            self.tokens if not is_sample or self.stop_at is None else self._read(self.plain[: self.stop_at])
        )

    def _read(self, part: str) -> tuple[Token, ...]:
        rest = _MAIL.sub(" . ", part) if "@" in part else part
        if self.links:
            rest = patterns.every_replaced("url", rest, lambda found: " . " if _is_link(found) else found)
        return words.tokens(latin(rest))

    @cached_property
    def long(self) -> int:
        """How many words it has; signs and numbers are none."""
        return sum(1 for token in self.tokens if token.said[0].isalpha())

    @cached_property
    def mails(self) -> tuple[str, ...]:
        """Mailboxes in it."""
        return tuple(match[0] for match in _MAIL.finditer(self.plain)) if "@" in self.plain else ()

    @cached_property
    def links(self) -> tuple[str, ...]:
        """Web addresses in it, bare domains too; the domain of a mailbox is none."""
        rest = _MAIL.sub(" ", self.plain) if "@" in self.plain else self.plain
        found = (match[0].rstrip(".,;:!?") for match in patterns.every("url", rest))
        return tuple(link for link in found if _is_link(link))

    @cached_property
    def hosts(self) -> tuple[str, ...]:
        """The hosts of its links, each once."""
        return tuple(dict.fromkeys(host_of(link) for link in self.links if host_of(link)))

    @cached_property
    def phones(self) -> tuple[str, ...]:
        """Phone numbers of the US and Canada in it, as they are written."""
        return (
            tuple(match[0].strip() for match in _PHONE.finditer(self.plain))
            if _DIGITS.search(self.plain)
            else ()
        )

    def has(self, pattern: str) -> bool:
        """Is one of the kept patterns found in it?"""
        return patterns.search(pattern, self.plain) is not None

    def __bool__(self) -> bool:
        return bool(self.plain)


class Reading:
    """A subject and its texts."""

    def __init__(self, subject: Subject) -> None:
        """Cuts and reads nothing yet but what it is made of."""
        self.subject = subject
        self._hits: dict[str, dict[str, Hits]] = {}
        limit = SAMPLE[1] + _BEYOND
        self.samples = tuple(
            _text(sample_field(number), _with_end(text, limit), limit)
            for number, text in enumerate(subject.samples[:_SAMPLES_READ], 1)
        )
        self._texts = {
            name: _text(name, getattr(subject, name), most + _BEYOND)
            for name, (_least, most) in BOUNDS.items()
        }

    def text(self, name: str) -> Text:
        """The text of one answer; an empty one where there is none."""
        return self._texts[name]

    @property
    def description(self) -> Text:
        """Who writes to whom, and why."""
        return self._texts["description"]

    @property
    def flow(self) -> Text:
        """How consent is obtained."""
        return self._texts["message_flow"]

    @cached_property
    def replies(self) -> tuple[Text, ...]:
        """The three automatic replies that are given."""
        names = ("optin_message", "optout_message", "help_message")
        return tuple(self._texts[name] for name in names if self._texts[name])

    @cached_property
    def given(self) -> tuple[Text, ...]:
        """Samples that say something."""
        return tuple(text for text in self.samples if text)

    @property
    def text_of_brand(self) -> str:
        """The brand's names as words are searched in them."""
        return latin(plain(f"{self.subject.brand_name} . {self.subject.legal_name}", 400))

    @cached_property
    def site(self) -> str:
        """The host of the brand's website; "" without one."""
        return host_of(self.subject.website)

    @cached_property
    def names(self) -> tuple[tuple[Token, ...], ...]:
        """What the brand may be called in a text: its name, its legal name without the form, and the first words of
        a long one."""
        found: dict[tuple[str, ...], tuple[Token, ...]] = {}
        for name in (self.subject.brand_name, self.subject.legal_name):
            read = words.tokens(latin(plain(name, 200)))
            while len(read) > 1 and read[-1].form in _SUFFIXES:
                read = read[:-1]
            if len(read) > 1 and read[0].form == "the":
                read = read[1:]
            for one in (read, read[:2]) if len(read) > 2 else (read,):
                if any(token.said[0].isalnum() for token in one):
                    found.setdefault(tuple(token.form for token in one), one)
        return tuple(found.values())

    @property
    def _called(self) -> tuple[str, str]:
        return (plain(self.subject.brand_name, 200), plain(self.subject.legal_name, 200))

    def names_brand(self, text: Text) -> bool:
        """Does `text` say who writes: the brand's name, or its own domain?"""
        if any(words.places(text.tokens, name) for name in self.names):
            return True
        glued = {"".join(token.said for token in name) for name in self.names}
        if any(token.said in glued for token in text.tokens):
            return True
        # A name that is written like a web address was taken for one.
        if any("." in name and name.casefold() in text.plain.casefold() for name in self._called):
            return True
        hosts = (*text.hosts, *(host_of(mail) for mail in text.mails))
        return bool(self.site) and any(same_owner(host, self.site) for host in hosts)

    def hits(self, text: Text) -> dict[str, Hits]:
        """What `text` holds of the word lists, the brand's own name left out."""
        if text.field not in self._hits:
            own = [span for name in self.names for span in words.places(text.tokens, name)]
            self._hits[text.field] = words.hits(text.tokens, own)
        return self._hits[text.field]

    def sent(self) -> Iterator[Text]:
        """What subscribers get: samples and replies."""
        yield from self.given
        yield from self.replies

    def told(self) -> Iterator[Text]:
        """Everything in sentences that a reviewer reads."""
        for text in (self.description, self.flow):
            if text:
                yield text
        yield from self.sent()


def _with_end(raw: str, most: int) -> str:
    """`raw`, cut in its middle where it is too long: how a sample ends is seen however long it is."""
    return raw if len(raw) <= most else f"{raw[: most - _BEYOND]}{raw[-_BEYOND:]}"


def _text(field: str, raw: str, most: int) -> Text:
    return Text(field, raw[:most], plain(raw, most))
