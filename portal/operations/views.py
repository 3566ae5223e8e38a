"""Looking: what needs us today, all organizations, one of them and who is staff."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from portal import clock
from portal.operations import listing, needs
from portal.operations.file import file_of
from portal.tenancy.access import StaffRequest, staff
from portal.tenancy.models import Organization, Staff, StaffRole
from portal.tenancy.roles import Duty
from portal.tenancy.scope import at_the_desk


@require_safe
@staff(can=Duty.OPERATE)
def home(request: StaffRequest) -> HttpResponse:
    """What needs us today, oldest first, and below it all organizations."""
    times = clock.read()
    search = _search(request)
    with at_the_desk():
        lists = needs.needs(times)
        page = listing.page(search, {"sort": "-active"}, size=listing.FEW)
        totals = listing.totals()
    context = {
        "lists": [one for one in lists if one.total],
        "quiet": [one for one in lists if not one.total],
        "number": sum(one.total for one in lists),
        "page": page,
        "totals": totals,
        "form": search,
    }
    return render(request, "operations/home.html", context)


@require_safe
@staff(can=Duty.OPERATE)
def need(request: StaffRequest, slug: str) -> HttpResponse:
    """One of the lists, as long as anybody reads."""
    if slug not in needs.SLUGS:
        raise Http404
    times = clock.read()
    with at_the_desk():
        one = needs.need(slug, times)
    return render(request, "operations/need.html", {"need": one})


@require_safe
@staff(can=Duty.OPERATE)
def organizations(request: StaffRequest) -> HttpResponse:
    """All organizations: searched, sorted, page by page."""
    search = _search(request)
    if not search.is_valid():
        nothing = {"form": search, "page": None, "totals": None}
        return render(request, "operations/organizations.html", nothing, status=422)
    with at_the_desk():
        page = listing.page(search, request.GET)
        totals = listing.totals()
    context = {"form": search, "page": page, "totals": totals, "searched": any(search.cleaned_data.values())}
    return render(request, "operations/organizations.html", context)


@require_safe
@staff(can=Duty.OPERATE)
def organization(request: StaffRequest, organization_id: UUID) -> HttpResponse:
    """One organization as the operator sees it from outside."""
    one = get_object_or_404(Organization, pk=organization_id)
    times = clock.read()
    with at_the_desk():
        file = file_of(one, times.business)
    suspended = listing.SUSPENDED if one.is_suspended else None
    return render(request, "operations/organization.html", {"one": one, "file": file, "suspended": suspended})


@require_safe
@staff(can=Duty.OPERATE)
def people(request: StaffRequest) -> HttpResponse:
    """Who is staff, as what, and when they last signed in."""
    rows = Staff.objects.select_related("user").order_by("role", "user__email")
    lines = [{"user": one.user, "role": StaffRole(one.role).label, "since": one.created_at} for one in rows]
    return render(request, "operations/staff.html", {"lines": lines})


def _search(request: StaffRequest) -> listing.Search:
    """The search of this address; one without words finds everything."""
    search = listing.Search({name: request.GET.get(name, "") for name in ("q", "only")})
    search.full_clean()
    return search
