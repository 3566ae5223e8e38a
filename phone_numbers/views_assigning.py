"""Putting numbers on a campaign: choose it, see what will happen, submit."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from phone_numbers.assigning import Changed, NotAssignable, OverLimit, Preview, assign, preview
from phone_numbers.capacity import Choice, choices_of
from phone_numbers.choosing import Chosen, chosen
from phone_numbers.inventory import counted
from portal import clock
from portal.clock import Times
from portal.tenancy.access import MemberRequest, member
from portal.tenancy.roles import Act
from portal.ui.htmx import is_partial


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page is about: the campaigns to choose from, the one that is chosen, and what would happen."""

    choices: list[Choice]
    choice: Choice | None
    preview: Preview | None


@require_http_methods(["GET", "HEAD", "POST"])
@member(can=Act.REMOVE)
def assignment(request: MemberRequest) -> HttpResponse:
    """Assign what is ticked, or one number, to a campaign; what will happen is shown before."""
    times = clock.read()
    about = chosen(request, times.business)
    if request.method != "POST":
        return _page(request, about, _asked(about, request.GET.get("campaign", ""), times))
    asked = _asked(about, request.POST.get("campaign", ""), times)
    if asked.choice is None or asked.preview is None:
        return _page(request, about, asked, problem="campaign", status=422)
    try:
        order = assign(
            asked.choice.campaign,
            about.numbers,
            token=token_of(request),
            by=request.acting.actor,
            times=times,
            expected=expected_of(request),
        )
    except (Changed, OverLimit, NotAssignable) as problem:
        asked = _asked(about, str(asked.choice.campaign.pk), times)
        return _page(request, about, asked, problem=type(problem).__name__, status=409)
    about.let_go(request)
    return redirect(f"{reverse('numbers:order', args=[order.pk])}?submitted=1")


def _asked(about: Chosen, campaign: str, times: Times) -> Asked:
    """The one that can be chosen is chosen; of several, the one that was named. Raises Http404 for none of ours."""
    choices = choices_of(about.product, times.business)
    possible = [one for one in choices if not one.why]
    choice = possible[0] if len(possible) == 1 and not campaign else None
    if campaign:
        choice = next((one for one in choices if str(one.campaign.pk) == campaign), None)
        if choice is None:
            raise Http404
    shown = (
        preview(choice.campaign, about.numbers, times=times) if choice and about.numbers.exists() else None
    )
    return Asked(choices, choice, shown)


def _page(
    request: MemberRequest, about: Chosen, asked: Asked, *, problem: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "about": about,
        "asked": asked,
        "count": counted(about.numbers),
        "first": list(about.numbers.order_by("e164")[:10]),
        "problem": problem,
        "token": uuid4(),
    }
    template = "numbers/_preview.html" if is_partial(request) else "numbers/assignment.html"
    return render(request, template, context, status=status)


def token_of(request: MemberRequest) -> UUID:
    """The form's own: sent twice, it finds the order that it made."""
    try:
        return UUID(request.POST.get("token", ""))
    except ValueError as problem:
        raise BadRequest("no token") from problem


def expected_of(request: MemberRequest) -> int:
    """How many the person was shown: nothing is assigned that nobody has seen."""
    text = request.POST.get("expected", "")
    if not (text.isascii() and text.isdecimal()):
        raise BadRequest("no count")
    return int(text)
