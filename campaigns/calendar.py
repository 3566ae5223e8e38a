"""The renewal calendar: what ends, renews or costs on which day, as entries, as a month of weeks, and as a file.

Days are those of the organization's time zone. Entries are plain values, so that ten thousand on one day are a list
and not ten thousand objects with queries of their own. The feed shows names and days: no data of brands, no ids of
people.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.db.models import Count, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns import states
from campaigns.models import Campaign, Period, Registration
from campaigns.outlook import FRESH
from campaigns.periods import day_of, days_before
from portal.lifecycle import gateway
from portal.ui.looks import Look

# Years that the calendar turns to: what is further away is a mistyped address.
YEARS = range(2020, 2101)


class Kind(StrEnum):
    """What happens on a day."""

    RENEWS = "renews"
    ENDS = "ends"
    DOUBTFUL = "doubtful"
    RENEWED = "renewed"
    ENDED = "ended"
    FEE = "fee"


LOOKS: dict[str, Look] = {
    Kind.RENEWS: Look(pgettext_lazy("calendar", "Renews"), "ok", "refresh"),
    Kind.ENDS: Look(pgettext_lazy("calendar", "Ends"), "late", "warning"),
    Kind.DOUBTFUL: Look(pgettext_lazy("calendar", "Renewal not confirmed"), "late", "warning"),
    Kind.RENEWED: Look(pgettext_lazy("calendar", "Renewed"), "mute", "verified"),
    Kind.ENDED: Look(pgettext_lazy("calendar", "Expired"), "bad", "expired"),
    Kind.FEE: Look(pgettext_lazy("calendar", "Fee for no numbers"), "late", "flag"),
}


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One thing on one day. `uid` is the same for as long as it is the same thing, whatever its day becomes."""

    at: datetime
    name: str
    kind: Kind = field(compare=False)
    day: date = field(compare=False)
    campaign_id: UUID = field(compare=False)
    uid: UUID = field(compare=False)

    @property
    def look(self) -> Look:
        """How it is shown."""
        return LOOKS[self.kind]

    @property
    def url(self) -> str:
        """The page of its campaign."""
        return f"{reverse('campaigns:detail', args=[self.campaign_id])}#renewal"


def entries(first: date, last: date, *, now: datetime, zone: ZoneInfo) -> list[Entry]:
    """What happens from the day `first` to the day `last`, both with, in order of time.

    Three queries for any number, in the scope of the organization.
    """
    begins = datetime.combine(first, time(), zone).astimezone(UTC)
    ends = datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC)
    found = [*_ends(begins, ends, now, zone), *_renewed(begins, ends, zone), *_fees(begins, ends, now, zone)]
    return sorted(found)


def _ends(begins: datetime, ends: datetime, now: datetime, zone: ZoneInfo) -> Iterable[Entry]:
    """The end of each registration: to come, or past without another period."""
    latest = Period.objects.filter(registration=OuterRef("pk")).order_by("-starts_at")
    rows = Registration.objects.filter(
        Q(ended_at__isnull=True, ends_at__gte=begins, ends_at__lt=ends)
        | Q(ended_at__gte=begins, ended_at__lt=ends),
        activated_at__isnull=False,
        campaign__status__in=states.LIVE | {states.SUBMITTING},
    ).select_related("campaign")
    for row in rows.annotate(period=Subquery(latest.values("pk")[:1])).only(
        "account", "ends_at", "ended_at", "renews", "confirmed_at", "campaign__name", "campaign__auto_renewal"
    ):
        at = row.ended_at or row.ends_at
        uid = row.period or uuid5(row.pk, "end")
        yield Entry(
            at, row.campaign.display_name, _kind(row, now, zone), day_of(at, zone), row.campaign_id, uid
        )


