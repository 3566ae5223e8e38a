"""Putting numbers on a campaign: what would happen, the order itself, and once more after a failure.

Each number that is asked for gets one verdict: it will be assigned, or the reason why not. The verdict is one query for
any number of numbers, and the order takes it again in the statement that writes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import Case, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import JSONObject

from campaigns import states as campaign_states
from campaigns.models import Campaign
from campaigns.registration import Registration
from phone_numbers import reasons, states
from phone_numbers.models import UNASSIGNED, Assignment, Number, Order
from phone_numbers.rosters import hold, room_of, roster_of
from portal.audit.recording import Actor, record_rows
from portal.clock import Times
from portal.lifecycle import gateway
from portal.lifecycle.many import accept_many
from portal.lifecycle.models import watch
from portal.lifecycle.nudge import nudge
from portal.lifecycle.schedule import next_reading
from portal.tenancy.scope import current

PURPOSE = "assign"
# So many of each reason are named; the others are counted.
EXAMPLES = 20
# So many skipped ones an order keeps by name: as many as a page shows.
KEPT = 500


class NotAssignable(Exception):
    """The campaign is not active, so no number can be put on it."""


class Changed(Exception):
    """Another number of numbers would be assigned than the person was shown."""

    def __init__(self, will: int) -> None:
        super().__init__(f"{will} would be assigned now")
        self.will = will


class OverLimit(Exception):
    """The campaign has room for `left` more, and `will` were asked for. None was assigned."""

    def __init__(self, left: int, will: int) -> None:
        super().__init__(f"{will} asked for, room for {left}")
        self.left = left
        self.will = will


@dataclass(frozen=True, slots=True)
class Kept:
    """Numbers that stay as they are for one reason: how many, and up to EXAMPLES of them in E.164."""

    reason: str
    count: int
    examples: list[str]

    @property
    def why(self) -> reasons.Why:
        """In words."""
        return reasons.why(self.reason)

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.count - len(self.examples)


@dataclass(frozen=True, slots=True)
class Preview:
    """What an order would do: `will` are assigned, `already` are there, `cannot` are not and why.

    `used`, `limit` and `left` are the campaign's; `active`: can it take numbers at all?
    """

    will: int
    already: int
    cannot: list[Kept] = field(default_factory=list)
    used: int = 0
    limit: int = 0
    left: int = 0
    active: bool = True

    @property
    def refused(self) -> int:
        """How many cannot be assigned."""
        return sum(one.count for one in self.cannot)

    @property
    def fits(self) -> bool:
        """Is there room for all that will be assigned?"""
        return self.will <= self.left


def judged(
    campaign: Campaign, numbers: QuerySet[Number], registration: Registration | None = None
) -> QuerySet[Any]:
    """`numbers` with their `verdict`: "" for one that can go onto `campaign`, else a code of `reasons`.

    `registration`: what stands for it at the carrier, where that was read already.
    """
    registration = registration or campaign.registration()
    policy = gateway.number_policy(registration.account if registration else gateway.default_account())
    barred = Assignment.objects.filter(
        number=OuterRef("pk"),
        campaign=campaign,
        state=Assignment.State.RELEASED,
        ended_because=UNASSIGNED,
    )
    rules = [
        When(removed_at__isnull=False, then=Value(reasons.REMOVED)),
        When(_open__state=Assignment.State.RELEASING, then=Value(reasons.RELEASING)),
        When(_open__campaign_id=campaign.pk, then=Value(reasons.ALREADY)),
        When(_open__isnull=False, then=Value(reasons.ON_ANOTHER)),
        When(type=Number.Type.TOLL_FREE, then=Value(reasons.TOLL_FREE)),
        When(~Q(country__in=policy.regions.value), then=Value(reasons.REGION)),
        When(sms=False, then=Value(reasons.NO_TEXTS)),
    ]
    if campaign.product:
        rules.append(When(~Q(product=campaign.product), then=Value(reasons.PRODUCT)))
    if not policy.returns.value:
        rules.append(When(Exists(barred), then=Value(reasons.BARRED)))
    open_one = FilteredRelation("assignments", condition=Q(assignments__ended_at=None))
    # Whatever the caller's query joins or orders by, each number is judged once.
    rows = Number.objects.filter(pk__in=numbers.values("pk"))
    return rows.alias(_open=open_one).annotate(verdict=Case(*rules, default=Value("")))


_COUNT = """
    SELECT verdict, count(*),
           (array_agg(e164 ORDER BY e164) FILTER (WHERE verdict NOT IN ('', %s)))[1:%s]
      FROM ({judged}) AS judged (id, e164, verdict) GROUP BY verdict
