"""The wizard's pages: one URL per step, the draft is a row, Back works, leaving loses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.already import already_submitted
from campaigns.buttons import Pressed, pressed
from campaigns.correcting import correction_page, resubmission
from campaigns.forms import BrandForm, CampaignForm
from campaigns.forms_messages import SamplesForm
from campaigns.models import Campaign, start_draft
from campaigns.readiness import carrying
from campaigns.rules_sending import BeforeSending, before_sending
from campaigns.rules_shown import with_slots
from campaigns.shown import draft_sections
from campaigns.submitting import NotReady, StaleDraft, submit
from campaigns.use_cases import policy
from campaigns.wizard import BRAND, CHECK, HEADINGS, RENEWAL, WIZARD
from portal import clock
from portal.drafts import stepping, typed
from portal.drafts.stepping import Clash, Done, Shown
from portal.drafts.typed import Place
from portal.lifecycle.states import StaleState
from portal.tenancy.access import MemberRequest, member
from portal.tenancy.roles import Act
from portal.ui.answers import opened_from
from portal.ui.wizard import Step, StepView

# In the address of the samples: how many boxes are shown.
BOXES = "samples"


@require_http_methods(["GET", "HEAD", "POST"])
@member(can=Act.DRAFT)
def new(request: MemberRequest) -> HttpResponse:
    """The first step; answering it starts the draft, so nobody leaves empty drafts behind. Where one brand alone
    can carry campaigns it is chosen already."""
    ready = carrying()
    nobody = Campaign(brand=ready[0] if len(ready) == 1 else None)
    step = WIZARD.steps_for(nobody)[0]
    form_class = _form_of(step)
    form = form_class(request.POST, draft=nobody) if request.method == "POST" else form_class.opened(nobody)
    if not (form.is_bound and form.is_valid()):
        return _step_page(request, nobody, step, Shown(form, opened_from(form_class, nobody, step.slug)))
    times = clock.read()
    brand = form.brands[form.cleaned_data["brand"]] if isinstance(form, BrandForm) else nobody.brand
    campaign = start_draft(
        organization_id=request.acting.organization.pk, by=request.acting.actor, times=times, brand=brand
    )
    if step.slug != BRAND:
        campaign.save_answers(form_class.columns_of(form.cleaned_data, campaign), times=times)
    following = WIZARD.steps_for(campaign)[0] if step.slug == BRAND else WIZARD.after(campaign, step.slug)
    if following is not None and following.slug == BRAND:
        following = WIZARD.after(campaign, BRAND)
    return redirect(_address_of(campaign, following or step))


@require_http_methods(["GET", "HEAD", "POST"])
@member(can=Act.DRAFT)
def step(request: MemberRequest, campaign_id: UUID, slug: str) -> HttpResponse:
    """One step of the wizard for one draft. Its row is locked while answers are compared and saved."""
    # Only its own row: a brand's lock belongs to those who submit and delete.
    locked = Campaign.objects.select_for_update(of=("self",))
    rows = (locked if request.method == "POST" else Campaign.objects.all()).select_related("brand")
    campaign = get_object_or_404(rows, pk=campaign_id)
    if not campaign.is_editable:
        return already_submitted(request, campaign)
    try:
        found = WIZARD.get(campaign, slug)
    except LookupError:
        raise Http404 from None
    if found.form is None:
        return redirect("campaigns:check", campaign.pk)
    form_class, times = _form_of(found), clock.read()
    place = Place(campaign, slug, request.acting.actor)
    if request.method != "POST":
        wanted = request.GET.get(stepping.BEGIN_WITH, "")
        return _step_page(request, campaign, found, stepping.opened(place, form_class, wanted))
    if stepping.is_autosave(request):
        return stepping.autosaved(request, stepping.kept(place, form_class, request.POST, at=times.business))
    if (act := pressed(campaign, form_class, request.POST)) is not None:
        return _kept(request, place, form_class, act)

    def save(answers: Mapping[str, Any]) -> None:
        campaign.save_answers(form_class.columns_of(answers, campaign), times=times)

    outcome = stepping.sent(place, form_class, request.POST, save, at=times.business)
    return _after(request, campaign, found, outcome)


@require_safe
@member(can=Act.DRAFT)
def check(request: MemberRequest, campaign_id: UUID) -> HttpResponse:
    """Every answer with a Change link, what it costs, how long it takes, and the button that files it."""
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    if not campaign.is_editable:
        return already_submitted(request, campaign)
    return _check_page(request, campaign) if campaign.is_draft else correction_page(request, campaign)


@require_POST
@member(can=Act.SUBMIT)
def submission(request: MemberRequest, campaign_id: UUID) -> HttpResponse:
    """File the campaign, once: of any number of posts one wins, the others are told the reference."""
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    if campaign.is_editable and not campaign.is_draft:
        return resubmission(request, campaign)
    if not campaign.is_draft:
        return already_submitted(request, campaign)
    times = clock.read()
    before = before_sending(campaign, times, request.POST)
    if WIZARD.first_incomplete(campaign) is not None or not before.may_go:
        return _check_page(request, campaign, before, status=422)
    checked = {"detail": before.detail(), "checked": before.payload}
    try:
        submit(campaign, by=request.acting.actor, times=times, **checked)
    except StaleState:
        return already_submitted(request, campaign)
    except (NotReady, StaleDraft):
        campaign.refresh_from_db()
        return _check_page(request, campaign, status=409)
    typed.forget(campaign)
    messages.success(request, _("Submitted. The registry is asked now; this page follows along."))
    return redirect(campaign)


@require_http_methods(["GET", "HEAD", "POST"])
@member(can=Act.DRAFT)
def deletion(request: MemberRequest, campaign_id: UUID) -> HttpResponse:
    """Delete a draft after asking. Nothing was filed, so nothing has to be taken back."""
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    if not campaign.is_draft:
        return already_submitted(request, campaign)
    if request.method != "POST":
        return render(request, "campaigns/delete_draft.html", {"campaign": campaign})
    name = campaign.display_name
    typed.forget(campaign)
    if not campaign.delete_draft(by=request.acting.actor, times=clock.read()):
        return already_submitted(request, campaign)
    messages.success(request, _("The draft “%(name)s” was deleted.") % {"name": name})
    return redirect("overview:sms-campaigns")


def _form_of(step: Step) -> type[CampaignForm]:
    return cast("type[CampaignForm]", step.form)


def _kept(request: MemberRequest, place: Place, form_class: type[CampaignForm], act: Pressed) -> HttpResponse:
    """Keep what a button made of the answers, unsaved, and show it."""
    now = clock.read().business
    if act.put_aside and stepping.kept(place, form_class, request.POST, at=now):
        place.put_aside()
    stepping.kept(place, form_class, act.data, at=now)
    asked = {"return": CHECK} if request.GET.get("return") == CHECK else {}
    asked |= {BOXES: str(act.boxes)} if act.boxes else {}
    url = reverse("campaigns:step", args=[place.draft.pk, place.slug])
    return redirect(f"{url}{'?' if asked else ''}{urlencode(asked)}#id_{act.field}")


def _after(
    request: MemberRequest, campaign: Campaign, step: Step, outcome: Shown | Clash | Done
) -> HttpResponse:
    """Where a step leads that came back: onward, out, to its errors, or to the page that compares."""
    if stepping.LEAVE in request.POST:
        messages.success(request, stepping.left(outcome))
        return redirect("overview:sms-campaigns")
    if isinstance(outcome, Shown):
        return _step_page(request, campaign, step, outcome)
    if isinstance(outcome, Clash):
        step_url = _with_return(request, reverse("campaigns:step", args=[campaign.pk, step.slug]))
        page = {"step": step, "back_url": step_url, "action_url": step_url}
        return stepping.compare(request, outcome, draft=campaign, steps=_steps(campaign, step.slug), **page)
    if outcome.saved:
        messages.success(request, _("Saved."), extra_tags="spoken")
    return redirect(_onward(campaign, step.slug, returning=request.GET.get("return") == CHECK))


def _onward(campaign: Campaign, slug: str, *, returning: bool) -> str:
    try:
        following = WIZARD.onward(campaign, slug, returning=returning)
    except LookupError:
        # The last choice of a brand took itself away: there is none left to choose.
        following = WIZARD.first_incomplete(campaign)
    if following is None or following.slug == CHECK:
        return reverse("campaigns:check", args=[campaign.pk])
    return _address_of(campaign, following)


def _address_of(campaign: Campaign, step: Step) -> str:
    if step.form is None:
        return reverse("campaigns:check", args=[campaign.pk])
    return reverse("campaigns:step", args=[campaign.pk, step.slug])


def _steps(campaign: Campaign, slug: str) -> list[StepView]:
    return WIZARD.state(campaign, slug, lambda one: _address_of(campaign, one))


def _with_return(request: MemberRequest, url: str) -> str:
    return f"{url}?return={CHECK}" if request.GET.get("return") == CHECK else url


def _step_page(request: MemberRequest, campaign: Campaign, step: Step, shown: Shown) -> HttpResponse:
    """A step with its form; 422 when it was posted with errors, so that htmx and tests can tell."""
    is_new = campaign.created_at is None
    form = cast("CampaignForm", shown.form)
    if isinstance(form, SamplesForm):
        _show_boxes(form, request.GET.get(BOXES, ""))
    step_url = (
        "" if is_new else _with_return(request, reverse("campaigns:step", args=[campaign.pk, step.slug]))
    )
    context = {
        "campaign": None if is_new else campaign,
        "step": step,
        "heading": HEADINGS.get(step.slug, ""),
        "steps": WIZARD.state(
            campaign, step.slug, None if is_new else lambda one: _address_of(campaign, one)
        ),
        "form": form if is_new else with_slots(campaign, form),
        "findings_url": "" if is_new else reverse("campaigns:findings", args=[campaign.pk, step.slug]),
        "shown": shown,
        "step_url": step_url,
        # Without what stands behind "#" or "?" in the address: a browser would take it along to the next page.
        "action_url": step_url or request.path,
        "saved_at": campaign.saved_at,
        "rules": policy(),
        "back_url": _back_url(request, campaign, step),
    }
    return render(request, step.template, context, status=422 if form.is_bound else 200)


def _back_url(request: MemberRequest, campaign: Campaign, step: Step) -> str:
    if campaign.created_at is None:
        return reverse("overview:sms-campaigns")
    if request.GET.get("return") == CHECK:
        return reverse("campaigns:check", args=[campaign.pk])
    back = WIZARD.before(campaign, step.slug)
    return _address_of(campaign, back) if back else reverse("overview:sms-campaigns")


def _show_boxes(form: SamplesForm, asked: str) -> None:
    """As many boxes as the address asks for; the last of them is gone on with."""
    form.boxes = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 3 else 0
    if form.boxes and not form.is_bound:
        list(form.fields.values())[form.shown - 1].widget.attrs["autofocus"] = True


def _check_page(
    request: MemberRequest, campaign: Campaign, before: BeforeSending | None = None, status: int = 200
) -> HttpResponse:
    before = before or before_sending(campaign, clock.read())
    unsaved = typed.unsaved_steps(campaign, request.acting.actor)
    context = {
        "campaign": campaign,
        "steps": _steps(campaign, CHECK),
        "sections": draft_sections(campaign),
        "missing": WIZARD.first_incomplete(campaign),
        "saved_at": campaign.saved_at,
        "unsaved": [one for one in _steps(campaign, CHECK) if one.step.slug in unsaved],
        "before": before,
        "estimate": before.estimate,
        "form": before.form,
        "back_url": reverse("campaigns:step", args=[campaign.pk, RENEWAL]),
    }
    return render(request, "campaigns/check.html", context, status=status)
