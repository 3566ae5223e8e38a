"""What numbers need somebody, and which wait: one line for each campaign; and which stop when a campaign lapses."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, Exists, Max, Min, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from campaigns.listing import numbers_on
from campaigns.models import Campaign
from phone_numbers.models import Assignment
from phone_numbers.sending import stopping
from phone_numbers.states import LOOKS
from portal.overview.line import Line
from portal.ui.looks import Text

State = Assignment.State
# A refusal that nobody did anything about for so long was meant to stay.
RECENT = timedelta(days=30)


def failed(now: datetime) -> list[Line]:
    """The numbers that the carrier refused lately and that nothing has happened to since; two queries."""
    later = Assignment.objects.filter(number=OuterRef("number"), since__gt=OuterRef("since"))
    rows = Assignment.objects.filter(~Exists(later), state=State.FAILED, since__gte=now - RECENT)
    return _by_campaign(rows.filter(number__removed_at=None), State.FAILED)


def waiting() -> list[Line]:
    """The numbers that the carrier is asked to put on a campaign, or to take off; two queries each."""
    rows = Assignment.objects.open()
    return [
        line
        for state in (State.PENDING, State.RELEASING)
        for line in _by_campaign(rows.filter(state=state), state)
    ]


def stops(campaigns: Collection[UUID], now: datetime) -> dict[UUID, Text]:
    """How many numbers stop when each of `campaigns` lapses, in words."""
    counts = stopping(campaigns, now)
    return {
        pk: ngettext("%(number)d number stops", "%(number)d numbers stop", count) % {"number": count}
        for pk, count in counts.items()
    }


def sleep(campaigns: list[Campaign]) -> dict[UUID, Text]:
    """How many numbers sleep on each of `campaigns`, none of which may send, in words."""
    return {
        pk: ngettext("%(number)d number asleep", "%(number)d numbers asleep", count) % {"number": count}
        for pk, count in numbers_on(campaigns).items()
        if count
    }


def _by_campaign(rows: QuerySet[Assignment], state: str) -> list[Line]:
    counts = (
        rows.order_by().values("campaign").annotate(count=Count("pk"), first=Min("since"), last=Max("since"))
    )
    found = {one["campaign"]: one for one in counts}
    campaigns = (
        Campaign.objects.filter(pk__in=found).select_related("brand").order_by("name", "pk") if found else []
    )
    return [_line(one, state, found[one.pk]["count"], found[one.pk]["first"]) for one in campaigns]


def _line(campaign: Campaign, state: str, count: int, since: datetime) -> Line:
    query = {"product": campaign.product, "status": state}
    if state != State.FAILED:
        query["campaign"] = str(campaign.pk)
    words = ngettext("%(number)d number · %(name)s", "%(number)d numbers · %(name)s", count)
    return Line(
        _("Phone numbers"),
        words % {"number": count, "name": campaign.display_name},
        f"{reverse('numbers:list')}?{urlencode(query)}",
        _("since"),
        since,
        look=LOOKS[state],
    )
