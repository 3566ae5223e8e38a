"""The renewal calendar: its page, a person's private address of it, and the file behind that address."""

from __future__ import annotations

import itertools
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import get_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campaigns import calendar_file, feeds
from campaigns.calendar import Entry, Kind, entries, month, month_of
from campaigns.periods import day_of
from portal import clock
from portal.audit.recording import CLEARLINE
from portal.tenancy.access import MemberRequest, member
from portal.tenancy.models import Membership
from portal.tenancy.roles import Act
from portal.tenancy.scope import acting_for

# So many stand in the list of a month; who has more sees the rest in the list of campaigns.
LISTED = 200
# What the file holds: the quarter that was, and a year ahead; the soonest first where there is too much.
BEHIND, AHEAD, MOST = timedelta(days=92), timedelta(days=400), 5000
MAKE, REVOKE = "make", "revoke"


@require_safe
@member(can=Act.VIEW)
def renewals(request: MemberRequest) -> HttpResponse:
    """A month of renewals, as weeks and as a list, and the person's private address of all of them."""
    now = clock.read().business
    zone = ZoneInfo(request.acting.organization.time_zone)
    today = day_of(now, zone)
    try:
        first = month_of(request.GET.get("month") or f"{today:%Y-%m}")
    except ValueError:
        raise BadRequest("no such month") from None
    # Django counts from Sunday, Python from Monday.
    begins = (int(get_format("FIRST_DAY_OF_WEEK")) - 1) % 7
    found = month(first, now=now, zone=zone, week_begins=begins)
    feed = None if request.acting.visiting else feeds.feed_of(request.acting.user)
    context = {
        "month": found,
        "today": today.replace(day=1),
        "weekdays": [(WEEKDAYS[(begins + i) % 7], WEEKDAYS_ABBR[(begins + i) % 7]) for i in range(7)],
        "days": [
            (day, list(group))
            for day, group in itertools.groupby(found.entries[:LISTED], key=lambda one: one.day)
        ],
        "unlisted": max(0, len(found.entries) - LISTED),
        "feed": feed,
        "feed_url": feeds.link_of(feed) if feed else "",
        "zone": request.acting.organization.time_zone,
    }
    return render(request, "campaigns/calendar.html", context)


@require_POST
@member(can=Act.VIEW)
def address(request: MemberRequest) -> HttpResponse:
    """Make a private address of the calendar for oneself (which revokes an earlier one), or revoke it.

    An operator who looks in has none, and writes nothing.
    """
    act, at = request.POST.get("act"), clock.read().business
    if act not in (MAKE, REVOKE):
        raise BadRequest("make or revoke")
    user, actor = request.acting.user, request.acting.actor
    if request.acting.visiting:
        pass
    elif act == MAKE:
        feeds.make_address(user, request.acting.organization.pk, by=actor, at=at)
        messages.success(request, _("Your private address is ready: copy it into your calendar."))
    elif feeds.revoke_address(user, by=actor, at=at):
        messages.success(request, _("The address was revoked. Calendars that use it get nothing any more."))
    return redirect("campaigns:calendar")


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The file behind a private address: whoever holds the address reads it, without signing in.

    404 for one that is wrong, revoked, or of somebody who may not look any more: all alike.
    """
    try:
        address = feeds.opened(token)
    except feeds.BadAddress:
        raise Http404 from None
    with acting_for(address.organization_id, by=CLEARLINE, read_only=True):
        holder = feeds.holder_of(address.feed_id)
        if holder is None:
            raise Http404
        body = _file_for(holder)
    answer = HttpResponse(body, content_type=calendar_file.CONTENT_TYPE)
    answer["Content-Disposition"] = 'inline; filename="renewals.ics"'
    # An address is as good as a password: no shared cache keeps what is behind it, and no search engine finds it.
    answer["Cache-Control"] = "private, max-age=3600"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _file_for(holder: Membership) -> bytes:
    now = clock.read().business
    zone = ZoneInfo(holder.organization.time_zone)
    with timezone.override(zone):
        today = day_of(now, zone)
        found = entries(today - BEHIND, today + AHEAD, now=now, zone=zone)
        # Where there is too much, what is still to come.
        kept = found if len(found) <= MOST else [one for one in found if one.day >= today][:MOST]
        name = _("%(organization)s: SMS campaigns") % {"organization": holder.organization.name}
        return calendar_file.file_of(name, (_event(one) for one in kept), now=now)


def _event(entry: Entry) -> calendar_file.Event:
    says = {
        Kind.RENEWS: _("%(name)s renews"),
        Kind.ENDS: _("%(name)s ends"),
        Kind.DOUBTFUL: _("%(name)s: renewal not confirmed"),
        Kind.RENEWED: _("%(name)s was renewed"),
        Kind.ENDED: _("%(name)s has expired"),
        Kind.FEE: _("%(name)s has no numbers: a fee is due"),
    }[entry.kind]
    return calendar_file.Event(
        uid=entry.uid,
        day=entry.day,
        summary=says % {"name": entry.name},
        description=_("%(what)s. Its page in the portal says more, and where to change it.")
        % {"what": entry.look.word},
        url=f"{settings.PUBLIC_URL}{entry.url}",
        category=str(entry.look.word),
    )
