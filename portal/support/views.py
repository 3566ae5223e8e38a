"""Pages of an organization's tickets: the list, a new question, one ticket with its thread and files."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock
from portal.support import states
from portal.support.deciding import close
from portal.support.downloads import as_download
from portal.support.files import left_of_quota
from portal.support.forms import EndForm, QuestionForm, WordsForm
from portal.support.kinds import QUESTION, type_of
from portal.support.listing import due_of, page
from portal.support.models import Attachment, Ticket
from portal.support.opening import open_ticket
from portal.support.shown import thread_of
from portal.support.writing import Ended, Side
from portal.support.writing import reply as reply_to
from portal.tenancy.access import MemberRequest, member
from portal.tenancy.roles import Act

PAGE = ["GET", "HEAD", "POST"]
_ENDED = gettext_lazy("This ticket has ended, so nothing was added. For anything new, ask a new question.")


@require_safe
@member(can=Act.VIEW)
def tickets(request: MemberRequest) -> HttpResponse:
    """The organization's tickets."""
    return render(request, "support/list.html", {"page": page(request.GET)})


@require_http_methods(PAGE)
@member(can=Act.SUBMIT)
def new(request: MemberRequest) -> HttpResponse:
    """Ask the porting desk something that no other page asks."""
    posted = request.method == "POST"
    data = (request.POST, request.FILES) if posted else ()
    form = QuestionForm(*data, left=left_of_quota(request.acting.organization.pk))
    if form.is_bound and form.is_valid():
        said = form.said()
        ticket = open_ticket(
            QUESTION,
            organization_id=request.acting.organization.pk,
            subject=form.cleaned_data["subject"],
            text=said.text,
            files=said.files,
            token=said.token,
            by=request.acting.actor,
            times=clock.read(),
        )
        messages.success(request, _("Your question is with the porting desk."))
        return redirect(ticket)
    return render(request, "support/new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
@member(can=Act.VIEW)
def ticket(request: MemberRequest, ticket_id: UUID) -> HttpResponse:
    """One ticket: where it stands, by when, what was filed, and everything that was said."""
    one = get_object_or_404(Ticket, pk=ticket_id)
    return _page(request, one)


@require_http_methods(PAGE)
@member(can=Act.SUBMIT)
def reply(request: MemberRequest, ticket_id: UUID) -> HttpResponse:
    """Write in a ticket. Whoever comes back to the address of a form that was not taken sees the ticket."""
    one = get_object_or_404(Ticket, pk=ticket_id)
    if request.method != "POST":
        return _page(request, one)
    form = WordsForm(request.POST, request.FILES, left=left_of_quota(one.organization_id))
    if not form.is_valid():
        return _page(request, one, form)
    try:
        reply_to(one, form.said(), by=request.acting.actor, times=clock.read())
    except Ended:
        messages.warning(request, _ENDED)
        return _page(request, one, form)
    messages.success(request, _("Sent to the porting desk."))
    return redirect(one)


@require_http_methods(PAGE)
@member(can=Act.SUBMIT)
def end(request: MemberRequest, ticket_id: UUID) -> HttpResponse:
    """Withdraw a request, or close a question that needs nothing more."""
    one = get_object_or_404(Ticket, pk=ticket_id)
    posted = request.POST if request.method == "POST" else None
    form = EndForm(posted)
    if one.is_open and form.is_bound and form.is_valid():
        try:
            close(one, form.said(), side=Side.CUSTOMER, by=request.acting.actor, times=clock.read())
        except Ended:
            messages.warning(request, _("This ticket has ended already."))
        else:
            messages.success(request, _("The ticket is closed."))
        return redirect(one)
    if not one.is_open:
        messages.warning(request, _("This ticket has ended already."))
        return redirect(one)
    context = {"ticket": one, "form": form, "decides": type_of(one).deciding is not None}
    return render(request, "support/end.html", context, status=422 if form.is_bound else 200)


@require_safe
@member(can=Act.VIEW)
def download(request: MemberRequest, ticket_id: UUID, file_id: UUID) -> HttpResponse:
    """A file of the ticket's thread."""
    return as_download(get_object_or_404(Attachment, pk=file_id, ticket_id=ticket_id))


def _page(request: MemberRequest, one: Ticket, form: WordsForm | None = None) -> HttpResponse:
    """The page of a ticket; 422 with a `form` on it that could not be taken."""
    now = clock.read().business
    kind = type_of(one)
    context = {
        "ticket": one,
        "type": kind,
        "filed": kind.filed(one),
        "about_url": kind.url(one),
        "due": due_of(one),
        "late": one.is_late(now),
        "thread": thread_of(one),
        "form": form or WordsForm(left=0),
        "decides": kind.deciding is not None,
        "onward": kind.deciding.onward(one) if kind.deciding and one.status == states.APPROVED else None,
    }
    return render(request, "support/ticket.html", context, status=422 if form else 200)
