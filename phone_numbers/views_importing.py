"""Pages of files: upload one, look at what it would do, have it done, and get back what was refused."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from phone_numbers import importing
from phone_numbers.assigning import Changed, NotAssignable, OverLimit, assign
from phone_numbers.capacity import choices_of
from phone_numbers.exporting import failures_of
from phone_numbers.forms_importing import AssignmentFileForm, FileForm, ImportForm
from phone_numbers.import_models import Import
from phone_numbers.importing_shown import shown
from phone_numbers.importing_words import look_of, words_of_file
from phone_numbers.selecting import product_of
from phone_numbers.views_assigning import expected_of, token_of
from portal import clock
from portal.lib.sheets import BadFile
from portal.tenancy.access import MemberRequest, member
from portal.tenancy.roles import Act
from portal.ui.htmx import is_partial

# So many of the newest files are named on their page.
NEWEST = 50


@require_safe
@member(can=Act.VIEW)
def import_list(request: MemberRequest) -> HttpResponse:
    """The newest files and how each stands."""
    rows = [(one, look_of(one)) for one in Import.objects.select_related("campaign").order_by("-at")[:NEWEST]]
    return render(request, "numbers/imports.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@member(can=Act.SUBMIT)
def import_new(request: MemberRequest) -> HttpResponse:
    """Upload a file for the inventory: nothing of it is taken over before somebody has looked."""
    product = product_of(request.GET.get("product", ""))
    form = ImportForm(initial={"product": product})
    if request.method == "POST":
        form = ImportForm(request.POST, files=request.FILES)
        source = _upload(request, form) if form.is_valid() else None
        if source is not None:
            return redirect(source)
    context = {"form": form, "product": product}
    return render(request, "numbers/import_new.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@member(can=Act.REMOVE)
def import_assign(request: MemberRequest) -> HttpResponse:
    """Upload a file whose numbers, all of the inventory, go on one campaign."""
    product = product_of(request.GET.get("product", ""))
    choices = choices_of(product, clock.read().business)
    form = AssignmentFileForm(choices=choices, initial={"campaign": request.GET.get("campaign", "")})
    if request.method == "POST":
        form = AssignmentFileForm(request.POST, files=request.FILES, choices=choices)
        source = _upload(request, form, choices=choices, product=product) if form.is_valid() else None
        if source is not None:
            return redirect(source)
    context = {"form": form, "product": product, "assigns": True}
    return render(request, "numbers/import_new.html", context, status=422 if form.is_bound else 200)


def _upload(request: MemberRequest, form: FileForm, **how: Any) -> Import | None:
    """The file, taken; None with the reason in `form`."""
    answers = form.cleaned_data
    by_id = {str(one.campaign.pk): one.campaign for one in how.get("choices", ())}
    try:
        return importing.upload(
            answers["file"],
            product=answers.get("product") or how["product"],
            campaign=by_id.get(answers.get("campaign", "")),
            by=request.acting.actor,
            times=clock.read(),
        )
    except BadFile as problem:
        form.add_error("file", words_of_file(problem, size=answers["file"].size))
        return None


@require_safe
@member(can=Act.VIEW)
def import_one(request: MemberRequest, import_id: UUID) -> HttpResponse:
    """One file for its whole life; for htmx the part that changes. 204 when `seen` is still the truth."""
    source = get_object_or_404(Import.objects.select_related("campaign"), pk=import_id)
    return _page(request, source)


def _page(request: MemberRequest, source: Import, *, problem: str = "", status: int = 200) -> HttpResponse:
    page = shown(source, request.GET, clock.read())
    context = {"source": source, "page": page, "problem": problem, "token": uuid4()}
    if not is_partial(request):
        return render(request, "numbers/import.html", context, status=status)
    if request.GET.get("seen") == page.mark:
        return HttpResponse(status=204)
    return render(request, "numbers/_import_refreshed.html", context, status=status)


@require_POST
@member(can=Act.SUBMIT)
def import_apply(request: MemberRequest, import_id: UUID) -> HttpResponse:
    """Have the checked rows taken over, or the rest of them."""
    source = get_object_or_404(Import, pk=import_id, campaign=None)
    try:
        importing.apply(source, by=request.acting.actor, times=clock.read())
    except importing.NotNow:
        messages.info(request, _("This file does not wait to be imported; the page says how it stands."))
    return redirect(source)


@require_POST
@member(can=Act.REMOVE)
def import_order(request: MemberRequest, import_id: UUID) -> HttpResponse:
    """Order the file's numbers onto its campaign, as many as the person was shown."""
    source = get_object_or_404(Import.objects.select_related("campaign"), pk=import_id)
    if source.campaign is None:
        raise Http404
    if source.order_id:
        return redirect("numbers:order", source.order_id)
    numbers, times = importing.numbers_of(source), clock.read()
    token, expected, by = token_of(request), expected_of(request), request.acting.actor
    try:
        order = assign(source.campaign, numbers, token=token, by=by, times=times, expected=expected)
        importing.assigned(source, order, times=times)
    except (Changed, OverLimit, NotAssignable, importing.NotNow) as problem:
        return _page(request, source, problem=type(problem).__name__, status=409)
    return redirect(f"{reverse('numbers:order', args=[order.pk])}?submitted=1")


@require_POST
@member(can=Act.SUBMIT)
def import_stop(request: MemberRequest, import_id: UUID) -> HttpResponse:
    """Stop the work on a file: before anything is applied that throws it away, later the rest can follow."""
    source = get_object_or_404(Import, pk=import_id)
    times = clock.read()
    try:
        if source.state == Import.State.APPLYING:
            importing.stop(source, times=times)
            messages.info(request, _("It stops after the rows that are under way. What is imported stays."))
        else:
            importing.discard(source, by=request.acting.actor, times=times)
            messages.success(request, _("The file was discarded. Nothing was changed."))
    except importing.NotNow:
        messages.info(request, _("There is nothing left to stop; the page says how it stands."))
    return redirect(source)


@require_safe
@member(can=Act.VIEW)
def import_failures(request: MemberRequest, import_id: UUID) -> HttpResponse:
    """The rows that were refused as a file, each with its reason, to be mended and uploaded again."""
    source = get_object_or_404(Import, pk=import_id)
    return cast("HttpResponse", failures_of(source, request.acting, at=clock.read().business))
