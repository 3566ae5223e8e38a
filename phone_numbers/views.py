"""Pages of numbers: the inventory, what is ticked in it, one number, and the numbers of a campaign."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.deriving import seen
from campaigns.models import Campaign
from phone_numbers import badges as badges_of
from phone_numbers.capacity import rooms_of
from phone_numbers.inventory import Search
from phone_numbers.listing import page as page_of_campaign
from phone_numbers.paged import here, inventory_page
from phone_numbers.selecting import TooManyTicked, clear, keep, product_of, select_everything, selection_of
from portal import clock
from portal.tenancy.access import MemberRequest, member
from portal.tenancy.roles import Act
from portal.ui.htmx import is_partial

# The buttons of the list that lead on with what is ticked.
_WAYS = {"assign": "numbers:assignment", "unassign": "numbers:removal"}


@require_safe
@member(can=Act.VIEW)
def number_list(request: MemberRequest) -> HttpResponse:
    """The numbers of a product: tabs, filters, and what is ticked. 422 for a filter that does not exist."""
    search = Search(request.GET)
    product = product_of(request.GET.get("product", ""))
    selection = selection_of(request, product)
    page = (
        inventory_page(search, request.GET, selection, clock.read().business) if search.is_valid() else None
    )
    context = {"search": search, "form": search, "product": product, "page": page}
    return render(request, "numbers/list.html", context, status=200 if page else 422)


@require_safe
@member(can=Act.VIEW)
def badges(request: MemberRequest) -> HttpResponse:
    """The badges of all waiting rows of a page in one request; only those that changed are sent, and no row."""
    if not is_partial(request):
        return redirect("numbers:list")
    found = badges_of.changed(request.GET, clock.read().business)
    if found.asked and not found.rows:
        return HttpResponse(status=204)
    return render(request, "numbers/_badges.html", {"found": found, "watching": found.watching})


@require_http_methods(["GET", "HEAD", "POST"])
@member(can=Act.REMOVE)
def selection(request: MemberRequest) -> HttpResponse:
    """Keep what is ticked on a page of the list, and go on to where the button leads. A script only keeps (204)."""
    back = _back(request.POST.get("back", ""))
    if request.method != "POST":
        return redirect("numbers:list")
    act = request.POST.get("act", "")
    product = product_of(back.get("product", ""))
    kept = selection_of(request, product, lock=True)
    shown, ticked = _ids(request.POST, "shown"), _ids(request.POST, "number")
    try:
        keep(kept, shown, shown if act == "page" else ticked, clock.read().business)
    except TooManyTicked:
        messages.error(
            request, _("That is more than can be ticked one by one. Use “Select all” for a filter.")
        )
    if act == "everything":
        search = Search(back)
        if not search.is_valid():
            raise BadRequest("unknown filter")
        select_everything(kept, search)
    elif act == "none":
        clear(kept)
    elif act in _WAYS:
        return redirect(f"{reverse(_WAYS[act])}?{urlencode({'product': product, 'back': here(back)})}")
    elif act == "keep":
        return HttpResponse(status=204)
    return redirect(f"{reverse('numbers:list')}?{_turned(back, act)}")


def _turned(back: QueryDict, act: str) -> str:
    """The query of the page that the button leads to: the next, the one before, or this one."""
    way, _colon, key = act.partition(":")
    if way in ("after", "before"):
        back = back.copy()
        back.pop("after", None)
        back.pop("before", None)
        back[way] = key
    return here(back)


def _back(text: str) -> QueryDict:
    """The list's own query, as its page gave it. Of an address from elsewhere nothing is left but its names."""
    return QueryDict(text[:2000], mutable=True)


def _ids(data: QueryDict, name: str) -> list[UUID]:
    """Raises BadRequest for what no checkbox of ours has ever said."""
    try:
        return [UUID(text) for text in data.getlist(name)]
    except ValueError as problem:
        raise BadRequest("no id") from problem


@require_safe
@member(can=Act.VIEW)
def of_campaign(request: MemberRequest, campaign_id: UUID) -> HttpResponse:
    """The numbers assigned to one campaign: a page, and for htmx what its dialog shows."""
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    now = seen(campaign, clock.read().business)
    context = {
        "campaign": campaign,
        "seen": now,
        "page": page_of_campaign(now, request.GET),
        "room": rooms_of([campaign])[campaign.pk],
    }
    template = "numbers/_of_campaign.html" if is_partial(request) else "numbers/of_campaign.html"
    return render(request, template, context)
