"""The rule about language and letters: English, in the alphabet that phones and reviewers read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from django.utils.translation import gettext as _

from campaigns.rules_reading import Reading, Text
from portal.preflight.checking import Found
from portal.preflight.plain import invisible, wide

# So many letters of other kinds a text may have (10DLC linter, F05), and so many words before it is judged.
_FOREIGN_PART, _JUDGED = 0.15, 7
_ENGLISH = frozenset(
    [
        "the",
        "and",
        "your",
        "you",
        "is",
        "are",
        "to",
        "for",
        "of",
        "at",
        "with",
        "our",
        "we",
        "will",
        "from",
        "this",
        "that",
        "have",
        "has",
        "by",
        "please",
        "it",
        "was",
        "can",
        "not",
        "when",
        "if",
        "be",
        "or",
        "us",
        "any",
        "on",
        "in",
        "an",
        "here",
        "new",
        "now",
        "get",
        "see",
        "reply",
    ]
)
_OTHER = frozenset(
    [
        "el",
        "la",
        "los",
        "las",
        "del",
        "que",
        "por",
        "para",
        "su",
        "sus",
        "con",
        "una",
        "uno",
        "usted",
        "está",
        "es",
        "en",
        "y",
        "le",
        "les",
        "des",
        "du",
        "vous",
        "votre",
        "vos",
        "est",
        "pour",
        "et",
        "une",
        "und",
        "der",
        "die",
        "das",
        "ist",
        "ein",
        "eine",
        "ihre",
        "ihr",
        "mit",
        "für",
        "auf",
        "nicht",
        "im",
        "von",
        "zu",
        "os",
        "não",
        "seu",
        "sua",
        "um",
        "uma",
        "e",
        "il",
        "di",
        "che",
        "per",
        "mañana",
        "gracias",
        "merci",
        "bitte",
        "danke",
        "cita",
        "sont",
        "dans",
        "au",
        "aux",
        "sie",
        "wir",
        "nous",
        "ist",
        "kann",
        "ab",
        "am",
        "de",
        "lo",
        "al",
        "mi",
        "tu",
        "il",
        "lei",
        "i",
        "gli",
        "sono",
        "non",
        "è",
        "och",
        "att",
        "är",
        "din",
        "ditt",
        "vi",
        "på",
    ]
)


def not_english(read: Reading) -> Iterator[Found]:
    """F05."""
    for text in read.told():
        raw = text.raw
        if wide(raw):
            yield Found(
                text.field,
                _(
                    "The text holds full-width letters, which phones and reviewers do not take for Latin ones."
                ),
                _("Write it in plain letters."),
            )
            continue
        hidden = invisible(raw)
        if hidden:
            yield Found(
                text.field,
                _("The text holds characters that nobody can see (%(count)d).") % {"count": hidden},
                _("Take them out: filters see them as a disguise."),
            )
        if odd := _mixed_word(text.plain):
            yield Found(
                text.field,
                _("“%(word)s” mixes letters of two alphabets that look alike.") % {"word": odd},
                _("Type the word again in Latin letters."),
            )
        elif why := _foreign(text):
            yield Found(text.field, why, _("Write it in English: reviewers return what they cannot read."))


def _mixed_word(text: str) -> str:
    if text.isascii():
        return ""
    for match in re.finditer(r"[^\W\d_]{2,40}", text):
        word = match[0]
        if not word.isascii() and len({_script(char) for char in word} & {"LATIN", "CYRILLIC", "GREEK"}) > 1:
            return word
    return ""


def _script(char: str) -> str:
    if char.isascii():
        return "LATIN"
    return unicodedata.name(char, "").partition(" ")[0]


def _foreign(text: Text) -> str:
    letters = [char for char in text.plain if char.isalpha()]
    odd = [char for char in letters if not char.isascii()]
    strange = sum(1 for char in odd if _script(char) != "LATIN")
    if letters and strange > _FOREIGN_PART * len(letters):
        return _("The text is in letters of another alphabet.")
    said = [token.said for token in text.body]
    if len(said) < _JUDGED:
        return ""
    english = sum(1 for word in said if word in _ENGLISH)
    foreign = sum(1 for word in said if word in _OTHER)
    many_accents = len(odd) > _FOREIGN_PART * len(letters)
    if (
        (foreign >= 3 and foreign > english)
        or (foreign >= 2 and english == 0)
        or (many_accents and english < 3)
    ):
        return _("The text does not read as English.")
    return ""