"""


def preview(campaign: Campaign, numbers: QuerySet[Number], *, times: Times) -> Preview:
    """What `assign` would do with `numbers` now. The same few queries for any number of numbers; writes nothing."""
    selected, values = _selected(judged(campaign, numbers))
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(judged=selected), [reasons.ALREADY, EXAMPLES, *values])
        found = {verdict: (count, examples) for verdict, count, examples in cursor.fetchall()}
    room = room_of(campaign)
    will, _ = found.pop("", (0, None))
    already, _ = found.pop(reasons.ALREADY, (0, None))
    cannot = [Kept(code, count, examples or []) for code, (count, examples) in sorted(found.items())]
    cannot.sort(key=lambda one: -one.count)
    active = _registration(campaign, times) is not None
    return Preview(will, already, cannot, room.used, room.limit, room.left, active)


# One statement judges and writes, so that nothing changes in between. In the order of the numbers, so that two orders
# of overlapping numbers wait for each other and do not lock each other out; whoever comes second skips.
_ASSIGN = """
    WITH judged (id, e164, verdict) AS MATERIALIZED ({judged}),
    will AS (SELECT count(*) AS n FROM judged WHERE verdict = ''),
    added AS (
        INSERT INTO numbers_assignment (
            id, organization_id, number_id, campaign_id, order_id, e164, state, since, reference, word, reasons,
            ended_because)
        SELECT gen_random_uuid(), %s, id, %s, %s, e164, %s, %s, '', '', '[]', ''
          FROM judged
         WHERE verdict = '' AND (SELECT n <= %s AND n = coalesce(%s::int, n) FROM will)
         ORDER BY e164
            ON CONFLICT DO NOTHING
     RETURNING number_id),
    skipped AS (
        SELECT judged.* FROM judged LEFT JOIN added ON added.number_id = judged.id WHERE added.number_id IS NULL)
    SELECT (SELECT n FROM will), (SELECT count(*) FROM added), (SELECT count(*) FROM skipped),
           (SELECT json_agg(json_build_object('number', id, 'e164', e164, 'reason', verdict))
              FROM (SELECT * FROM skipped ORDER BY e164 LIMIT %s) AS named)
