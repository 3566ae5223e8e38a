"""Deleting a submitted campaign, as a person does it: what is lost, the last question, and the way back in time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from campaigns import states
from campaigns.deleting import TooLate, ask_deletion, can_undo, undo_deletion
from campaigns.deleting import refused_deletion as refused_before
from campaigns.listing import numbers_on
from campaigns.models import Campaign
from portal import clock
from portal.clock import Times
from portal.lifecycle import gateway
from portal.lifecycle.blocking import Blocked, blockers_of
from portal.lifecycle.states import StaleState
from portal.tenancy.access import MemberRequest, member
from portal.tenancy.roles import Act
from portal.ui.forms import PortalForm


class DeletionForm(PortalForm):
    """One deliberate tick: what is lost stands beside it, with its number."""

    sure = forms.BooleanField(label=gettext_lazy("I understand that this cannot be undone"))

    def __init__(self, *args: Any, numbers: int, **kwargs: Any) -> None:
        """`numbers`: how many lose SMS."""
        super().__init__(*args, **kwargs)
        if numbers:
            sure = self.fields["sure"]
            sure.label = ngettext(
                "I understand that %(number)d phone number will lose SMS",
                "I understand that %(number)d phone numbers will lose SMS",
                numbers,
            ) % {"number": numbers}
            # The error names the question as it is asked.
            sure.error_messages.pop("required")
            self._word("sure", sure)


def form_for(campaign: Campaign, data: Any = None) -> DeletionForm:
    """The question about `campaign`, counted anew each time."""
    return DeletionForm(data, draft=campaign, numbers=numbers_on([campaign])[campaign.pk])


def undo_seconds() -> int:
    """How long a deletion can be taken back."""
    span: timedelta = gateway.campaign_policy(gateway.default_account()).undo.value
    return int(span.total_seconds())


def seconds_left(campaign: Campaign, times: Times) -> int:
    """Whole seconds in which the deletion can still be taken back; 0 when that is over."""
    if not can_undo(campaign, times) or campaign.undo_until is None:
        return 0
    return max(1, round((campaign.undo_until - times.machine).total_seconds()))


@require_http_methods(["GET", "HEAD", "POST"])
@member(can=Act.REMOVE, fresh=True)
def deletion(request: MemberRequest, campaign_id: UUID) -> HttpResponse:
    """Delete a submitted campaign at the carrier, for good: to owners and admins, after a fresh sign-in."""
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    if campaign.is_draft:
        return redirect("campaigns:delete-draft", campaign.pk)
    form = form_for(campaign, request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid() or campaign.status in states.GOING:
        return _page(request, campaign, form)
    try:
        ask_deletion(campaign, by=request.acting.actor, times=clock.read())
    except (Blocked, StaleState):
        return _page(request, campaign, form)
    return redirect(campaign)


@require_http_methods(["GET", "HEAD", "POST"])
@member(can=Act.REMOVE)
def undo(request: MemberRequest, campaign_id: UUID) -> HttpResponse:
    """Take the deletion back, by a post, as long as the carrier was not called. No fresh sign-in: nothing is lost by
    it, and there is no time for one."""
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    if request.method != "POST":
        return redirect(campaign)
    try:
        undo_deletion(campaign, by=request.acting.actor, times=clock.read())
    except (TooLate, StaleState):
        return _page(request, campaign, form_for(campaign), late=True)
    messages.success(request, _("The deletion was taken back. The campaign stands where it stood."))
    return redirect(campaign)


def _page(
    request: MemberRequest, campaign: Campaign, form: DeletionForm, *, late: bool = False
) -> HttpResponse:
    """The page: 409 for a post that cannot be followed in this state, 422 for one with an error."""
    times = clock.read()
    going = campaign.status in states.GOING
    blockers = [] if going else blockers_of(campaign)
    refused = late or (form.is_bound and (bool(blockers) or going))
    context = {
        "campaign": campaign,
        "form": form,
        "late": late,
        "blockers": blockers,
        "going": going,
        "seconds_left": seconds_left(campaign, times),
        "undo_seconds": undo_seconds(),
        "numbers": numbers_on([campaign])[campaign.pk],
        "submission": campaign.latest_submission() if going else None,
        "former": None if going else refused_before(campaign),
        "back_url": campaign.get_absolute_url(),
    }
    status = 409 if refused else 422 if form.is_bound else 200
    return render(request, "campaigns/deletion.html", context, status=status)
