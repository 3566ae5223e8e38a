"""Which numbers can send: always asked, never stored. It follows from the assignment and from its campaign."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Count, QuerySet

from campaigns import deriving
from campaigns.models import Campaign
from phone_numbers.models import AT_THE_CARRIER, Assignment


def sending(now: datetime) -> QuerySet[Assignment]:
    """The assignments whose numbers can send at business time `now`: on a campaign that may, at the carrier."""
    awake = deriving.sending(Campaign.objects.all(), now)
    rows: QuerySet[Assignment] = Assignment.objects.filter(AT_THE_CARRIER, campaign__in=awake.values("pk"))
    return rows


def sleeping(now: datetime) -> QuerySet[Assignment]:
    """Those that keep their place and cannot send, because their campaign may not: they wake with it."""
    awake = deriving.sending(Campaign.objects.all(), now)
    rows: QuerySet[Assignment] = Assignment.objects.filter(AT_THE_CARRIER)
    return rows.exclude(campaign__in=awake.values("pk"))


def stopping(campaigns: Collection[UUID], now: datetime) -> dict[UUID, int]:
    """How many numbers that can send at `now` stop when each of `campaigns` (ids) lapses; one query. 0 is left out."""
    rows = sending(now).filter(campaign__in=campaigns).values("campaign_id").annotate(n=Count("pk"))
    return dict(rows.order_by().values_list("campaign_id", "n"))


def stopping_by(now: datetime, until: datetime) -> QuerySet[Assignment]:
    """The assignments of numbers that can send at `now` and not any more at `until`, if nothing renews their campaign:
    for "these numbers stop". Business times."""
    later = deriving.sending(Campaign.objects.all(), until)
    return sending(now).exclude(campaign__in=later.values("pk"))
