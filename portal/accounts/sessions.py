"""The browsers in which somebody is signed in: a list of them, and their end."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils.translation import gettext as _

from portal.accounts import events
from portal.accounts.addresses import NOWHERE
from portal.accounts.models import User

# The first that fits names the browser: Edge and Opera also say Chrome, and Chrome also says Safari.
_BROWSERS = (
    (r"Edg(e|A|iOS)?/", "Edge"),
    (r"OPR/|Opera", "Opera"),
    (r"SamsungBrowser/", "Samsung Internet"),
    (r"Firefox/|FxiOS/", "Firefox"),
    (r"Chrome/|CriOS/|Chromium/", "Chrome"),
    (r"Safari/", "Safari"),
)
_SYSTEMS = (
    (r"iPhone", "iPhone"),
    (r"iPad", "iPad"),
    (r"Android", "Android"),
    (r"Windows", "Windows"),
    (r"Macintosh|Mac OS X", "macOS"),
    (r"CrOS", "ChromeOS"),
    (r"Linux|X11", "Linux"),
)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One signed-in browser, as the list shows it."""

    pk: int
    browser: str
    address: str
    since: datetime
    last_seen: datetime
    here: bool


def browser_of(user_agent: str) -> str:
    """A name people know it by, such as "Firefox on Windows"."""
    browser = next((name for mark, name in _BROWSERS if re.search(mark, user_agent)), "")
    system = next((name for mark, name in _SYSTEMS if re.search(mark, user_agent)), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown browser")


def signed_in_browsers(request: HttpRequest, user: User) -> list[SignedIn]:
    """Where `user` is signed in, this browser first, then the most recently used."""
    alive = UserSession.objects.purge_and_list(user)
    here = request.session.session_key
    found = [
        SignedIn(
            pk=one.pk,
            browser=browser_of(one.user_agent),
            address="" if one.ip == NOWHERE else one.ip,
            since=one.created_at,
            last_seen=one.last_seen_at,
            here=one.session_key == here,
        )
        for one in alive
    ]
    return sorted(found, key=lambda one: (not one.here, -one.last_seen.timestamp()))


def end_sessions(user: User, *, only: int | None = None, but: str | None = None) -> int:
    """Sign `user` out everywhere, of the one row `only`, or everywhere but of the session key `but`; how many.

    The sessions are gone for their next request, also where a request of theirs is under way: Django
    refuses to save a session that was deleted.
    """
    found = UserSession.objects.filter(user=user)
    if only is not None:
        found = found.filter(pk=only)
    if but is not None:
        found = found.exclude(session_key=but)
    keys = list(found.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()
    return len(keys)


def end_others(request: HttpRequest, user: User, *, only: int | None = None) -> int:
    """As the person orders it on their page: the others, or one of them; recorded when there was one."""
    ended = end_sessions(user, only=only, but=request.session.session_key)
    if ended:
        events.note(request, "person.session-ended", user, number=ended)
    return ended
