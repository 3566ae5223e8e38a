"""The door of every page that shows a tenant's rows.

The transaction is opened around the view, after the request's body has been read: a request-wide
transaction in middleware commits half-done work on a 500 and starves the pool on slow uploads.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from portal.accounts.models import User
from portal.audit.recording import Actor
from portal.tenancy.models import Membership, Organization
from portal.tenancy.roles import Act, may
from portal.tenancy.scope import acting_for, as_person

SESSION_KEY = "organization"


@dataclass(frozen=True, slots=True)
class Acting:
    """Who makes this request, for which organization, and as what."""

    organization: Organization
    user: User
    role: str
    actor: Actor

    def may(self, act: str) -> bool:
        """Does the role allow `act`? Templates ask before they show a button."""
        return may(self.role, Act(act))

    @property
    def can_draft(self) -> bool:
        """For templates: may this person make and edit drafts?"""
        return self.may(Act.DRAFT)

    @property
    def can_submit(self) -> bool:
        """For templates: may this person file with the carrier?"""
        return self.may(Act.SUBMIT)


class MemberRequest(HttpRequest):
    """A request that came through `member`."""

    acting: Acting


View = Callable[..., HttpResponse]


def client_address(request: HttpRequest) -> str | None:
    """The client's IP address: with N proxies of ours in front, the N-th entry from the right."""
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    if settings.TRUSTED_PROXIES and len(hops) >= settings.TRUSTED_PROXIES:
        return str(hops[-settings.TRUSTED_PROXIES])
    return str(request.META.get("REMOTE_ADDR") or "") or None


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send the browser to the sign-in page and back; an htmx call leaves its page as a whole."""
    came_from = request.get_full_path()
    if getattr(request, "htmx", False):
        came_from = request.htmx.current_url_abs_path or "/"  # type: ignore[attr-defined]
    answer = redirect_to_login(came_from)
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(answer["Location"])
    return answer


def _membership(request: HttpRequest, user: User) -> Membership | None:
    """The membership that this session acts under: the chosen one, else the oldest."""
    with as_person(user.pk):
        mine = list(
            Membership.objects.filter(user=user).select_related("organization", "user").order_by("pk")
        )
    chosen = request.session.get(SESSION_KEY)
    return next((one for one in mine if str(one.organization_id) == chosen), mine[0] if mine else None)


def member(can: Act) -> Callable[[View], View]:
    """Let signed-in members in whose role allows `can`, each inside the scope of their organization.

    Others: sign-in page, a page that says whom to ask (no organization), or 403 (role).
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not isinstance(request.user, User):
                return to_sign_in(request)
            membership = _membership(request, request.user)
            if membership is None:
                return render(request, "tenancy/no_organization.html", status=403)
            if not may(membership.role, can):
                raise PermissionDenied
            actor = Actor(str(request.user), request.user.pk, client_address(request))
            request.acting = Acting(  # type: ignore[attr-defined]
                membership.organization, membership.user, membership.role, actor
            )
            request.POST  # noqa: B018  the body is read before the transaction opens
            with (
                timezone.override(zoneinfo.ZoneInfo(membership.organization.time_zone)),
                acting_for(UUID(str(membership.organization_id)), by=actor),
            ):
                return view(request, *args, **kwargs)

        inside.can = can  # type: ignore[attr-defined]
        return inside

    return wrap
