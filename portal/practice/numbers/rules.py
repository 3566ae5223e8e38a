"""Which numbers meet what at the mobile carriers, and how long they take: the table that the control page shows.

Plain data and arithmetic. A rule fits a number by its last seven digits (555-01xx is reserved for examples in every
area code), or by a tag of the same words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

MINUTES = "minutes"
# A word outside the vendor's list on purpose: the portal has to show it as unknown.
ODD_WORD = "ON_HOLD_AT_CARRIER"
# T-Mobile takes 49 numbers of a campaign that has no number pool; a sole proprietor has one (domain reference 4.2).
WITHOUT_POOL, SOLE_PROPRIETOR = 49, 1

# Words of the carriers, therefore not translated. The first two and the quota are those that aggregators are known to
# answer; for the others nobody publishes any.
FAILURES: dict[str, str] = {
    "elsewhere": "Longcode cannot be added/deleted as it is already associated with another campaign.",
    "not_deployed": "Longcode cannot be added/deleted as Campaign is not Deployed.",
    "quota": "Request failed. Daily quota exceeded.",
    "network": "Invalid NNID: the number is registered to another network provider.",
    "limit": "Campaign has reached its limit of phone numbers. A number pool is required.",
    "unknown": "Reason 7777.",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table. `failure` names a text of FAILURES; `trait` is what else is different."""

    phrase: str
    ending: str
    says: Any
    failure: str = ""
    trait: str = ""

    def fits(self, e164: str, tags: Iterable[str]) -> bool:
        """By the last digits, or by a tag of that name in any case."""
        return e164.endswith(self.ending) or self.phrase.lower() in {str(tag).lower() for tag in tags}


RULES: tuple[Rule, ...] = (
    Rule("Number elsewhere", "5550190", _("Fails: it is on another campaign somewhere else"), "elsewhere"),
    Rule("Number of others", "5550191", _("Fails: it belongs to another network"), "network"),
    Rule("Fails once", "5550192", _("Fails the first time (daily quota); a retry works"), "quota", "once"),
    Rule("Fails oddly", "5550189", _("Fails for a reason that nobody knows"), "unknown"),
    Rule(
        "Reason hidden",
        "5550199",
        _("Fails, and the reason stands in “errors” instead of “failureReasons”"),
        "elsewhere",
        "hidden",
    ),
    Rule("Number slow", "5550193", _("Takes three days"), trait="slow"),
    Rule("Number silent", "5550194", _("No answer ever comes"), trait="silent"),
    Rule("Odd number word", "5550195", _("A status word that nobody knows"), trait="odd"),
    Rule("Release fails", "5550196", _("Cannot be taken off its campaign"), trait="release_fails"),
    Rule("Release slow", "5550197", _("Takes three days to be taken off"), trait="release_slow"),
    Rule("Number lost", "5550198", _("Assigned, and dropped by the carriers a day later"), trait="lost"),
)


def fitting(e164: str, tags: Iterable[str]) -> list[Rule]:
    """The rules that a number meets, in the order of the table."""
    words = list(tags)
    return [rule for rule in RULES if rule.fits(e164, words)]


def answered(e164: str, at: datetime, *, pace: str, slow: bool = False) -> datetime:
    """When the carriers answer an assignment that was asked for at `at`.

    Days: two to eight hours ("it can take one business day"), the same for the same number; slow, three days ("24 to
    72 hours to reach all carriers"). Minutes: four to twelve seconds, for somebody who looks on; slow, four times that.
    """
    spread = int(e164[-2:])
    if pace == MINUTES:
        return at + timedelta(seconds=4 + spread % 9) * (4 if slow else 1)
    return at + (timedelta(days=3) if slow else timedelta(hours=2, minutes=spread * 360 / 99))


def released(e164: str, at: datetime, *, pace: str, slow: bool = False) -> datetime:
    """When they answer a removal: half as long as an assignment."""
    if slow and pace != MINUTES:
        return at + timedelta(days=3)
    return at + (answered(e164, at, pace=pace, slow=slow) - at) / 2
