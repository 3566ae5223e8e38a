"""Which words in a campaign change what becomes of it: the table that the control page shows. Plain data.

A phrase counts wherever it stands as whole words, in any case: in the description, the message flow, a sample or
the HELP reply. Only the last three can be changed afterwards, so the place says whether a fix is possible.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

PLACES = ("description", "messageFlow", "helpMessage", *(f"sample{n}" for n in range(1, 6)))

# A word outside the vendor's list on purpose: the portal has to show it as unknown.
ODD_WORD = "ON_THE_DESK_OF_SOMEBODY"

# Words of reviewers, therefore not translated: codes of the second aggregator (DCA2), or free text without one.
REASONS: dict[str, dict[str, str]] = {
    "registry": {
        "code": "",
        "text": "The campaign could not be registered: invalid sub-usecase combination.",
    },
    "601": {
        "code": "601",
        "text": "Campaign attributes do not match the website and/or sample messages. Attributes cannot be edited;"
        " please create a new campaign.",
    },
    "602": {"code": "602", "text": "Sample messages do not match the declared use case."},
    "603": {"code": "603", "text": "Website, brand name and sample messages are inconsistent."},
    "803": {"code": "803", "text": "Opt-in language is missing on the website."},
    "804": {"code": "804", "text": "The call to action is incomplete, or consent is shared or implied."},
    "851": {"code": "851", "text": "Privacy policy, opt-in, opt-out and/or HELP message incomplete."},
    "samples": {"code": "", "text": "Sample messages do not include opt-out instructions."},
    "opt_in": {"code": "", "text": "The opt-in description is vague: say where and how consent is given."},
    "content": {"code": "", "text": "Prohibited content. This decision is final."},
    "unknown": {"code": "7777", "text": "Reason 7777."},
    "carrier": {"code": "30899", "text": "The carrier rejected the campaign."},
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One phrase and what it does. `stage` is whose verdict it turns: registry, provider, carriers or one carrier.

    `outside`: what is wrong is not in the form, so an appeal passes. `then` comes a day after the activation,
    `trait` changes the waiting or the renewal.
    """

    phrase: str
    says: Any
    stage: str = ""
    reasons: tuple[str, ...] = ()
    network: str = ""
    outside: bool = False
    then: str = ""
    trait: str = ""

    def fits(self, text: str) -> bool:
        """Do the words stand in `text`, whole and in any case?"""
        return re.search(rf"(?<!\w){re.escape(self.phrase)}(?!\w)", text, re.IGNORECASE) is not None


RULES: tuple[Rule, ...] = (
    Rule("Registry refuses", _("The registry does not take it (TCR_FAILED)"), "registry", ("registry",)),
    Rule("Reject opt-out", _("The provider returns it: no opt-out in the samples"), "provider", ("samples",)),
    Rule("Reject opt-in", _("The provider returns it: the opt-in is vague"), "provider", ("opt_in",)),
    Rule(
        "Reject content", _("The provider returns it for good: prohibited content"), "provider", ("content",)
    ),
    Rule(
        "Reject website",
        _("The provider returns it for the website; an appeal passes"),
        "provider",
        ("803",),
        outside=True,
    ),
    Rule("Reject several", _("The provider returns it for three reasons"), "provider", ("602", "804", "851")),
    Rule("Carriers reject", _("The carriers reject it (602)"), "carriers", ("602",)),
    Rule(
        "Carriers reject attributes",
        _("The carriers reject it for its attributes (601): it needs a new campaign"),
        "carriers",
        ("601",),
    ),
    Rule(
        "Carriers reject oddly",
        _("The carriers reject it with a code that nobody knows"),
        "carriers",
        ("unknown",),
    ),
    Rule("AT&T rejects", _("AT&T alone rejects it: active on the others"), "carrier", ("carrier",), "10017"),
    Rule(
        "T-Mobile rejects",
        _("T-Mobile alone rejects it: active on the others"),
        "carrier",
        ("carrier",),
        "10035",
    ),
    Rule(
        "Verizon rejects",
        _("Verizon alone rejects it: active on the others"),
        "carrier",
        ("carrier",),
        "10038",
    ),
    Rule(
        "Provisioning fails", _("Approved, and then it cannot be provisioned"), "provisioning", ("carrier",)
    ),
    Rule("Suspended soon", _("Active, and suspended a day later"), then="suspended"),
    Rule("Dormant soon", _("Active, and dormant a day later"), then="dormant"),
    Rule("Odd campaign word", _("A status word that nobody knows"), then="odd"),
    Rule("Early expiry", _("Active, and two weeks shorter than three months"), then="term"),
    Rule("Slow review", _("Takes 12 business days instead of 5 to 7"), trait="slow"),
    Rule("Silent review", _("The registry takes it, and no verdict ever comes"), trait="silent"),
    Rule(
        "Renewal fails",
        _("Its renewal is refused: it expires although it should renew"),
        trait="renewal_refused",
    ),
    Rule("Renewal late", _("Its renewal is paid two days late"), trait="renewal_late"),
)


def fitting(filed: Mapping[str, Any]) -> list[Rule]:
    """The rules whose words stand in a filing, in the order of the table."""
    text = "\n".join(str(filed.get(name) or "") for name in PLACES)
    found = [rule for rule in RULES if rule.fits(text)]
    # "Carriers reject attributes" is not also "Carriers reject".
    return [rule for rule in found if not any(rule.phrase in one.phrase and one is not rule for one in found)]


def reasons_of(*names: str) -> list[dict[str, str]]:
    """The reasons of that name, as they are written down."""
    return [dict(REASONS[name]) for name in names]


def told(reasons: list[dict[str, str]]) -> str:
    """Reasons as the vendor's one text: a line each, with the code in front where there is one."""
    return "\n".join(f"{one['code']}: {one['text']}" if one.get("code") else one["text"] for one in reasons)
