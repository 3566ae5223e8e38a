"""Orders: how far each is, the failed ones once more, and taking numbers off with the way back in time."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from phone_numbers.assigning import Changed, NotAssignable, OverLimit, assign
from phone_numbers.choosing import Chosen, chosen, id_of
from phone_numbers.inventory import counted
from phone_numbers.models import Assignment, Number, Order
from phone_numbers.orders import assignments_of, shown
from phone_numbers.releases import MANY, ReleaseShown, release_of
from phone_numbers.unassigning import TooLate, unassign
from phone_numbers.unassigning import undo as take_back
from phone_numbers.views_assigning import expected_of, token_of
from portal import clock
from portal.accounts.fresh import require_fresh
from portal.lifecycle import gateway
from portal.tenancy.access import MemberRequest, member
from portal.tenancy.roles import Act
from portal.ui.forms import PortalForm
from portal.ui.htmx import is_partial
from portal.ui.marks import marks_in


class ReleaseForm(PortalForm):
    """One deliberate tick: what is lost stands beside it, with its number."""

    sure = forms.BooleanField(label=gettext_lazy("I understand that these numbers cannot text any more"))


def undo_seconds() -> int:
    """How long taking numbers off can be taken back."""
    span: timedelta = gateway.number_policy(gateway.default_account()).undo.value
    return int(span.total_seconds())


@require_safe
@member(can=Act.VIEW)
def order(request: MemberRequest, order_id: UUID) -> HttpResponse:
    """What became of an order, number by number; for htmx the part that changes while it is on its way."""
    one = get_object_or_404(Order.objects.select_related("campaign", "campaign__brand"), pk=order_id)
    page = shown(one, request.GET, clock.read(), undo_seconds=undo_seconds())
    context = {"page": page, "order": one, "submitted": "submitted" in request.GET}
    if not is_partial(request):
        return render(request, "numbers/order.html", context)
    seen = marks_in(request.GET, "seen")
    moved = [row for row in page.rows if row.was_waiting(seen)]
    return render(request, "numbers/_order_refreshed.html", context | {"moved": moved})


@require_http_methods(["GET", "HEAD", "POST"])
@member(can=Act.REMOVE)
def again(request: MemberRequest, order_id: UUID) -> HttpResponse:
    """Order once more what failed of an order, or the one number that the form names: a new order of its own."""
    one = get_object_or_404(Order, pk=order_id, act=Order.Act.ASSIGN)
    if request.method != "POST" or one.campaign is None:
        return redirect("numbers:order", one.pk)
    failed = assignments_of(one).filter(state=Assignment.State.FAILED)
    numbers = Number.objects.held().filter(pk__in=failed.values("number"))
    if text := request.POST.get("number", ""):
        numbers = numbers.filter(pk=get_object_or_404(numbers, pk=id_of(text)).pk)
    try:
        new = assign(
            one.campaign,
            numbers,
            token=token_of(request),
            by=request.acting.actor,
            times=clock.read(),
        )
    except (Changed, OverLimit, NotAssignable) as problem:
        messages.error(request, _WHY[type(problem)])
        return redirect("numbers:order", one.pk)
    return redirect("numbers:order", new.pk)


_WHY = {
    Changed: gettext_lazy("The numbers have changed since. Look at them again."),
    OverLimit: gettext_lazy("The campaign has no room for all of them any more. Nothing was submitted."),
    NotAssignable: gettext_lazy("The campaign is not active any more. Nothing was submitted."),
}


@require_http_methods(["GET", "HEAD", "POST"])
@member(can=Act.REMOVE)
def removal(request: MemberRequest) -> HttpResponse:
    """Take what is ticked, or one number, off its campaign: the exact list, what is lost, and Save."""
    times = clock.read()
    about = chosen(request, times.business)
    form = ReleaseForm(request.POST if request.method == "POST" else None)
    going = release_of(about.numbers, request.GET)
    if request.method != "POST" or not form.is_valid() or not going.release.will:
        return _removal(request, about, form, going)
    if going.release.will > MANY:
        require_fresh(request)
    try:
        order = unassign(
            about.numbers,
            token=token_of(request),
            by=request.acting.actor,
            times=times,
            expected=expected_of(request),
        )
    except Changed:
        return _removal(request, about, form, release_of(about.numbers, {}), changed=True)
    about.let_go(request)
    return redirect(f"{reverse('numbers:order', args=[order.pk])}?submitted=1")


def _removal(
    request: MemberRequest, about: Chosen, form: ReleaseForm, going: ReleaseShown, *, changed: bool = False
) -> HttpResponse:
    context = {
        "about": about,
        "count": counted(about.numbers),
        "first": True,
        "form": form,
        "going": going,
        "changed": changed,
        "undo_seconds": undo_seconds(),
    }
    status = 409 if changed else 422 if form.is_bound else 200
    return render(request, "numbers/removal.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@member(can=Act.REMOVE)
def undo(request: MemberRequest, order_id: UUID) -> HttpResponse:
    """Take it back, by a post, as long as the carrier was not called. No fresh sign-in: nothing is lost by it."""
    one = get_object_or_404(Order, pk=order_id, act=Order.Act.UNASSIGN)
    if request.method == "POST":
        try:
            kept = take_back(one, by=request.acting.actor, times=clock.read())
        except TooLate:
            messages.error(request, _("It is too late to undo this: the carrier has been asked."))
        else:
            words = ngettext(
                "Taken back: %(number)d number stays on its campaign.",
                "Taken back: %(number)d numbers stay on their campaign.",
                kept,
            )
            messages.success(request, words % {"number": kept})
    return redirect("numbers:order", one.pk)
