"""Pages about the organization itself, and the choice between several."""

from __future__ import annotations

from uuid import UUID

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import clock
from portal.accounts.models import User
from portal.tenancy import settling
from portal.tenancy.access import SESSION_KEY, MemberRequest, member, memberships, to_sign_in
from portal.tenancy.forms import OrganizationForm
from portal.tenancy.roles import Act


@require_http_methods(["GET", "HEAD", "POST"])
@member(can=Act.SETTINGS)
def settings(request: MemberRequest) -> HttpResponse:
    """Name, time zone, and whether a second step is required."""
    organization = request.acting.organization
    if request.method != "POST":
        return _settings_page(request, OrganizationForm(organization=organization))
    form = OrganizationForm(request.POST, organization=organization)
    if not form.is_valid():
        return _settings_page(request, form, status=422)
    if settling.save(request.acting, form.cleaned_data, at=clock.read().business):
        messages.success(request, _("The settings are saved."))
    return redirect("tenancy:settings")


@require_http_methods(["GET", "HEAD", "POST"])
@member(can=Act.SETTINGS)
def two_step(request: MemberRequest) -> HttpResponse:
    """Require a second step of everybody, or stop requiring it, after saying whom it stops."""
    acting = request.acting
    if request.method != "POST":
        return _two_step_page(request)
    at = clock.read().business
    required = request.POST.get("required")
    if required not in {"yes", "no"}:
        return _two_step_page(request, status=422)
    if required == "no":
        if settling.allow_password_alone(acting, at=at):
            messages.success(request, _("A password alone is enough again."))
        return redirect("tenancy:settings")
    try:
        if settling.require_second_step(acting, at=at):
            messages.success(request, _("Two-step sign-in is required from now on."))
    except settling.NoSecondStep:
        return _two_step_page(request, status=409)
    return redirect("tenancy:settings")


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Every organization that the person who is signed in belongs to, with the way into each."""
    if not isinstance(request.user, User):
        return to_sign_in(request)
    own = memberships(request.user)
    chosen = request.session.get(SESSION_KEY)
    now = next((one for one in own if str(one.organization_id) == chosen), own[0] if own else None)
    own.sort(key=lambda one: one.organization.name.casefold())
    return render(request, "tenancy/mine.html", {"own": own, "now": now})


@require_POST
def choose(request: HttpRequest, organization_id: UUID) -> HttpResponse:
    """Work for another of one's own organizations from now on, in this browser. 404 for any other."""
    if not isinstance(request.user, User):
        return to_sign_in(request)
    found = [one for one in memberships(request.user) if one.organization_id == organization_id]
    if not found:
        raise Http404
    request.session[SESSION_KEY] = str(organization_id)
    messages.success(request, _("You now work for %(name)s.") % {"name": found[0].organization})
    return redirect("overview:home")


def _settings_page(request: MemberRequest, form: OrganizationForm, status: int = 200) -> HttpResponse:
    return render(request, "tenancy/settings.html", {"form": form}, status=status)


def _two_step_page(request: MemberRequest, status: int = 200) -> HttpResponse:
    context = {
        "has_own": is_mfa_enabled(request.acting.user),
        "stopped": settling.without_second_step(request.acting.organization),
    }
    return render(request, "tenancy/two_step.html", context, status=status)
