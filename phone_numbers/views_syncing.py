"""Fetching numbers from the carrier: asking for it, and how far it is."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from phone_numbers.selecting import product_of
from phone_numbers.syncing import ask, fetched
from portal import clock
from portal.tenancy.access import MemberRequest, member
from portal.tenancy.roles import Act
from portal.ui.htmx import announce, is_partial


@require_http_methods(["GET", "HEAD", "POST"])
@member(can=Act.SUBMIT)
def sync(request: MemberRequest) -> HttpResponse:
    """How far fetching is, for htmx the part that changes; a POST asks for it."""
    given = request.POST if request.method == "POST" else request.GET
    product = product_of(given.get("product", ""))
    if request.method == "POST":
        ask(product=product, by=request.acting.actor, times=clock.read())
        return redirect(f"{reverse('numbers:sync')}?{urlencode({'product': product})}")
    now = fetched()
    context = {"product": product, "fetched": now}
    if not is_partial(request):
        return render(request, "numbers/sync.html", context)
    answer = render(request, "numbers/_sync_live.html", context)
    return answer if now.under_way else announce(answer, now.words)
