"""Taking numbers off their campaigns: what would happen, the order, and taking it back in time.

    on ─ask→ releasing ─(60 seconds)→ the carrier is called ─→ released     it cannot come back to this campaign
       ←undo─┘                                              └→ on           refused: with the carrier's reasons
    pending, and never sent ─ask→ released at once: it was never on the campaign

The undo is a submission that is not due yet: nothing leaves before its time, whatever is restarted meanwhile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import JSONObject

from phone_numbers import assigning, reasons, states
from phone_numbers.assigning import EXAMPLES, KEPT, Changed, Kept
from phone_numbers.models import CANCELLED, Assignment, Number, Order
from phone_numbers.rosters import hold
from portal.audit.recording import Actor, record_rows
from portal.clock import Times
from portal.lifecycle import gateway
from portal.lifecycle.many import accept_many, under_way, withdraw_many
from portal.lifecycle.models import Submission, SubmissionState
from portal.lifecycle.nudge import nudge
from portal.tenancy.scope import current

PURPOSE = "unassign"
State = Assignment.State
# Verdicts of numbers that can be taken off: the carrier has to be asked, or it never heard of it.
_ASK, _CANCEL = "", "cancel"
_NEVER_SENT = Q(state=SubmissionState.ACCEPTED, sent_at=None, searched_at=None)


class TooLate(Exception):
    """The time to take it back is over, or nothing of it can be taken back."""


@dataclass(frozen=True, slots=True)
class Release:
    """What taking numbers off would do: `will` are taken off, of which `never_sent` were not at the carrier yet.

    `campaigns` says how many on which campaign (ids); `cannot` are those that stay, and why.
    """

    will: int
    never_sent: int
    campaigns: dict[UUID, int]
    cannot: list[Kept]


@dataclass(frozen=True, slots=True)
class _Judged:
    number: UUID
    e164: str
    verdict: str
    assignment: UUID | None
    campaign: UUID | None


def preview_release(numbers: QuerySet[Number]) -> Release:
    """What `unassign` would do with `numbers` now. Two queries for any number of them; writes nothing."""
    rows = list(_judged(numbers))
    going = [one for one in rows if one.verdict in (_ASK, _CANCEL)]
    campaigns: dict[UUID, int] = defaultdict(int)
    for one in going:
        if one.campaign is not None:
            campaigns[one.campaign] += 1
    kept: dict[str, list[str]] = defaultdict(list)
    for one in rows:
        if one.verdict not in (_ASK, _CANCEL):
            kept[one.verdict].append(one.e164)
    cannot = [Kept(code, len(named), named[:EXAMPLES]) for code, named in sorted(kept.items())]
    never_sent = sum(one.verdict == _CANCEL for one in going)
    return Release(len(going), never_sent, dict(campaigns), sorted(cannot, key=lambda one: -one.count))


def unassign(
    numbers: QuerySet[Number], *, token: UUID, by: Actor, times: Times, expected: int | None = None
) -> Order:
    """Order that `numbers` are taken off the campaigns that they are on. The carrier is called when the time to take
    it back is over.

    What was never sent to the carrier is taken back at once. What cannot be taken off stands in the order's `skipped`.
    The same `token` again gives the order that it made. Raises Changed as `assigning.assign`.
    """
    before: Order | None = Order.objects.filter(token=token).first()
    if before is not None:
        return before
    try:
        with transaction.atomic():
            return _unassign(numbers, token=token, by=by, times=times, expected=expected)
    except IntegrityError:
        # The same form twice at the same moment.
        found: Order = Order.objects.get(token=token)
        return found


def _unassign(
    numbers: QuerySet[Number], *, token: UUID, by: Actor, times: Times, expected: int | None
) -> Order:
    order: Order = Order.objects.create(
        organization_id=current().organization_id,
        token=token,
        act=Order.Act.UNASSIGN,
        by_id=by.user_id,
        by_name=by.name,
        at=times.business,
    )
    # The numbers are settled now: once they change, the caller's filter may find others.
    chosen = list(numbers.values_list("pk", flat=True))
    there = Assignment.objects.open().filter(number__in=chosen).order_by()
    hold(set(there.values_list("campaign_id", flat=True).distinct()))
    rows = list(_judged(Number.objects.filter(pk__in=chosen)))
    going = [one for one in rows if one.verdict in (_ASK, _CANCEL)]
    if expected is not None and len(going) != expected:
        raise Changed(len(going))
    cancelled = _cancel([one for one in going if one.verdict == _CANCEL], order, by, times)
    # Begun to be sent at this very moment: as any other that is on its way.
    late = {one.assignment for one in going if one.verdict == _CANCEL} - cancelled
    asked = [one.assignment for one in going if one.verdict == _ASK]
    _ask(asked, order, by, times)
    skipped = [
        {"number": str(one.number), "e164": one.e164, "reason": one.verdict or reasons.UNDER_WAY}
        for one in rows
        if one.verdict not in (_ASK, _CANCEL) or one.assignment in late
    ]
    for one in skipped:
        if one["reason"] == _CANCEL:
            one["reason"] = reasons.UNDER_WAY
    campaigns = {one.campaign for one in going}
    order.total, order.skipped, order.skipped_total = (
        len(asked) + len(cancelled),
        skipped[:KEPT],
        len(skipped),
    )
    order.campaign_id = campaigns.pop() if len(campaigns) == 1 else None
    order.save(update_fields=["total", "skipped", "skipped_total", "campaign", "undo_until"])
    return order


def can_undo(order: Order, times: Times) -> bool:
    """Is there time left to take it back?"""
    return order.undone_at is None and order.undo_until is not None and times.machine < order.undo_until


def undo(order: Order, *, by: Actor, times: Times) -> int:
    """Take an order to take numbers off back before the carrier is called; how many stay on their campaign.

    Raises TooLate when the time is over, or somebody took it back before.
    """
    with transaction.atomic():
        released = Assignment.objects.open().filter(release=order, state=State.RELEASING)
        hold(set(released.order_by().values_list("campaign_id", flat=True).distinct()))
        order = Order.objects.select_for_update().get(pk=order.pk)
        if not can_undo(order, times):
            raise TooLate
        asked = Submission.objects.filter(
            kind=Assignment.kind,
            purpose=PURPOSE,
            state=SubmissionState.ACCEPTED,
            subject_id__in=released.values("pk"),
        )
        back = withdraw_many(asked, machine_now=times.machine)
        if not back:
            raise TooLate
        rows = Assignment.objects.filter(pk__in=back)
        # One that the carrier had not confirmed is on its way there again.
        before = Case(When(on_at=None, then=Value(State.PENDING)), default=Value(State.ON))
        rows.update(state=before, since=times.business, release=None)
        record_rows(states.UNDONE, rows, about="number_id", kind=Number.kind, by=by, at=times.business)
        Order.objects.filter(pk=order.pk).update(undone_at=times.business)
    return len(back)


# --- the verdict, and what follows from it


def _judged(numbers: QuerySet[Number]) -> Iterable[_Judged]:
    """Each of `numbers`, in their order, with what taking it off would mean."""
    chosen = numbers.values("pk")
    open_ones = (
        Assignment.objects.open()
        .filter(number__in=chosen)
        .annotate(
            _sent=Exists(under_way(Assignment.kind, OuterRef("pk")).filter(~_NEVER_SENT)),
            _waits=Exists(under_way(Assignment.kind, OuterRef("pk")).filter(_NEVER_SENT)),
            verdict=Case(
                When(state=State.RELEASING, then=Value(reasons.RELEASING)),
                When(_sent=True, then=Value(reasons.UNDER_WAY)),
                When(_waits=True, then=Value(_CANCEL)),
                default=Value(_ASK),
            ),
        )
    )
    found = {
        number: (verdict, assignment, campaign)
        for number, verdict, assignment, campaign in open_ones.values_list(
            "number_id", "verdict", "pk", "campaign_id"
        )
    }
    for number, e164 in Number.objects.filter(pk__in=chosen).order_by("e164").values_list("pk", "e164"):
        yield _Judged(number, e164, *found.get(number, (reasons.NOT_ON, None, None)))


def _cancel(going: Collection[_Judged], order: Order, by: Actor, times: Times) -> set[UUID]:
    """Take back what was never sent: it ends at once, and bars nothing."""
    if not going:
        return set()
    waiting = Submission.objects.filter(
        kind=Assignment.kind, purpose=assigning.PURPOSE, subject_id__in=[one.assignment for one in going]
    )
    back = withdraw_many(waiting, machine_now=times.machine)
    rows = Assignment.objects.filter(pk__in=back)
    record_rows(
        states.CANCELLED,
        rows,
        about="number_id",
        kind=Number.kind,
        by=by,
        at=times.business,
        detail=_of(order),
    )
    rows.update(
        state=State.RELEASED,
        since=times.business,
        ended_at=times.business,
        ended_because=CANCELLED,
        release=order,
    )
    return back


def _ask(asked: Collection[UUID | None], order: Order, by: Actor, times: Times) -> None:
    """Have the carrier asked, when the time to take it back is over."""
    if not asked:
        return
    account = gateway.default_account()
    order.undo_until = times.machine + gateway.number_policy(account).undo.value
    rows = Assignment.objects.filter(pk__in=asked)
    rows.update(state=State.RELEASING, since=times.business, release=order, reasons=[])
    accept_many(
        rows,
        kind=Assignment.kind,
        purpose=PURPOSE,
        account=account,
        payload=JSONObject(e164=F("e164"), reference=F("reference")),
        machine_now=times.machine,
        background=len(asked) > gateway.campaign_policy(account).direct_limit.value,
        due_at=order.undo_until,
    )
    record_rows(
        states.RELEASING,
        rows,
        about="number_id",
        kind=Number.kind,
        by=by,
        at=times.business,
        detail=_of(order),
    )
    nudge()


def _of(order: Order) -> dict[str, str]:
    return {"order": str(order.pk)}
