"""Numbers one by one: adding some by hand, the page of one, and what it is called."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from phone_numbers.adding import Added, add
from phone_numbers.describing import describe
from phone_numbers.forms import AddForm, ServesForm, said_of
from phone_numbers.histories import history_of
from phone_numbers.models import Number
from phone_numbers.paged import here
from phone_numbers.selecting import product_of, selection_of, tick
from phone_numbers.shown import rows_of
from portal import clock
from portal.audit.sentences import timeline
from portal.tenancy.access import MemberRequest, member
from portal.tenancy.roles import Act


@require_http_methods(["GET", "HEAD", "POST"])
@member(can=Act.SUBMIT)
def new(request: MemberRequest) -> HttpResponse:
    """Add numbers by hand, and go back to the list with what was ticked there; the new ones are ticked, too."""
    if request.method != "POST":
        product = product_of(request.GET.get("product", ""))
        form = AddForm(initial={"product": product, "back": request.GET.get("back", "")})
        return _adding(request, form)
    form = AddForm(request.POST)
    if not form.is_valid():
        return _adding(request, form)
    times, product = clock.read(), form.cleaned_data["product"]
    added = add(form.new, product=product, by=request.acting.actor, times=times)
    if request.acting.may(Act.REMOVE):
        tick(selection_of(request, product, lock=True), [*added.new, *added.back])
    if not (added.new or added.back or added.there):
        form.add_error("numbers", said_of(added.refused))
        return _adding(request, form)
    _tell(request, added)
    return redirect(_list(form.cleaned_data["back"], product))


def _adding(request: MemberRequest, form: AddForm) -> HttpResponse:
    product = product_of(str(form["product"].value() or ""))
    context = {"form": form, "back_url": _list(str(form["back"].value() or ""), product)}
    return render(request, "numbers/new.html", context, status=422 if form.is_bound else 200)


def _list(back: str, product: str) -> str:
    """The list as it was left."""
    query = QueryDict(back[:2000], mutable=True)
    query["product"] = product
    return f"{reverse('numbers:list')}?{here(query)}"


def _tell(request: MemberRequest, added: Added) -> None:
    if count := len(added.new) + len(added.back):
        words = ngettext("%(number)d number was added.", "%(number)d numbers were added.", count)
        messages.success(request, words % {"number": count})
    if count := len(added.there):
        words = ngettext(
            "%(number)d number was there already.", "%(number)d numbers were there already.", count
        )
        messages.info(request, words % {"number": count})
    for message in said_of(added.refused):
        messages.warning(request, message)


@require_safe
@member(can=Act.VIEW)
def detail(request: MemberRequest, number_id: UUID) -> HttpResponse:
    """One number: what it is, the campaign that it is on, and everything that happened to it."""
    number = get_object_or_404(Number, pk=number_id)
    times = clock.read()
    row = rows_of([number], times.business)[0]
    context = {
        "number": number,
        "row": row,
        "history": history_of(number),
        "timeline": timeline(number),
        "watching": row.waits,
    }
    return render(request, "numbers/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member(can=Act.SUBMIT)
def change(request: MemberRequest, number_id: UUID) -> HttpResponse:
    """What a number is called, and whom it serves."""
    number = get_object_or_404(Number.objects.held(), pk=number_id)
    form = ServesForm(request.POST) if request.method == "POST" else ServesForm.opened(number)
    if form.is_bound and form.is_valid():
        if describe(number, form.cleaned_data, by=request.acting.actor, times=clock.read()):
            messages.success(request, _("Saved."))
        return redirect("numbers:detail", number.pk)
    context = {"form": form, "number": number}
    return render(request, "numbers/change.html", context, status=422 if form.is_bound else 200)
