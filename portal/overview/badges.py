"""The badges of a page that lists brands and campaigns: which of them look otherwise by now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict

from brands.models import Brand
from campaigns.deriving import Seen, all_seen
from campaigns.models import Campaign
from portal.ui.marks import marks_in


@dataclass(frozen=True, slots=True)
class Changed:
    """What changed of what a page has seen. `asked`: it showed anything; `watching`: any may change again."""

    brands: list[Brand]
    campaigns: list[Seen]
    asked: bool
    watching: bool

    @property
    def any(self) -> bool:
        """Did anything?"""
        return bool(self.brands or self.campaigns)


def changed(query: QueryDict, now: datetime) -> Changed:
    """What the page has seen stands in `query` as `seen` (brands) and `campaign`, each a `ui.marks.mark_of`; two or
    three queries for any number."""
    brands_seen, campaigns_seen = marks_in(query, "seen"), marks_in(query, "campaign")
    brands = list(Brand.objects.filter(pk__in=brands_seen)) if brands_seen else []
    rows = Campaign.objects.filter(pk__in=campaigns_seen) if campaigns_seen else []
    campaigns = all_seen(rows, now) if rows else []
    return Changed(
        brands=[one for one in brands if one.mark != brands_seen[one.pk]],
        campaigns=[one for one in campaigns if one.mark != campaigns_seen[one.campaign.pk]],
        asked=bool(brands_seen or campaigns_seen),
        watching=any(one.is_waiting for one in brands) or any(one.campaign.is_waiting for one in campaigns),
    )
