"""The renewal calendar as an iCalendar file (RFC 5545): pure functions from entries to bytes.

Days and no times (`VALUE=DATE`): a day is the same day in every program, wherever it runs and whatever its zone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

CONTENT_TYPE = "text/calendar; charset=utf-8"
# How often a program need not look more often than (RFC 7986, and what older programs read instead).
EVERY = "PT6H"
_FOLD_AT = 75
_CONTROLS = {code: None for code in range(32) if code != 10} | {127: None}


@dataclass(frozen=True, slots=True)
class Event:
    """One day of the file. `uid` stays for as long as it is the same thing."""

    uid: UUID
    day: date
    summary: str
    description: str
    url: str
    category: str


def file_of(name: str, events: Iterable[Event], *, now: datetime) -> bytes:
    """The whole file. `name` is what programs call the calendar; `now` is when it was made."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Clearline//Renewal calendar//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{text(name)}",
        f"X-WR-CALNAME:{text(name)}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{EVERY}",
        f"X-PUBLISHED-TTL:{EVERY}",
    ]
    for event in events:
        lines += _event(event, now)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in folded(line)).encode()


def _event(event: Event, now: datetime) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{event.uid}",
        f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}",
        # The end is the first day that is not part of it.
        f"DTEND;VALUE=DATE:{event.day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{text(event.summary)}",
        f"DESCRIPTION:{text(event.description)}",
        f"URL:{event.url}",
        f"CATEGORIES:{text(event.category)}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def text(value: str) -> str:
    """`value` as a TEXT of RFC 5545, 3.3.11: escaped, and without control characters."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS)
    for character in ("\\", ";", ","):
        lines = lines.replace(character, f"\\{character}")
    return lines.replace("\n", "\\n")


def folded(line: str) -> Iterator[str]:
    """`line` in parts of at most 75 octets, each but the first behind a blank; no letter is cut in two (3.1)."""
    part, room, blank = "", _FOLD_AT, ""
    for character in line:
        size = len(character.encode())
        if size > room:
            yield part
            blank = " "
            part, room = blank, _FOLD_AT - 1
        part += character
        room -= size
    yield part
