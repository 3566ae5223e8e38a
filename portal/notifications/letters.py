"""Mails as data: one letter is rendered as text and as HTML, so the two cannot say different things."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parseaddr
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.dateformat import format as format_date
from django.utils.translation import pgettext

HEADERS = {
    # RFC 3834: no out-of-office answers, please.
    "Auto-Submitted": "auto-generated",
    "X-Auto-Response-Suppress": "All",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the daily mail: what happened, when; `url` on the first line of a thing."""

    text: str
    when: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the daily mail: things that need somebody, or the rest. One group of lines per thing."""

    title: str
    groups: list[list[Line]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail. The first paragraph says what happened, the next what to do; there is one link besides the footer's.

    `reason` says why this person gets it, `id` stays the same when it is sent again.
    """

    id: str
    to: str
    subject: str
    paragraphs: list[str]
    button: str
    url: str
    reason: str
    when: str = ""
    # Somebody else's words, shown as such.
    quote: str = ""
    parts: list[Part] = field(default_factory=list)
    preferences: bool = True


def absolute(path: str) -> str:
    """The address of a page of this portal."""
    return f"{settings.PUBLIC_URL}{path}"


def moment(at: datetime, zone: ZoneInfo) -> str:
    """`at` as people say it where the recipient lives, with the name of the zone: "Mon 2 Nov 2026, 09:14 PST"."""
    local = timezone.localtime(at, zone)
    name = local.tzname() or "UTC"
    if name[:1] in "+-":
        name = f"UTC{name}"
    return f"{format_date(local, pgettext('date format', 'D j M Y, H:i'))} {name}"


def message(letter: Letter) -> EmailMultiAlternatives:
    """`letter` as a mail with a text and an HTML part, in the portal's language."""
    with translation.override(settings.LANGUAGE_CODE):
        context = {"letter": letter, "preferences_url": absolute("/account/notifications/")}
        text = render_to_string("notifications/mail/letter.txt", context).strip() + "\n"
        html = render_to_string("notifications/mail/letter.html", context)
    mail = EmailMultiAlternatives(
        # A header is one line, and a name of a brand is somebody else's text.
        " ".join(letter.subject.split()),
        text,
        settings.DEFAULT_FROM_EMAIL,
        [letter.to],
        headers={**HEADERS, "Message-ID": f"<{letter.id}@{_domain()}>"},
    )
    mail.attach_alternative(html, "text/html")
    return mail


def _domain() -> str:
    """What stands behind the @ of the sender: Message-IDs are unique in it."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
