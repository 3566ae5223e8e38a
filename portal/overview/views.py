"""What needs me, what waits, what ends soon; and the place called SMS campaigns."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from brands import states
from brands.models import Brand
from portal.tenancy.access import MemberRequest, member
from portal.tenancy.roles import Act


@require_safe
@member(can=Act.VIEW)
def home(request: MemberRequest) -> HttpResponse:
    """Three lists, oldest first, because what has waited longest comes first."""
    brands = Brand.objects.order_by("since")
    context = {
        "needs_you": brands.filter(status__in=[states.REJECTED, states.DRAFT]),
        "waiting": brands.filter(status__in=states.WAITING),
        "watching": brands.filter(status__in=states.WAITING).exists(),
        "any_brand": brands.exists(),
    }
    return render(request, "overview/home.html", context)


@require_safe
@member(can=Act.VIEW)
def sms_campaigns(request: MemberRequest) -> HttpResponse:
    """My brand and SMS campaigns on one page."""
    brands = Brand.objects.order_by("-created_at")
    context = {
        "brands": brands,
        "watching": brands.filter(status__in=states.WAITING).exists(),
        "any_verified": brands.filter(status=states.VERIFIED).exists(),
    }
    return render(request, "overview/sms_campaigns.html", context)
