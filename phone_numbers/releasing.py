"""Letting numbers go: what hangs on a campaign that ends, ends with it."""

from __future__ import annotations

from datetime import datetime

from campaigns.models import Campaign
from phone_numbers import states
from phone_numbers.models import Assignment
from portal.audit.recording import CLEARLINE, record_each


def let_go(campaign: Campaign, why: str, at: datetime) -> None:
    """End every assignment on `campaign` because of `why`, one event each. Part of the caller's transaction."""
    on_it = Assignment.objects.open().filter(campaign=campaign)
    numbers = [one.number for one in on_it.select_for_update(of=("self",)).select_related("number")]
    on_it.update(state=Assignment.State.RELEASED, since=at, ended_at=at, ended_because=why)
    detail = {"note": str(states.REASONS.get(why, why)), "campaign": str(campaign.pk), "because": why}
    record_each(states.RELEASED, numbers, by=CLEARLINE, at=at, detail=detail)
