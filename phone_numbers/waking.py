"""Numbers follow their campaign: an expired one cannot be revived, so it is registered anew, and once that is active
each number that stood on the former registration is put on the new one."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from campaigns.models import Campaign
from campaigns.registration import Registration
from phone_numbers import states
from phone_numbers.assigning import send, wait_for
from phone_numbers.models import Assignment, Number
from phone_numbers.rosters import hold
from portal.audit.recording import CLEARLINE, record_rows
from portal.clock import Times
from portal.lifecycle.many import under_way
from portal.lifecycle.nudge import nudge

State = Assignment.State


def follow(campaign: Campaign, registration: Registration, times: Times) -> None:
    """Have the numbers of `campaign` that stand on an earlier registration put on `registration`, which is active.

    Part of the caller's transaction. Nothing where all stand on it.
    """
    behind = Assignment.objects.open().filter(campaign=campaign, state__in=(State.PENDING, State.ON))
    behind = behind.exclude(reference__in=("", registration.reference))
    behind = behind.filter(~Exists(under_way(Assignment.kind, OuterRef("pk"))))
    if not behind.exists():
        return
    roster = hold([campaign.pk])[campaign.pk]
    ids = list(behind.values_list("pk", flat=True))
    rows = Assignment.objects.filter(pk__in=ids)
    rows.update(state=State.PENDING, since=times.business, missed_at=None)
    send(rows, registration, count=len(ids), times=times)
    record_rows(
        states.ASSIGNING_AGAIN,
        rows,
        about="number_id",
        kind=Number.kind,
        by=CLEARLINE,
        at=times.business,
        detail={"campaign": str(campaign.pk), "note": campaign.display_name},
    )
    wait_for(roster, registration, times)
    nudge()