def _kind(row: Any, now: datetime, zone: ZoneInfo) -> Kind:
    if row.is_over(now):
        return Kind.ENDED
    if not row.campaign.auto_renewal:
        return Kind.ENDS
    reminders = gateway.campaign_policy(row.account).reminders.value
    soon = now >= days_before(row.ends_at, max(reminders), zone)
    stale = row.confirmed_at is None or now - row.confirmed_at > FRESH
    flagged = row.renews is not None
    return Kind.DOUBTFUL if flagged and soon and (stale or now >= row.ends_at) else Kind.RENEWS


def _renewed(begins: datetime, ends: datetime, zone: ZoneInfo) -> Iterable[Entry]:
    """The end of each period that another one followed."""
    after = Period.objects.filter(registration=OuterRef("registration"), starts_at__gte=OuterRef("ends_at"))
    rows = Period.objects.filter(ends_at__gte=begins, ends_at__lt=ends).annotate(
        after=Subquery(after.values("pk")[:1])
    )
    names = ("pk", "ends_at", "registration__campaign", "registration__campaign__name")
    for pk, at, campaign_id, name in rows.exclude(after=None).values_list(*names):
        yield Entry(at, name or str(_("Untitled campaign")), Kind.RENEWED, day_of(at, zone), campaign_id, pk)


def _fees(begins: datetime, ends: datetime, now: datetime, zone: ZoneInfo) -> Iterable[Entry]:
    """The day on which an active campaign without numbers begins to cost."""
    span = gateway.campaign_policy(gateway.default_account()).unused_after.value
    on_it = Count("assignments", filter=Q(assignments__ended_at=None))
    rows = Campaign.objects.filter(
        status=states.ACTIVE, empty_since__gte=begins - span, empty_since__lt=ends - span
    )
    for pk, name, since in (
        rows.annotate(numbers=on_it).filter(numbers=0).values_list("pk", "name", "empty_since")
    ):
        at = since + span
        uid = uuid5(pk, f"fee {since.isoformat()}")
        if at >= now:
            yield Entry(at, name or str(_("Untitled campaign")), Kind.FEE, day_of(at, zone), pk, uid)


# --- a month


@dataclass(frozen=True, slots=True)
class Day:
    """One square of the month. `more` are beyond those that are shown in it."""

    day: date
    is_inside: bool
    is_today: bool
    shown: list[Entry]
    count: int

    @property
    def more(self) -> int:
        """How many are not shown in the square."""
        return self.count - len(self.shown)


@dataclass(frozen=True, slots=True)
class Month:
    """A month as weeks of days."""

    first: date
    weeks: list[list[Day]]
    entries: list[Entry]

    @property
    def earlier(self) -> date | None:
        """The first of the month before; None where the calendar ends."""
        before = self.first - timedelta(days=1)
        return before.replace(day=1) if before.year in YEARS else None

    @property
    def later(self) -> date | None:
        """The first of the next month; None where the calendar ends."""
        after = (self.first + timedelta(days=31)).replace(day=1)
        return after if after.year in YEARS else None


# So many stand in one square; the list below has them all.
IN_A_SQUARE = 3


def month_of(text: str) -> date:
    """The first of the month "2027-04". Raises ValueError for anything else, and beyond `YEARS`."""
    found = datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC).date()
    if found.strftime("%Y-%m") != text or found.year not in YEARS:
        raise ValueError(text)
    return found


def month(first: date, *, now: datetime, zone: ZoneInfo, week_begins: int) -> Month:
    """The month that begins with `first`. `week_begins`: 0 for Monday to 6 for Sunday."""
    weeks = calendar.Calendar(week_begins).monthdatescalendar(first.year, first.month)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    found = entries(first, last, now=now, zone=zone)
    by_day: dict[date, list[Entry]] = {}
    for entry in found:
        by_day.setdefault(entry.day, []).append(entry)
    today = day_of(now, zone)
    squares = [
        [
            Day(
                day,
                day.month == first.month,
                day == today,
                by_day.get(day, [])[:IN_A_SQUARE],
                len(by_day.get(day, [])),
            )
            for day in week
        ]
        for week in weeks
    ]
    return Month(first, squares, found)
