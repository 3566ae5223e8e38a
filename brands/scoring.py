"""What a vetting's score means for a verified brand. For display only: carriers decide about throughput.

Source: 10DLC reference, sections 1.9 and 5 (tiers of T-Mobile per brand and day, classes of AT&T per campaign
and minute).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from brands import states
from brands.models import Brand
from portal.ui.looks import Text


@dataclass(frozen=True, slots=True)
class Tier:
    """A span of scores: from `at_least` up, what it is called, and what it lets through.

    `day` is T-Mobile's segments per day for the brand, `minute` AT&T's per minute for a campaign of one
    declared use case.
    """

    at_least: int
    at_most: int
    name: Text
    day: int
    minute: int


TIERS = (
    Tier(75, 100, _("Top tier"), 200_000, 4_500),
    Tier(50, 74, _("Upper middle tier"), 40_000, 2_400),
    Tier(25, 49, _("Lower middle tier"), 10_000, 240),
    Tier(0, 24, _("Lowest tier"), 2_000, 240),
)
CLASSES: dict[str, Text] = {
    "STANDARD": _("Standard: by machine"),
    "ENHANCED": _("Enhanced: by people"),
    "AUTHPLUS": _("Authentication+"),
    "POLITICAL": _("Political"),
}


@dataclass(frozen=True, slots=True)
class Score:
    """What the page says: the score with its tier, or that there is none. `vetting` is the class in words."""

    points: int | None = None
    tier: Tier | None = None
    vetting: Text = ""


def tier_of(points: int) -> Tier | None:
    """The tier of a score; None for what no vetting gives."""
    return next((tier for tier in TIERS if tier.at_least <= points <= tier.at_most), None)


def score_of(brand: Brand) -> Score | None:
    """The score of a verified brand; None for any other, and for a sole proprietor, whom nobody vets."""
    if brand.status != states.VERIFIED or brand.is_sole_proprietor:
        return None
    if brand.score is None:
        return Score()
    vetting = CLASSES.get(brand.vetting_class, brand.vetting_class)
    return Score(brand.score, tier_of(brand.score), vetting)
