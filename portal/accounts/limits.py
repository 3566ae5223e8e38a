"""How long a sign-in lasts: an idle limit and an absolute one (ASVS 7.3.1 and 7.3.2; numbers in the settings).

Both are measured by the database's clock, which nobody moves. When somebody was last active stands in
`usersessions_usersession`, where the list of signed-in browsers shows it; when they signed in stands in
the session itself, so that nothing prolongs it. A page that refreshes by itself is no activity: its
requests carry the header `X-Unattended`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY as USER_KEY
from django.contrib.auth import signals
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from portal import clock
from portal.accounts import events, keeping
from portal.accounts.models import User

SIGNED_IN_AT = "signed_in_at"
# In the stranger's session that follows an ended one: whose it was. Only to keep what they still send.
ENDED_FOR = "ended_for"
UNATTENDED = "X-Unattended"
# A page keeps what was typed by itself when a field is left: somebody is there, and pressed nothing.
AUTOSAVE = "X-Autosave"
# Activity is written down at most this often: a page of many parts is one sign of life.
WRITTEN_EVERY = timedelta(minutes=1)

_LOOK = "SELECT clock_timestamp(), (SELECT last_seen_at FROM usersessions_usersession WHERE session_key = %s)"
_SEEN = """
    UPDATE usersessions_usersession SET last_seen_at = clock_timestamp()
     WHERE session_key = %s AND last_seen_at <= clock_timestamp() - make_interval(secs => %s)
"""


@dataclass(frozen=True, slots=True)
class Left:
    """What a sign-in has left. `extendable`: staying active prolongs it, because the idle limit comes first."""

    idle: timedelta
    absolute: timedelta

    @property
    def seconds(self) -> int:
        """Whole seconds until the earlier limit; 0 or less: it is over."""
        return int(min(self.idle, self.absolute).total_seconds())

    @property
    def extendable(self) -> bool:
        """Would the idle limit end it first?"""
        return self.idle <= self.absolute

    @property
    def over(self) -> bool:
        """Has either limit passed?"""
        return min(self.idle, self.absolute) <= timedelta()


def left_of(now: datetime, last_seen: datetime, signed_in: datetime) -> Left:
    """What is left at `now` of a sign-in at `signed_in` that was last used at `last_seen`."""
    return Left(
        idle=last_seen + settings.SESSION_IDLE_LIMIT - now, absolute=signed_in + settings.SESSION_LIMIT - now
    )


def is_unattended(request: HttpRequest) -> bool:
    """Did a page ask by itself? A visitor who sends the header only shortens their own sign-in."""
    return request.headers.get(UNATTENDED) == "1"


class SessionLimitsMiddleware:
    """End a sign-in that is over, before the view sees it; else note the activity, at most once a minute.

    After the end the request goes on as a stranger's, so each page answers as it does to one. Answers that
    somebody sent too late are kept in the new, empty session and offered again after the next sign-in
    (`accounts.keeping`). Sets `request.session_left` for people who are signed in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        self._look(request)
        keeping.forget_if_sent_again(request)
        with _own_time_zone(request):
            response = self.get_response(request)
        if request.method == "POST" and _leads_to_sign_in(response):
            if is_unattended(request) or request.headers.get(AUTOSAVE) == "1":
                # Nobody pressed anything: what was typed stays on the page, and is kept when it is sent.
                quiet = HttpResponse(status=204)
                quiet.cookies = response.cookies
                return quiet
            # Also when the page itself asked first, and so found out before its answers were sent.
            whose = request.session.get(ENDED_FOR)
            if whose and keeping.keep(request, whose):
                _come_back_to(response, reverse("accounts:kept"))
        return response

    def _look(self, request: HttpRequest) -> None:
        """End the sign-in if it is over, else note the activity."""
        session = request.session
        # Without the cookie there is nothing to load, and health checks stay clear of the database.
        if not session.session_key or USER_KEY not in session:
            return
        user = request.user
        if not isinstance(user, User):
            # Disabled, or the password was changed elsewhere. It must not come alive again with the account.
            _end(request)
            return
        left = _left(request)
        request.session_left = left  # type: ignore[attr-defined]
        if left.over:
            events.note(
                request, "person.session-expired", user, why="idle" if left.extendable else "absolute"
            )
            _end(request)
            request.session[ENDED_FOR] = str(user.pk)
            messages.warning(request, _why(left))
        elif not is_unattended(request) and settings.SESSION_IDLE_LIMIT - left.idle >= WRITTEN_EVERY:
            _note_activity(request, WRITTEN_EVERY)


@contextmanager
def _own_time_zone(request: HttpRequest) -> Iterator[None]:
    """A person's own time zone on the pages that are about them; those of an organization take its own."""
    signed_in = hasattr(request, "session_left") and isinstance(request.user, User)
    zone = request.user.time_zone if signed_in else ""  # type: ignore[union-attr]
    with timezone.override(ZoneInfo(zone) if zone else None):
        yield


def _left(request: HttpRequest) -> Left:
    """What the sign-in of this request has left, by the database's clock."""
    session = request.session
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, [session.session_key])
        now, last_seen = cursor.fetchone()
    if last_seen is None:
        UserSession.objects.create_from_request(request)
        last_seen = now
    signed_in = session.get(SIGNED_IN_AT)
    if signed_in is None:
        signed_in = session[SIGNED_IN_AT] = now.timestamp()
    return left_of(now, last_seen, datetime.fromtimestamp(signed_in, now.tzinfo))


def _note_activity(request: HttpRequest, every: timedelta) -> None:
    """Changes one row, and not the session, which would be written as a whole."""
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, [request.session.session_key, every.total_seconds()])


def stayed(request: HttpRequest) -> Left:
    """Somebody pressed "Stay signed in": note it at once, and say what is left now."""
    _note_activity(request, timedelta())
    return _left(request)


def _end(request: HttpRequest) -> None:
    """Delete the session and its place in the list, and go on as a stranger with a new, empty one."""
    UserSession.objects.filter(session_key=request.session.session_key).delete()
    request.session.flush()
    request.user = AnonymousUser()


def _why(left: Left) -> str:
    if left.extendable:
        minutes = int(settings.SESSION_IDLE_LIMIT.total_seconds() // 60)
        return _("You were signed out after %(minutes)d minutes without a sign of you.") % {
            "minutes": minutes
        }
    hours = int(settings.SESSION_LIMIT.total_seconds() // 3600)
    return _("You were signed out: a sign-in lasts %(hours)d hours at most.") % {"hours": hours}


def _leads_to_sign_in(response: HttpResponseBase) -> bool:
    target = response.headers.get("HX-Redirect") or response.headers.get("Location") or ""
    return urlsplit(target).path == resolve_url(settings.LOGIN_URL)


def _come_back_to(response: HttpResponseBase, path: str) -> None:
    """Let the sign-in, to which `response` leads, come back to `path`."""
    target = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': path})}"
    response.headers["HX-Redirect" if "HX-Redirect" in response.headers else "Location"] = target


def _signed_in(request: HttpRequest, user: Any, **_more: Any) -> None:
    """The absolute limit counts from here; a sign-in gets a new session key from Django (ASVS 7.2.4)."""
    request.session.pop(ENDED_FOR, None)
    request.session[SIGNED_IN_AT] = clock.read().machine.timestamp()


def listen() -> None:
    """Connect to Django's own signal, which every way in sends."""
    signals.user_logged_in.connect(_signed_in, dispatch_uid="accounts.limits.signed_in")
