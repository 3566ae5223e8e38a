"""How a status looks, and the plain values that the components show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.safestring import SafeString

Text = str | Promise


class Tone(StrEnum):
    """The five tones. Colour never stands alone: the icon's shape and the word say the same."""

    MUTE = "mute"
    WAIT = "wait"
    OK = "ok"
    LATE = "late"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Look:
    """What a badge shows: a word, a tone and the name of an icon in `templates/icons`."""

    word: Text
    tone: str
    icon: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A row of `components/summary_list.html`: one answer of a wizard, read back.

    `value` is escaped unless it is a SafeString. An empty value is shown as missing when `required`,
    and as "Not given" otherwise. `field` completes the hidden part of "Change …"; default is the label.
    `show_url`: `value` is masked, and a POST there shows the rest.
    """

    label: Text
    value: Text | SafeString = ""
    change_url: str = ""
    show_url: str = ""
    required: bool = False
    mono: bool = False
    field: Text = ""


@dataclass(frozen=True, slots=True)
class Section:
    """The answers of one step under its heading, read back."""

    title: Text
    answers: list[Answer]


@dataclass(frozen=True, slots=True)
class Moment:
    """An item of `components/timeline.html`. `expected` marks what has not happened yet."""

    sentence: Text
    at: datetime | None = None
    icon: str = "draft"
    tone: str = Tone.MUTE
    note: Text = ""
    expected: bool = False


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the path above a page's title. The last one, the page itself, has no address."""

    title: Text
    url: str = ""
