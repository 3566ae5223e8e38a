"""The porting desk's pages: the queue over all organizations, one ticket, and what can be done with it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock
from portal.clock import Times
from portal.operations import desk
from portal.operations.desk_forms import ASK, AnswerForm, DecisionForm, NoteForm, RejectForm, approval_form
from portal.support import notes
from portal.support.deciding import approve, close, reject
from portal.support.downloads import as_download
from portal.support.files import left_of_quota
from portal.support.kinds import CannotApprove, type_of
from portal.support.models import Attachment, Ticket
from portal.support.shown import thread_of
from portal.support.writing import Ended, Side, answer
from portal.tenancy.access import StaffRequest, staff
from portal.tenancy.roles import Duty
from portal.tenancy.scope import at_the_desk

PAGE = ["GET", "HEAD", "POST"]
_ENDED = gettext_lazy("This ticket has ended: nothing was changed.")


@require_safe
@staff(can=Duty.DESK)
def queue(request: StaffRequest) -> HttpResponse:
    """Every ticket that waits for us, what is due first on top; others when asked for."""
    now = clock.read().business
    search = desk.Search({name: request.GET.get(name, "") for name in ("q", "show", "type")})
    if not search.is_valid():
        return render(request, "operations/desk.html", {"form": search, "page": None}, status=422)
    with at_the_desk():
        page, totals = desk.queue(search, request.GET, now), desk.totals(now)
    context = {"form": search, "page": page, "totals": totals, "searched": any(search.cleaned_data.values())}
    return render(request, "operations/desk.html", context)


@require_safe
@staff(can=Duty.DESK)
def ticket(request: StaffRequest, ticket_id: UUID) -> HttpResponse:
    """One ticket with its thread, the desk's notes among it, and what can be done."""
    times = clock.read()
    with desk.case(ticket_id, by=desk.of_the_desk(request.on_duty.actor), read_only=True) as one:
        context = _context(one, times)
    return render(request, "operations/desk_ticket.html", context)


@require_http_methods(PAGE)
@staff(can=Duty.DESK)
def write(request: StaffRequest, ticket_id: UUID) -> HttpResponse:
    """Answer, ask back, promise a date, send files."""
    if request.method != "POST":
        return redirect("operations:desk-ticket", ticket_id)
    by, times = desk.of_the_desk(request.on_duty.actor), clock.read()
    with desk.case(ticket_id, by=by) as one:
        left = left_of_quota(one.organization_id)
        form = AnswerForm(request.POST, request.FILES, left=left, now=times.business)
        if not form.is_valid():
            return _again(request, _context(one, times, answer_form=form))
        try:
            answer(one, form.said(), ask=form.cleaned_data["act"] == ASK, by=by, times=times)
        except Ended:
            messages.warning(request, _ENDED)
            return _again(request, _context(one, times, answer_form=form))
    messages.success(request, _("Sent to the organization."))
    return redirect("operations:desk-ticket", ticket_id)


@require_http_methods(PAGE)
@staff(can=Duty.DESK)
def note(request: StaffRequest, ticket_id: UUID) -> HttpResponse:
    """Write something down for the desk alone."""
    if request.method != "POST":
        return redirect("operations:desk-ticket", ticket_id)
    by, times = request.on_duty.actor, clock.read()
    form = NoteForm(request.POST)
    with desk.case(ticket_id, by=by) as one:
        if not form.is_valid():
            return _again(request, _context(one, times, note_form=form))
        notes.note(one, form.cleaned_data["note"], token=form.cleaned_data["token"], by=by, times=times)
    messages.success(request, _("Noted, for the desk alone."))
    return redirect("operations:desk-ticket", ticket_id)


