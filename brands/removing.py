"""The page on which a submitted brand is deleted: what is lost, what stands in the way, and the last question."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from brands import states
from brands.deleting import ask_deletion, refused_deletion
from brands.models import Brand
from brands.versions import versions_of
from portal import clock
from portal.lifecycle.blocking import Blocked, blockers_of
from portal.lifecycle.states import StaleState
from portal.tenancy.access import MemberRequest, member
from portal.tenancy.roles import Act
from portal.ui.naming import TypedNameForm


class DeletionForm(TypedNameForm):
    """The name of the brand."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """With its label."""
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the brand")


@require_http_methods(["GET", "HEAD", "POST"])
@member(can=Act.REMOVE, fresh=True)
def deletion(request: MemberRequest, brand_id: UUID) -> HttpResponse:
    """Delete a submitted brand at the registry, for good: to owners and admins, after a fresh sign-in."""
    brand = get_object_or_404(Brand, pk=brand_id)
    if brand.is_draft:
        return redirect("brands:delete-draft", brand.pk)
    form = DeletionForm(request.POST, draft=brand) if request.method == "POST" else DeletionForm(draft=brand)
    if not form.is_bound or not form.is_valid() or brand.status in states.GOING:
        return deletion_page(request, brand, form)
    try:
        ask_deletion(brand, by=request.acting.actor, times=clock.read())
    except (Blocked, StaleState):
        return deletion_page(request, brand, form)
    messages.success(request, _("The registry is asked to delete the brand. This page follows along."))
    return redirect(brand)


def deletion_page(request: MemberRequest, brand: Brand, form: DeletionForm) -> HttpResponse:
    """The page: 409 for a post that cannot be followed in this state, 422 for one with an error."""
    blockers = [] if brand.status in states.GOING else blockers_of(brand)
    refused = form.is_bound and (bool(blockers) or brand.status in states.GOING)
    context = {
        "brand": brand,
        "form": form,
        "blockers": blockers,
        "going": brand.status in states.GOING,
        "submission": brand.latest_submission() if brand.status in states.GOING else None,
        "former": refused_deletion(brand),
        "versions": len(versions_of(brand)),
        "back_url": brand.get_absolute_url(),
    }
    status = 409 if refused else 422 if form.is_bound else 200
    return render(request, "brands/deletion.html", context, status=status)
