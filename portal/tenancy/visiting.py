"""An operator's visit: they look at one organization's pages from inside, read only, and only for a while.

The session holds where and since when. Whether the person may still visit is asked anew at each request
(`access`), so that a role that was taken away ends the visit at once; signing out empties the session.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

VISIT_KEY = "visiting"
VISIT_SINCE_KEY = "visiting_since"

# Long enough to go through a case with somebody on the telephone, short enough that a tab which was left
# open does not look into an organization overnight. The organization was told the same figure.
VISIT_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Visit:
    """Which organization is looked at, and since when (seconds since 1970, machine time)."""

    organization_id: UUID
    since: float


def begin(request: HttpRequest, organization_id: UUID) -> None:
    """Look at this organization from now on. Announcing and recording it is the caller's part."""
    request.session[VISIT_KEY] = str(organization_id)
    request.session[VISIT_SINCE_KEY] = time.time()


def leave(request: HttpRequest) -> UUID | None:
    """End the visit; the organization that was left, or None when there was no visit."""
    visit = visit_of(request)
    request.session.pop(VISIT_KEY, None)
    request.session.pop(VISIT_SINCE_KEY, None)
    return visit.organization_id if visit else None


def visit_of(request: HttpRequest) -> Visit | None:
    """The visit of this session. One that has lasted `VISIT_FOR` is over: it is taken out, with a word of it."""
    chosen = request.session.get(VISIT_KEY)
    if chosen is None:
        return None
    since = request.session.get(VISIT_SINCE_KEY, 0)
    if 0 <= time.time() - since < VISIT_FOR.total_seconds():
        return Visit(UUID(chosen), since)
    del request.session[VISIT_KEY]
    request.session.pop(VISIT_SINCE_KEY, None)
    words = _("Your visit is over: it lasts one hour at most.")
    messages.warning(request, words, fail_silently=True)
    return None
