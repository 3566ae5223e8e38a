"""The audit log of an organization: who did what, when and from where; filtered, paged, and as a file."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from portal import clock
from portal.audit.forms import LogFilter
from portal.audit.models import Event
from portal.audit.reading import COUNTED, Page, Place, choices, counted, newest, next_newer
from portal.audit.recording import record
from portal.audit.shown import lines, sealed
from portal.lib.tables import CONTENT_TYPES
from portal.tenancy.access import MemberRequest, member
from portal.tenancy.audit_export import file_of
from portal.tenancy.roles import Act
from portal.ui.htmx import announce, is_partial

EXPORTED = "audit.exported"
# The id of the part of the page that holds the form as well as the results.
WHOLE = "log"


@require_safe
@member(can=Act.AUDIT)
def log(request: MemberRequest) -> HttpResponse:
    """The log, newest first. The filter and the place in it stand in the address."""
    form = _form(request, request.GET)
    if not form.is_valid():
        return _answer(request, form, {}, status=422)
    events = form.filter.of(_events(request))
    page = _page(events, request.GET)
    count = counted(events)
    context = {
        "page": page,
        "lines": lines(page.events),
        "count": count,
        "counted": _counted(count),
        "asked": form.filter,
        "older_url": _url(form, before=page.older),
        "newer_url": _url(form, after=page.newer),
        "sealed": sealed(request.acting.organization.pk),
    }
    return _answer(request, form, context)


@require_POST
@member(can=Act.AUDIT)
def export(request: MemberRequest) -> HttpResponse:
    """The filtered log as a file. That somebody took it out is itself an event."""
    form = _form(request, request.POST)
    kind = request.POST.get("format", "csv")
    if kind not in CONTENT_TYPES:
        raise Http404
    if not form.is_valid():
        return _answer(request, form, {}, status=422)
    events = form.filter.of(_events(request))
    # What is written from now on is not part of it, however long the file takes to send.
    last = Event.objects.filter(organization=request.acting.organization).order_by("-id").first()
    asked = answers_of(form)
    detail = {"format": kind, **asked, "events": _counted(counted(events))}
    now = clock.read().business
    record(EXPORTED, request.acting.organization, by=request.acting.actor, at=now, detail=detail)
    file = file_of(kind, request.acting, form.filter, asked, up_to=last.pk if last else 0, at=now)
    # A stream is no HttpResponse to Django, but one to every caller of a view.
    return cast("HttpResponse", file)


def answers_of(form: LogFilter) -> dict[str, str]:
    """What a valid form was answered, as it stands in an address; nothing empty."""
    return {name: str(value) for name, value in form.cleaned_data.items() if value}


def _form(request: MemberRequest, data: Any) -> LogFilter:
    return LogFilter(data, choices=choices(request.acting.organization.pk))


def _events(request: MemberRequest) -> Any:
    return Event.objects.filter(organization=request.acting.organization)


def _page(events: Any, data: Any) -> Page:
    """The page that the address names. Raises Http404 for a place that no page of ours linked to."""
    try:
        if data.get("after"):
            return next_newer(events, after=Place.read(data["after"]))
        return newest(events, before=Place.read(data["before"]) if data.get("before") else None)
    except ValueError:
        raise Http404 from None


def _counted(count: int) -> str:
    if count > COUNTED:
        return _("More than %(count)s entries") % {"count": f"{COUNTED:,}"}
    return ngettext("%(count)s entry", "%(count)s entries", count) % {"count": f"{count:,}"}


def _url(form: LogFilter, **place: Place | None) -> str:
    """The address of the log with the form's answers, and with a place in it; "" for a place that is None."""
    if any(one is None for one in place.values()):
        return ""
    query = urlencode({**answers_of(form), **{name: str(one) for name, one in place.items()}})
    return reverse("tenancy:audit") + (f"?{query}" if query else "")


def _answer(
    request: MemberRequest, form: LogFilter, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """The page, or the part of it that changes; with errors that is the form as well, and again after them."""
    valid = status == 200
    context |= {"form": form, "asks": valid and form.filter.asks, "hidden": answers_of(form) if valid else {}}
    if not is_partial(request) or request.method == "POST":
        return render(request, "audit/log.html", context, status=status)
    whole = not valid or request.headers.get("HX-Target") == WHOLE
    template = "audit/_log.html" if whole else "audit/_results.html"
    answer = render(request, template, context | {"swapped": True}, status=status)
    if not valid:
        answer.headers["HX-Retarget"] = f"#{WHOLE}"
        return answer
    # The address of a page that was paged to is the link's own; that of a filter has no empty answers in it.
    if not {"before", "after"} & set(request.GET):
        answer.headers["HX-Push-Url"] = _url(form)
    return announce(answer, context["counted"])