@require_http_methods(PAGE)
@staff(can=Duty.DESK)
def approval(request: StaffRequest, ticket_id: UUID) -> HttpResponse:
    """Grant the request, after showing how things stand."""
    by, times = desk.of_the_desk(request.on_duty.actor), clock.read()
    with desk.case(ticket_id, by=by) as one:
        kind = type_of(one)
        if kind.deciding is None:
            raise Http404
        form = approval_form(kind.deciding, one)(request.POST if request.method == "POST" else None)
        stopped = kind.deciding.bars(one, times.business) or ("" if one.is_open else _ENDED)
        if stopped and not form.is_bound:
            messages.warning(request, str(stopped))
            return redirect("operations:desk-ticket", ticket_id)
        if form.is_bound and form.is_valid():
            try:
                approve(one, form.cleaned_data, form.said(), by=by, times=times)
            except (Ended, CannotApprove) as problem:
                # What was typed stays in sight, on a page that says so.
                messages.warning(request, str(problem) or str(_ENDED))
                context = {**_about(one, times), "form": form}
                return render(request, "operations/desk_approval.html", context, status=409)
            messages.success(request, _("Approved. The organization is told by e-mail."))
            return redirect("operations:desk-ticket", ticket_id)
        context = {**_about(one, times), "form": form}
    return render(request, "operations/desk_approval.html", context, status=422 if form.is_bound else 200)


@require_http_methods(PAGE)
@staff(can=Duty.DESK)
def rejection(request: StaffRequest, ticket_id: UUID) -> HttpResponse:
    """Say no, with the reason that the organization reads."""
    return _ended_by(request, ticket_id, RejectForm, "operations/desk_rejection.html")


@require_http_methods(PAGE)
@staff(can=Duty.DESK)
def closing(request: StaffRequest, ticket_id: UUID) -> HttpResponse:
    """Close a question that is answered."""
    return _ended_by(request, ticket_id, DecisionForm, "operations/desk_closing.html")


@require_safe
@staff(can=Duty.DESK)
def download(request: StaffRequest, ticket_id: UUID, file_id: UUID) -> HttpResponse:
    """A file of the ticket's thread."""
    with desk.case(ticket_id, by=request.on_duty.actor, read_only=True) as one:
        file = Attachment.objects.filter(pk=file_id, ticket=one).first()
        if file is None:
            raise Http404
        return as_download(file)


def _ended_by(
    request: StaffRequest, ticket_id: UUID, form_class: type[DecisionForm], template: str
) -> HttpResponse:
    """Reject a request or close a question: which of the two, the type of the ticket says."""
    by, times = desk.of_the_desk(request.on_duty.actor), clock.read()
    decides = form_class is RejectForm
    with desk.case(ticket_id, by=by) as one:
        if (type_of(one).deciding is not None) is not decides:
            raise Http404
        form = form_class(request.POST if request.method == "POST" else None)
        if form.is_bound and form.is_valid():
            try:
                if decides:
                    reject(one, form.said(), by=by, times=times)
                else:
                    close(one, form.said(), side=Side.DESK, by=by, times=times)
            except Ended:
                # What was typed stays in sight, on a page that says so.
                messages.warning(request, _ENDED)
                return render(request, template, {**_about(one, times), "form": form}, status=409)
            words = _("Rejected.") if decides else _("Closed.")
            messages.success(request, f"{words} {_('The organization is told by e-mail.')}")
            return redirect("operations:desk-ticket", ticket_id)
        if not one.is_open and not form.is_bound:
            messages.warning(request, _ENDED)
            return redirect("operations:desk-ticket", ticket_id)
        context = {**_about(one, times), "form": form}
    return render(request, template, context, status=422 if form.is_bound else 200)


def _about(one: Ticket, times: Times) -> dict[str, Any]:
    """What every page of a ticket shows, as plain values."""
    kind = type_of(one)
    return {
        "ticket": one,
        "whose": one.organization,
        "type": kind,
        "filed": kind.filed(one),
        "standing": kind.standing(one, times.business),
        "look": desk.look_of(one, times.business),
        "due": desk.due_in_words(one, times.business),
    }


def _context(
    one: Ticket,
    times: Times,
    *,
    answer_form: AnswerForm | None = None,
    note_form: NoteForm | None = None,
) -> dict[str, Any]:
    kind = type_of(one)
    barred = kind.deciding.bars(one, times.business) if kind.deciding and one.is_open else ""
    return {
        **_about(one, times),
        "decides": kind.deciding is not None,
        "barred": barred,
        "thread": thread_of(one, notes.notes_of(one)),
        "answer_form": answer_form or AnswerForm(left=0, now=times.business),
        "note_form": note_form or NoteForm(),
        "form": answer_form or note_form,
    }


def _again(request: StaffRequest, context: dict[str, Any]) -> HttpResponse:
    """The ticket's page with a form on it that could not be taken; everything typed stands in it."""
    return render(request, "operations/desk_ticket.html", context, status=422)
