"""Which brand gets which verdict, by rule: the table that the control page shows.

Plain data and arithmetic, without models: a rule looks at what was filed and says what the
registry will decide, and when. What a person decides by hand stands in `deciding.py`.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

# Registration without blocking takes "usually under 2 minutes" (The Campaign Registry, domain
# reference 1.6). The spread is fixed per brand, so that a run can be repeated.
SHORTEST_WAIT = timedelta(seconds=40)
LONGEST_WAIT = timedelta(seconds=100)
SLOW_BUSINESS_DAYS = 2
A_DAY = timedelta(days=1)

# A word outside the vendor's list on purpose: the portal has to show it as unknown.
ODD_WORD = "UNDER_MANUAL_SCRUTINY"


@dataclass(frozen=True, slots=True)
class Category:
    """One of the vendor's feedback categories: `fields` are names of the submitted JSON."""

    id: str
    display_name: str
    description: str
    fields: tuple[str, ...]

    def feedback(self, *, text: str = "", fields: tuple[str, ...] = ()) -> dict[str, Any]:
        """The vendor's form of one reason; `text` and `fields` replace the usual ones."""
        return {
            "id": self.id,
            "displayName": self.display_name,
            "description": text or self.description,
            "fields": list(fields or self.fields),
        }


# Words of the registry, therefore not translated: the portal shows them as they came.
CATEGORIES = {
    category.id: category
    for category in (
        Category(
            "TAX_ID",
            "Tax Id",
            "Tax Id does not match with the company name or business type.",
            ("ein", "companyName", "country"),
        ),
        Category(
            "STOCK_SYMBOL",
            "Stock Symbol",
            "The company is not listed under this stock symbol at this exchange.",
            ("entityType", "stockSymbol", "stockExchange"),
        ),
        Category(
            "GOVERNMENT_ENTITY",
            "Government Entity",
            "The organization is not a government entity of the United States.",
            ("entityType", "companyName"),
        ),
        Category(
            "NONPROFIT",
            "Nonprofit",
            "No tax-exempt status was found for this organization.",
            ("entityType", "ein", "companyName"),
        ),
        Category(
            "OTHERS",
            "Others",
            "The website does not name the business, and the e-mail address is not at its domain.",
            ("website", "email"),
        ),
    )
}

FAILURE = "Invalid tax id: the registry could not find the company under this number."


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table: a phrase of the legal name, or an ending of the tax id, and what it does.

    `outcome` is a value of `Brand.Outcome`, empty when the rule only changes the waiting; `categories`
    are the reasons of a rejection; `then` is what becomes of the brand a day later; `trait` is for what
    comes after the registration (`traits_of`).
    """

    phrase: str
    ein_ending: str
    says: Any
    outcome: str = ""
    categories: tuple[str, ...] = ()
    silent: bool = False
    slow: bool = False
    then: str = ""
    trait: str = ""

    def fits(self, legal_name: str, digits: str) -> bool:
        """Does the rule apply? Whole words of the name, in any case, or the tax id's last digits."""
        if re.search(rf"\b{re.escape(self.phrase)}\b", legal_name, re.IGNORECASE):
            return True
        return digits.endswith(self.ein_ending)


