"""Reading a campaign's numbers at the carrier: one list for all of them, and what follows from it for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from campaigns.models import Campaign
from phone_numbers import reasons, states
from phone_numbers.finishing import tell_finished
from phone_numbers.lifecycle import kept
from phone_numbers.models import ELSEWHERE, FAILED, UNASSIGNED, Assignment, Number, Roster
from phone_numbers.rosters import hold
from phone_numbers.waking import follow
from portal.audit.recording import REGISTRY, record_rows
from portal.carriers.contract import Carrier, Reason
from portal.carriers.numbers import NumberReading, NumberState
from portal.carriers.policy import ReadingPlan
from portal.clock import Times
from portal.lifecycle import gateway
from portal.lifecycle.handlers import Reading
from portal.lifecycle.many import under_way
from portal.lifecycle.models import Watch

State = Assignment.State
# One that should be on the list and is not: believed when it is still so this much later.
MISSED_FOR = timedelta(hours=1)
# One that has just left this campaign may still be on a list that lags.
LEFT = timedelta(days=1)

Listed = Mapping[str, NumberReading]


@dataclass
class _Changes:
    """What a list changes: ids of assignments by what becomes of them."""

    on: list[UUID] = field(default_factory=list)
    stays: dict[tuple[Reason, ...], list[UUID]] = field(default_factory=lambda: defaultdict(list))
    failed: dict[tuple[Reason, ...], list[UUID]] = field(default_factory=lambda: defaultdict(list))
    released: list[UUID] = field(default_factory=list)
    lost: list[UUID] = field(default_factory=list)
    missed: list[UUID] = field(default_factory=list)
    there_again: list[UUID] = field(default_factory=list)
    words: dict[str, list[UUID]] = field(default_factory=lambda: defaultdict(list))


class RosterWatching:
    """Reading the list of a campaign's numbers."""

    def read(self, carrier: Carrier, watch: Watch) -> Reading:
        """The carrier's whole list of the campaign; of the answer only the count is kept."""
        listed = {one.e164: one for one in carrier.list_assigned(watch.reference)}
        return Reading(word="", answer={"listed": len(listed)}, seen=listed)

    def apply(self, watch: Watch, reading: Reading, times: Times) -> ReadingPlan | None:
        """Move each number to where the list says it stands; how often to read on."""
        policy = gateway.number_policy(watch.account)
        campaign = Campaign.objects.get(roster=watch.subject_id)
        registration = campaign.registration()
        if registration is None or registration.reference != watch.reference:
            # Registered anew meanwhile: its numbers follow when that is active.
            if registration is not None and campaign.sends_at(times.business, registration):
                follow(campaign, registration, times)
            return policy.settled.value
        hold([campaign.pk])
        believed = campaign.sends_at(times.business, registration)
        changes = _compare(campaign, reading.seen, times, believed=believed)
        _take(changes, campaign, times)
        if believed:
            _adopt(campaign, reading.seen, times)
        left = Assignment.objects.open().filter(campaign=campaign)
        if left.filter(state__in=(State.PENDING, State.RELEASING)).exists():
            return policy.reading.value
        return policy.settled.value if left.exists() else None

    def missing(self, watch: Watch, times: Times) -> ReadingPlan | None:
        """The carrier has no such list: what that means for the campaign, the campaign's own reading says."""
        return gateway.number_policy(watch.account).settled.value


def _compare(campaign: Campaign, listed: Listed, times: Times, *, believed: bool) -> _Changes:
    """What the list says of each open assignment. `believed`: does it prove anything that one is not on it?"""
    changes = _Changes()
    open_ones = Assignment.objects.open().filter(campaign=campaign)
    rows: QuerySet[Any] = open_ones.annotate(_under_way=Exists(under_way(Assignment.kind, OuterRef("pk"))))
    for pk, e164, state, word, missed_at, is_under_way in rows.values_list(
        "pk", "e164", "state", "word", "missed_at", "_under_way"
    ):
        if is_under_way:
            # What is said now is about what was before.
            continue
        seen = listed.get(e164)
        if seen is not None:
            _seen(changes, pk, state, seen)
            if missed_at is not None:
                changes.there_again.append(pk)
            if seen.word[:100] != word:
                changes.words[seen.word[:100]].append(pk)
        elif state == State.RELEASING:
            changes.released.append(pk)
        elif believed and missed_at is None:
            changes.missed.append(pk)
        elif believed and times.business - missed_at >= MISSED_FOR:
            _missing(changes, pk, state)
    return changes


