"""An order and what became of it: how far it is, number by number, and what can still be done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db.models import Count, F, Q, QuerySet

from campaigns.deriving import all_seen
from phone_numbers import reasons
from phone_numbers.models import Assignment, Order
from phone_numbers.shown import WAITING, Row
from phone_numbers.states import look_of
from phone_numbers.unassigning import can_undo
from portal.clock import Times
from portal.lib.phones import shown as shown_phone
from portal.ui.paging import Sort, sliced

PAGE = 100
_SALT = "numbers.order"
_SORTS = {"number": Sort("", F("e164"))}

State = Assignment.State


@dataclass(frozen=True, slots=True)
class Progress:
    """How many numbers of an order are done, on their way, and failed. `back`: taken back, or let go again since."""

    total: int
    done: int
    waiting: int
    failed: int

    @property
    def back(self) -> int:
        """The rest: of an order to assign those that were taken off since, else those that stayed."""
        return self.total - self.done - self.waiting - self.failed

    @property
    def is_over(self) -> bool:
        """Is nothing on its way any more?"""
        return self.waiting == 0


@dataclass(frozen=True, slots=True)
class Skipped:
    """A number that was not ordered, and why."""

    called: str
    number: str
    why: reasons.Why


@dataclass(frozen=True, slots=True)
class Failure:
    """Numbers of an order that the carrier refused for one reason."""

    count: int
    why: reasons.Why


@dataclass(frozen=True, slots=True)
class Shown:
    """The order's page. `seconds_left`: in which it can be taken back; 0: it cannot."""

    order: Order
    progress: Progress
    rows: list[Row]
    skipped: list[Skipped]
    failures: list[Failure]
    seconds_left: int
    undo_seconds: int
    earlier: str = ""
    later: str = ""

    @property
    def assigns(self) -> bool:
        """Does it put numbers on, rather than take them off?"""
        return self.order.act == Order.Act.ASSIGN

    @property
    def watching(self) -> bool:
        """Can anything of it change by itself?"""
        return not self.progress.is_over or bool(self.seconds_left)

    @property
    def token(self) -> str:
        """For the form that orders the failed ones once more."""
        return str(uuid4())

    @property
    def more_skipped(self) -> int:
        """How many that were not ordered are only counted."""
        return self.order.skipped_total - len(self.skipped)


def assignments_of(order: Order) -> QuerySet[Assignment]:
    """What `order` put on, or takes off."""
    which = {"order": order} if order.act == Order.Act.ASSIGN else {"release": order}
    rows: QuerySet[Assignment] = Assignment.objects.filter(**which)
    return rows


def shown(order: Order, query: Mapping[str, str], times: Times, *, undo_seconds: int) -> Shown:
    """The page of `order` that `query` (after, before) names; the same few queries for any number of numbers."""
    named = {name: query[name] for name in ("after", "before") if name in query}
    one = sliced(
        assignments_of(order).select_related("number", "campaign", "campaign__brand"),
        _SORTS,
        named,
        usual="number",
        salt=_SALT,
        size=PAGE,
    )
    left = 0
    if can_undo(order, times) and order.undo_until is not None:
        left = max(1, round((order.undo_until - times.machine).total_seconds()))
    skipped = [
        Skipped(shown_phone(each["e164"]), each["number"], reasons.why(each["reason"]))
        for each in order.skipped[:PAGE]
    ]
    rows, progress = rows_of(one.rows, times.business), progress_of(order)
    failures = failures_of(order) if progress.failed or progress.back else []
    return Shown(order, progress, rows, skipped, failures, left, undo_seconds, one.earlier, one.later)


def progress_of(order: Order) -> Progress:
    """How far it is; one query."""
    rows = assignments_of(order)
    assigns = order.act == Order.Act.ASSIGN
    done = Q(state=State.ON) if assigns else Q(state=State.RELEASED)
    counts: dict[str, Any] = rows.aggregate(
        done=Count("pk", filter=done),
        waiting=Count("pk", filter=Q(state__in=WAITING)),
        failed=Count("pk", filter=Q(state=State.FAILED)),
    )
    return Progress(order.total, **counts)


def failures_of(order: Order) -> list[Failure]:
    """What the carrier refused, by its reasons, the most frequent first; one query."""
    refused = assignments_of(order).exclude(reasons=[]).exclude(state__in=WAITING)
    counts: Counter[reasons.Why] = Counter()
    for said, count in refused.values_list("reasons").annotate(count=Count("pk")):
        counts[reasons.why_of(said)] += count
    return [Failure(count, why) for why, count in counts.most_common()]


def rows_of(assignments: list[Assignment], at: datetime) -> list[Row]:
    """Each as this order left it, whatever happened to the number later; one query."""
    seen = all_seen({one.campaign_id: one.campaign for one in assignments}.values(), at)
    campaigns = {one.campaign.pk: one for one in seen}
    return [
        Row(
            one.number,
            shown_phone(one.e164),
            look_of(one, awake=campaigns[one.campaign_id].sends),
            one,
            campaigns[one.campaign_id],
        )
        for one in assignments
    ]
