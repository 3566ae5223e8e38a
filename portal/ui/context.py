"""What every page of the portal shows around its content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

THEMES = ("system", "light", "dark")


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation. It is current on its own page and on every one that `holds` names.

    `holds` are names of views ("overview:home") or whole namespaces ("brands").
    """

    title: str | Promise
    route: str
    icon: str
    holds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Section:
    """Places that belong together, under a heading; without a title they stand alone."""

    title: str | Promise
    places: tuple[Place, ...]


# The whole navigation on one page. A place whose flow is not installed is shown closed, not hidden:
# people learn where it will be.
NAVIGATION = (
    Section(
        "",
        (
            Place(_("Overview"), "overview:home", "home"),
            # One place for brands and campaigns, where telephony admins look for them.
            Place(_("SMS campaigns"), "overview:sms-campaigns", "message", frozenset({"brands"})),
        ),
    ),
)


def theme_of(request: HttpRequest | None) -> str:
    """The colours this browser asked for: "light", "dark", or "system" when it never did."""
    theme = request.COOKIES.get("theme", "") if request is not None else ""
    return theme if theme in THEMES else "system"


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The sections and their places: title, icon, url ("" when closed), current ("page", "true" or "")."""
    match = request.resolver_match
    here = {match.view_name, *match.namespaces} if match else set()
    sections = []
    for section in NAVIGATION:
        places = []
        for place in section.places:
            try:
                url = reverse(place.route)
            except NoReverseMatch:
                url = ""
            current = "page" if url and request.path == url else "true" if url and here & place.holds else ""
            places.append({"title": place.title, "icon": place.icon, "url": url, "current": current})
        sections.append({"title": section.title, "places": places})
    return sections


def page(request: HttpRequest) -> dict[str, Any]:
    """`practice_url` ("" outside practice mode) and `navigation`, worked out only where a page shows it."""
    return {"practice_url": getattr(settings, "PRACTICE_URL", ""), "navigation": lambda: navigation(request)}
