"""The pages of what was filed each time: every version, and one of them beside the one before."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from campaigns.explaining import explained_in
from campaigns.models import Campaign
from campaigns.shown import filed_sections
from campaigns.versions import as_filed, differences, versions_of
from portal.tenancy.access import MemberRequest, member
from portal.tenancy.roles import Act


@require_safe
@member(can=Act.VIEW)
def versions(request: MemberRequest, campaign_id: UUID) -> HttpResponse:
    """Every version that was filed, newest first."""
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    context = {"campaign": campaign, "versions": versions_of(campaign)}
    return render(request, "campaigns/versions.html", context)


@require_safe
@member(can=Act.VIEW)
def version(request: MemberRequest, campaign_id: UUID, number: int) -> HttpResponse:
    """One version: the verdict, what changed against the one before, and everything that was filed."""
    campaign = get_object_or_404(Campaign.objects.select_related("brand"), pk=campaign_id)
    filed = {one.number: one for one in versions_of(campaign)}
    one, former = filed.get(number), filed.get(number - 1)
    if one is None:
        raise Http404
    found = differences(campaign, former.payload, one.payload) if former else []
    context = {
        "campaign": campaign,
        "version": one,
        "former": former,
        "later": filed.get(number + 1),
        "reasons": explained_in(campaign, one.reasons, filed=one.filing),
        "decided_by": one.decided_by,
        "changed": [each for each in found if each.look],
        "same": [each for each in found if not each.look],
        "sections": filed_sections(as_filed(campaign, one.payload)),
    }
    return render(request, "campaigns/version.html", context)