def _seen(changes: _Changes, pk: UUID, state: str, seen: NumberReading) -> None:
    """What the list says of one that is on it."""
    if state == State.RELEASING:
        if seen.state is NumberState.RELEASE_FAILED:
            changes.stays[seen.reasons].append(pk)
    elif seen.state is NumberState.FAILED:
        changes.failed[seen.reasons].append(pk)
    elif seen.state is NumberState.ASSIGNED and state == State.PENDING:
        changes.on.append(pk)


def _missing(changes: _Changes, pk: UUID, state: str) -> None:
    """That it is not on the list is believed now."""
    if state == State.ON:
        changes.lost.append(pk)
    else:
        changes.failed[(Reason(reasons.NOT_LISTED, ""),)].append(pk)


def _take(changes: _Changes, campaign: Campaign, times: Times) -> None:
    """Write what changed, one event about each number."""
    for word, ids in changes.words.items():
        Assignment.objects.filter(pk__in=ids).update(word=word)
    if changes.missed:
        Assignment.objects.filter(pk__in=changes.missed).update(missed_at=times.business)
    if changes.there_again:
        Assignment.objects.filter(pk__in=changes.there_again).update(missed_at=None)
    touched: set[UUID | None] = set()
    at = times.business
    ended: dict[str, Any] = {"since": at, "ended_at": at}
    touched |= _move(
        states.ASSIGNED, changes.on, campaign, times, state=State.ON, since=at, on_at=at, reasons=[]
    )
    for said, ids in changes.failed.items():
        failed = {**ended, "state": State.FAILED, "ended_because": FAILED, "reasons": kept(said)}
        touched |= _move(states.FAILED, ids, campaign, times, said=said, **failed)
    for said, ids in changes.stays.items():
        stays = {"state": State.ON, "since": at, "reasons": kept(said)}
        touched |= _move(states.STAYS, ids, campaign, times, said=said, **stays)
    gone = {**ended, "state": State.RELEASED}
    touched |= _move(states.RELEASED, changes.released, campaign, times, ended_because=UNASSIGNED, **gone)
    touched |= _move(states.LOST, changes.lost, campaign, times, ended_because=ELSEWHERE, **gone)
    tell_finished(touched, times)


def _move(
    action: str,
    ids: Collection[UUID],
    campaign: Campaign,
    times: Times,
    *,
    said: tuple[Reason, ...] = (),
    **changes: Any,
) -> set[UUID | None]:
    """Change the assignments `ids` and record it; the orders that this is about."""
    if not ids:
        return set()
    rows = Assignment.objects.filter(pk__in=ids)
    detail = {"campaign": str(campaign.pk)}
    if said:
        detail |= {"code": said[0].code, "word": said[0].text[:300]}
    record_rows(
        action, rows, about="number_id", kind=Number.kind, by=REGISTRY, at=times.business, detail=detail
    )
    rows.update(**changes)
    orders = rows.order_by().values_list("order_id", "release_id").distinct()
    return {one for pair in orders for one in pair}


def _adopt(campaign: Campaign, listed: Listed, times: Times) -> None:
    """Numbers of the inventory that somebody put on the campaign outside the portal: they count, and are shown.

    No more than the campaign has room for: the others stay what they are here, free.
    """
    there = [one.e164 for one in listed.values() if one.state is NumberState.ASSIGNED]
    known = set(
        Assignment.objects.filter(campaign=campaign, e164__in=there)
        .exclude(ended_at__lt=times.business - LEFT)
        .values_list("e164", flat=True)
    )
    strange = [e164 for e164 in there if e164 not in known]
    if not strange:
        return
    roster = Roster.objects.get(campaign=campaign)
    free = Number.objects.held().filter(e164__in=strange)
    free = free.exclude(pk__in=Assignment.objects.open().values("number")).order_by("e164")
    rows = Assignment.objects.bulk_create(
        [
            Assignment(
                organization_id=campaign.organization_id,
                number_id=number,
                campaign=campaign,
                e164=e164,
                state=State.ON,
                since=times.business,
                on_at=times.business,
                reference=listed[e164].campaign_reference,
                word=listed[e164].word[:100],
            )
            for number, e164 in free.values_list("pk", "e164")[: roster.left]
        ],
        ignore_conflicts=True,
    )
    record_rows(
        states.FOUND_THERE,
        Assignment.objects.filter(pk__in=[row.pk for row in rows]),
        about="number_id",
        kind=Number.kind,
        by=REGISTRY,
        at=times.business,
        detail={"campaign": str(campaign.pk), "note": campaign.display_name},
    )
