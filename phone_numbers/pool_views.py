"""Pages of a number pool: asking for more numbers than a campaign takes by itself, and the list that goes with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.models import Campaign
from phone_numbers import pools, rosters
from phone_numbers.models import Assignment, Number
from phone_numbers.pool_forms import PoolForm
from phone_numbers.pool_lists import (
    COLUMNS,
    SHOWN,
    NoList,
    Row,
    as_file,
    candidates,
    numbers_of,
    ours,
    row_of,
)
from phone_numbers.selecting import is_empty, numbers_in, selection_of
from portal import clock
from portal.support.files import NewFile, left_of_quota
from portal.support.kinds import type_of
from portal.support.models import Ticket
from portal.support.opening import AlreadyOpen
from portal.tenancy.access import MemberRequest, member
from portal.tenancy.roles import Act
from portal.tenancy.streaming import as_file as streamed_file
from portal.tenancy.streaming import in_batches

BATCH = 2000


@dataclass(frozen=True, slots=True)
class Listed:
    """The list of the page. `whole`: too long to strike out rows here. `selected`: it began as what was ticked, and
    `others` are those on the campaign that are not in it: they count, too."""

    rows: list[Number]
    total: int
    ticked: frozenset[UUID]
    selected: bool
    others: int = 0

    @property
    def whole(self) -> bool:
        """Does it go along as it is?"""
        return self.total > SHOWN


@require_http_methods(["GET", "HEAD", "POST"])
@member(can=Act.SUBMIT)
def pool(request: MemberRequest, campaign_id: UUID) -> HttpResponse:
    """Ask for more numbers on one campaign; a page that says why not, where it cannot have them."""
    campaign = get_object_or_404(Campaign.objects.select_related("brand"), pk=campaign_id)
    times = clock.read()
    barred = pools.bar(campaign, times.business)
    before = pools.open_request(campaign)
    if before is not None and request.method != "POST":
        messages.warning(request, _("The porting desk has a request for this campaign already."))
        return redirect(before)
    listed = _listed(request, campaign)
    form = _form(request, campaign, listed)
    if form.is_bound and form.is_valid() and (asked := _asked(request, campaign, form, listed)):
        try:
            token = form.cleaned_data["token"]
            ticket = pools.ask(campaign, asked, token=token, by=request.acting.actor, times=times)
        except AlreadyOpen as there:
            messages.warning(request, _("The porting desk has a request for this campaign already."))
            return redirect(there.ticket)
        return _sent(request, ticket)
    context = {"campaign": campaign, "why": barred, "form": form, "listed": listed, **_said(campaign, times)}
    template = "numbers/pool_barred.html" if barred else "numbers/pool.html"
    return render(request, template, context, status=422 if form.is_bound else 200)


@require_safe
@member(can=Act.SUBMIT)
def pool_list(request: MemberRequest, campaign_id: UUID) -> HttpResponse:
    """The list as a file: to take rows out, and to send it back as a list of one's own."""
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    rows, _selected = _candidates(request, campaign)

    def fetch(last: Row | None) -> list[Row]:
        found = rows.filter(e164__gt=f"+{last['tel']}") if last else rows
        return [row_of(one) for one in found[:BATCH]]

    batches = in_batches(request.acting, fetch)
    asked = {"campaign": str(campaign.pk)}
    at = clock.read().business
    answer = streamed_file(
        "csv", request.acting, batches, COLUMNS, name="numbers", asked=asked, at=at, stem=_stem(campaign)
    )
    # A stream is no HttpResponse to Django, but one to every caller of a view.
    return cast("HttpResponse", answer)


def _candidates(request: MemberRequest, campaign: Campaign) -> tuple[QuerySet[Number], bool]:
    """What the list begins with: what this person has ticked where they come from there, else all that could be."""
    rows = candidates(campaign)
    if request.GET.get("from") != "selection":
        return rows, False
    selection = selection_of(request, campaign.product)
    if is_empty(selection):
        return rows, False
    ticked = numbers_in(selection, clock.read().business)
    return rows.filter(pk__in=ticked.order_by().values("pk")), True


def _listed(request: MemberRequest, campaign: Campaign) -> Listed:
    rows, selected = _candidates(request, campaign)
    found = list(rows[: SHOWN + 1])
    total = len(found) if len(found) <= SHOWN else rows.count()
    ticked = frozenset(one.pk for one in found)
    if request.method == "POST":
        ticked = _posted(request)
    others = _others(campaign, rows) if selected else 0
    return Listed(found if total <= SHOWN else [], total, ticked, selected, others)


