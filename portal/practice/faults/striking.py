"""What a fault does to its request, phase by phase. `telnyx.exchange` calls this in order."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from portal.practice.clock import Moment
from portal.practice.faults import bodies
from portal.practice.faults.socket import Raw, head
from portal.practice.models import Fault

# Code and title of the vendor's general errors, for a fault that brings no body of its own.
_WORDS = {
    400: ("10015", "Bad Request"),
    401: ("10009", "Authentication failed"),
    403: ("10010", "Authorization failed"),
    404: ("10005", "Resource not found"),
    409: ("10031", "Already exists"),
    422: ("10027", "Unprocessable Entity"),
    429: ("10011", "Too many requests"),
}


class Cut(Exception):
    """The request ends here, on the wire: `raw` says how."""

    def __init__(self, raw: Raw) -> None:
        super().__init__("cut")
        self.raw = raw


@dataclass(frozen=True, slots=True)
class Told:
    """What the caller is told: a status (None: nothing at all), a body, header fields, and the wire."""

    status: int | None
    body: bytes
    fields: dict[str, str] = field(default_factory=dict)
    raw: Raw | None = None

    @property
    def sent(self) -> int | None:
        """Bytes of the body that go out; None when that is all of it."""
        return None if self.raw is None else self.raw.size


@dataclass(frozen=True, slots=True)
class Strike:
    """The fault that meets one request, or none."""

    fault: Fault | None = None

    def _is(self, phase: str, *effects: str) -> bool:
        return self.fault is not None and self.fault.phase == phase and self.fault.effect in effects

    @property
    def values(self) -> Mapping[str, Any]:
        """The values of the effect."""
        return self.fault.values if self.fault else {}

    def read(self, moment: Moment) -> Moment:
        """P1: the clocks as this request sees them. Raises Cut."""
        self._interrupt("P1")
        if self._is("P1", "skew"):
            return moment.shifted(timedelta(seconds=self.values["seconds"]))
        return moment

    def before(self, moment: Moment) -> Moment:
        """P2: the clocks as the work sees them; an old reading has old ones. Raises Cut."""
        self._interrupt("P2")
        if self._is("P2", "stale"):
            return moment.shifted(timedelta(seconds=-self.values["seconds"]), machine=True)
        return moment

    @property
    def status(self) -> int | None:
        """P2: the status that is answered instead of doing anything, or None."""
        return int(self.values["status"]) if self._is("P2", "status") else None

    @property
    def is_stale(self) -> bool:
        """P2: is the answer an old one?"""
        return self._is("P2", "stale")

    @property
    def paging(self) -> str:
        """P2: how pages are turned wrongly, or an empty string."""
        return str(self.values["kind"]) if self._is("P2", "page") else ""

    @property
    def lateness(self) -> timedelta | None:
        """P2: how much later than we say the thing appears, or None."""
        return timedelta(seconds=self.values["seconds"]) if self._is("P2", "late") else None

    @property
    def early(self) -> float | None:
        """P3: for how many seconds the answer waits for the webhook to be delivered first, or None."""
        return float(self.values["seconds"]) if self._is("P3", "early") else None

    def said(self, document: Any) -> Any:
        """P4: the answer with the words that this fault says in turn: status and identity status of a brand,
        campaignStatus and status of a campaign, assignmentStatus of a number (the second word is not used).
        """
        if self.fault is None or not self._is("P4", "say") or not isinstance(document, dict):
            return document
        turns, count = self.values["words"], self.fault.used - 1
        turn = turns[min(count, len(turns) - 1) if self.values["once"] else count % len(turns)]
        status, identity = turn
        for row in document.get("records", [document]):
            if "assignmentStatus" in row:
                row.update({"assignmentStatus": status})
            elif "campaignId" in row:
                row.update({"campaignStatus": status, "status": identity})
            elif "brandId" in row:
                row.update({"status": status, "identityStatus": identity})
        return document

    def tell(self, status: int, body: bytes, fields: Mapping[str, str]) -> Told:
        """P3 and P4: what the caller is told of the true answer."""
        told = Told(status, body, dict(fields))
        if self._is("P2", "late"):
            return Told(None, b"", raw=Raw(wait=self.values["hold"], reset=True))
        if self._is("P3", "hang"):
            return Told(None, b"", raw=Raw(wait=self.values["seconds"], reset=True))
        if self._is("P3", "reset"):
            return Told(None, b"", raw=Raw(reset=True))
        if self._is("P3", "status"):
            return Told(int(self.values["status"]), *status_body(self.values))
        if self._is("P3", "delay"):
            return replace(told, raw=Raw(_head(told), body, wait=self.values["seconds"]))
        if self._is("P1", "skew"):
            at = time.time() + self.values["seconds"]
            return replace(told, raw=Raw(_head(told, at=at), body))
        return self._inside(told)

    def _inside(self, told: Told) -> Told:
        if self._is("P4", "reset"):
            # At least one byte stays away, however short the answer is.
            stop = min(self.values["bytes"], max(0, len(told.body) - 1))
            return replace(told, raw=Raw(_head(told), told.body, stop=stop, reset=True))
        if self._is("P4", "slow"):
            pace, longest = self.values["bytes_per_second"], self.values["seconds"]
            return replace(told, raw=Raw(_head(told), told.body, pace=pace, longest=longest))
        if self._is("P4", "body"):
            body, fields = bodies.spoiled(self.values["kind"], told.body)
            spoiled = Told(told.status, body, fields)
            return replace(spoiled, raw=Raw(_head(spoiled), body))
        if self._is("P4", "header"):
            return _with_header(told, self.values)
        return told

    def _interrupt(self, phase: str) -> None:
        if self._is(phase, "reset"):
            raise Cut(Raw(reset=True))
        if self._is(phase, "hang"):
            raise Cut(Raw(wait=self.values["seconds"], reset=True))
        if self._is(phase, "delay"):
            # On the server's own thread: what comes afterwards needs the request.
            time.sleep(self.values["seconds"])


def status_body(values: Mapping[str, Any]) -> tuple[bytes, dict[str, str]]:
    """Body and header fields of a status fault."""
    status = values["status"]
    code, title = _WORDS.get(status, ("10007", "Unexpected error"))
    document = values.get("body") or {
        "errors": [{"code": code, "title": title, "detail": f"Practice fault: {status}."}]
    }
    wish = waiting(values.get("retry_after", ""))
    return json.dumps(document).encode(), {"Retry-After": wish} if wish else {}


def waiting(text: str) -> str:
    """A Retry-After: as it stands, or "in:5" and "ago:60" as the HTTP date of that many seconds from now."""
    kind, colon, seconds = text.partition(":")
    if colon and kind in ("in", "ago") and seconds.isascii() and seconds.isdigit() and len(seconds) < 9:
        step = timedelta(seconds=int(seconds))
        now = datetime.now(UTC)
        return format_datetime(now + step if kind == "in" else now - step, usegmt=True)
    return text


def _head(told: Told, *, at: float | None = None, length: str | None = None) -> bytes:
    fields = {"Content-Type": "application/json", **told.fields}
    size = str(len(told.body)) if length is None else length
    return head(told.status or 500, [*fields.items(), ("Content-Length", size)], at=at)


def _with_header(told: Told, values: Mapping[str, Any]) -> Told:
    size = len(told.body)
    match values["kind"]:
        case "redirect":
            moved = Told(307, b"", {"Location": values["to"]})
            return replace(moved, raw=Raw(_head(moved), b""))
        case "too_long":
            return replace(told, raw=Raw(_head(told, length=str(size + 100)), told.body))
        case "too_short":
            return replace(told, raw=Raw(_head(told, length=str(max(0, size - 10))), told.body))
        case "junk_length":
            return replace(told, raw=Raw(_head(told, length="plenty"), told.body))
    return replace(told, fields={**told.fields, values["name"]: values["value"]})
