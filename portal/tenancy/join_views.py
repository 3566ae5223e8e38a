"""The page behind the link of an invitation. It asks for no sign-in: the signed link is the permission.

Guessing a link means guessing an HMAC of SHA-256, and a wrong one costs no query; so only what costs us
something, the post that makes an account, is counted (allauth's limit for new accounts, per address).
Looking changes nothing: mail programs open links before people do.
"""

from __future__ import annotations

import zoneinfo

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.core import ratelimit
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from portal import clock
from portal.accounts.addresses import client_address
from portal.accounts.models import User
from portal.audit.recording import Actor
from portal.tenancy import inviting, joining
from portal.tenancy.access import SESSION_KEY
from portal.tenancy.forms import WelcomeForm
from portal.tenancy.joining import Found, Standing
from portal.tenancy.models import Invitation
from portal.tenancy.roles import IN_WORDS
from portal.tenancy.scope import acting_for

# Who holds a link and has not said yet who they are.
HOLDER = Actor("Somebody with an invitation")


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Say who invites whom to what; take the invitation, by a click or with name and password."""
    try:
        letter = inviting.opened(token)
    except inviting.BadLink:
        raise Http404 from None
    found = _look(request, letter)
    if request.method != "POST":
        form = WelcomeForm(email=found.invitation.email) if found.standing is Standing.NEW else None
        return _page(request, found, form)
    try:
        if found.standing is Standing.CONFIRM and isinstance(request.user, User):
            return _confirmed(request, found.invitation, request.user)
        if found.standing is Standing.NEW:
            return _welcomed(request, found)
    except joining.NotOpen:
        found = _look(request, letter)
    # Whatever stands there now, the post was meant for something else.
    return _page(request, found, None, status=409)


def _look(request: HttpRequest, letter: inviting.Letter) -> Found:
    with acting_for(letter.organization_id, by=HOLDER):
        try:
            return joining.find(letter, request.user, clock.read().business)
        except Invitation.DoesNotExist:
            raise Http404 from None


def _confirmed(request: HttpRequest, invitation: Invitation, user: User) -> HttpResponse:
    """Somebody who is signed in with the invited address takes the invitation."""
    by = Actor(str(user), user.pk, client_address(request))
    with acting_for(invitation.organization_id, by=by):
        joining.accept(invitation, user, by=by, at=clock.read().business)
    return _inside(request, invitation, redirect("overview:home"))


def _welcomed(request: HttpRequest, found: Found) -> HttpResponse:
    """Somebody new takes the invitation with name and password, and is signed in as after any sign-in."""
    invitation = found.invitation
    if not ratelimit.consume(request, action="signup"):
        too_often: HttpResponse = ratelimit.respond_429(request)
        return too_often
    form = WelcomeForm(request.POST, email=invitation.email)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    with acting_for(invitation.organization_id, by=HOLDER):
        user = joining.accept_as_new(
            invitation,
            name=form.cleaned_data["name"],
            password=form.cleaned_data["password"],
            address=client_address(request),
            at=clock.read().business,
        )
    answer = perform_password_login(request, {"email": user.email}, Login(user=user, email=user.email))
    return _inside(request, invitation, answer)


def _inside(request: HttpRequest, invitation: Invitation, answer: HttpResponse) -> HttpResponse:
    """`answer`, with the organization that was just joined as the chosen one."""
    request.session[SESSION_KEY] = str(invitation.organization_id)
    messages.success(request, _("Welcome to %(name)s.") % {"name": invitation.organization})
    return answer


def _page(request: HttpRequest, found: Found, form: WelcomeForm | None, status: int = 200) -> HttpResponse:
    invitation = found.invitation
    context = {
        "invitation": invitation,
        "organization_name": invitation.organization.name,
        "role": invitation.role_word,
        "role_in_words": IN_WORDS[invitation.role],
        "standing": found.standing,
        "form": form,
    }
    is_open = found.standing in joining.OPEN
    template = "tenancy/join.html" if is_open else "tenancy/join_closed.html"
    # 410: there was something here. Whoever is in already has lost nothing.
    gone = 410 if found.standing not in joining.OPEN | {Standing.MEMBER, Standing.SUSPENDED} else 200
    with timezone.override(zoneinfo.ZoneInfo(invitation.organization.time_zone)):
        return render(request, template, context, status=status if status != 200 else gone)
