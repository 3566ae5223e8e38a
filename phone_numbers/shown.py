"""How numbers are shown: what each can do at one moment, for any number of them at once."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.choices import Product
from campaigns.deriving import Seen, all_seen
from phone_numbers.models import Assignment, Number
from phone_numbers.reasons import Why, said_in, why_of
from phone_numbers.states import look_of
from portal.lib.phones import shown as shown_phone
from portal.lifecycle import gateway
from portal.ui.looks import Answer, Look, Text

State = Assignment.State
# What can still change without anybody here doing anything.
WAITING = frozenset({State.PENDING, State.RELEASING})

# Of a number that is on no campaign.
BLOCKED = Look(pgettext_lazy("status", "Blocked"), "mute", "lock")
TOLL_FREE = Look(pgettext_lazy("status", "Toll-free"), "mute", "flag")
NO_SMS = Look(pgettext_lazy("status", "No SMS"), "mute", "deleted")
ELSEWHERE = Look(pgettext_lazy("status", "Not for 10DLC"), "mute", "deleted")

# What such a status means, and what can be done.
MEANINGS: dict[Text, Text] = {
    BLOCKED.word: _(
        "It is on no campaign, so it cannot text: carriers have blocked local numbers that are not registered"
        " since 31 August 2023. Assign it to an active campaign."
    ),
    TOLL_FREE.word: _("Toll-free numbers text after a toll-free verification, not on a campaign."),
    NO_SMS.word: _("The carrier says that this number cannot do SMS. Calls are not affected."),
    ELSEWHERE.word: _("The carrier takes numbers of the US on campaigns; this one is Canadian."),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One number of a list. `assignment` is the open one, or the last that ended; `on` is its campaign while it is
    open. `selected`: ticked."""

    number: Number
    called: str
    look: Look
    assignment: Assignment | None
    on: Seen | None
    selected: bool = False

    @property
    def waits(self) -> bool:
        """Can its badge change by itself?"""
        return self.assignment is not None and self.assignment.state in WAITING

    @property
    def facts(self) -> list[Answer]:
        """What is known of the number."""
        one = self.number
        local = one.type == Number.Type.LOCAL
        kind = f"{Number.Type(one.type).label}, {one.country}" if local else Number.Type(one.type).label
        serves = f"{one.serves} ({self.serves_word})" if one.serves else ""
        return [
            Answer(_("Called"), one.label),
            Answer(_("Serves"), serves),
            Answer(_("Product"), Product(one.product).label),
            Answer(_("Kind"), kind),
            Answer(_("Can do SMS"), _("Yes") if one.sms else _("No")),
        ]

    @property
    def serves_word(self) -> Text:
        """What kind of thing it serves: "User"; "" for none."""
        kind = self.number.serves_kind
        return Number.Serves(kind).label if kind else ""

    @property
    def mark(self) -> str:
        """Changes exactly when the badge does: what a page says it has seen."""
        shown = f"{self.look.word}|{self.look.tone}|{self.look.icon}"
        # Two hundred of them go into one address (`ui.marks`).
        return hashlib.sha256(shown.encode()).hexdigest()[:6]

    def was_waiting(self, seen: Mapping[UUID, str]) -> bool:
        """Has a page that saw this shown it as something else?"""
        return seen.get(self.number.pk, self.mark) != self.mark

    @property
    def why(self) -> Why | None:
        """Why the carrier refused it, or to let it go; None where it did not."""
        refused = self.assignment is not None and bool(self.assignment.reasons)
        return why_of(self.assignment.reasons) if refused and self.assignment else None

    @property
    def said(self) -> Text:
        """What the carrier itself wrote."""
        return said_in(self.assignment.reasons) if self.assignment is not None else ""

    @property
    def meaning(self) -> Text:
        """What a status without a campaign means; "" for the others."""
        return MEANINGS.get(self.look.word, "")


def rows_of(numbers: Iterable[Number], at: datetime, *, selected: Collection[UUID] = ()) -> list[Row]:
    """Each of `numbers` at business time `at`, in their order; two queries for any number. Sets
    `number.open_assignment`, None where it is on no campaign."""
    numbers = list(numbers)
    last = _last(numbers)
    seen = all_seen({one.campaign_id: one.campaign for one in last.values()}.values(), at)
    campaigns = {one.campaign.pk: one for one in seen}
    rows = []
    for number in numbers:
        assignment = last.get(number.pk)
        is_open = assignment is not None and assignment.ended_at is None
        number.open_assignment = assignment if is_open else None  # type: ignore[attr-defined]
        campaign = campaigns[assignment.campaign_id] if assignment is not None else None
        awake = campaign is not None and campaign.sends
        rows.append(
            Row(
                number,
                shown_phone(number.e164),
                standing(number, assignment, awake=awake),
                assignment,
                campaign if is_open else None,
                number.pk in selected,
            )
        )
    return rows


def standing(number: Number, assignment: Assignment | None, *, awake: bool) -> Look:
    """How a number is shown whose open or last assignment this is. `awake`: its campaign is active."""
    if assignment is not None and (assignment.ended_at is None or assignment.state == State.FAILED):
        return look_of(assignment, awake=awake)
    if not number.sms:
        return NO_SMS
    if number.type == Number.Type.TOLL_FREE:
        return TOLL_FREE
    if number.country not in gateway.number_policy(gateway.default_account()).regions.value:
        return ELSEWHERE
    return BLOCKED


def _last(numbers: list[Number]) -> dict[UUID, Assignment]:
    """The open assignment of each, or the last that ended."""
    rows = Assignment.objects.filter(number__in=[number.pk for number in numbers])
    newest = rows.order_by("number", "-since", "-pk").distinct("number")
    return {one.number_id: one for one in newest.select_related("campaign", "campaign__brand")}
