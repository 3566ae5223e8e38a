"""What campaigns are at one moment, for any number of them at once.

The column `status` alone is never shown: a campaign past its end is expired, whoever has noticed, and one that
some carrier refused is active only in part. `Campaign.look_at` says so of one campaign; this says it of a page
of them in one query, and in SQL for filters and counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    CharField,
    DurationField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from campaigns import states
from campaigns.models import Campaign
from campaigns.outlook import FRESH
from campaigns.registration import Registration
from portal.lifecycle import gateway
from portal.ui.looks import Look

# The status as it is, derived; and the end of the newest registration. Names of annotations.
DERIVED = "derived"
ENDS = "ends"


@dataclass(frozen=True, slots=True)
class Seen:
    """One campaign at one moment: what stands for it at the carrier, and how it is shown."""

    campaign: Campaign
    registration: Registration | None
    status: str
    look: Look
    # May its numbers send?
    sends: bool

    @property
    def mark(self) -> str:
        """Changes exactly when the badge does: what a page says it has seen."""
        shown = f"{self.status}|{self.look.word}|{self.look.tone}|{self.look.icon}"
        return hashlib.sha256(shown.encode()).hexdigest()[:12]


def seen(campaign: Campaign, now: datetime) -> Seen:
    """One campaign at business time `now`."""
    return _seen(campaign, campaign.registration(), now)


def all_seen(campaigns: Iterable[Campaign], now: datetime) -> list[Seen]:
    """Each of `campaigns` at business time `now`, in their order; one query for any number."""
    rows = list(campaigns)
    newest = newest_of([row.pk for row in rows])
    return [_seen(row, newest.get(row.pk), now) for row in rows]


def _seen(row: Campaign, registration: Registration | None, now: datetime) -> Seen:
    return Seen(
        row,
        registration,
        row.status_at(now, registration),
        row.look_at(now, registration),
        row.sends_at(now, registration),
    )


def newest_of(campaigns: Sequence[UUID]) -> dict[UUID, Registration]:
    """The registration that counts of each campaign that has one; one query."""
    rows = Registration.objects.filter(campaign__in=campaigns)
    return {one.campaign_id: one for one in rows.order_by("campaign", "-number").distinct("campaign")}


# --- the same in SQL


def derived(rows: QuerySet[Campaign], now: datetime) -> QuerySet[Any]:
    """`rows` with `DERIVED`, the status at business time `now`, and `ENDS`, when its period ends."""
    newest = Registration.objects.filter(campaign=OuterRef("pk")).order_by("-number")
    over = Registration.objects.filter(pk=OuterRef("_newest")).filter(_over(now))
    return rows.annotate(
        _newest=Subquery(newest.values("pk")[:1]),
        **{ENDS: Subquery(newest.values("ends_at")[:1])},
    ).annotate(
        **{
            DERIVED: Case(
                When(Q(status=states.ACTIVE) & Exists(over), then=Value(states.EXPIRED)),
                default=F("status"),
                output_field=CharField(),
            )
        }
    )


def sending(rows: QuerySet[Any], now: datetime) -> QuerySet[Any]:
    """Of `rows` of campaigns, those whose numbers may send at business time `now`: `Campaign.sends_at` in SQL."""
    newest = Registration.objects.filter(campaign=OuterRef("pk")).order_by("-number")
    over = Registration.objects.filter(_over(now), pk=OuterRef("_newest"))
    stands = Q(status=states.ACTIVE) | Q(status=states.DELETING, before_deletion=states.ACTIVE)
    awake: QuerySet[Any] = rows.filter(stands).alias(_newest=Subquery(newest.values("pk")[:1]))
    return awake.filter(~Exists(over))


def _over(now: datetime) -> Q:
    """`Registration.is_over` as a condition."""
    graces = [
        When(account=account, renews=True, then=Value(gateway.campaign_policy(account).grace.value))
        for account in gateway.accounts()
    ]
    grace = Case(*graces, default=Value(timedelta(0)), output_field=DurationField())
    return Q(ended_at__isnull=False) | Q(ends_at__lte=now - grace)


def ending(rows: QuerySet[Any], now: datetime) -> QuerySet[Any]:
    """Of `derived` rows, those that end within the time of reminders, unless the carrier confirmed lately that it
    renews them (`outlook.FRESH`), and those whose end is past without its word.
    """
    days = max(gateway.campaign_policy(gateway.default_account()).reminders.value)
    confirmed = Q(renews=True, confirmed_at__gt=now - FRESH, ends_at__gt=now)
    soon = Registration.objects.filter(
        ~confirmed, ends_at__lte=now + timedelta(days=days), pk=OuterRef("_newest")
    )
    return rows.filter(Exists(soon), **{DERIVED: states.ACTIVE})
