"""What the navigation and the pages show of notifications: worked out only where a template asks."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from portal.notifications.models import Notification
from portal.tenancy.scope import NoScope, acting_for, current


def in_scope(request: HttpRequest) -> bool:
    """Is the page rendered inside the scope of the organization it acts for? Error pages are not."""
    acting = getattr(request, "acting", None)
    try:
        return acting is not None and current().organization_id == acting.organization.pk
    except NoScope:
        return False


def unread(request: HttpRequest) -> int:
    """How many notifications of this person and organization are unread: one query of an index made for it."""
    acting = getattr(request, "acting", None)
    if acting is None:
        return 0
    # A page of one's own account shows the navigation too, and acts for nobody.
    with nullcontext() if in_scope(request) else acting_for(acting.organization.pk, by=acting.actor):
        return int(Notification.objects.filter(user=acting.user, read_at=None).count())


def notifications(request: HttpRequest) -> dict[str, Any]:
    """`nav_counts` (icon of a place → number), and `outbox`: does this portal keep its mails for show?"""

    def counts() -> dict[str, int]:
        # Twice on a page, for the wide and the narrow navigation.
        if not hasattr(request, "_nav_counts"):
            request._nav_counts = {"bell": unread(request)}  # type: ignore[attr-defined]  # noqa: SLF001
        return request._nav_counts  # type: ignore[attr-defined, no-any-return]  # noqa: SLF001

    return {"nav_counts": counts, "outbox": settings.OUTBOX}
