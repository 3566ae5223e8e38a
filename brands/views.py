"""Pages of brands that are no drafts any more: list, detail, live status."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast
from uuid import UUID

import structlog
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from brands import states
from brands.explaining import explained, explained_in
from brands.exporting import file_of
from brands.listing import Search, found
from brands.models import Brand
from brands.proofs_shown import standing_of
from brands.removing import DeletionForm
from brands.resubmitting import reviewable_from, unreviewed
from brands.scoring import score_of
from brands.shown import filed_sections, tax_id_name
from brands.versions import as_filed, differences, has_unsent_changes, standing, versions_of
from brands.waiting import expected_of
from portal import clock
from portal.audit.sentences import timeline
from portal.lib.sealing import CannotOpen
from portal.lib.tables import CONTENT_TYPES
from portal.lifecycle.blocking import blockers_of
from portal.tenancy.access import MemberRequest, member
from portal.tenancy.roles import Act
from portal.ui.forms import PortalForm
from portal.ui.htmx import is_partial
from portal.ui.looks import Crumb

log = structlog.get_logger(__name__)


@require_safe
@member(can=Act.VIEW)
def brand_list(request: MemberRequest) -> HttpResponse:
    """The brands stand on the page of SMS campaigns, under My brand."""
    return redirect("overview:sms-campaigns")


@require_safe
@member(can=Act.VIEW)
def detail(request: MemberRequest, brand_id: UUID) -> HttpResponse:
    """One brand: badge, status line, what was filed, and its history."""
    brand = get_object_or_404(Brand, pk=brand_id)
    if brand.is_draft and request.acting.can_draft:
        return redirect("brands:check", brand.pk)
    return detail_page(request, brand)


def detail_page(request: MemberRequest, brand: Brand, *, form: PortalForm | None = None) -> HttpResponse:
    """The page of one brand; 422 with a `form` on it that came back with errors."""
    page = _page(request, brand, form=form)
    return render(request, "brands/detail.html", page, status=422 if form else 200)


@require_safe
@member(can=Act.VIEW)
def status(request: MemberRequest, brand_id: UUID) -> HttpResponse:
    """The part of the brand's page that changes while it waits. 204 when `seen` is still the truth."""
    brand = get_object_or_404(Brand, pk=brand_id)
    if not is_partial(request):
        return detail(request, brand_id)
    proof, status = standing_of(brand, clock.read())
    if request.GET.get("seen") == status.fingerprint:
        return HttpResponse(status=204)
    changed = request.GET.get("mark", brand.mark) != brand.mark
    proof_changed = request.GET.get("proof", "") != (proof.mark if proof else "")
    context = {**_page(request, brand), "changed": changed, "proof_changed": proof_changed}
    return render(request, "brands/_refreshed.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member(can=Act.DRAFT, fresh=True)
def tax_id(request: MemberRequest, brand_id: UUID) -> HttpResponse:
    """The full tax id, once: to those who could have typed it, after a fresh sign-in, and it is recorded.

    Shown by a POST only, which no prefetching browser and no link in a mail can make.
    """
    brand = get_object_or_404(Brand, pk=brand_id)
    if request.method != "POST" or brand.tax_identity is None:
        return redirect(brand)
    context = {"brand": brand, "called": tax_id_name(brand)}
    try:
        context["tax_id"] = brand.show_tax_id(by=request.acting.actor, times=clock.read())
    except CannotOpen:
        log.exception("a tax id cannot be opened: a key is missing from TAX_ID_KEYS", brand=str(brand.pk))
    return render(request, "brands/tax_id.html", context)


@require_safe
@member(can=Act.VIEW)
def versions(request: MemberRequest, brand_id: UUID) -> HttpResponse:
    """Every version that was filed, newest first."""
    brand = get_object_or_404(Brand, pk=brand_id)
    crumbs = [*_crumbs(brand), Crumb(_("Versions"))]
    context = {"brand": brand, "versions": versions_of(brand), "crumbs": crumbs}
    return render(request, "brands/versions.html", context)


@require_safe
@member(can=Act.VIEW)
def version(request: MemberRequest, brand_id: UUID, number: int) -> HttpResponse:
    """One version: the verdict, what changed against the one before, and everything that was filed."""
    brand = get_object_or_404(Brand, pk=brand_id)
    filed = {one.number: one for one in versions_of(brand)}
    one, former = filed.get(number), filed.get(number - 1)
    if one is None:
        raise Http404
    found = differences(brand, former.payload, one.payload) if former else []
    context = {
        "brand": brand,
        "version": one,
        "former": former,
        "later": filed.get(number + 1),
        "reasons": explained_in(brand, one.reasons, filed=brand.filing(number)),
        "decided_by": one.decided_by,
        "changed": [each for each in found if each.look],
        "same": [each for each in found if not each.look],
        "sections": filed_sections(as_filed(brand, one.payload), may_show=False),
        "crumbs": [
            *_crumbs(brand),
            Crumb(_("Versions"), reverse("brands:versions", args=[brand.pk])),
            Crumb(_("Version %(number)d") % {"number": number}),
        ],
    }
    return render(request, "brands/version.html", context)


@require_safe
@member(can=Act.VIEW)
def export(request: MemberRequest) -> HttpResponse:
    """The brands of the list, filtered as it is, as a file that is written while it is sent."""
    search = Search(request.GET)
    if not search.is_valid():
        raise BadRequest("unknown filter")
    return _file(request, lambda: found(search), search.answers)


@require_safe
@member(can=Act.VIEW)
def export_one(request: MemberRequest, brand_id: UUID) -> HttpResponse:
    """One brand as a file, for instance before it is deleted."""
    brand = get_object_or_404(Brand, pk=brand_id)
    return _file(request, lambda: Brand.objects.filter(pk=brand.pk), {"brand": str(brand.pk)})


def _file(
    request: MemberRequest, brands: Callable[[], QuerySet[Brand]], asked: dict[str, str]
) -> HttpResponse:
    kind = request.GET.get("format", "csv")
    if kind not in CONTENT_TYPES:
        raise Http404
    # A stream is no HttpResponse to Django, but one to every caller of a view.
    return cast("HttpResponse", file_of(kind, request.acting, brands, asked, at=clock.read().business))


def _page(request: MemberRequest, brand: Brand, *, form: PortalForm | None = None) -> dict[str, object]:
    times = clock.read()
    proof, status = standing_of(brand, times, form=form)
    filed = brand.filing()
    # While it is corrected, the brand's own answers are the next version; what stands at the registry is this one.
    shown = as_filed(brand, standing(brand)) if filed and brand.is_editable else brand
    versions = versions_of(brand)
    same_tax_id = shown.tax_identity_id == brand.tax_identity_id
    return {
        "brand": brand,
        "status": status,
        "proof": proof,
        "score": score_of(brand),
        "form": form,
        "sections": filed_sections(shown, may_show=request.acting.can_draft and same_tax_id),
        "timeline": [*expected_of(brand), *timeline(brand)],
        "submission": filed,
        "versions": versions,
        "decided_by": versions[0].decided_by if versions else "",
        "reasons": explained(brand),
        "unsent": has_unsent_changes(brand),
        "unreviewed": unreviewed(brand),
        "reviewable_from": reviewable_from(brand),
        "deletion_form": DeletionForm(draft=brand) if _deletable(request, brand) else None,
    }


def _crumbs(brand: Brand) -> list[Crumb]:
    """The path to the page of `brand`."""
    place = reverse("overview:sms-campaigns")
    return [Crumb(_("SMS campaigns"), place), Crumb(brand.name, brand.get_absolute_url())]


def _deletable(request: MemberRequest, brand: Brand) -> bool:
    """May this person be asked in a dialog? Everybody else is told on the page what is in the way."""
    return brand.status in states.LIVE and request.acting.may(Act.REMOVE) and not blockers_of(brand)
