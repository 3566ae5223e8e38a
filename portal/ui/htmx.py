"""Parts of pages: when a view may answer with one, and what it says to the person beside it."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import Promise

Response = TypeVar("Response", bound=HttpResponseBase)


def is_htmx(request: HttpRequest) -> bool:
    """Did htmx send this request? Reads the header, so that it also works outside the portal's middleware."""
    return request.headers.get("HX-Request") == "true"


def is_partial(request: HttpRequest) -> bool:
    """May the view answer with the changed part alone?

    No for an ordinary request, and no when htmx asks again for a page of the history that it no longer
    holds: that answer becomes the whole page, although it carries `HX-Request: true`.
    """
    return is_htmx(request) and request.headers.get("HX-History-Restore-Request") != "true"


def _trigger(response: Response, name: str, detail: dict[str, str]) -> Response:
    """Add the event `name` to those that htmx fires when the answer arrives."""
    events: dict[str, Any] = json.loads(response.headers.get("HX-Trigger", "{}"))
    events[name] = detail
    response.headers["HX-Trigger"] = json.dumps(events)
    return response


def announce(response: Response, message: str | Promise) -> Response:
    """Have screen readers say `message` once, through the page's status region. For changes only."""
    return _trigger(response, "announce", {"message": str(message)})


def toast(
    response: Response, message: str | Promise, *, link: str | Promise = "", link_url: str = ""
) -> Response:
    """Show a short word that something is done, with a link such as Undo. Whole pages use `messages`."""
    detail = {"message": str(message)}
    if link and link_url:
        detail |= {"link": str(link), "url": link_url}
    return _trigger(response, "toast", detail)
