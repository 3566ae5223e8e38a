"""The door of every page that shows a tenant's rows.

The transaction is opened around the view: a request-wide one in middleware commits half-done work on
a 500. The body has been read before anything asked the database (`ui.middleware.BodyFirstMiddleware`),
because connections held during slow uploads starve the pool.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import InternalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect
from psycopg.errors import ReadOnlySqlTransaction

from portal import clock
from portal.accounts.addresses import client_address
from portal.accounts.fresh import require_fresh
from portal.accounts.models import User
from portal.audit.recording import Actor, record, record_house
from portal.tenancy.models import Membership, Organization, Role, Staff, StaffRole
from portal.tenancy.roles import READING, Act, Duty, may, on_duty
from portal.tenancy.scope import acting_for, as_person
from portal.tenancy.visiting import visit_of

SESSION_KEY = "organization"
# Where somebody of the operator's staff works who belongs to no organization.
STAFF_HOME = {StaffRole.OPERATOR: "operations:home", StaffRole.DESK: "operations:desk"}


@dataclass(frozen=True, slots=True)
class Acting:
    """Who makes this request, for which organization, and as what.

    `visiting`: an operator looks in from outside; they read as a viewer would, and nothing can be written.
    `elsewhere`: the other organizations that the person belongs to, for the person menu.
    """

    organization: Organization
    user: User
    role: str
    actor: Actor
    visiting: bool = False
    elsewhere: tuple[Organization, ...] = ()

    def may(self, act: str) -> bool:
        """Does the role allow `act`, here and now? Templates ask before they show a button."""
        only_reading = self.visiting or self.organization.is_suspended
        return may(self.role, Act(act)) and (not only_reading or Act(act) in READING)

    @property
    def can_draft(self) -> bool:
        """For templates: may this person make and edit drafts?"""
        return self.may(Act.DRAFT)

    @property
    def can_submit(self) -> bool:
        """For templates: may this person submit, and what belongs to it?"""
        return self.may(Act.SUBMIT)

    @property
    def can_remove(self) -> bool:
        """For templates: may this person delete what was submitted?"""
        return self.may(Act.REMOVE)

    @property
    def can_people(self) -> bool:
        """For templates: may this person invite and change members?"""
        return self.may(Act.PEOPLE)

    @property
    def can_owners(self) -> bool:
        """For templates: may this person make and unmake owners?"""
        return self.may(Act.OWNERS)

    @property
    def can_settings(self) -> bool:
        """For templates: may this person change the organization's settings?"""
        return self.may(Act.SETTINGS)

    @property
    def can_leave(self) -> bool:
        """For templates: may this person end their own membership?"""
        return self.may(Act.LEAVE)


class MemberRequest(HttpRequest):
    """A request that came through `member`."""

    acting: Acting


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Who of the operator's staff makes this request. `belongs`: to an organization too, or is visiting one."""

    user: User
    role: str
    actor: Actor
    belongs: bool = False

    @property
    def home(self) -> str:
        """The name of the page where they begin."""
        return "overview:home" if self.belongs else STAFF_HOME[StaffRole(self.role)]


class StaffRequest(HttpRequest):
    """A request that came through `staff`."""

    on_duty: OnDuty


View = Callable[..., HttpResponse]


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send the browser to the sign-in page and back; an htmx call leaves its page as a whole."""
    came_from = request.get_full_path()
    if getattr(request, "htmx", False):
        came_from = request.htmx.current_url_abs_path or "/"  # type: ignore[attr-defined]
    answer = redirect_to_login(came_from)
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(answer["Location"])
    return answer


def memberships(user: User) -> list[Membership]:
    """Where `user` belongs, oldest membership first."""
    with as_person(user.pk):
        mine = Membership.objects.filter(user=user).select_related("organization", "user")
        return list(mine.order_by("pk"))


def visited_by(request: HttpRequest, user: User) -> Organization | None:
    """The organization that `user` is looking at as operator: asked anew each time, so no visit outlives the role."""
    visit = visit_of(request)
    if visit is None:
        return None
    one = Staff.objects.filter(user=user).first()
    if one is None or not on_duty(one.role, Duty.OPERATE):
        return None
    if settings.STAFF_MFA_REQUIRED and not is_mfa_enabled(user):
        return None
    return Organization.objects.filter(pk=visit.organization_id).first()


def acting_of(request: HttpRequest, user: User) -> Acting | None:
    """Who acts for whom: an operator's visit, else the chosen membership, else the oldest; None without any."""
    address = client_address(request)
    visited = visited_by(request, user)
    if visited is not None:
        actor = Actor(f"{user} (operator)", user.pk, address)
        return Acting(visited, user, Role.VIEWER, actor, visiting=True)
    mine = memberships(user)
    chosen = request.session.get(SESSION_KEY)
    one = next((each for each in mine if str(each.organization_id) == chosen), mine[0] if mine else None)
    if one is None:
        return None
    others = (each.organization for each in mine if each is not one)
    elsewhere = tuple(sorted(others, key=lambda organization: organization.name.casefold()))
    actor = Actor(str(user), user.pk, address)
    return Acting(one.organization, one.user, one.role, actor, elsewhere=elsewhere)


