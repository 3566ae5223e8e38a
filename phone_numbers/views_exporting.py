"""The list of numbers, filtered as it is, as a file."""

from __future__ import annotations

from typing import cast

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from phone_numbers.exporting import file_of
from phone_numbers.inventory import Search, found
from portal import clock
from portal.lib.tables import CONTENT_TYPES
from portal.tenancy.access import MemberRequest, member
from portal.tenancy.roles import Act


@require_safe
@member(can=Act.VIEW)
def export(request: MemberRequest) -> HttpResponse:
    """What the list finds, all of its pages, as a file that is written while it is sent."""
    search, kind = Search(request.GET), request.GET.get("format", "csv")
    if not search.is_valid():
        raise BadRequest("unknown filter")
    if kind not in CONTENT_TYPES:
        raise Http404
    at = clock.read().business
    # A stream is no HttpResponse to Django, but one to every caller of a view.
    answer = file_of(kind, request.acting, lambda: found(search, at), search.answers, at=at)
    return cast("HttpResponse", answer)
