"""What needs me, what waits, what ends soon; and the place called SMS campaigns."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from brands import states
from brands.listing import Search, page
from brands.models import Brand
from campaigns import listing as campaigns_listing
from campaigns import states as campaign_states
from campaigns.guides import GUIDES
from campaigns.models import Campaign
from portal import clock
from portal.overview import badges as badges_of
from portal.overview.lines import lines
from portal.tenancy.access import MemberRequest, member
from portal.tenancy.roles import Act
from portal.ui.htmx import is_partial


@require_safe
@member(can=Act.VIEW)
def home(request: MemberRequest) -> HttpResponse:
    """Three lists, oldest first, because what has waited longest comes first."""
    now = lines(clock.read().business)
    return render(request, "overview/home.html", {"lines": now, "watching": now.watching})


@require_safe
@member(can=Act.VIEW)
def sms_campaigns(request: MemberRequest) -> HttpResponse:
    """My brand and SMS campaigns on one page; 422 for a filter that does not exist."""
    search, campaign_search = Search(request.GET), campaigns_listing.Search(request.GET)
    now = clock.read().business
    brands = page(search, request.GET) if search.is_valid() else None
    campaigns = (
        campaigns_listing.page(campaign_search, request.GET, now) if campaign_search.is_valid() else None
    )
    counts = Brand.objects.aggregate(
        total=Count("pk"),
        deleted=Count("pk", filter=Q(status=states.DELETED)),
        verified=Count("pk", filter=Q(status=states.VERIFIED)),
    )
    counts |= Campaign.objects.aggregate(
        campaigns_total=Count("pk"),
        campaigns_deleted=Count("pk", filter=Q(status=campaign_states.DELETED)),
    )
    context = {
        "search": search,
        "page": brands,
        "export_query": f"&{urlencode(search.answers)}" if search.asks else "",
        "campaign_search": campaign_search,
        "campaigns": campaigns,
        "campaigns_query": f"&{urlencode(campaign_search.answers)}" if campaign_search.asks else "",
        "watching": bool(brands and brands.watching) or bool(campaigns and campaigns.watching),
        "guides": GUIDES,
        # The page has one title, one summary of errors and two filters.
        "form": campaign_search if campaigns is None and brands is not None else search,
        **counts,
    }
    return render(
        request, "overview/sms_campaigns.html", context, status=200 if brands and campaigns else 422
    )


@require_safe
@member(can=Act.VIEW)
def badges(request: MemberRequest) -> HttpResponse:
    """The badges of all waiting rows of a page in one request; only those that changed are sent."""
    if not is_partial(request):
        return redirect("overview:sms-campaigns")
    found = badges_of.changed(request.GET, clock.read().business)
    if found.asked and not found.any:
        return HttpResponse(status=204)
    return render(request, "overview/_badges.html", {"found": found, "watching": found.watching})
