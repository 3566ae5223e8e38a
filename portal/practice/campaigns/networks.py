"""The mobile carriers: their ids at the registry, what they ask of a use case, and what they let through.

10017 and 10035 are the registry's ids of AT&T and T-Mobile (the vendor's file, the domain reference 2.2); those
of the other two are this registry's own choice. Figures: domain reference, section 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

ATT, TMOBILE, USCELLULAR, VERIZON = "10017", "10035", "10037", "10038"
NAMES = {ATT: "AT&T", TMOBILE: "T-Mobile", USCELLULAR: "U.S. Cellular", VERIZON: "Verizon Wireless"}

REVIEW, APPROVED, REJECTED, SUSPENDED = "REVIEW", "APPROVED", "REJECTED", "SUSPENDED"

# AT&T's segments a minute by message class.
_ATT_TPM = {
    **dict.fromkeys("ABKX", 4500),
    **dict.fromkeys("CDP", 2400),
    **dict.fromkeys("EF", 240),
    **dict.fromkeys("GN", 60),
    "S": 9000,
    "T": 75,
    "W": 15,
}
_UNSCORED = {"ACE": "E", "BDF": "F"}


@dataclass(frozen=True, slots=True)
class UseCase:
    """One use case: fees in US dollars a month, bounds of sub-use cases, AT&T's class, who may use it."""

    code: str
    att_class: str = "ACE"
    monthly: float = 10
    subs: tuple[int, int] = (0, 0)
    samples: int = 1
    brands: tuple[str, ...] = ()
    by_approval: bool = False

    @property
    def message_class(self) -> str:
        """AT&T's class of a brand without a score."""
        return _UNSCORED.get(self.att_class, self.att_class)


USE_CASES = {
    one.code: one
    for one in (
        UseCase("2FA"),
        UseCase("ACCOUNT_NOTIFICATION"),
        UseCase("CUSTOMER_CARE"),
        UseCase("DELIVERY_NOTIFICATION"),
        UseCase("FRAUD_ALERT"),
        UseCase("HIGHER_EDUCATION"),
        UseCase("MARKETING", "BDF", samples=2),
        UseCase("MIXED", "BDF", subs=(2, 5), samples=2),
        UseCase("LOW_VOLUME", "T", 1.5, subs=(1, 5), samples=2),
        UseCase("POLLING_VOTING"),
        UseCase("PUBLIC_SERVICE_ANNOUNCEMENT"),
        UseCase("SECURITY_ALERT"),
        UseCase("M2M", ""),
        UseCase("CARRIER_EXEMPT", "", by_approval=True),
        UseCase("AGENTS_FRANCHISES", "N", 30, by_approval=True),
        UseCase("CHARITY", "P", 3, brands=("NON_PROFIT",)),
        UseCase("CONVERSATIONAL", "G", by_approval=True),
        UseCase("EMERGENCY", "X", 5, by_approval=True),
        UseCase("K12_EDUCATION", "", by_approval=True),
        UseCase("POLITICAL", "K", brands=("NON_PROFIT",)),
        UseCase("PROXY", "G", by_approval=True),
        UseCase("PUBLIC_SAFETY_RESTRICTED", "", by_approval=True),
        UseCase("SOCIAL", "S", by_approval=True),
        UseCase("SWEEPSTAKE", "", by_approval=True),
        UseCase("SOLE_PROPRIETOR", "W", 2, brands=("SOLE_PROPRIETOR",)),
        UseCase("TRIAL", "", 0, by_approval=True),
        UseCase("UCAAS_LOW", "", by_approval=True),
        UseCase("UCAAS_HIGH", "", by_approval=True),
    )
}
SUB_USE_CASES = (
    *("2FA", "ACCOUNT_NOTIFICATION", "CUSTOMER_CARE", "DELIVERY_NOTIFICATION", "FRAUD_ALERT"),
    *("HIGHER_EDUCATION", "MARKETING", "POLLING_VOTING", "PUBLIC_SERVICE_ANNOUNCEMENT", "SECURITY_ALERT"),
)


def qualifies(use_case: UseCase, *, entity_type: str, verified: bool) -> bool:
    """May a brand of that legal form use it, without asking a carrier first?"""
    if not verified or use_case.by_approval:
        return False
    if entity_type == "SOLE_PROPRIETOR":
        return use_case.code == "SOLE_PROPRIETOR"
    return not use_case.brands or entity_type in use_case.brands


def terms(use_case: UseCase, *, qualify: bool, only: frozenset[str] | None = None) -> dict[str, Any]:
    """What each mobile carrier asks of the use case: the vendor's `mnoMetadata`."""
    shown = [code for code in NAMES if only is None or code in only]
    return {code: _item(code, use_case, qualify) for code in shown}


def _item(code: str, use_case: UseCase, qualify: bool) -> dict[str, Any]:
    item: dict[str, Any] = {
        "mno": NAMES[code],
        "qualify": qualify,
        "mnoSupport": True,
        "mnoReview": use_case.by_approval,
        "minMsgSamples": use_case.samples,
        "reqSubscriberOptin": True,
        "reqSubscriberOptout": True,
        "reqSubscriberHelp": True,
        "noEmbeddedLink": False,
        "noEmbeddedPhone": False,
    }
    if code == ATT and use_case.message_class:
        item |= {
            "msgClass": use_case.message_class,
            "tpm": _ATT_TPM[use_case.message_class],
            "tpmScope": "NUMBER" if use_case.message_class in "GN" else "CAMPAIGN",
        }
    if code == TMOBILE:
        sole = use_case.code == "SOLE_PROPRIETOR"
        item |= {"brandTier": "SOLE_PROPRIETOR" if sole else "LOW", "brandDailyCap": 1000 if sole else 2000}
    return item
