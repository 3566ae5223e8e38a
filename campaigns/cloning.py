"""Copying a campaign into a draft: all that was answered, and nothing of what a carrier said."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from brands import states as brand_states
from campaigns import states
from campaigns.models import Campaign
from portal import clock
from portal.audit.recording import Actor, record
from portal.clock import Times
from portal.tenancy.access import MemberRequest, member
from portal.tenancy.roles import Act

# Every answer of the wizard. The name is copied too, with a word that tells the two apart.
ANSWERS = (
    *("product", "consent", "use_case", "sub_use_cases"),
    *("collects_opt_ins", "processes_opt_outs", "answers_help"),
    *("categories_fit", "embedded_link", "embedded_phone", "age_gated", "direct_lending", "number_pool"),
    *("age_gate", "embedded_link_sample", "samples", "description", "message_flow", "message_flow_own"),
    *("privacy_url", "terms_url", "optin_keywords", "optout_keywords", "help_keywords"),
    *("optin_message", "optout_message", "help_message", "auto_renewal"),
)


# Characters of a campaign's name (`Campaign.name`).
LONGEST = 100


def clone(campaign: Campaign, *, by: Actor, times: Times) -> Campaign:
    """A draft with the answers of `campaign`; the one this person made of it before, if it was left untouched.

    It says what it was copied from, so that nobody takes the two for duplicates.
    """
    with transaction.atomic():
        # Two presses of the button at once make one copy.
        Campaign.objects.select_for_update().get(pk=campaign.pk)
        mine = Campaign.objects.filter(
            status=states.DRAFT, copied_from=campaign.pk, created_by=by.user_id, created_by__isnull=False
        )
        untouched: Campaign | None = mine.filter(saved_at=F("created_at")).first()
        if untouched is not None:
            return untouched
        brand = campaign.brand
        copy: Campaign = Campaign.objects.create(
            organization_id=campaign.organization_id,
            since=times.business,
            created_at=times.business,
            created_by=by.user_id,
            saved_at=times.business,
            copied_from=campaign.pk,
            brand=None if brand is None or brand.status in brand_states.GOING else brand,
            name=_name_of_copy(campaign),
            **{name: getattr(campaign, name) for name in ANSWERS},
        )
        record(
            states.CLONED,
            copy,
            by=by,
            at=times.business,
            detail={"note": campaign.display_name, "copied_from": str(campaign.pk)},
        )
    return copy


def original_of(campaign: Campaign) -> Campaign | None:
    """What it was copied from, while that exists."""
    return Campaign.objects.filter(pk=campaign.copied_from).first() if campaign.copied_from else None


def _name_of_copy(campaign: Campaign) -> str:
    mark = f" ({_('copy')})"
    name = campaign.name.removesuffix(mark)
    return f"{name[: LONGEST - len(mark)]}{mark}" if name else ""


@require_http_methods(["GET", "HEAD", "POST"])
@member(can=Act.DRAFT)
def copying(request: MemberRequest, campaign_id: UUID) -> HttpResponse:
    """Make the copy, by a post only, and go on with it where all its answers stand."""
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    if request.method != "POST":
        return redirect(campaign)
    copy = clone(campaign, by=request.acting.actor, times=clock.read())
    messages.success(
        request,
        _("This is a copy of “%(name)s”. Change what has to be different; nothing is sent yet.")
        % {"name": campaign.display_name},
    )
    return redirect("campaigns:check", copy.pk)
