"""The operator's pages of carrier accounts: look, pause all submissions, resume them, compare now."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import clock
from portal.lifecycle import accounts
from portal.lifecycle.sweep_times import sweep_now
from portal.operations import carriers
from portal.operations.forms import ReasonForm
from portal.tenancy.access import StaffRequest, staff
from portal.tenancy.roles import Duty
from portal.ui.htmx import is_partial

_HINT = gettext_lazy("Everybody whose submission waits reads this on its page, word for word.")


@require_safe
@staff(can=Duty.OPERATE)
def overview(request: StaffRequest) -> HttpResponse:
    """Every carrier account and every process, as they are now."""
    times = clock.read()
    context = {
        "accounts": carriers.accounts(times),
        "pulses": carriers.pulses(times),
        "behind": carriers.BEHIND,
    }
    template = "operations/_carriers_live.html" if is_partial(request) else "operations/carriers.html"
    return render(request, template, context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(can=Duty.OPERATE)
def pause(request: StaffRequest, account: str) -> HttpResponse:
    """The kill switch: nothing more is sent for anybody, after saying what that means, with a reason.

    Asks for no fresh sign-in: whoever needs it needs it now, and it can be undone.
    """
    _known(account)
    form = ReasonForm(request.POST if request.method == "POST" else None, hint=_HINT)
    if form.is_bound and form.is_valid():
        by, reason = request.on_duty.actor, form.cleaned_data["reason"]
        if accounts.pause(account, by=by, reason=reason):
            words = _("All submissions to %(account)s are paused. What people submit is kept.")
            messages.success(request, words % {"account": account})
        else:
            words = _("%(account)s was paused already.")
            messages.warning(request, words % {"account": account})
        return redirect("operations:carriers")
    context = {"account": account, "form": form, "waiting": carriers.on_their_way(account)}
    return render(request, "operations/pause.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(can=Duty.OPERATE)
def resume(request: StaffRequest, account: str) -> HttpResponse:
    """Let everything go on again."""
    _known(account)
    if request.method == "POST":
        if accounts.resume(account, by=request.on_duty.actor):
            messages.success(request, _("%(account)s goes on.") % {"account": account})
        return redirect("operations:carriers")
    paused = accounts.paused(account)
    if paused is None:
        messages.warning(request, _("%(account)s is not paused.") % {"account": account})
        return redirect("operations:carriers")
    context = {"account": account, "pause": paused, "waiting": carriers.on_their_way(account)}
    return render(request, "operations/resume.html", context)


@require_POST
@staff(can=Duty.OPERATE)
def compare(request: StaffRequest, account: str) -> HttpResponse:
    """Compare the carrier's whole list with ours now instead of in the night."""
    _known(account)
    sweep_now(account, clock.read())
    words = _("%(account)s is compared now. What is found stands here in a moment.")
    messages.success(request, words % {"account": account})
    return redirect("operations:carriers")


def _known(account: str) -> None:
    if account not in carriers.known():
        raise Http404
