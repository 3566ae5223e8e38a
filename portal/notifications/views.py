"""A person's notifications in one organization, their own choices, and putting a notice away."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import formats, timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import clock
from portal.accounts.addresses import client_address
from portal.accounts.models import User
from portal.audit.recording import Actor
from portal.notifications.forms import PreferencesForm
from portal.notifications.models import Notice, Notification
from portal.notifications.notices import dismiss
from portal.notifications.preferring import choices_of, choose
from portal.notifications.shown import PAGE, shown
from portal.tenancy.access import MemberRequest, member, memberships, to_sign_in
from portal.tenancy.models import Role
from portal.tenancy.roles import Act


@require_safe
@member(can=Act.VIEW)
def notification_list(request: MemberRequest) -> HttpResponse:
    """What this person was told in this organization, newest first, a page at a time."""
    rows = _mine(request).order_by("-at", "-pk")
    last = _mine(request).filter(pk=_uuid(request.GET["before"])).first() if "before" in request.GET else None
    if last:
        rows = rows.filter(models.Q(at__lt=last.at) | models.Q(at=last.at, pk__lt=last.pk))
    page = list(rows[: PAGE + 1])
    context = {
        "notifications": shown(page[:PAGE]),
        "unread": any(row.read_at is None for row in page[:PAGE]),
        "older": page[PAGE - 1].pk if len(page) > PAGE else None,
        "newest": last is None,
    }
    return render(request, "notifications/list.html", context)


@require_POST
@member(can=Act.VIEW)
def mark_read(request: MemberRequest, notification_id: UUID | None = None) -> HttpResponse:
    """Mark one notification as read, or all of them. An operator who looks in has none and writes nothing."""
    if request.acting.visiting:
        return _back(request)
    rows = _mine(request)
    if notification_id is not None:
        rows = rows.filter(pk=get_object_or_404(rows, pk=notification_id).pk)
    number = rows.filter(read_at=None).update(read_at=clock.read().business)
    if notification_id is None:
        words = ngettext("%(number)d marked as read.", "%(number)d marked as read.", number)
        messages.success(request, words % {"number": number})
    return _back(request)


@require_POST
@member(can=Act.VIEW)
def dismiss_notice(request: MemberRequest, notice_id: UUID) -> HttpResponse:
    """Put a notice away, for this person and for good."""
    notice = get_object_or_404(Notice, pk=notice_id)
    if not request.acting.visiting:
        dismiss(notice, user_id=request.acting.user.pk, at=clock.read().business)
    return _back(request)


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Of what this person is told, how, and when mail may reach them. Belongs to them, not to an organization."""
    user = request.user
    if not isinstance(user, User):
        return to_sign_in(request)
    mine = memberships(user)
    owner = any(one.role == Role.OWNER for one in mine)
    form = PreferencesForm(request.POST, owner=owner) if request.method == "POST" else None
    if form and form.is_valid():
        actor = Actor(str(user), user.pk, client_address(request))
        choose(form.choices(user), user=user, by=actor, at=clock.read().business)
        messages.success(request, _("Your choices are saved."))
        return redirect("notifications:preferences")
    zone = user.time_zone or (mine[0].organization.time_zone if mine else "UTC")
    context = {
        "form": form or PreferencesForm.showing(choices_of(user), owner=owner),
        "zone": zone.replace("_", " "),
        "there": formats.time_format(timezone.localtime(clock.read().business, ZoneInfo(zone)), "H:i"),
        "own_zone": bool(user.time_zone),
        "belongs": bool(mine),
        "several": len(mine) > 1,
        "owner": owner,
    }
    return render(request, "notifications/preferences.html", context, status=422 if form else 200)


def _mine(request: MemberRequest) -> models.QuerySet[Notification]:
    rows: models.QuerySet[Notification] = Notification.objects.filter(user=request.acting.user)
    return rows


def _back(request: HttpRequest) -> HttpResponse:
    """To the page that the form names, if it is one of ours."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(wanted) if safe else redirect("notifications:list")


def _uuid(text: str) -> UUID:
    """An id from a form. Raises Http404 for what is none."""
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
