"""What needs me, what waits, what ends soon; and the place called SMS campaigns."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from brands import states
from brands.listing import Search, page
from brands.models import Brand
from portal.tenancy.access import MemberRequest, member
from portal.tenancy.roles import Act


@require_safe
@member(can=Act.VIEW)
def home(request: MemberRequest) -> HttpResponse:
    """Three lists, oldest first, because what has waited longest comes first."""
    brands = Brand.objects.order_by("since")
    context = {
        "needs_you": brands.filter(status__in=states.NEEDS_YOU),
        "waiting": brands.filter(status__in=states.WAITING - states.NEEDS_YOU),
        "watching": brands.filter(status__in=states.WAITING).exists(),
        "any_brand": brands.exists(),
    }
    return render(request, "overview/home.html", context)


@require_safe
@member(can=Act.VIEW)
def sms_campaigns(request: MemberRequest) -> HttpResponse:
    """My brand and SMS campaigns on one page; 422 for a filter that does not exist."""
    search = Search(request.GET)
    listed = page(search, request.GET) if search.is_valid() else None
    counts = Brand.objects.aggregate(
        total=Count("pk"),
        deleted=Count("pk", filter=Q(status=states.DELETED)),
        verified=Count("pk", filter=Q(status=states.VERIFIED)),
    )
    context = {
        "search": search,
        "page": listed,
        "watching": listed.watching if listed else False,
        "export_query": f"&{urlencode(search.answers)}" if search.asks else "",
        **counts,
    }
    return render(request, "overview/sms_campaigns.html", context, status=200 if listed else 422)
