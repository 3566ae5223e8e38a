"""What the rules say of a step while somebody fills it in. Nothing is saved and nothing is kept."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from brands.rules_views import SAID, SHOWN
from campaigns.forms import CampaignForm
from campaigns.models import Campaign
from campaigns.rules_shown import NOTE, slots
from campaigns.wizard import WIZARD
from portal.tenancy.access import MemberRequest, member
from portal.tenancy.roles import Act
from portal.ui.htmx import announce, is_partial
from portal.ui.slots import Slot


@require_POST
@member(can=Act.DRAFT)
def findings(request: MemberRequest, campaign_id: UUID, slug: str) -> HttpResponse:
    """The slots of a step that changed, and a word of it for screen readers; 204 when none did."""
    campaign = get_object_or_404(Campaign.objects.select_related("brand"), pk=campaign_id)
    try:
        form_class = WIZARD.get(campaign, slug).form
    except LookupError:
        raise Http404 from None
    if not is_partial(request):
        return redirect("campaigns:step", campaign.pk, slug)
    if form_class is None or not campaign.is_editable:
        return HttpResponse(status=204)
    form = cast("CampaignForm", form_class(request.POST, draft=campaign))
    rows = slots(campaign, form, said=request.POST.getlist(SAID))
    before = dict(mark.partition("=")[::2] for mark in request.POST.getlist(SHOWN))
    changed = [slot for slot in rows if _marks(slot) != before.get(slot.name, "")]
    if not changed:
        return HttpResponse(status=204)
    response = render(request, "preflight/_slots_changed.html", {"slots": changed})
    spoken = [slot for slot in changed if _spoken(_marks(slot)) != _spoken(before.get(slot.name, ""))]
    return announce(response, " ".join(_said(slot) for slot in spoken)) if spoken else response


def _marks(slot: Slot) -> str:
    return slot.mark.partition("=")[2]


def _spoken(marks: str) -> list[str]:
    """Without what changes with every letter."""
    return [one for one in marks.split("+") if one and not one.startswith(NOTE)]


def _said(slot: Slot) -> str:
    if _spoken(_marks(slot)):
        return slot.words
    return _("%(label)s: nothing to note any more.") % {"label": slot.label}
