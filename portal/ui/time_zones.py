"""The time zones that forms offer: first those of the US and Canada, then the whole world by region."""

from __future__ import annotations

import zoneinfo
from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Choices = list[tuple[str | Promise, list[tuple[str, str | Promise]]]]

# Where texting rules and carriers of this product are. Several names share a clock; people look for
# the city they know, or for the zone by its everyday name.
NEAR: Sequence[tuple[str, str | Promise]] = (
    ("America/New_York", _("New York, Eastern Time")),
    ("America/Chicago", _("Chicago, Central Time")),
    ("America/Denver", _("Denver, Mountain Time")),
    ("America/Phoenix", _("Phoenix, Mountain Time without summer time")),
    ("America/Los_Angeles", _("Los Angeles, Pacific Time")),
    ("America/Anchorage", _("Anchorage, Alaska Time")),
    ("Pacific/Honolulu", _("Honolulu, Hawaii Time")),
    ("America/Puerto_Rico", _("Puerto Rico, Atlantic Time without summer time")),
    ("America/St_Johns", _("St. John’s, Newfoundland Time")),
    ("America/Halifax", _("Halifax, Atlantic Time")),
    ("America/Toronto", _("Toronto, Eastern Time")),
    ("America/Winnipeg", _("Winnipeg, Central Time")),
    ("America/Regina", _("Regina, Central Time without summer time")),
    ("America/Edmonton", _("Edmonton, Mountain Time")),
    ("America/Vancouver", _("Vancouver, Pacific Time")),
)
# The first word of a zone's name. Others ("US", "Etc", "SystemV") are old names of the same zones.
REGIONS: dict[str, str | Promise] = {
    "America": _("The Americas"),
    "Europe": _("Europe"),
    "Africa": _("Africa"),
    "Asia": _("Asia"),
    "Australia": _("Australia"),
    "Pacific": _("Pacific"),
    "Atlantic": _("Atlantic"),
    "Indian": _("Indian Ocean"),
    "Antarctica": _("Antarctica"),
}


def offered(now: str = "") -> Choices:
    """Choices of a plain select, in groups. `now`, the zone in use, is offered even when it is an old name."""
    near = {name for name, _label in NEAR}
    groups: dict[str, list[tuple[str, str | Promise]]] = {region: [] for region in REGIONS}
    known = near | {"UTC"}
    for name in sorted(zoneinfo.available_timezones()):
        region, _slash, city = name.partition("/")
        if region in groups and city and name not in near:
            groups[region].append((name, city.replace("_", " ").replace("/", ", ")))
            known.add(name)
    choices: Choices = [(_("United States and Canada"), list(NEAR))]
    choices += [(REGIONS[region], zones) for region, zones in groups.items() if zones]
    choices.append((_("No place"), [("UTC", _("UTC, the same all year"))]))
    if now and now not in known:
        choices.insert(0, (_("In use"), [(now, now)]))
    return choices
