"""The outbox of a practice portal: the mails that a real one would have sent.

Open to whoever sits at the machine, because that is how the first invitation is found; so it exists in
practice mode on the own machine only, and answers nobody who comes from elsewhere.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from portal.accounts.addresses import client_address
from portal.notifications.models import PracticeMail

# As many as fit a screen or three; the backend keeps more, which then are found in the database.
LISTED = 100
# A mail is somebody else's text: it may style itself and nothing more. As in a mail program it has no origin.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none';"
    " frame-ancestors 'none'; sandbox allow-top-navigation-by-user-activation allow-popups"
)
View = Callable[..., HttpResponse]


def practice_only(view: View) -> View:
    """404 unless this portal keeps its mails for show and the visitor sits at the machine."""

    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.OUTBOX or not _from_here(request):
            raise Http404
        return view(request, *args, **kwargs)

    return inside


def _from_here(request: HttpRequest) -> bool:
    address = client_address(request)
    try:
        # A web server on a socket has no address to tell, and nobody from elsewhere comes through one.
        return address is None or ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


@require_safe
@practice_only
def outbox(request: HttpRequest) -> HttpResponse:
    """All mails, newest first."""
    mails = PracticeMail.objects.order_by("-at", "-pk").defer("text", "html")[:LISTED]
    return render(request, "notifications/outbox.html", {"mails": mails})


@require_safe
@practice_only
def mail(request: HttpRequest, mail_id: UUID) -> HttpResponse:
    """One mail: its headers, and its text with links that work."""
    return render(
        request, "notifications/outbox_mail.html", {"mail": get_object_or_404(PracticeMail, pk=mail_id)}
    )


@require_safe
@practice_only
def html(request: HttpRequest, mail_id: UUID) -> HttpResponse:
    """The HTML part as a mail program would show it, fenced off from the portal."""
    one = get_object_or_404(PracticeMail, pk=mail_id)
    if not one.html:
        raise Http404
    return HttpResponse(
        one.html, headers={"Content-Security-Policy": MAIL_POLICY, "Referrer-Policy": "no-referrer"}
    )
