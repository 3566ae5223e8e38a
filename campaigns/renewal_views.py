"""Switching the renewal of a campaign, and asking again for what the carrier refused."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from campaigns.models import Campaign
from campaigns.renewing import TooLate, ask_again, switch
from portal import clock
from portal.tenancy.access import MemberRequest, member
from portal.tenancy.roles import Act

# What the panel posts as `renews`.
ON, OFF, AGAIN = "on", "off", "again"


@require_http_methods(["GET", "HEAD", "POST"])
@member(can=Act.SUBMIT)
def renewal(request: MemberRequest, campaign_id: UUID) -> HttpResponse:
    """Switch automatic renewal on or off, until the last day; the panel stands on the campaign's page."""
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    if request.method == "POST":
        act = request.POST.get("renews", "")
        if act not in (ON, OFF, AGAIN):
            raise BadRequest("on, off or again")
        _act(request, campaign, act)
    return redirect(f"{reverse('campaigns:detail', args=[campaign.pk])}#renewal")


def _act(request: MemberRequest, campaign: Campaign, act: str) -> None:
    times = clock.read()
    try:
        if act == AGAIN:
            ask_again(campaign, by=request.acting.actor, times=times)
            messages.success(request, _("The carrier is asked again."))
        elif not switch(campaign, renews=act == ON, by=request.acting.actor, times=times):
            messages.info(request, _("That is the choice already."))
        elif act == ON:
            messages.success(request, _("Automatic renewal is on. The carrier is told."))
        else:
            messages.success(request, _("Automatic renewal is off. The carrier is told."))
    except TooLate:
        messages.error(
            request, _("Nothing was changed: its period is past, or nothing of it can be renewed now.")
        )
