"""How a number is put on a campaign and taken off it at the carrier, and how a campaign's list is read.

One write per number, under its E.164; one wait per campaign: a reading lists all its numbers at once and moves those
that the carrier has decided.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from phone_numbers import states
from phone_numbers.assigning import wait_for
from phone_numbers.finishing import tell_finished
from phone_numbers.models import FAILED, Assignment, Number, Roster
from phone_numbers.rosters import hold
from portal.audit.recording import CLEARLINE, REGISTRY, record
from portal.carriers.contract import Carrier, Created, NotFound, Reason, Refused
from portal.carriers.numbers import NumberState, NumberTrouble
from portal.clock import Times
from portal.lifecycle import gateway
from portal.lifecycle.models import Due, Submission, Watch
from portal.lifecycle.schedule import next_reading
from portal.tenancy.scope import acting_for

State = Assignment.State


class NumberAssignment:
    """The purpose "assign": the number onto the campaign. Safe to repeat: one that is there counts as done."""

    reads_back = True

    def send(self, carrier: Carrier, submission: Submission) -> Created:
        """Set it up for texts where that was asked for, then put it on.

        One that still stands on a registration that this portal put it on before (the campaign expired and was
        registered anew, or the taking off never arrived) is moved.
        """
        asked = submission.payload
        if asked.get("enable"):
            carrier.enable_number(asked["enable"])
        try:
            return carrier.assign_number(asked["e164"], asked["reference"])
        except Refused as refusal:
            if not any(reason.code == NumberTrouble.ALREADY_ASSIGNED for reason in refusal.reasons):
                raise
            try:
                standing = carrier.read_number(asked["e164"])
            except NotFound:
                raise refusal from None
            if standing.campaign_reference not in _ours_before(submission):
                raise
        return carrier.move_number(asked["e164"], asked["reference"])

    def search(self, carrier: Carrier, submission: Submission) -> Created | None:
        """Is it on our campaign?"""
        asked = submission.payload
        seen = carrier.read_number(asked["e164"])
        return Created(seen.e164, dict(seen.raw)) if seen.campaign_reference == asked["reference"] else None

    def filed(self, submission: Submission, times: Times) -> None:
        """The carrier has the request: whether the number is on, the campaign's list says."""
        rows = Assignment.objects.filter(pk=submission.subject_id)
        rows.update(reference=submission.payload["reference"])
        assignment = rows.get()
        if submission.payload.get("enable"):
            Number.objects.filter(pk=assignment.number_id).update(enabled=True)
        look_soon(assignment, times)

    def refused(self, submission: Submission, reasons: tuple[Reason, ...], times: Times) -> None:
        """It ends as failed, with the carrier's reasons; the number is free again."""
        assignment = Assignment.objects.get(pk=submission.subject_id)
        hold([assignment.campaign_id])
        waiting = Assignment.objects.filter(pk=assignment.pk, state=State.PENDING)
        if not waiting.update(
            state=State.FAILED,
            since=times.business,
            ended_at=times.business,
            ended_because=FAILED,
            reasons=kept(reasons),
        ):
            return
        _record(states.FAILED, assignment, reasons, times)
        tell_finished([assignment.order_id], times)


class NumberRelease:
    """The purpose "unassign": the number off its campaign. Safe to repeat: one that is on none counts as done."""

    reads_back = True

    def send(self, carrier: Carrier, submission: Submission) -> Created:
        """Take it off."""
        return carrier.release_number(submission.payload["e164"])

    def search(self, carrier: Carrier, submission: Submission) -> Created | None:
        """Is it off, or on its way? On another campaign it is off ours."""
        e164 = submission.payload["e164"]
        try:
            seen = carrier.read_number(e164)
        except NotFound:
            return Created(e164)
        there = seen.campaign_reference == submission.payload["reference"]
        gone = not there or seen.state is NumberState.RELEASING
        return Created(e164, dict(seen.raw)) if gone else None

    def filed(self, submission: Submission, times: Times) -> None:
        """The carrier has the request: that the number is off, the campaign's list says."""
        look_soon(Assignment.objects.get(pk=submission.subject_id), times)

    def refused(self, submission: Submission, reasons: tuple[Reason, ...], times: Times) -> None:
        """It stays on, with the carrier's reasons."""
        assignment = Assignment.objects.get(pk=submission.subject_id)
        hold([assignment.campaign_id])
        waiting = Assignment.objects.filter(pk=assignment.pk, state=State.RELEASING)
        if waiting.update(state=State.ON, since=times.business, reasons=kept(reasons)):
            _record(states.STAYS, assignment, reasons, times)
            tell_finished([assignment.release_id], times)


def look_soon(assignment: Assignment, times: Times) -> None:
    """The carrier took a write: read the campaign's list within the plan's first step. In the caller's transaction.

    The wait's age counts from now, and its reading is only ever brought forward: with thousands of writes under way
    a reading that is running must not be fenced off by each of them.
    """
    roster = Roster.objects.filter(campaign=assignment.campaign_id).values("pk")
    waits = Watch.objects.filter(kind=Roster.kind, subject_id__in=roster, closed_at=None)
    wait = waits.values("pk", "account").first()
    if wait is None:
        _wait_anew(assignment, times)
        return
    plan = gateway.number_policy(wait["account"]).reading.value
    soon = times.business + next_reading(plan, timedelta(0))
    waits.filter(pk=wait["pk"]).update(opened_at=times.business)
    if Due.objects.filter(item=wait["pk"], due_at__gt=soon).update(due_at=soon):
        waits.filter(pk=wait["pk"]).update(next_read_at=soon)


def _wait_anew(assignment: Assignment, times: Times) -> None:
    """Nobody reads the list of its campaign: whatever ended that wait, this number waits for it now."""
    registration = assignment.campaign.registration()
    if assignment.ended_at is None and registration is not None:
        wait_for(hold([assignment.campaign_id])[assignment.campaign_id], registration, times)


def kept(reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    """Reasons as a row keeps them."""
    return [{**asdict(reason), "fields": list(reason.fields)} for reason in reasons]


def _ours_before(submission: Submission) -> set[str]:
    """The registrations that this portal put the number on at some time."""
    with acting_for(submission.organization_id, by=CLEARLINE):
        number = Assignment.objects.filter(pk=submission.subject_id).values("number_id")
        rows = Assignment.objects.filter(number__in=number).exclude(reference="")
        return set(rows.values_list("reference", flat=True))


def _record(action: str, assignment: Assignment, reasons: Sequence[Reason], times: Times) -> None:
    said = next((reason.text for reason in reasons if reason.text), "")
    detail = {
        "word": said[:300],
        "code": next((reason.code for reason in reasons), ""),
        "campaign": str(assignment.campaign_id),
    }
    record(action, assignment.number, by=REGISTRY, at=times.business, detail=detail)
