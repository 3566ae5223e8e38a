"""The wizard's pages: one URL per step, the draft is a row, Back works, leaving loses nothing."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from brands.forms import TermsForm
from brands.models import TERMS_VERSION, Brand, StaleDraft, start_draft
from brands.shown import draft_sections, fee_of, usual_wait
from brands.wizard import CHECK, TERMS, WIZARD
from portal import clock
from portal.lifecycle.states import StaleState
from portal.tenancy.access import MemberRequest, member
from portal.tenancy.roles import Act
from portal.ui.forms import PortalForm
from portal.ui.wizard import Step

# So many other brands with the same tax id are named; more would say nothing more.
TWINS = 3


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
    return _step_page(request, nobody, TERMS, form)


@require_http_methods(["GET", "HEAD", "POST"])
@member(can=Act.DRAFT)
def step(request: MemberRequest, brand_id: UUID, slug: str) -> HttpResponse:
    """One step of the wizard for one draft."""
    brand = get_object_or_404(Brand, pk=brand_id)
    if not brand.is_draft:
        return _already_submitted(request, brand)
    try:
        form_class = WIZARD.get(brand, slug).form
    except LookupError:
        raise Http404 from None
    if form_class is None or request.method != "POST":
        form = form_class.opened(brand) if form_class else None
        return _step_page(request, brand, slug, form) if form else redirect("brands:check", brand.pk)
    form = form_class(request.POST, draft=brand)
    if not form.is_valid():
        return _step_page(request, brand, slug, form)
    try:
        _save(brand, slug, form.cleaned_data, request)
    except StaleDraft:
        brand.refresh_from_db()
        return _already_submitted(request, brand)
    return _onward(brand, slug, returning=request.GET.get("return") == CHECK)


@require_safe
@member(can=Act.DRAFT)
def check(request: MemberRequest, brand_id: UUID) -> HttpResponse:
    """Every answer with a Change link, what it costs, how long it takes, and the button that files it."""
    brand = get_object_or_404(Brand, pk=brand_id)
    if not brand.is_draft:
        return _already_submitted(request, brand)
    return _check_page(request, brand)


@require_POST
@member(can=Act.SUBMIT)
def submission(request: MemberRequest, brand_id: UUID) -> HttpResponse:
    """File the brand, once: of any number of posts one wins, the others are told the reference."""
    brand = get_object_or_404(Brand, pk=brand_id)
    if brand.is_draft and WIZARD.first_incomplete(brand) is not None:
        return _check_page(request, brand, status=422)
    try:
        brand.submit(by=request.acting.actor, times=clock.read())
    except StaleState:
        return _already_submitted(request, brand)
    messages.success(request, _("Submitted. The registry is asked now; this page follows along."))
    return redirect(brand)


@require_http_methods(["GET", "HEAD", "POST"])
@member(can=Act.DRAFT)
def deletion(request: MemberRequest, brand_id: UUID) -> HttpResponse:
    """Delete a draft after asking. Nothing was filed, so nothing has to be taken back."""
    brand = get_object_or_404(Brand, pk=brand_id)
    if not brand.is_draft:
        return _already_submitted(request, brand)
    if request.method != "POST":
        return render(request, "brands/delete_draft.html", {"brand": brand})
    name = brand.name
    if not brand.delete_draft(by=request.acting.actor, times=clock.read()):
        return _already_submitted(request, brand)
    messages.success(request, _("The draft “%(name)s” was deleted.") % {"name": name})
    return redirect("brands:list")


def _save(brand: Brand, slug: str, answers: dict[str, str], request: MemberRequest) -> None:
    times = clock.read()
    if slug == TERMS:
        brand.accept_terms(by=request.acting.actor, times=times)
    else:
        brand.save_answers(answers, times=times)


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


def _step_page(request: MemberRequest, brand: Brand, slug: str, form: PortalForm) -> HttpResponse:
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
        "form": form,
        "terms_version": TERMS_VERSION,
        "back_url": back_url,
        "twins": brand.twins()[:TWINS] if slug == "company" else [],
    }
    return render(request, step.template, context, status=422 if form.is_bound else 200)


def _check_page(request: MemberRequest, brand: Brand, status: int = 200) -> HttpResponse:
    missing = WIZARD.first_incomplete(brand)
    context = {
        "brand": brand,
        "steps": WIZARD.state(brand, CHECK, lambda one: _address_of(brand, one)),
        "sections": draft_sections(brand),
        "missing": missing,
        "twins": brand.twins()[:TWINS],
        "fee": fee_of(),
        "usual": usual_wait(),
        "back_url": reverse("brands:step", args=[brand.pk, "contact"]),
    }
    return render(request, "brands/check.html", context, status=status)


def _already_submitted(request: MemberRequest, brand: Brand) -> HttpResponse:
    """Back, a second tab or a double click after the submit: say so, with the reference."""
    context = {"brand": brand, "submission": brand.latest_submission()}
    status = 409 if request.method == "POST" else 200
    return render(request, "brands/already_submitted.html", context, status=status)
