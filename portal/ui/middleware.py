"""What every answer carries: a reference to find it by, and how long a browser may keep it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import urlencode

from portal.ui.htmx import is_htmx
from portal.ui.views import words_for

GetResponse = Callable[[HttpRequest], HttpResponseBase]
# What a proxy in front may hand us; anything else could forge log lines.
_REFERENCE = re.compile(r"[A-Za-z0-9._-]{8,64}")

# Where allauth asks for a fresh proof: by password, by code, by passkey.
PROOFS = ("account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn")


class RequestIdMiddleware:
    """Give every request a reference: in `request.request_id`, in each log line, and in `X-Request-ID`.

    The one that a proxy of ours sent is kept, a visitor's own is not. A refusal that comes without a page gets
    one here, and an address that nobody can read is taken away before anybody tries.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "") if getattr(settings, "TRUSTED_PROXIES", 0) else ""
        reference = given if _REFERENCE.fullmatch(given) else uuid.uuid4().hex[:16]
        request.request_id = reference  # type: ignore[attr-defined]
        _drop_unreadable_page(request)
        with structlog.contextvars.bound_contextvars(request_id=reference):
            response = words_for(request, self.get_response(request))
        response.headers["X-Request-ID"] = reference
        return response


def _drop_unreadable_page(request: HttpRequest) -> None:
    """htmx says which page it is on; what is no address is as good as nothing, here and in django-htmx."""
    try:
        urlsplit(request.META.get("HTTP_HX_CURRENT_URL", ""))
    except ValueError:
        del request.META["HTTP_HX_CURRENT_URL"]


class BodyFirstMiddleware:
    """Read what was sent before anything asks the database.

    A connection that is taken from the pool stays with its request to the end, so a few slow uploads
    would otherwise hold all of them. What did not arrive whole is answered with 400 and acted upon by
    nobody: a form that breaks off in the middle of a word would be saved like that.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if self._too_much(request):
            return HttpResponse(status=413)
        try:
            arrived = self._arrived(request)
        except UnreadablePostError:
            arrived = False
        return self.get_response(request) if arrived else HttpResponse(status=400)

    @staticmethod
    def _too_much(request: HttpRequest) -> bool:
        """More than the address takes (`BODY_LIMITS`)? What announces no length is read as empty by Django."""
        limits = getattr(settings, "BODY_LIMITS", {})
        limit = next((size for start, size in limits.items() if request.path_info.startswith(start)), None)
        announced = request.META.get("CONTENT_LENGTH") or "0"
        return limit is not None and announced.isdecimal() and int(announced) > limit

    @staticmethod
    def _arrived(request: HttpRequest) -> bool:
        if request.method == "POST" and request.content_type == "multipart/form-data":
            # Files go to the disk and not into memory. Whether all of it came, only who takes the file can say.
            request.POST  # noqa: B018  reading it is the act
            return True
        announced = request.META.get("CONTENT_LENGTH") or "0"
        return len(request.body) >= (int(announced) if announced.isdecimal() else 0)


class PageHeadersMiddleware:
    """Keep pages out of places where they do harm.

    - The same address answers with a page or a part of it; caches must tell them apart: `Vary: HX-Request`.
    - A signed-in person's page is kept by nobody, not even by the browser's Back: `no-store`.
    - A part-request whose session has ended is sent to the sign-in page as a whole, instead of
      finding a sign-in form inside a table cell; so is one that is asked to prove itself again.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if is_htmx(request) and response.status_code == 302:
            path = urlsplit(response.headers.get("Location", "")).path
            if path == resolve_url(settings.LOGIN_URL):
                response = self._whole_page(request, response)
            elif path in (resolve_url(name) for name in PROOFS):
                response = self._proof(request, response)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ["HX-Request"])
        # An error may mean that the database is away: then nobody asks it who is signed in.
        undecided = response.status_code < 500 and "Cache-Control" not in response.headers
        if undecided and self._signed_in(request):
            patch_cache_control(response, no_store=True, private=True)
        return response

    @staticmethod
    def _signed_in(request: HttpRequest) -> bool:
        user = getattr(request, "user", None)
        return user is not None and user.is_authenticated

    @staticmethod
    def _whole_page(request: HttpRequest, response: HttpResponseBase) -> HttpResponse:
        """An empty answer that makes htmx load the page it leads to, which returns to the one that one was on."""
        current = urlsplit(request.headers.get("HX-Current-URL", ""))
        sign_in = urlsplit(response.headers["Location"]).path
        whole = HttpResponse(status=204)
        if current.path:
            here = current._replace(scheme="", netloc="", fragment="").geturl()
            sign_in = f"{sign_in}?{urlencode({'next': here})}"
        whole.headers["HX-Redirect"] = sign_in
        whole.cookies = response.cookies
        return whole

    def _proof(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponse:
        """The same for a page that asks for a fresh proof. A kept POST goes through from there, so its own
        address has to stay the one to return to; a part that was read has none, and the page around it is."""
        whole = self._whole_page(request, response)
        if request.method == "POST":
            whole.headers["HX-Redirect"] = response.headers["Location"]
        return whole
