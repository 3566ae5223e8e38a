"""The pages of a campaign on its way back: a rejected one is corrected or appealed, an expired one submitted again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from campaigns import states
from campaigns.already import already_submitted
from campaigns.appealing import LEAST, MOST, CannotAppeal, appealable, ask, refused_appeal
from campaigns.explaining import explained_in
from campaigns.lifecycle import expire
from campaigns.listing import numbers_on
from campaigns.models import Campaign
from campaigns.registration import Registration
from campaigns.resubmitting import (
    NeedsNewCampaign,
    NothingChanged,
    TooLong,
    correct,
    correctable,
    discard,
    immutable,
    lock,
    resubmit,
    too_long,
)
from campaigns.rules_sending import BeforeSending, before_sending
from campaigns.shown import answers_of
from campaigns.submitting import NotReady, StaleDraft
from campaigns.versions import (
    DECIDERS,
    INTERFACE,
    Difference,
    differences,
    differs,
    filed_as,
    has_unsent_changes,
    standing,
)
from campaigns.wizard import CHECK, WIZARD
from portal import clock
from portal.drafts import typed
from portal.lifecycle import gateway
from portal.lifecycle.models import Submission
from portal.lifecycle.states import StaleState
from portal.tenancy.access import MemberRequest, member
from portal.tenancy.roles import Act
from portal.ui.forms import PortalForm
from portal.ui.looks import Text


class AppealForm(PortalForm):
    """Why a reviewer should look again: what was fixed, and where they can see it."""

    reason = forms.CharField(
        label=gettext_lazy("What you have fixed"),
        min_length=LEAST,
        max_length=MOST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy(
            "In English, for the reviewer: what was wrong, what you changed, and the address where they can see it."
        ),
    )


@dataclass(frozen=True, slots=True)
class Ways:
    """What can be done about a campaign that is rejected or expired; all false for any other.

    `before` is the check of an expired one as it would be submitted again, None for any other.
    """

    fix: bool = False
    again: bool = False
    unsent: bool = False
    appeal: bool = False
    refused: Submission | None = None
    before: BeforeSending | None = None

    @property
    def at_once(self) -> bool:
        """Can it be submitted again as it was, in a dialog, with nothing to look at first?"""
        before = self.before
        return before is not None and not before.errors and before.form is None and before.obstacle is None


def ways_of(campaign: Campaign, status: str) -> Ways:
    """The ways out for `campaign`, which stands at `status` as it is derived."""
    if status == states.REJECTED:
        return Ways(
            fix=True,
            unsent=has_unsent_changes(campaign),
            appeal=appealable(campaign) is not None,
            refused=refused_appeal(campaign),
        )
    if status == states.EXPIRED:
        unsent = has_unsent_changes(campaign)
        return Ways(again=True, unsent=unsent, before=before_sending(campaign, clock.read()))
    return Ways()


def correction_page(
    request: MemberRequest,
    campaign: Campaign,
    *,
    checked: BeforeSending | None = None,
    problem: Text = "",
    status: int = 200,
) -> HttpResponse:
    """What was filed beside what will be, what that costs, and the button that files it."""
    checked = checked or before_sending(campaign, clock.read())
    before, after = standing(campaign), checked.payload
    found = differences(campaign, before, after, links=True) if before else []
    registration = correctable(campaign) if campaign.status == states.REJECTED else None
    unsaved = typed.unsaved_steps(campaign, request.acting.actor)
    context: dict[str, Any] = {
        "campaign": campaign,
        "expired": campaign.status == states.EXPIRED,
        "correctable": registration,
        "number": campaign.version + 1,
        "changed": [one for one in found if one.look],
        "same": [one for one in found if not one.look],
        "differs": differs(before, after),
        "too_long": _too_long(campaign, registration, after),
        "needs_new": _beyond(registration, before, after, found),
        "reasons": explained_in(campaign, campaign.reasons, filed=campaign.filing()),
        "editable": _editable(registration),
        "decided_by": decider(campaign),
        "steps": [
            (one.title, _step_url(campaign, one.slug)) for one in WIZARD.steps_for(campaign) if one.form
        ],
        "before": checked,
        "form": checked.form,
        "estimate": checked.estimate,
        "missing": WIZARD.first_incomplete(campaign),
        "unsaved": [one for one in WIZARD.state(campaign, CHECK) if one.step.slug in unsaved],
        "problem": problem,
        "back_url": campaign.get_absolute_url(),
    }
    return render(request, "campaigns/correct.html", context, status=status)


def resubmission(request: MemberRequest, campaign: Campaign) -> HttpResponse:
    """File the corrections of a rejected campaign, or an expired one with its changes."""
    times = clock.read()
    checked = before_sending(campaign, times, request.POST)
    if WIZARD.first_incomplete(campaign) is not None or not checked.may_go:
        return correction_page(request, campaign, checked=checked, status=422)
    act = resubmit if campaign.status == states.EXPIRED else correct
    try:
        act(
            campaign,
            by=request.acting.actor,
            times=times,
            detail=checked.detail(),
            checked=checked.payload,
        )
    except NothingChanged:
        words = _("Nothing has been changed: the reviewers would decide the same again.")
        return correction_page(request, campaign, problem=words, status=422)
    except NeedsNewCampaign:
        words = _("What you changed cannot change in a campaign that was submitted. Nothing was sent.")
        return correction_page(request, campaign, problem=words, status=422)
    except TooLong:
        words = _("An answer is too long for a correction. Nothing was sent.")
        return correction_page(request, campaign, problem=words, status=422)
    except (NotReady, StaleDraft):
        campaign.refresh_from_db()
        return correction_page(request, campaign, status=409)
    except StaleState:
        return already_submitted(request, campaign)
    return _submitted(request, campaign)


@require_http_methods(["GET", "HEAD", "POST"])
@member(can=Act.SUBMIT)
def again(request: MemberRequest, campaign_id: UUID) -> HttpResponse:
    """Submit an expired campaign again: as it was, or, with `change` in the post, after changing something."""
    campaign = get_object_or_404(Campaign.objects.select_related("brand"), pk=campaign_id)
    if campaign.is_draft:
        return redirect("campaigns:check", campaign.pk)
    times = clock.read()
    if campaign.status_at(times.business, campaign.registration()) != states.EXPIRED:
        return already_submitted(request, campaign)
    if request.method == "POST" and "change" in request.POST:
        lock(campaign)
        expire(campaign, times)
        return redirect("campaigns:check", campaign.pk)
    data = request.POST if request.method == "POST" else None
    checked = before_sending(campaign, times, data)
    if data is None or not checked.may_go:
        return _again_page(request, campaign, checked, status=422 if data is not None else 200)
    try:
        resubmit(
            campaign, by=request.acting.actor, times=times, detail=checked.detail(), checked=checked.payload
        )
    except (NotReady, StaleDraft):
        campaign.refresh_from_db()
        return _again_page(request, campaign, before_sending(campaign, times), status=409)
    except StaleState:
        return already_submitted(request, campaign)
    return _submitted(request, campaign)


@require_http_methods(["GET", "HEAD", "POST"])
@member(can=Act.SUBMIT)
def appeal(request: MemberRequest, campaign_id: UUID) -> HttpResponse:
    """Have a rejection looked at again, because something outside the form was fixed."""
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    if campaign.is_draft:
        return redirect("campaigns:check", campaign.pk)
    if appealable(campaign) is None:
        return already_submitted(request, campaign)
    form = AppealForm(request.POST) if request.method == "POST" else AppealForm()
    if form.is_bound and form.is_valid():
        try:
            ask(campaign, form.cleaned_data["reason"], by=request.acting.actor, times=clock.read())
        except CannotAppeal:
            return already_submitted(request, campaign)
        messages.success(request, _("Your appeal is on its way to the reviewers. This page follows along."))
        return redirect(campaign)
    context = {
        "campaign": campaign,
        "form": form,
        "decided_by": decider(campaign),
        "unsent": has_unsent_changes(campaign),
        "refused": refused_appeal(campaign),
        "back_url": campaign.get_absolute_url(),
    }
    return render(request, "campaigns/appeal.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@member(can=Act.DRAFT)
def discarding(request: MemberRequest, campaign_id: UUID) -> HttpResponse:
    """Take the changes back after asking: the answers are again what was filed."""
    campaign = get_object_or_404(Campaign.objects.select_related("brand"), pk=campaign_id)
    filed = standing(campaign)
    changed: list[Difference] = []
    if filed and campaign.is_editable and has_unsent_changes(campaign):
        now = before_sending(campaign, clock.read()).payload
        changed = [one for one in differences(campaign, now, filed) if one.look]
    if request.method != "POST" and changed:
        return render(request, "campaigns/discard.html", {"campaign": campaign, "changed": changed})
    if request.method == "POST" and discard(campaign, by=request.acting.actor, times=clock.read()):
        typed.forget(campaign)
        messages.success(request, _("The changes were discarded."))
    else:
        messages.info(request, _("There are no changes to discard."))
    return redirect(campaign)


def decider(campaign: Campaign) -> Text:
    """Who returned it, in words."""
    return DECIDERS.get(campaign.decided_by, INTERFACE if campaign.reasons else "")


def _submitted(request: MemberRequest, campaign: Campaign) -> HttpResponse:
    typed.forget(campaign)
    messages.success(
        request,
        _("Version %(number)d is submitted. This page follows along.") % {"number": campaign.version},
    )
    return redirect(campaign)


def _again_page(
    request: MemberRequest, campaign: Campaign, checked: BeforeSending, *, status: int
) -> HttpResponse:
    context = {
        "campaign": campaign,
        "registration": campaign.registration(),
        "before": checked,
        "form": checked.form,
        "estimate": checked.estimate,
        "unsent": has_unsent_changes(campaign),
        "numbers": numbers_on([campaign])[campaign.pk],
        "missing": WIZARD.first_incomplete(campaign),
        "back_url": campaign.get_absolute_url(),
    }
    return render(request, "campaigns/resubmission.html", context, status=status)


def _beyond(
    registration: Registration | None, before: Any, after: Any, found: list[Difference]
) -> list[Difference]:
    """The changes that no update carries: what says that a new campaign is needed."""
    if registration is None:
        return []
    names = immutable(registration, before, after)
    return [one for one in found if one.look and filed_as(one.name) in names]


def _too_long(
    campaign: Campaign, registration: Registration | None, filing: Any
) -> list[tuple[Text, str, int]]:
    """What the carrier takes less of in a correction: the answer, the way to it, and the most characters."""
    if registration is None:
        return []
    answers = answers_of(campaign, links=True)
    return [
        (answers[name].label, answers[name].change_url, most)
        for name, most in too_long(registration, filing).items()
    ]


# What carriers let people change, as they call it in the wizard (names of `CampaignFiling`).
_CALLED: dict[str, Text] = {
    "samples": gettext_lazy("the sample messages"),
    "message_flow": gettext_lazy("the message flow"),
    "help_message": gettext_lazy("the HELP reply"),
    "auto_renewal": gettext_lazy("the renewal"),
}


def _editable(registration: Registration | None) -> list[Text]:
    """What can be changed under `registration`, in words and in the order of the wizard."""
    if registration is None:
        return []
    names = gateway.campaign_policy(registration.account).editable.value
    return [*(word for name, word in _CALLED.items() if name in names), *sorted(names - set(_CALLED))]


def _step_url(campaign: Campaign, slug: str) -> str:
    return reverse("campaigns:step", args=[campaign.pk, slug]) + f"?return={CHECK}"
