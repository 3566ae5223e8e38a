"""Letting numbers go: what hangs on a campaign that ends, ends with it."""

from __future__ import annotations

from datetime import datetime

from campaigns.models import Campaign
from phone_numbers import states
from phone_numbers.models import Assignment, Number, Roster
from phone_numbers.rosters import hold
from portal import clock
from portal.audit.recording import CLEARLINE, record_rows
from portal.lifecycle.many import withdraw_many
from portal.lifecycle.models import Submission, Watch


def let_go(campaign: Campaign, why: str, at: datetime) -> None:
    """End every assignment on `campaign` because of `why`, one event each. Part of the caller's transaction.

    What was not sent to the carrier yet is taken back: the campaign that it was about is gone there.
    """
    hold([campaign.pk])
    on_it = list(Assignment.objects.open().filter(campaign=campaign).values_list("pk", flat=True))
    rows = Assignment.objects.filter(pk__in=on_it)
    writes = Submission.objects.filter(kind=Assignment.kind, subject_id__in=on_it)
    withdraw_many(writes, machine_now=clock.read().machine)
    detail = {"note": str(states.REASONS.get(why, why)), "campaign": str(campaign.pk), "because": why}
    record_rows(
        states.RELEASED, rows, about="number_id", kind=Number.kind, by=CLEARLINE, at=at, detail=detail
    )
    rows.update(state=Assignment.State.RELEASED, since=at, ended_at=at, ended_because=why)
    roster = Roster.objects.filter(campaign=campaign).values("pk")
    Watch.objects.filter(kind=Roster.kind, subject_id__in=roster, closed_at=None).update(closed_at=at)
