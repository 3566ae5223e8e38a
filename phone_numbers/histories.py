"""The campaigns that a number was on: since when, until when, and why it ended."""

from __future__ import annotations

from dataclasses import dataclass

from phone_numbers.models import Assignment, Number
from phone_numbers.reasons import Why, why_of
from phone_numbers.states import LOOKS, REASONS
from portal.ui.looks import Text

# As many as a page shows; a number that changes campaigns so often has a problem of its own.
MOST = 50


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay of a number on a campaign. `because`: why it ended; `why`: of a failed one, in words."""

    assignment: Assignment
    because: Text
    why: Why | None

    @property
    def word(self) -> Text:
        """How it stands, or ended."""
        return LOOKS[self.assignment.state].word


def history_of(number: Number) -> list[Stay]:
    """Every campaign that `number` was on, the latest first; one query."""
    rows = Assignment.objects.filter(number=number).select_related("campaign", "campaign__brand")
    return [
        Stay(one, REASONS.get(one.ended_because, ""), why_of(one.reasons) if one.reasons else None)
        for one in rows.order_by("-since", "-pk")[:MOST]
    ]