def _nowhere(request: HttpRequest, user: User) -> HttpResponse:
    """A page for who belongs to no organization. The start page takes the operator's staff to their own instead.

    A part of a page that asks for itself, as when somebody is removed while it is open, leaves that page as a whole.
    """
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(reverse("overview:home"))
    one = Staff.objects.filter(user=user).first()
    home = STAFF_HOME[StaffRole(one.role)] if one else ""
    start_page = request.resolver_match is not None and request.resolver_match.view_name == "overview:home"
    if home and start_page and request.method in {"GET", "HEAD"}:
        return redirect(home)
    return render(request, "tenancy/no_organization.html", {"home": home}, status=403)


def _refuse(request: HttpRequest, acting: Acting, act: str) -> None:
    """Write down that somebody asked for what they may not have: a transaction of its own, kept whatever follows."""
    with acting_for(acting.organization.pk, by=acting.actor):
        record(
            "access.refused",
            acting.organization,
            by=acting.actor,
            at=clock.read().business,
            detail={"method": request.method, "path": request.path[:300], "act": act, "role": acting.role},
        )


def member(can: Act, *, fresh: bool = False) -> Callable[[View], View]:
    """Let signed-in members in whose role allows `can`, each inside the scope of their organization.

    `fresh`: only with a fresh sign-in (`accounts.fresh`). Others get the sign-in page, a page that says
    whom to ask (no organization, second factor missing, suspended), or 403, which is recorded.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not isinstance(request.user, User):
                return to_sign_in(request)
            acting = acting_of(request, request.user)
            if acting is None:
                return _nowhere(request, request.user)
            request.acting = acting  # type: ignore[attr-defined]
            if acting.organization.mfa_required and not acting.visiting and not is_mfa_enabled(acting.user):
                return render(request, "tenancy/two_step_needed.html", status=403)
            if not acting.may(can):
                _refuse(request, acting, can)
                if acting.visiting:
                    return render(request, "tenancy/only_looking.html", status=403)
                if acting.organization.is_suspended and may(acting.role, can):
                    return render(request, "tenancy/suspended.html", status=403)
                raise PermissionDenied
            if fresh:
                require_fresh(request)
            try:
                with (
                    timezone.override(zoneinfo.ZoneInfo(acting.organization.time_zone)),
                    acting_for(acting.organization.pk, by=acting.actor, read_only=acting.visiting),
                ):
                    return view(request, *args, **kwargs)
            except PermissionDenied:
                _refuse(request, acting, can)
                raise
            except InternalError as problem:
                if not (acting.visiting and isinstance(problem.__cause__, ReadOnlySqlTransaction)):
                    raise
                _refuse(request, acting, can)
                return render(request, "tenancy/only_looking.html", status=403)

        inside.can = can  # type: ignore[attr-defined]
        inside.fresh = fresh  # type: ignore[attr-defined]
        return inside

    return wrap


def staff(can: Duty, *, fresh: bool = False) -> Callable[[View], View]:
    """Let the operator's own staff in whose role allows `can`; others get the sign-in page or 403, recorded.

    The view opens its own scope: `at_the_desk` to look, `acting_for` one organization to write.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not isinstance(request.user, User):
                return to_sign_in(request)
            one = Staff.objects.filter(user=request.user).first()
            actor = Actor(str(request.user), request.user.pk, client_address(request))
            if one is None or not on_duty(one.role, can):
                record_house(
                    "access.refused",
                    kind="person",
                    object_id=request.user.pk,
                    by=actor,
                    at=clock.read().business,
                    detail={"method": request.method, "path": request.path[:300], "act": can},
                )
                raise PermissionDenied
            if settings.STAFF_MFA_REQUIRED and not is_mfa_enabled(request.user):
                return render(request, "tenancy/two_step_needed.html", status=403)
            if fresh:
                require_fresh(request)
            belongs = visited_by(request, request.user) is not None or bool(memberships(request.user))
            request.on_duty = OnDuty(request.user, one.role, actor, belongs)  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        inside.duty = can  # type: ignore[attr-defined]
        inside.fresh = fresh  # type: ignore[attr-defined]
        return inside

    return wrap
