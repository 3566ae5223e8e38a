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

    `holds` are names of views ("overview:home") or whole namespaces ("brands"). `needs` is the act that
    somebody must be allowed to see it at all; "" is for everybody. `duty` is that of the operator's staff
    whose place it is; "" is a place of an organization.
    """

    title: str | Promise
    route: str
    icon: str
    holds: frozenset[str] = frozenset()
    needs: str = ""
    duty: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Places that belong together, under a heading; without a title they stand alone."""

    title: str | Promise
    places: tuple[Place, ...]


# The whole navigation on one page. A place whose flow is not installed is shown closed, not hidden:
# people learn where it will be. One that a role may never use would teach nothing, and is hidden.
NAVIGATION = (
    Section(
        "",
        (
            Place(_("Overview"), "overview:home", "home"),
            Place(_("Notifications"), "notifications:list", "bell", needs="view"),
            # One place for brands and campaigns, where telephony admins look for them.
            Place(
                _("SMS campaigns"), "overview:sms-campaigns", "message", frozenset({"brands"}), needs="view"
            ),
            Place(
                _("Phone numbers"),
                "numbers:list",
                "phone",
                frozenset(
                    {
                        "numbers:new",
                        "numbers:sync",
                        "numbers:detail",
                        "numbers:assignment",
                        "numbers:removal",
                        "numbers:order",
                    }
                ),
                needs="view",
            ),
            Place(_("Tickets"), "support:list", "desk", frozenset({"support"}), needs="view"),
            Place(
                _("Check a text"),
                "checking:message",
                "search",
                frozenset({"checking:campaign", "checking:rules"}),
            ),
        ),
    ),
    Section(
        _("Organization"),
        (
            Place(
                _("Members"),
                "tenancy:members",
                "people",
                frozenset({"tenancy:invite", "tenancy:role", "tenancy:removal", "tenancy:leave"}),
                needs="view",
            ),
            Place(
                _("Settings"),
                "tenancy:settings",
                "settings",
                frozenset({"tenancy:two-step"}),
                needs="settings",
            ),
            Place(
                _("Audit log"), "tenancy:audit", "list", frozenset({"tenancy:audit-export"}), needs="audit"
            ),
        ),
    ),
    Section(
        _("Operations"),
        (
            Place(
                _("What needs us"), "operations:home", "flag", frozenset({"operations:need"}), duty="operate"
            ),
            Place(
                _("Carriers"),
                "operations:carriers",
                "system",
                frozenset({"operations:pause", "operations:resume"}),
                duty="operate",
            ),
            Place(
                _("Organizations"),
                "operations:organizations",
                "building",
                frozenset(
                    {
                        "operations:organization",
                        "operations:log",
                        "operations:new",
                        "operations:owner",
                        "operations:suspension",
                        "operations:resumption",
                        "operations:visit",
                    }
                ),
                duty="operate",
            ),
            Place(
                _("Notices"),
                "operations:notices",
                "info",
                frozenset({"operations:notice-new", "operations:notice-withdrawal"}),
                duty="operate",
            ),
            Place(
                _("Porting desk"),
                "operations:desk",
                "desk",
                frozenset(
                    {
                        "operations:desk-ticket",
                        "operations:desk-approval",
                        "operations:desk-rejection",
                        "operations:desk-closing",
                    }
                ),
                duty="desk",
            ),
            Place(_("House log"), "operations:house", "list", duty="operate"),
            Place(_("Staff"), "operations:staff", "person", duty="operate"),
        ),
    ),
)


def theme_of(request: HttpRequest | None) -> str:
    """The colours this browser asked for: "light", "dark", or "system" when it never did."""
    theme = request.COOKIES.get("theme", "") if request is not None else ""
    return theme if theme in THEMES else "system"


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The sections and their places: title, icon, url ("" when closed), current ("page", "true" or "").

    Who may see what is asked of `request.acting`, where the request has one: `may(act) -> bool`, and of the
    person's `staff`: `may(duty) -> bool`. Staff who belong to no organization see no organization's places.
    """
    acting = getattr(request, "acting", None)
    staff = getattr(getattr(request, "user", None), "staff", None)
    on_duty = getattr(request, "on_duty", None)
    outside = on_duty is not None and not on_duty.belongs
    match = request.resolver_match
    here = {match.view_name, *match.namespaces} if match else set()
    sections = []
    for section in NAVIGATION:
        places = []
        for place in section.places:
            if place.duty and (staff is None or not staff.may(place.duty)):
                continue
            if place.needs and (acting is None or not acting.may(place.needs)):
                continue
            if outside and not place.duty:
                continue
            try:
                url = reverse(place.route)
            except NoReverseMatch:
                url = ""
            current = "page" if url and request.path == url else "true" if url and here & place.holds else ""
            places.append({"title": place.title, "icon": place.icon, "url": url, "current": current})
        if places:
            sections.append({"title": section.title, "places": places})
    return sections


def page(request: HttpRequest) -> dict[str, Any]:
    """`practice_url` ("" outside practice mode), `home_url` (where the person begins), and `navigation`,
    worked out only where a page shows it.
    """
    on_duty = getattr(request, "on_duty", None)
    return {
        "practice_url": getattr(settings, "PRACTICE_URL", ""),
        "home_url": reverse(on_duty.home) if on_duty else "/",
        "navigation": lambda: navigation(request),
    }