RULES: tuple[Rule, ...] = (
    Rule("Reject tax id", "99901", _("Rejected: tax id (TAX_ID)"), "rejected", ("TAX_ID",)),
    Rule(
        "Reject stock symbol",
        "99902",
        _("Rejected: stock symbol (STOCK_SYMBOL)"),
        "rejected",
        ("STOCK_SYMBOL",),
    ),
    Rule(
        "Reject government",
        "99903",
        _("Rejected: no government body (GOVERNMENT_ENTITY)"),
        "rejected",
        ("GOVERNMENT_ENTITY",),
    ),
    Rule(
        "Reject nonprofit",
        "99904",
        _("Rejected: no tax-exempt status (NONPROFIT)"),
        "rejected",
        ("NONPROFIT",),
    ),
    Rule("Reject others", "99905", _("Rejected: another reason (OTHERS)"), "rejected", ("OTHERS",)),
    Rule("Registration failed", "99906", _("Registration failed, with the registry's reason"), "failed"),
    Rule("Silent", "99907", _("No verdict ever comes, until you let the registry speak"), silent=True),
    Rule("Odd word", "99908", _("A status word that nobody knows"), "odd"),
    Rule("Slow", "99909", _("The verdict takes two working days"), slow=True),
    Rule("Vetted", "99910", _("Verified, and vetted as well (VETTED_VERIFIED)"), "vetted"),
    Rule(
        "Reject several",
        "99911",
        _("Rejected for three reasons at once"),
        "rejected",
        ("TAX_ID", "NONPROFIT", "OTHERS"),
    ),
    Rule("Score low", "99912", _("An external vetting gives it 12 of 100 points"), trait="low_score"),
    Rule("Vetting fails", "99913", _("An external vetting fails"), trait="vetting_fails"),
    Rule("Suspended", "99914", _("Verified, and suspended a day later"), then="suspended"),
    Rule("Deleted", "99915", _("Verified, and deleted by the registry a day later"), then="deleted"),
    Rule("Undelivered", "99916", _("The one-time password never reaches the phone"), trait="undelivered"),
    Rule("Not deletable", "99917", _("Deleting it is refused: a campaign is active"), trait="kept"),
    Rule(
        "Needs 2FA",
        "99918",
        _("Has to confirm its e-mail address, whatever its legal form"),
        trait="two_factor",
    ),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the registry will say of a filing, from `due_at` (business time) on."""

    outcome: str
    due_at: datetime
    reasons: list[dict[str, Any]] = field(default_factory=list)
    failure: str = ""
    word: str = ""
    rule: str = ""
    silent: bool = False
    suspended_at: datetime | None = None
    deleted_at: datetime | None = None


def decide(filed: Mapping[str, Any], *, brand_id: uuid.UUID, at: datetime) -> Verdict:
    """The verdict on `filed`, which arrived at business moment `at`. Pure: same input, same verdict.

    The first rule with an outcome decides, the first that changes the waiting changes it, so that
    "Slow Reject tax id LLC" is rejected after two working days. Without a rule a brand is verified;
    a sole proprietor stays self-declared, because only a one-time password verifies one.
    """
    fitting = _fitting(filed)
    deciding = next((rule for rule in fitting if rule.outcome), None)
    usual = "self_declared" if filed.get("entityType") == "SOLE_PROPRIETOR" else "verified"
    outcome = deciding.outcome if deciding else usual
    slow = any(rule.slow for rule in fitting)
    due_at = after_business_days(at, SLOW_BUSINESS_DAYS) if slow else at + usual_wait(brand_id)
    then = {rule.then for rule in fitting}
    return Verdict(
        outcome=outcome,
        due_at=due_at,
        reasons=[CATEGORIES[one].feedback() for one in deciding.categories] if deciding else [],
        failure=FAILURE if outcome == "failed" else "",
        word=ODD_WORD if outcome == "odd" else "",
        rule=", ".join(rule.phrase for rule in fitting),
        silent=any(rule.silent for rule in fitting),
        suspended_at=due_at + A_DAY if "suspended" in then else None,
        deleted_at=due_at + A_DAY if "deleted" in then else None,
    )


def traits_of(filed: Mapping[str, Any]) -> frozenset[str]:
    """What the rules say of the time after the registration."""
    return frozenset(rule.trait for rule in _fitting(filed) if rule.trait)


def _fitting(filed: Mapping[str, Any]) -> list[Rule]:
    name = str(filed.get("companyName") or filed.get("displayName") or "")
    digits = re.sub(r"\D", "", str(filed.get("ein") or ""))
    return [rule for rule in RULES if rule.fits(name, digits)]


def usual_wait(brand_id: uuid.UUID) -> timedelta:
    """How long the registry takes for this brand: 40 to 100 seconds, the same at every asking."""
    spread = (LONGEST_WAIT - SHORTEST_WAIT) // timedelta(seconds=1) + 1
    return SHORTEST_WAIT + timedelta(seconds=brand_id.int % spread)


def after_business_days(start: datetime, days: int) -> datetime:
    """The same time of day `days` working days later. Weekends do not count; holidays do."""
    moment = start
    while days:
        moment += timedelta(days=1)
        if moment.weekday() < 5:
            days -= 1
    return moment
