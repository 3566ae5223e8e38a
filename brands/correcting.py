"""The pages of a rejected brand on its way back: what changes, sending it, and taking the changes back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from brands.already import already_submitted
from brands.explaining import explained
from brands.models import Brand
from brands.resubmitting import (
    NothingChanged,
    NotYet,
    discard,
    is_correctable,
    resubmit,
    review_again,
    reviewable_from,
    unreviewed,
)
from brands.rules_sending import before_sending
from brands.shown import fee_of
from brands.versions import differences, differs, standing, versions_of
from brands.waiting import usual_wait
from brands.wizard import CHECK, TERMS, WIZARD
from portal import clock
from portal.drafts import typed
from portal.lifecycle import gateway
from portal.lifecycle.states import StaleState
from portal.tenancy.access import MemberRequest, member
from portal.tenancy.roles import Act
from portal.ui.forms import PortalForm
from portal.ui.sending import BeforeSending
from portal.ui.wizard import Step


def correction_page(
    request: MemberRequest,
    brand: Brand,
    *,
    checked: BeforeSending | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """What was filed beside what will be, what that costs, and the button that files it."""
    checked = checked or before_sending(brand)
    filed = brand.filing()
    before = standing(brand)
    after = brand.payload()
    found = differences(brand, before, after, links=True)
    unsaved = typed.unsaved_steps(brand, request.acting.actor)
    context: dict[str, Any] = {
        "brand": brand,
        "number": brand.version + 1,
        "changed": [one for one in found if one.look],
        "same": [one for one in found if not one.look],
        "differs": differs(before, after),
        "reasons": explained(brand),
        "decided_by": versions_of(brand)[0].decided_by if filed else "",
        "steps": [(one.title, _step_url(brand, one)) for one in WIZARD.steps_for(brand) if _asks(one)],
        "before": checked,
        "form": checked.form,
        "missing": WIZARD.first_incomplete(brand),
        "unsaved": [one for one in WIZARD.state(brand, CHECK) if one.step.slug in unsaved],
        "problem": problem,
        "usual": usual_wait(),
        "back_url": brand.get_absolute_url(),
        **_terms(brand, filed),
    }
    return render(request, "brands/correct.html", context, status=status)


def resubmission(request: MemberRequest, brand: Brand) -> HttpResponse | None:
    """File the corrections; None when somebody else was faster, which the caller has words for."""
    checked = before_sending(brand, request.POST)
    if WIZARD.first_incomplete(brand) is not None or not checked.may_go:
        return correction_page(request, brand, checked=checked, status=422)
    try:
        resubmit(brand, by=request.acting.actor, times=clock.read(), detail=checked.detail())
    except NothingChanged:
        words = _("Nothing has been changed: the registry would decide the same again.")
        return correction_page(request, brand, problem=words, status=422)
    except StaleState:
        return None
    typed.forget(brand)
    messages.success(
        request,
        _("Version %(number)d is submitted. This page follows along.") % {"number": brand.version},
    )
    return redirect(brand)


@require_POST
@member(can=Act.SUBMIT)
def review(request: MemberRequest, brand_id: UUID) -> HttpResponse:
    """Have the version looked at that stands at the registry, where that was refused as too soon."""
    brand = get_object_or_404(Brand, pk=brand_id)
    if brand.is_draft:
        return redirect("brands:check", brand.pk)
    try:
        review_again(brand, by=request.acting.actor, times=clock.read())
    except NotYet:
        words = _("It is too soon: the registry would refuse to look again.")
        return correction_page(request, brand, problem=words, status=422)
    except (NothingChanged, StaleState):
        return already_submitted(request, brand)
    messages.success(request, _("The registry is asked to look again. This page follows along."))
    return redirect(brand)


@require_http_methods(["GET", "HEAD", "POST"])
@member(can=Act.DRAFT)
def discarding(request: MemberRequest, brand_id: UUID) -> HttpResponse:
    """Take the corrections back after asking: the answers are again what was filed."""
    brand = get_object_or_404(Brand, pk=brand_id)
    filed = standing(brand)
    found = differences(brand, brand.payload(), filed) if filed else []
    changed = [one for one in found if one.look]
    if request.method != "POST" and changed and brand.is_editable:
        return render(request, "brands/discard.html", {"brand": brand, "changed": changed})
    if request.method == "POST" and discard(brand, by=request.acting.actor, times=clock.read()):
        typed.forget(brand)
        messages.success(request, _("The corrections were discarded."))
    else:
        messages.info(request, _("There are no corrections to discard."))
    return redirect(brand)


def with_objections(brand: Brand, form: PortalForm) -> PortalForm:
    """The form of a step, each field with the reasons of the rejection that named it, if there were any."""
    for reason in explained(brand):
        named = {url.rpartition("#id_")[2] for _label, url in reason.fields}
        for name in named & set(form.fields):
            bound = form[name]
            bound.objections = [*getattr(bound, "objections", []), reason]  # type: ignore[attr-defined]
    return form


def _asks(step: Step) -> bool:
    return step.form is not None and step.slug != TERMS


def _step_url(brand: Brand, step: Step) -> str:
    return reverse("brands:step", args=[brand.pk, step.slug]) + f"?return={CHECK}"


def _terms(brand: Brand, filed: Any) -> dict[str, Any]:
    """What sending it costs, and from when on the registry looks again."""
    correctable = is_correctable(brand, filed)
    policy = gateway.policy(filed.account if filed else gateway.default_account())
    since = reviewable_from(brand) if correctable else None
    return {
        "correctable": correctable,
        "fee": policy.revet_fee if correctable else fee_of(),
        "every": policy.revet_every.value.days,
        "unreviewed": unreviewed(brand),
        "reviewable_from": since if since and since > clock.read().business else None,
        "since": since,
    }
