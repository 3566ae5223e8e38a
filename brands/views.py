"""Pages of brands that are no drafts any more: list, detail, live status."""

from __future__ import annotations

from uuid import UUID

import structlog
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from brands.models import Brand
from brands.shown import expected_of, filed_sections, reasons_of, status_of, tax_id_name
from portal import clock
from portal.audit.sentences import timeline
from portal.lib.sealing import CannotOpen
from portal.tenancy.access import MemberRequest, member
from portal.tenancy.roles import Act
from portal.ui.htmx import is_partial

log = structlog.get_logger(__name__)

# One badge request asks for at most this many rows: a page of the list.
BADGES = 200


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
    return render(request, "brands/detail.html", _page(request, brand))


@require_safe
@member(can=Act.VIEW)
def status(request: MemberRequest, brand_id: UUID) -> HttpResponse:
    """The part of the brand's page that changes while it waits. 204 when `seen` is still the truth."""
    brand = get_object_or_404(Brand, pk=brand_id)
    if not is_partial(request):
        return detail(request, brand_id)
    status = status_of(brand, clock.read())
    if request.GET.get("seen") == status.fingerprint:
        return HttpResponse(status=204)
    changed = request.GET.get("mark", brand.mark) != brand.mark
    return render(request, "brands/_refreshed.html", {**_page(request, brand), "changed": changed})


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
def badges(request: MemberRequest) -> HttpResponse:
    """The badges of all waiting rows of a page in one request; only those that changed are sent."""
    if not is_partial(request):
        return redirect("overview:sms-campaigns")
    seen = dict(pair.split(":", 1) for pair in request.GET.getlist("seen")[:BADGES] if ":" in pair)
    rows = Brand.objects.filter(pk__in=[pk for pk in seen if _is_uuid(pk)])
    changed = [brand for brand in rows if brand.mark != seen[str(brand.pk)]]
    if seen and not changed:
        return HttpResponse(status=204)
    watching = any(brand.is_waiting for brand in rows)
    return render(request, "brands/_badges.html", {"changed": changed, "watching": watching})


def _page(request: MemberRequest, brand: Brand) -> dict[str, object]:
    times = clock.read()
    return {
        "brand": brand,
        "status": status_of(brand, times),
        "sections": filed_sections(brand, may_show=request.acting.can_draft),
        "timeline": [*expected_of(brand), *timeline(brand)],
        "submission": None if brand.is_draft else brand.latest_submission(),
        "reasons": reasons_of(brand),
    }


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