"""


def assign(
    campaign: Campaign,
    numbers: QuerySet[Number],
    *,
    token: UUID,
    by: Actor,
    times: Times,
    expected: int | None = None,
) -> Order:
    """Order that `numbers` are put on `campaign`: one transaction, the same few statements for any number of them.

    What cannot be assigned stands in the order's `skipped`. The same `token` again gives the order that it made.
    Raises NotAssignable; OverLimit when there is no room for all; Changed when `expected` were shown to the person and
    other than so many would be assigned now. None of them leaves anything behind.
    """
    with transaction.atomic():
        # Nobody deletes it meanwhile; and orders for one campaign are taken one after the other.
        campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        before: Order | None = Order.objects.filter(token=token).first()
        if before is not None:
            return before
        registration = _registration(campaign, times)
        if registration is None:
            raise NotAssignable
        roster_of(campaign, registration)
        roster = hold([campaign.pk])[campaign.pk]
        order: Order = Order.objects.create(
            organization_id=campaign.organization_id,
            token=token,
            act=Order.Act.ASSIGN,
            campaign=campaign,
            by_id=by.user_id,
            by_name=by.name,
            at=times.business,
        )
        _write(order, judged(campaign, numbers, registration), room=roster.left, expected=expected)
        assigned = Assignment.objects.filter(order=order)
        if order.total:
            send(assigned, registration, count=order.total, times=times)
            detail = {"campaign": str(campaign.pk), "order": str(order.pk), "note": campaign.display_name}
            record_rows(
                states.ASSIGNING,
                assigned,
                about="number_id",
                kind=Number.kind,
                by=by,
                at=times.business,
                detail=detail,
            )
            wait_for(roster, registration, times)
            nudge()
    return order


def retry(assignment: Assignment, *, by: Actor, times: Times, token: UUID | None = None) -> Order:
    """Order once more what the carrier refused. Raises as `assign`."""
    again = Number.objects.filter(pk=assignment.number_id)
    return assign(assignment.campaign, again, token=token or uuid4(), by=by, times=times)


def send(rows: QuerySet[Assignment], registration: Registration, *, count: int, times: Times) -> None:
    """Write down that the carrier is to be asked to put each of `rows` on `registration`. Part of a transaction.

    People wait for as many as a click takes; a larger order leaves a share of the permits to them.
    """
    policy = gateway.number_policy(registration.account)
    asked: dict[str, Any] = {"e164": F("e164"), "reference": Value(registration.reference)}
    if policy.enables.value:
        # Set up for texts first, where that was not read of it yet: safe to repeat.
        asked["enable"] = Case(When(number__enabled=True, then=Value("")), default=F("number__reference"))
    accept_many(
        rows,
        kind=Assignment.kind,
        purpose=PURPOSE,
        account=registration.account,
        payload=JSONObject(**asked),
        machine_now=times.machine,
        background=count > gateway.campaign_policy(registration.account).direct_limit.value,
    )


def wait_for(roster: Any, registration: Registration, times: Times) -> None:
    """Read the campaign's list from now on, soon and then as often as the policy says. Part of a transaction."""
    plan = gateway.number_policy(registration.account).reading.value
    watch(
        roster,
        account=registration.account,
        reference=registration.reference,
        key=registration.key,
        first_read_at=times.business + next_reading(plan, timedelta(0)),
        business_now=times.business,
    )


def _registration(campaign: Campaign, times: Times) -> Registration | None:
    """What numbers of `campaign` are put on at the carrier; None while it is not active."""
    registration = campaign.registration()
    active = campaign.status_at(times.business, registration) == campaign_states.ACTIVE
    return registration if active else None


def _write(order: Order, rows: QuerySet[Any], *, room: int, expected: int | None) -> None:
    """The assignments of `order`, and what was skipped. Raises OverLimit, Changed."""
    selected, values = _selected(rows)
    written = [
        current().organization_id,
        order.campaign_id,
        order.pk,
        Assignment.State.PENDING,
        order.at,
        room,
        expected,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_ASSIGN.format(judged=selected), [*values, *written, KEPT])
        will, added, skipped, named = cursor.fetchone()
    if expected is not None and will != expected:
        raise Changed(will)
    if will > room:
        raise OverLimit(room, will)
    order.total, order.skipped_total = added, skipped
    order.skipped = _told(json.loads(named) if isinstance(named, str) else named or [])
    order.save(update_fields=["total", "skipped_total", "skipped"])


def _selected(rows: QuerySet[Any]) -> tuple[str, Sequence[Any]]:
    """Id, E.164 and verdict of judged `rows`, as SQL and its values."""
    try:
        return rows.values_list("pk", "e164", "verdict").query.sql_with_params()
    except EmptyResultSet:
        # A selection of nothing is no query to Django.
        return "SELECT NULL::uuid, '', '' WHERE false", ()


def _told(named: list[dict[str, str]]) -> list[dict[str, str]]:
    """Those without a verdict were taken by somebody at the same moment: by one of us, or nobody says by whom."""
    lost = [UUID(one["number"]) for one in named if not one["reason"]]
    if lost:
        ours = {
            str(pk)
            for pk in Assignment.objects.open().filter(number__in=lost).values_list("number", flat=True)
        }
        for one in named:
            if not one["reason"]:
                one["reason"] = reasons.ON_ANOTHER if one["number"] in ours else reasons.UNAVAILABLE
    return named
