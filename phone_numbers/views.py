"""Pages of numbers."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from campaigns.deriving import seen
from campaigns.models import Campaign
from phone_numbers.listing import page
from portal import clock
from portal.tenancy.access import MemberRequest, member
from portal.tenancy.roles import Act
from portal.ui.htmx import is_partial


@require_safe
@member(can=Act.VIEW)
def of_campaign(request: MemberRequest, campaign_id: UUID) -> HttpResponse:
    """The numbers assigned to one campaign: a page, and for htmx what its dialog shows."""
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    now = seen(campaign, clock.read().business)
    context = {"campaign": campaign, "seen": now, "page": page(now, request.GET)}
    template = "numbers/_of_campaign.html" if is_partial(request) else "numbers/of_campaign.html"
    return render(request, template, context)
