"""Pages of campaigns that are no drafts any more: list, detail, live status."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from campaigns import states
from campaigns.cloning import original_of
from campaigns.correcting import decider, ways_of
from campaigns.deriving import Seen, seen
from campaigns.explaining import explained, explained_in
from campaigns.exporting import file_of
from campaigns.listing import Search, found, numbers_on
from campaigns.models import Campaign
from campaigns.networks import rows_of
from campaigns.removing import form_for, seconds_left, undo_seconds
from campaigns.renewal_shown import renewal_of
from campaigns.shown import filed_sections
from campaigns.throughput import throughput_of
from campaigns.versions import as_filed, standing, versions_of
from campaigns.waiting import expected_of, status_of
from portal import clock
from portal.audit.sentences import timeline
from portal.lib.tables import CONTENT_TYPES
from portal.lifecycle.blocking import blockers_of
from portal.tenancy.access import MemberRequest, member
from portal.tenancy.roles import Act
from portal.ui.forms import PortalForm
from portal.ui.htmx import is_partial


@require_safe
@member(can=Act.VIEW)
def campaign_list(request: MemberRequest) -> HttpResponse:
    """The campaigns stand on the page of SMS campaigns, below the brands."""
    return redirect("overview:sms-campaigns")


@require_safe
@member(can=Act.VIEW)
def detail(request: MemberRequest, campaign_id: UUID) -> HttpResponse:
    """One campaign: badge, status line, what each carrier makes of it, what was filed, and its history."""
    campaign = get_object_or_404(Campaign.objects.select_related("brand"), pk=campaign_id)
    if campaign.is_draft and request.acting.can_draft:
        return redirect("campaigns:check", campaign.pk)
    return detail_page(request, campaign)


def detail_page(
    request: MemberRequest, campaign: Campaign, *, form: PortalForm | None = None
) -> HttpResponse:
    """The page of one campaign; 422 with a `form` on it that came back with errors."""
    page = _page(request, campaign, form=form)
    return render(request, "campaigns/detail.html", page, status=422 if form else 200)


@require_safe
@member(can=Act.VIEW)
def status(request: MemberRequest, campaign_id: UUID) -> HttpResponse:
    """The part of the campaign's page that changes while it waits. 204 when `seen` is still the truth."""
    campaign = get_object_or_404(Campaign.objects.select_related("brand"), pk=campaign_id)
    if not is_partial(request):
        return detail(request, campaign_id)
    page = _page(request, campaign)
    if request.GET.get("seen") == page["fingerprint"]:
        return HttpResponse(status=204)
    now = cast("Seen", page["seen"])
    moved = request.GET.get("mark", now.mark) != now.mark
    # One carrier more that has approved it changes the table, and not the badge.
    changed = moved or request.GET.get("record", page["record_mark"]) != page["record_mark"]
    context = {**page, "moved": moved, "changed": changed}
    return render(request, "campaigns/_refreshed.html", context)


@require_safe
@member(can=Act.VIEW)
def export(request: MemberRequest) -> HttpResponse:
    """The campaigns of the list, filtered as it is, as a file that is written while it is sent."""
    search = Search(request.GET)
    if not search.is_valid():
        raise BadRequest("unknown filter")
    at = clock.read().business
    return _file(request, lambda: found(search, at), search.answers)


@require_safe
@member(can=Act.VIEW)
def export_one(request: MemberRequest, campaign_id: UUID) -> HttpResponse:
    """One campaign as a file, for instance before it is deleted."""
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    return _file(request, lambda: Campaign.objects.filter(pk=campaign.pk), {"campaign": str(campaign.pk)})


def _file(
    request: MemberRequest, campaigns: Callable[[], QuerySet[Any]], asked: dict[str, str]
) -> HttpResponse:
    kind = request.GET.get("format", "csv")
    if kind not in CONTENT_TYPES:
        raise Http404
    # A stream is no HttpResponse to Django, but one to every caller of a view.
    return cast("HttpResponse", file_of(kind, request.acting, campaigns, asked, at=clock.read().business))


def _page(request: MemberRequest, campaign: Campaign, *, form: PortalForm | None = None) -> dict[str, object]:
    times = clock.read()
    now = seen(campaign, times.business)
    status = status_of(campaign, times)
    filed = campaign.filing()
    # While it is changed, the campaign's own answers are the next version; what stands at the carrier is this one.
    shown = as_filed(campaign, standing(campaign)) if filed and campaign.is_editable else campaign
    versions = versions_of(campaign)
    left, networks = seconds_left(campaign, times), rows_of(now)
    said = _mark("|".join(f"{row.name}{row.look}{row.word}" for row in networks))
    return {
        "campaign": campaign,
        "seen": now,
        "status": status,
        # The undo ends without any move: the page has to follow that, too.
        "fingerprint": _mark(f"{status.fingerprint}|{now.mark}|{said}|{bool(left)}"),
        "record_mark": said,
        "seconds_left": left,
        "undo_seconds": undo_seconds(),
        "networks": networks,
        "numbers": numbers_on([campaign])[campaign.pk],
        "throughput": throughput_of(shown),
        "original": original_of(campaign),
        "form": form,
        "sections": filed_sections(shown),
        "timeline": [*expected_of(campaign), *timeline(campaign)],
        "submission": filed,
        "versions": versions,
        "renewal": renewal_of(now, times),
        "ways": ways_of(campaign, now.status),
        "reasons": explained(campaign) or explained_in(campaign, campaign.reasons, filed=filed),
        "decided_by": decider(campaign),
        "deletion_form": form_for(campaign) if _deletable(request, campaign) else None,
    }


def _deletable(request: MemberRequest, campaign: Campaign) -> bool:
    """May this person be asked in a dialog? Everybody else is told on the page what is in the way."""
    return campaign.status in states.LIVE and request.acting.may(Act.REMOVE) and not blockers_of(campaign)


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
