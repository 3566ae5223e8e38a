"""Doing: create an organization, ask in its owner, suspend it, lift that, look at it from inside, and leave."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from portal import clock
from portal.operations.file import counts_of, owner_signed_in
from portal.operations.forms import NewOrganizationForm, OwnerForm, ReasonForm
from portal.operations.making import HasOwner, NameTaken, create_organization, invite_owner
from portal.operations.suspending import resume, suspend
from portal.operations.visits import announce, ended
from portal.tenancy import visiting
from portal.tenancy.access import StaffRequest, staff
from portal.tenancy.models import Organization
from portal.tenancy.roles import Duty
from portal.tenancy.scope import at_the_desk

PAGE = ["GET", "HEAD", "POST"]
_SUSPENSION_HINT = gettext_lazy("Its people read this on every page, word for word.")
_VISIT_HINT = gettext_lazy("Its owners are told at once, with these words, and they stand in its audit log.")


@require_http_methods(PAGE)
@staff(can=Duty.OPERATE)
def new(request: StaffRequest) -> HttpResponse:
    """A new organization and the invitation of its first owner."""
    form = NewOrganizationForm(request.POST) if request.method == "POST" else NewOrganizationForm()
    if form.is_bound and form.is_valid():
        answers = form.cleaned_data
        try:
            made = create_organization(
                answers["name"],
                answers["time_zone"],
                answers["owner"],
                by=request.on_duty.actor,
                at=clock.read().business,
            )
        except NameTaken:
            form.add_error(
                "name",
                _(
                    "There is an organization of this name already. Add to “Name of the organization” what tells"
                    " them apart, such as the city."
                ),
            )
        else:
            words = _("%(name)s was created. The invitation to %(owner)s is on its way.")
            messages.success(request, words % {"name": made.name, "owner": answers["owner"]})
            return redirect("operations:organization", made.pk)
    return render(request, "operations/new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(PAGE)
@staff(can=Duty.OPERATE, fresh=True)
def owner(request: StaffRequest, organization_id: UUID) -> HttpResponse:
    """Ask an owner in, or in again, while none has ever signed in."""
    one = get_object_or_404(Organization, pk=organization_id)
    form = OwnerForm(request.POST) if request.method == "POST" else OwnerForm()
    if form.is_bound and form.is_valid():
        email = form.cleaned_data["owner"]
        try:
            invite_owner(one, email, by=request.on_duty.actor, at=clock.read().business)
        except HasOwner:
            messages.warning(request, _("An owner has signed in: from now on its own people invite others."))
        else:
            messages.success(request, _("The invitation to %(owner)s is on its way.") % {"owner": email})
        return redirect("operations:organization", one.pk)
    with at_the_desk():
        has_owner = owner_signed_in(one)
    if has_owner:
        messages.warning(request, _("An owner has signed in: from now on its own people invite others."))
        return redirect("operations:organization", one.pk)
    return render(
        request, "operations/owner.html", {"one": one, "form": form}, status=422 if form.is_bound else 200
    )


@require_http_methods(PAGE)
@staff(can=Duty.OPERATE, fresh=True)
def suspension(request: StaffRequest, organization_id: UUID) -> HttpResponse:
    """Suspend it, after saying what that means, with counts and a reason."""
    one = get_object_or_404(Organization, pk=organization_id)
    if one.is_suspended:
        messages.warning(request, _("%(name)s is suspended already.") % {"name": one.name})
        return redirect("operations:organization", one.pk)
    form = ReasonForm(request.POST if request.method == "POST" else None, hint=_SUSPENSION_HINT)
    if form.is_bound and form.is_valid():
        by, at = request.on_duty.actor, clock.read().business
        if suspend(one, form.cleaned_data["reason"], by=by, at=at):
            messages.success(
                request, _("%(name)s is suspended: its people can only read.") % {"name": one.name}
            )
        return redirect("operations:organization", one.pk)
    with at_the_desk():
        counts = counts_of(one)
    context = {"one": one, "form": form, "counts": counts}
    return render(request, "operations/suspension.html", context, status=422 if form.is_bound else 200)


@require_http_methods(PAGE)
@staff(can=Duty.OPERATE, fresh=True)
def resumption(request: StaffRequest, organization_id: UUID) -> HttpResponse:
    """Lift the suspension, after saying what happens then."""
    one = get_object_or_404(Organization, pk=organization_id)
    if request.method != "POST" and one.is_suspended:
        return render(request, "operations/resumption.html", {"one": one})
    if request.method == "POST" and resume(one, by=request.on_duty.actor, at=clock.read().business):
        messages.success(request, _("%(name)s can work again.") % {"name": one.name})
    else:
        messages.warning(request, _("%(name)s is not suspended.") % {"name": one.name})
    return redirect("operations:organization", one.pk)


@require_http_methods(PAGE)
@staff(can=Duty.OPERATE, fresh=True)
def visit(request: StaffRequest, organization_id: UUID) -> HttpResponse:
    """Look at an organization from inside: with a reason, announced, read only, for an hour at most."""
    one = get_object_or_404(Organization, pk=organization_id)
    current = visiting.visit_of(request)
    if current is not None and current.organization_id == one.pk:
        return redirect("overview:home")
    form = ReasonForm(request.POST if request.method == "POST" else None, hint=_VISIT_HINT)
    if form.is_bound and form.is_valid():
        _end_visit(request)
        announce(one, form.cleaned_data["reason"], by=request.on_duty.actor, at=clock.read().business)
        visiting.begin(request, one.pk)
        return redirect("overview:home")
    context = {"one": one, "form": form, "hours": visiting.VISIT_FOR.total_seconds() // 3600}
    return render(request, "operations/visit.html", context, status=422 if form.is_bound else 200)


@require_POST
@staff(can=Duty.OPERATE)
def leave(request: StaffRequest) -> HttpResponse:
    """End the visit and go back to where it began."""
    left = _end_visit(request)
    return redirect("operations:organization", left) if left else redirect("operations:home")


def _end_visit(request: StaffRequest) -> UUID | None:
    """End the visit of this session, if there is one, and write it down."""
    left = visiting.leave(request)
    if left is not None:
        ended(left, by=request.on_duty.actor, at=clock.read().business)
    return left
