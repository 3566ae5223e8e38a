"""Keeps the practice registry to this machine, its cookies apart from the portal's, and its sender alive."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address

from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from portal.practice.webhooks import sending


class LoopbackOnly:
    """Refuses every request that does not come from this machine: there is no sign-in here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not from_loopback(request.META.get("REMOTE_ADDR", "")):
            return HttpResponse(
                _("The practice registry answers this machine only."), status=403, content_type="text/plain"
            )
        return self.get_response(request)


class Sending:
    """Keeps the thread alive that sends webhooks: it starts with the first request of a process."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sending.ensure_running()
        return self.get_response(request)


def from_loopback(address: str) -> bool:
    """Is the peer this machine? An empty address is a unix socket, which only this machine has."""
    if not address:
        return True
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


class PracticeMessages(CookieStorage):
    """Messages in a cookie of another name than the portal's, which shares our host."""

    cookie_name = "practice_messages"
