"""The logs as the operator reads them: an organization's, and the house's own, which belongs to nobody else.

Read at the desk, where the things that events are about cannot be looked up: a line says what was written
down with the event.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from portal.audit.forms import LogFilter
from portal.audit.models import Event
from portal.audit.reading import Page, Place, choices, newest, next_newer
from portal.audit.sentences import told
from portal.tenancy.access import StaffRequest, staff
from portal.tenancy.models import Organization
from portal.tenancy.roles import Duty
from portal.tenancy.scope import at_the_desk
from portal.ui.looks import Moment

# What one line can hold beside its sentence.
NOTE = 200


@require_safe
@staff(can=Duty.OPERATE)
def house(request: StaffRequest) -> HttpResponse:
    """What belongs to no organization: sign-ins, refusals, staff's own acts."""
    return _log(request, None)


@require_safe
@staff(can=Duty.OPERATE)
def log(request: StaffRequest, organization_id: UUID) -> HttpResponse:
    """The audit log of one organization."""
    return _log(request, get_object_or_404(Organization, pk=organization_id))


def line(event: Event, *, address: bool = False) -> Moment:
    """One event in words, with what was written down beside it, and on demand the `address` it came from."""
    values = list(event.detail.values()) if isinstance(event.detail, dict) else []
    values += [event.address] if address else []
    note = " · ".join(str(value) for value in values if value not in (None, ""))
    return replace(told(event), note=note if len(note) <= NOTE else f"{note[: NOTE - 1]}…")


def _log(request: StaffRequest, one: Organization | None) -> HttpResponse:
    with at_the_desk():
        form = LogFilter(request.GET, choices=choices(one.pk if one else None))
        valid = form.is_valid()
        page = _page(request, one, form) if valid else Page()
    context: dict[str, Any] = {
        "one": one,
        "form": form,
        "moments": [line(event, address=True) for event in page.events],
        "newer": page.newer,
        "older": page.older,
        "asks": valid and form.filter.asks,
    }
    return render(request, "operations/log.html", context, status=200 if valid else 422)


def _page(request: StaffRequest, one: Organization | None, form: LogFilter) -> Page:
    """The page that the address names. Raises BadRequest for a place that no page of ours has shown."""
    events = form.filter.of(Event.objects.filter(organization=one))
    before, after = request.GET.get("before", ""), request.GET.get("after", "")
    try:
        if after:
            return next_newer(events, after=Place.read(after))
        return newest(events, before=Place.read(before) if before else None)
    except ValueError as problem:
        raise BadRequest(str(problem)) from problem
