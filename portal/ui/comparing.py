"""Two versions of the same answers, side by side (`components/difference.html`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.ui.looks import Answer, Look, Text

CHANGED = Look(_("Changed"), "late", "pencil")
ADDED = Look(_("Added"), "late", "plus")
REMOVED = Look(_("Removed"), "late", "trash")


@dataclass(frozen=True, slots=True)
class Difference:
    """One answer in two versions. `look` says how they differ; None when they do not."""

    label: Text
    before: Text
    after: Text
    look: Look | None = None
    mono: bool = False
    change_url: str = ""


def compared(
    old: Mapping[str, Answer], new: Mapping[str, Answer], before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[Difference]:
    """Every answer of both, by name: in the words of `old` and `new`, and as they were filed in `before` and `after`.

    What differs is decided by what was filed; what is not asked any more comes last.
    """
    found = []
    for name in [*new, *(name for name in old if name not in new)]:
        here = new.get(name) or replace(old[name], value="", change_url="")
        there = old[name].value if name in old else ""
        look = None
        if before.get(name, "") != after.get(name, ""):
            look = CHANGED if there and here.value else ADDED if here.value else REMOVED
        found.append(Difference(here.label, there, here.value, look, here.mono, here.change_url))
    return found
