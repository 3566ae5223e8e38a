"""Your account: one page with everything about oneself, and the pages that allauth does not have."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts import events, keeping, limits
from portal.accounts.forms import DetailsForm
from portal.accounts.fresh import require_fresh
from portal.accounts.models import User
from portal.accounts.second_factors import factors
from portal.accounts.sessions import end_others, signed_in_browsers
from portal.accounts.shown import about_rows, two_step_rows


class PersonRequest(HttpRequest):
    """A request of somebody who is signed in."""

    user: User


View = Callable[..., HttpResponse]


def person(view: Callable[..., HttpResponse]) -> View:
    """Let people who are signed in; others come back after the sign-in. The page is about themselves alone."""

    @login_required
    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs)

    return inside


@require_safe
@person
def profile(request: PersonRequest) -> HttpResponse:
    """Everything about oneself on one page, each with the way to change it."""
    has = factors(request.user)
    browsers = signed_in_browsers(request, request.user)
    context = {
        "about": about_rows(request.user),
        "two_step": two_step_rows(has),
        "has": has,
        "others": len(browsers) - 1,
    }
    return render(request, "account/profile.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@person
def details(request: PersonRequest) -> HttpResponse:
    """Name and time zone."""
    user = request.user
    if request.method != "POST":
        return render(request, "account/details.html", {"form": DetailsForm.opened(user)})
    form = DetailsForm(request.POST, initial={"time_zone": user.time_zone})
    if not form.is_valid():
        return render(request, "account/details.html", {"form": form}, status=422)
    changed = [name for name, value in form.cleaned_data.items() if getattr(user, name) != value]
    if changed:
        User.objects.filter(pk=user.pk).update(**{name: form.cleaned_data[name] for name in changed})
        user.refresh_from_db()
        events.note(request, "person.details-changed", user, fields=changed)
        messages.success(request, _("Saved."))
    return redirect("accounts:profile")


@require_safe
@person
def sessions(request: PersonRequest) -> HttpResponse:
    """Where one is signed in."""
    browsers = signed_in_browsers(request, request.user)
    return render(request, "usersessions/usersession_list.html", {"browsers": browsers})


@require_POST
@person
def end_session(request: PersonRequest, pk: int | None = None) -> HttpResponse:
    """Sign out one other browser, or all others. Asks for a fresh proof (ASVS 7.5.2)."""
    require_fresh(request)
    ended = end_others(request, request.user, only=pk)
    if ended:
        words = ngettext("Signed out %(number)d browser.", "Signed out %(number)d browsers.", ended)
        messages.success(request, words % {"number": ended})
    else:
        messages.info(request, _("It was signed out already."))
    return redirect("accounts:sessions")


@require_http_methods(["GET", "HEAD", "POST"])
def session(request: HttpRequest) -> HttpResponse:
    """For session.js: how long the sign-in lasts; a POST says that somebody is there."""
    left = getattr(request, "session_left", None)
    if left is None or not request.user.is_authenticated:
        return JsonResponse({"seconds": 0, "extendable": False})
    if request.method == "POST" and not limits.is_unattended(request):
        left = limits.stayed(request)
    return JsonResponse({"seconds": left.seconds, "extendable": left.extendable})


@require_http_methods(["GET", "HEAD", "POST"])
@person
def kept(request: PersonRequest) -> HttpResponse:
    """Answers that were sent after the sign-in had ended: send them now, or throw them away."""
    found = keeping.kept_for(request, request.user.pk)
    if request.method == "POST":
        keeping.forget(request)
        messages.info(request, _("Your answers were thrown away."))
        return redirect(settings.LOGIN_REDIRECT_URL)
    if found is None:
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "account/kept.html", {"kept": found, "mark": keeping.MARK})
