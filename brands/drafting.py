"""The wizard's pages: one URL per step, the draft is a row, Back works, leaving loses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from brands.already import already_submitted
from brands.correcting import correction_page, resubmission, with_objections
from brands.forms import TermsForm
from brands.models import TERMS_VERSION, Brand, StaleDraft, start_draft
from brands.rules_sending import before_sending
from brands.rules_shown import with_slots
from brands.shown import draft_sections, fee_of
from brands.waiting import usual_wait
from brands.wizard import CHECK, TERMS, WIZARD
from portal import clock
from portal.drafts import stepping, typed
from portal.drafts.stepping import Clash, Done, Shown
from portal.drafts.typed import Place
from portal.lifecycle.states import StaleState
from portal.tenancy.access import MemberRequest, member
from portal.tenancy.roles import Act
from portal.ui.answers import opened_from
from portal.ui.sending import BeforeSending
from portal.ui.wizard import Step, StepView


@require_http_methods(["GET", "HEAD", "POST"])
@member(can=Act.DRAFT)
def new(request: MemberRequest) -> HttpResponse:
    """Terms and guidelines; accepting them starts the draft, so nobody leaves empty drafts behind."""
    nobody = Brand()
    form = TermsForm(request.POST, draft=nobody) if request.method == "POST" else TermsForm(draft=nobody)
    if form.is_bound and form.is_valid():
        times = clock.read()
        by = request.acting.actor
        brand = start_draft(organization_id=request.acting.organization.pk, by=by, times=times)
        brand.accept_terms(by=by, times=times)
        return _onward(brand, TERMS)
    return _step_page(request, nobody, TERMS, Shown(form, opened_from(TermsForm, nobody, TERMS)))


@require_http_methods(["GET", "HEAD", "POST"])
@member(can=Act.DRAFT)
def step(request: MemberRequest, brand_id: UUID, slug: str) -> HttpResponse:
    """One step of the wizard for one draft. Its row is locked while answers are compared and saved."""
    rows = Brand.objects.select_for_update() if request.method == "POST" else Brand.objects.all()
    brand = get_object_or_404(rows, pk=brand_id)
    if not brand.is_editable:
        return already_submitted(request, brand)
    try:
        form_class = WIZARD.get(brand, slug).form
    except LookupError:
        raise Http404 from None
    if form_class is None:
        return redirect("brands:check", brand.pk)
    place, times = Place(brand, slug, request.acting.actor), clock.read()
    if request.method != "POST":
        wanted = request.GET.get(stepping.BEGIN_WITH, "")
        return _step_page(request, brand, slug, stepping.opened(place, form_class, wanted))
    if stepping.is_autosave(request):
        return stepping.autosaved(request, stepping.kept(place, form_class, request.POST, at=times.business))

    def save(answers: Mapping[str, Any]) -> None:
        if slug == TERMS:
            brand.accept_terms(by=request.acting.actor, times=times)
        else:
            brand.save_answers(dict(answers), times=times)

    outcome = stepping.sent(place, form_class, request.POST, save, at=times.business)
    return _after(request, brand, slug, outcome)


@require_safe
@member(can=Act.DRAFT)
def check(request: MemberRequest, brand_id: UUID) -> HttpResponse:
    """Every answer with a Change link, what it costs, how long it takes, and the button that files it."""
    brand = get_object_or_404(Brand, pk=brand_id)
    if not brand.is_editable:
        return already_submitted(request, brand)
    return _check_page(request, brand) if brand.is_draft else correction_page(request, brand)


@require_POST
@member(can=Act.SUBMIT)
def submission(request: MemberRequest, brand_id: UUID) -> HttpResponse:
    """File the brand, once: of any number of posts one wins, the others are told the reference."""
    brand = get_object_or_404(Brand, pk=brand_id)
    if brand.is_editable and not brand.is_draft:
        return resubmission(request, brand) or already_submitted(request, brand)
    if not brand.is_draft:
        return already_submitted(request, brand)
    before = before_sending(brand, request.POST)
    if WIZARD.first_incomplete(brand) is not None or not before.may_go:
        return _check_page(request, brand, before, status=422)
    by, times = request.acting.actor, clock.read()
    try:
        brand.submit(by=by, times=times, detail=before.detail(), checked=before.payload)
    except StaleState:
        return already_submitted(request, brand)
    except StaleDraft:
        brand.refresh_from_db()
        return _check_page(request, brand, status=409)
    typed.forget(brand)
    messages.success(request, _("Submitted. The registry is asked now; this page follows along."))
    return redirect(brand)


@require_http_methods(["GET", "HEAD", "POST"])
@member(can=Act.DRAFT)
def deletion(request: MemberRequest, brand_id: UUID) -> HttpResponse:
    """Delete a draft after asking. Nothing was filed, so nothing has to be taken back."""
    brand = get_object_or_404(Brand, pk=brand_id)
    if not brand.is_draft:
        return already_submitted(request, brand)
    if request.method != "POST":
        return render(request, "brands/delete_draft.html", {"brand": brand})
    name = brand.name
    typed.forget(brand)
    if not brand.delete_draft(by=request.acting.actor, times=clock.read()):
        return already_submitted(request, brand)
    messages.success(request, _("The draft “%(name)s” was deleted.") % {"name": name})
    return redirect("brands:list")


def _after(request: MemberRequest, brand: Brand, slug: str, outcome: Shown | Clash | Done) -> HttpResponse:
    """Where a step leads that came back: onward, out, to its errors, or to the page that compares."""
    if stepping.LEAVE in request.POST:
        messages.success(request, stepping.left(outcome))
        return redirect("overview:sms-campaigns")
    if isinstance(outcome, Shown):
        return _step_page(request, brand, slug, outcome)
    if isinstance(outcome, Clash):
        step_url = _with_return(request, reverse("brands:step", args=[brand.pk, slug]))
        page = {"step": WIZARD.get(brand, slug), "back_url": step_url, "action_url": step_url}
        return stepping.compare(request, outcome, draft=brand, steps=_steps(brand, slug), **page)
    if outcome.saved:
        messages.success(request, _("Saved."), extra_tags="spoken")
    return _onward(brand, slug, returning=request.GET.get("return") == CHECK)


def _onward(brand: Brand, slug: str, *, returning: bool = False) -> HttpResponse:
    following = WIZARD.onward(brand, slug, returning=returning)
    if following is None or following.slug == CHECK:
        return redirect("brands:check", brand.pk)
    return redirect("brands:step", brand.pk, following.slug)


def _address_of(brand: Brand, step: Step) -> str:
    return (
        reverse("brands:check", args=[brand.pk])
        if step.form is None
        else reverse("brands:step", args=[brand.pk, step.slug])
    )


def _steps(brand: Brand, slug: str) -> list[StepView]:
    return WIZARD.state(brand, slug, lambda one: _address_of(brand, one))


def _with_return(request: MemberRequest, url: str) -> str:
    return f"{url}?return={CHECK}" if request.GET.get("return") == CHECK else url


def _step_page(request: MemberRequest, brand: Brand, slug: str, shown: Shown) -> HttpResponse:
    """A step with its form; 422 when it was posted with errors, so that htmx and tests can tell."""
    is_new = brand.created_at is None
    back = None if is_new else WIZARD.before(brand, slug)
    step = WIZARD.get(brand, slug)
    if request.GET.get("return") == CHECK and not is_new:
        back_url = reverse("brands:check", args=[brand.pk])
    else:
        back_url = _address_of(brand, back) if back else reverse("overview:sms-campaigns")
    context = {
        "brand": None if is_new else brand,
        "step": step,
        "steps": WIZARD.state(brand, slug, None if is_new else lambda one: _address_of(brand, one)),
        "heading": _("Terms and guidelines") if slug == TERMS else "",
        "form": shown.form if is_new else with_slots(brand, with_objections(brand, shown.form)),
        "findings_url": "" if is_new else reverse("brands:findings", args=[brand.pk, slug]),
        "shown": shown,
        "step_url": "" if is_new else _with_return(request, reverse("brands:step", args=[brand.pk, slug])),
        "saved_at": brand.saved_at,
        "terms_version": TERMS_VERSION,
        "back_url": back_url,
    }
    return render(request, step.template, context, status=422 if shown.form.is_bound else 200)


def _check_page(
    request: MemberRequest, brand: Brand, before: BeforeSending | None = None, status: int = 200
) -> HttpResponse:
    before = before or before_sending(brand)
    missing = WIZARD.first_incomplete(brand)
    unsaved = typed.unsaved_steps(brand, request.acting.actor)
    steps = _steps(brand, CHECK)
    context = {
        "brand": brand,
        "steps": steps,
        "sections": draft_sections(brand),
        "missing": missing,
        "saved_at": brand.saved_at,
        "unsaved": [one for one in steps if one.step.slug in unsaved],
        "before": before,
        "form": before.form,
        "fee": fee_of(),
        "usual": usual_wait(),
        "back_url": reverse("brands:step", args=[brand.pk, "contact"]),
    }
    return render(request, "brands/check.html", context, status=status)
