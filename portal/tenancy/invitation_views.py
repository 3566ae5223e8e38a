"""Pages about invitations, for those who send them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal import clock
from portal.accounts.fresh import require_fresh
from portal.tenancy import inviting
from portal.tenancy.access import MemberRequest, member
from portal.tenancy.forms import InviteForm
from portal.tenancy.membering import must_touch
from portal.tenancy.models import Invitation, Role
from portal.tenancy.roles import Act


@require_http_methods(["GET", "HEAD", "POST"])
@member(can=Act.PEOPLE)
def invite(request: MemberRequest) -> HttpResponse:
    """Ask somebody in by e-mail."""
    if request.method != "POST":
        return _page(request, InviteForm(acting=request.acting))
    must_touch(request.acting, request.POST.get("role", ""))
    form = InviteForm(request.POST, acting=request.acting)
    if not form.is_valid():
        return _page(request, form, status=422)
    email, role = form.cleaned_data["email"], form.cleaned_data["role"]
    if role == Role.OWNER:
        require_fresh(request)
    try:
        inviting.invite(request.acting, email, role, at=clock.read().business)
    except (inviting.AlreadyMember, inviting.AlreadyInvited, inviting.TooMany) as refused:
        form.add_error(None if isinstance(refused, inviting.TooMany) else "email", _why(refused, email))
        return _page(request, form, status=422)
    messages.success(request, _("%(email)s is invited. The mail is on its way.") % {"email": email})
    return redirect("tenancy:members")


@require_POST
@member(can=Act.PEOPLE)
def mail(request: MemberRequest, invitation_id: UUID) -> HttpResponse:
    """Mail an open invitation once more."""
    invitation = _held(request, invitation_id)
    try:
        inviting.send_again(request.acting, invitation.pk, at=clock.read().business)
    except inviting.TooMany as refused:
        messages.warning(request, str(refused))
    except Invitation.DoesNotExist:
        raise Http404 from None
    else:
        words = _("%(email)s gets a new mail. The link in the earlier one no longer works.")
        messages.success(request, words % {"email": invitation.email})
    return redirect("tenancy:members")


@require_POST
@member(can=Act.PEOPLE)
def withdrawal(request: MemberRequest, invitation_id: UUID) -> HttpResponse:
    """Take an open invitation back. Nothing is lost by it: the same address can be invited again."""
    invitation = _held(request, invitation_id)
    try:
        inviting.withdraw(request.acting, invitation.pk, at=clock.read().business)
    except Invitation.DoesNotExist:
        raise Http404 from None
    words = _("The invitation of %(email)s is withdrawn. Its link no longer works.")
    messages.success(request, words % {"email": invitation.email})
    return redirect("tenancy:members")


def _held(request: MemberRequest, invitation_id: UUID) -> Invitation:
    """An open invitation that is in this person's hands: 404, 403, or a fresh sign-in for an owner's."""
    rows = Invitation.objects.filter(accepted_at=None, withdrawn_at=None)
    invitation: Invitation = get_object_or_404(rows, pk=invitation_id)
    must_touch(request.acting, invitation.role)
    if invitation.role == Role.OWNER:
        require_fresh(request)
    return invitation


def _why(refused: Exception, email: str) -> str:
    if isinstance(refused, inviting.AlreadyMember):
        words = {"name": refused.membership.user, "role": refused.membership.role_word}
        return _("%(name)s is a member already, as %(role)s.") % words
    if isinstance(refused, inviting.AlreadyInvited):
        words = {"email": email}
        return _("%(email)s has an open invitation. Send that one again, or withdraw it first.") % words
    return str(refused)


def _page(request: MemberRequest, form: InviteForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "days": inviting.LIFETIME.days}
    return render(request, "tenancy/invite.html", context, status=status)
