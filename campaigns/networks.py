"""What each mobile carrier makes of a campaign: the drill-down below its one badge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.deriving import Seen
from campaigns.registration import Registration
from portal.carriers.campaigns import NetworkState
from portal.ui.looks import Look, Text

LOOKS: dict[str, Look] = {
    NetworkState.REVIEW: Look(pgettext_lazy("status", "In review"), "wait", "in-review"),
    NetworkState.APPROVED: Look(pgettext_lazy("status", "Approved"), "ok", "verified"),
    NetworkState.REJECTED: Look(pgettext_lazy("status", "Rejected"), "bad", "rejected"),
    NetworkState.SUSPENDED: Look(pgettext_lazy("status", "Suspended"), "bad", "suspended"),
}
_SILENT = Look(_("Nothing said yet"), "mute", "draft")


@dataclass(frozen=True, slots=True)
class Row:
    """One of those who look at a campaign: how it stands there, in our words (None: they have none) and theirs.

    `word` is raw, `reasons` are as they were kept: code and text. `since` is business time.
    """

    name: Text
    look: Look | None
    word: str = ""
    since: datetime | None = None
    reasons: tuple[dict[str, Any], ...] = ()


def rows_of(seen: Seen) -> list[Row]:
    """Registry and provider first, in the order in which they look at it, then each carrier by name; one query.

    [] as long as nobody has said anything.
    """
    registration = seen.registration
    if registration is None:
        return []
    carriers = [
        Row(
            one.name,
            LOOKS.get(one.state) or Look(_("Unknown"), "late", "unknown"),
            one.word,
            one.since,
            tuple(one.reasons),
        )
        for one in registration.standings.order_by("name")
    ]
    return [*_before(registration), *carriers] if carriers or registration.word else []


def _before(registration: Registration) -> list[Row]:
    """Those two say it in words of their own, which are no verdict on sending: shown as they are."""
    return [
        Row(_("The registry"), None if registration.registry_word else _SILENT, registration.registry_word),
        Row(_("The provider"), None if registration.provider_word else _SILENT, registration.provider_word),
    ]
