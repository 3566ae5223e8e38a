"""One line of the start page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from brands.models import Brand
from campaigns.deriving import Seen
from portal.ui.looks import Look, Text


@dataclass(frozen=True, slots=True)
class Line:
    """One thing: a `brand`, a campaign (`seen`), or something with a `look`. `word` says what `at` is, and `numbers`
    what becomes of the phone numbers on it."""

    kind: Text
    name: str
    url: str
    word: Text
    at: datetime | None
    brand: Brand | None = None
    seen: Seen | None = None
    look: Look | None = None
    numbers: Text = ""
