"""Pages about members: who is in, what they may do, and how they go."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock
from portal.accounts.fresh import require_fresh
from portal.audit.models import Event
from portal.tenancy import membering
from portal.tenancy.access import SESSION_KEY, Acting, MemberRequest, member
from portal.tenancy.forms import RoleForm
from portal.tenancy.inviting import look_of, open_invitations
from portal.tenancy.models import Invitation, Membership, Role
from portal.tenancy.roles import Act
from portal.ui.looks import Look


@dataclass(frozen=True, slots=True)
class Line:
    """A member in the list. `is_me`: the one who looks; `touchable`: they may change or remove this one."""

    membership: Membership
    is_me: bool
    touchable: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """An open invitation in the list."""

    invitation: Invitation
    look: Look
    is_expired: bool
    touchable: bool


@require_safe
@member(can=Act.VIEW)
def members(request: MemberRequest) -> HttpResponse:
    """Everybody who is in, for everybody who is in; invitations for those who may invite."""
    acting = request.acting
    found = sorted(
        membering.members_of(acting.organization),
        key=lambda one: (membering.ORDER[one.role], str(one.user).casefold(), one.pk),
    )
    asked = open_invitations() if acting.can_people else []
    now = clock.read().business
    context = {
        "lines": [Line(one, one.user_id == acting.user.pk, _touchable(acting, one.role)) for one in found],
        "asked": [
            Asked(one, look_of(one, now), one.expires_at <= now, _touchable(acting, one.role))
            for one in asked
        ],
        "without_second_step": sum(not one.has_second_step for one in found),
    }
    return render(request, "tenancy/members.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member(can=Act.PEOPLE)
def role(request: MemberRequest, user_id: UUID) -> HttpResponse:
    """Give a member another role."""
    membership = _member(request, user_id)
    asked = request.POST.get("role", "")
    membering.must_touch(request.acting, membership.role, asked)
    if request.method != "POST":
        form = RoleForm(initial={"role": membership.role}, acting=request.acting)
        return _role_page(request, membership, form)
    form = RoleForm(request.POST, acting=request.acting)
    if not form.is_valid():
        return _role_page(request, membership, form, status=422)
    if Role.OWNER in {membership.role, asked}:
        require_fresh(request)
    try:
        changed = membering.change_role(request.acting, user_id, asked, at=clock.read().business)
    except membering.LastOwner:
        form.add_error("role", _last_owner(request))
        return _role_page(request, membership, form, status=422)
    except Membership.DoesNotExist:
        raise Http404 from None
    words = {"name": membership.user, "role": Role(asked).label}
    if changed:
        messages.success(request, _("%(name)s is now %(role)s.") % words)
    else:
        messages.info(request, _("%(name)s was %(role)s already. Nothing was changed.") % words)
    return redirect("tenancy:members")


@require_http_methods(["GET", "HEAD", "POST"])
@member(can=Act.PEOPLE)
def removal(request: MemberRequest, user_id: UUID) -> HttpResponse:
    """Remove a member after saying what that means."""
    membership = _member(request, user_id)
    membering.must_touch(request.acting, membership.role)
    if user_id == request.acting.user.pk:
        return redirect("tenancy:leave")
    if request.method != "POST":
        return _removal_page(request, membership)
    if membership.role == Role.OWNER:
        require_fresh(request)
    try:
        membering.remove(request.acting, user_id, at=clock.read().business)
    except membering.LastOwner:
        return _removal_page(request, membership, status=409)
    except Membership.DoesNotExist:
        raise Http404 from None
    words = {"name": membership.user, "organization": request.acting.organization}
    messages.success(request, _("%(name)s was removed from %(organization)s.") % words)
    return redirect("tenancy:members")


@require_http_methods(["GET", "HEAD", "POST"])
@member(can=Act.LEAVE)
def leave(request: MemberRequest) -> HttpResponse:
    """Leave the organization oneself, in whatever role; only its last owner cannot."""
    acting = request.acting
    if request.method != "POST":
        return _leave_page(request)
    if acting.role == Role.OWNER:
        require_fresh(request)
    try:
        membering.leave(acting, at=clock.read().business)
    except membering.LastOwner:
        return _leave_page(request, status=409)
    request.session.pop(SESSION_KEY, None)
    messages.success(request, _("You have left %(name)s.") % {"name": acting.organization})
    return redirect("overview:home")


def _member(request: MemberRequest, user_id: UUID) -> Membership:
    """A member of this organization; somebody who is in another one is nobody here."""
    here = Membership.objects.filter(organization=request.acting.organization)
    return get_object_or_404(here.select_related("user"), user_id=user_id)


def _touchable(acting: Acting, role: str) -> bool:
    return acting.can_owners if role == Role.OWNER else acting.can_people


def _last_owner(request: MemberRequest) -> str:
    return _("%(name)s needs an owner. Make somebody else an owner first.") % {
        "name": request.acting.organization
    }


def _is_last_owner(membership: Membership) -> bool:
    others = membering.owners_of(membership.organization_id).exclude(pk=membership.pk)
    return membership.role == Role.OWNER and not others.exists()


def _role_page(
    request: MemberRequest, membership: Membership, form: RoleForm, status: int = 200
) -> HttpResponse:
    context = {
        "membership": membership,
        "form": form,
        "is_me": membership.user_id == request.acting.user.pk,
    }
    return render(request, "tenancy/role.html", context, status=status)


def _removal_page(request: MemberRequest, membership: Membership, status: int = 200) -> HttpResponse:
    organization = request.acting.organization
    context = {
        "membership": membership,
        "last_owner": _is_last_owner(membership),
        "left": Membership.objects.filter(organization=organization).count() - 1,
        "acts": Event.objects.filter(organization=organization, actor_id=membership.user_id).count(),
        "invited": Invitation.objects.filter(
            invited_by=membership.user_id,
            accepted_at=None,
            withdrawn_at=None,
            expires_at__gt=clock.read().business,
        ).count(),
    }
    return render(request, "tenancy/removal.html", context, status=status)


def _leave_page(request: MemberRequest, status: int = 200) -> HttpResponse:
    mine = _member(request, request.acting.user.pk)
    context = {"membership": mine, "last_owner": _is_last_owner(mine)}
    return render(request, "tenancy/leave.html", context, status=status)
