"""The theme switch, the page of all components, and what people see when something went wrong."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template import loader
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import require_POST, require_safe

from portal.ui.context import THEMES
from portal.ui.htmx import is_partial
from portal.ui.specimen import pieces

# Answers that come without a page when a decorator or a middleware gives them.
WORDS = {400: "400.html", 405: "405.html", 413: "400.html"}
# As long as browsers keep a cookie at all (RFC 6265bis: 400 days).
THEME_COOKIE_AGE = 400 * 24 * 60 * 60


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light, dark or the system's own colours in this browser, and go back to where one was."""
    chosen = request.POST.get("theme", "")
    if chosen not in THEMES:
        raise BadRequest("no such theme")
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    response = redirect(back if safe else "/")
    if chosen == "system":
        response.delete_cookie("theme", samesite="Lax")
    else:
        # A script changes it without a round trip, so it is not HttpOnly; it holds nothing worth hiding.
        response.set_cookie(
            "theme", chosen, max_age=THEME_COOKIE_AGE, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
    return response


@require_safe
def specimen(request: HttpRequest) -> HttpResponse:
    """Every component in every state, for developers and for the browser tests."""
    if not (settings.DEBUG or getattr(settings, "UI_SPECIMEN", False)):
        raise Http404
    return render(request, "ui/specimen.html", pieces())


def _error(request: HttpRequest, name: str, status: int) -> HttpResponse:
    """An error page; a sentence is enough for htmx, whose script shows it itself."""
    if is_partial(request):
        return HttpResponse(status=status)
    return render(request, name, {"reference": getattr(request, "request_id", "")}, status=status)


def words_for(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """An answer that says no and nothing else, with a page that says it in words. Its headers stay.

    Parts of pages and machines (`Accept` without HTML) are content with the number.
    """
    name = WORDS.get(response.status_code, "")
    silent = name and not response.streaming and not response.getvalue()
    if not silent or is_partial(request) or request.method == "HEAD" or not request.accepts("text/html"):
        return response
    page = _plain_error(request, name, response.status_code)
    for header, value in response.headers.items():
        if header not in {"Content-Type", "Content-Length"}:
            page.headers[header] = value
    page.cookies = response.cookies
    return page


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request itself made no sense. Shows nothing of it."""
    return _plain_error(request, "400.html", 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: the person may not do this."""
    return _error(request, "403.html", 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: does not exist, or belongs to somebody else; one cannot tell which."""
    return _error(request, "404.html", 404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of the forgery check: usually a page that was left open too long."""
    return _error(request, "403_csrf.html", 403)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault. Must not fail itself, so it asks no database, session or context processor."""
    return _plain_error(request, "500.html", 500)


def _plain_error(request: HttpRequest, name: str, status: int) -> HttpResponse:
    """An error page without context processors; plain text when even the template fails."""
    reference = getattr(request, "request_id", "")
    if is_partial(request):
        return HttpResponse(status=status)
    context: dict[str, Any] = {"reference": reference, "request": request}
    try:
        return HttpResponse(loader.get_template(name).render(context), status=status)
    except Exception:  # noqa: BLE001 - whatever broke the page, this answer must still arrive
        words = f"Something went wrong. Reference: {reference}"
        return HttpResponse(words, status=status, content_type="text/plain")