def _others(campaign: Campaign, rows: QuerySet[Number]) -> int:
    """How many numbers are on the campaign and not among `rows`."""
    on_it = Assignment.objects.open().filter(campaign=campaign)
    return on_it.exclude(number__in=rows.order_by().values("pk")).count()


def _posted(request: MemberRequest) -> frozenset[UUID]:
    """The ids of the rows that stayed ticked. Raises Http404 when any is none of the organization's."""
    try:
        ids = frozenset(UUID(one) for one in request.POST.getlist("numbers"))
    except ValueError:
        raise Http404 from None
    if not ours(ids):
        raise Http404
    return ids


def _form(request: MemberRequest, campaign: Campaign, listed: Listed) -> PoolForm:
    posted = request.method == "POST"
    least = rosters.room_of(campaign).limit + 1
    most = pools.policy_of(campaign).pool_limit.value
    return PoolForm(
        *((request.POST, request.FILES) if posted else ()),
        initial={"planned": min(max(listed.total + listed.others, least), most)},
        left=left_of_quota(campaign.organization_id),
        least=least,
        most=most,
    )


def _asked(request: MemberRequest, campaign: Campaign, form: PoolForm, listed: Listed) -> pools.Asked | None:
    """What a valid form asks for, with its list; None, and an error on the form, where that does not fit."""
    answers, own = form.cleaned_data, form.cleaned_data["own"]
    chosen = _own(form, own) if own else _from_inventory(request, campaign, form, listed)
    if chosen is None:
        return None
    file, number = chosen
    total = number if own else number + listed.others
    if total > answers["planned"]:
        words = _(
            "“Numbers planned in total” must not be less than the numbers in the list and those on the campaign,"
            " which are %(number)s."
        )
        form.add_error("planned", words % {"number": f"{total:,}"})
        return None
    said = form.said()
    return pools.Asked(
        planned=answers["planned"],
        reason=answers["reason"],
        volume=answers["volume"],
        text=said.text,
        listed=number,
        own_file=bool(own),
        files=[file, *said.files],
    )


def _own(form: PoolForm, own: NewFile) -> tuple[NewFile, int] | None:
    try:
        return own, len(numbers_of(own, most=form.most))
    except NoList as problem:
        form.add_error("own", str(problem))
        return None


def _from_inventory(
    request: MemberRequest, campaign: Campaign, form: PoolForm, listed: Listed
) -> tuple[NewFile, int] | None:
    rows, _selected = _candidates(request, campaign)
    if listed.whole:
        problem = _whole_problem(request, form, listed)
        found = list(rows) if not problem else []
    else:
        found = list(rows.filter(pk__in=listed.ticked))
        gone = len(listed.ticked) - len(found)
        problem = (
            _("%(gone)d of the ticked numbers cannot be on this campaign any more.") % {"gone": gone}
            if gone
            else ""
        )
        if not listed.ticked:
            problem = _("Tick the numbers that are to send texts, or attach a list of your own.")
    if problem:
        form.add_error(None, problem)
        return None
    return as_file(found, _stem(campaign)), len(found)


def _whole_problem(request: MemberRequest, form: PoolForm, listed: Listed) -> str:
    if listed.total > form.most:
        words = _(
            "The list has %(total)s numbers, and carriers grant at most %(most)s: attach a list of your own."
        )
        return words % {"total": f"{listed.total:,}", "most": f"{form.most:,}"}
    if request.POST.get("expected") != str(listed.total):
        words = _(
            "The list has changed since you saw it: it has %(total)s numbers now. Look at it and send it again."
        )
        return words % {"total": f"{listed.total:,}"}
    return ""


def _said(campaign: Campaign, times: Any) -> dict[str, Any]:
    """What the page fills in by itself."""
    kind = type_of(Ticket(type=pools.NUMBER_POOL))
    wait = pools.policy_of(campaign).pool_wait
    return {
        "type": kind,
        "room": rosters.room_of(campaign),
        "registration": campaign.registration(),
        "due": times.business + wait.value.at_most,
        "wait": wait,
    }


def _sent(request: MemberRequest, ticket: Ticket) -> HttpResponse:
    if ticket.is_open:
        messages.success(request, _("Your request is with the porting desk."))
    else:
        messages.warning(request, _("Your request was closed as soon as it arrived: its page says why."))
    return redirect(ticket)


def _stem(campaign: Campaign) -> str:
    zone = ZoneInfo(timezone.get_current_timezone_name())
    day = clock.read().business.astimezone(zone)
    return f"numbers-{slugify(campaign.display_name)[:60] or 'campaign'}-{day:%Y-%m-%d}"
