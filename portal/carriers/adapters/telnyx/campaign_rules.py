"""Telnyx's rules for campaigns, as dated values with their sources."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from portal.carriers.campaign_policy import CampaignPolicy, UseCase
from portal.carriers.policy import Fee, ReadingPlan, ReadingStep, Span, Value

_SPEC = "Telnyx OpenAPI, openapi/spec3.yml at 4f3a6bd8"
_SPEC_DAY = date(2026, 7, 16)
_DAY = date(2026, 11, 22)


def _case(
    code: str,
    att_class: str,
    fee: str | None,
    *,
    subs: tuple[int, int] = (0, 0),
    special: bool = False,
    by_approval: bool = False,
    brands: tuple[str, ...] = (),
    hidden: bool = False,
) -> UseCase:
    monthly = None if fee is None else Decimal(fee)
    return UseCase(code, special, *subs, by_approval, brands, att_class, monthly, hidden)


_USE_CASES = (
    _case("2FA", "ACE", "10"),
    _case("ACCOUNT_NOTIFICATION", "ACE", "10"),
    _case("CUSTOMER_CARE", "ACE", "10"),
    _case("DELIVERY_NOTIFICATION", "ACE", "10"),
    _case("FRAUD_ALERT", "ACE", "10"),
    _case("HIGHER_EDUCATION", "ACE", "10"),
    _case("MARKETING", "BDF", "10"),
    _case("MIXED", "BDF", "10", subs=(2, 5)),
    _case("LOW_VOLUME", "T", "1.50", subs=(1, 5)),
    _case("POLLING_VOTING", "ACE", "10"),
    _case("PUBLIC_SERVICE_ANNOUNCEMENT", "ACE", "10"),
    _case("SECURITY_ALERT", "ACE", "10"),
    _case("M2M", "", "10"),
    _case("CARRIER_EXEMPT", "", None, special=True, by_approval=True),
    _case("AGENTS_FRANCHISES", "N", "30", special=True, by_approval=True),
    _case("CHARITY", "P", "3", special=True, brands=("NON_PROFIT",)),
    _case("CONVERSATIONAL", "G", None, special=True, by_approval=True),
    _case("EMERGENCY", "X", "5", special=True, by_approval=True, hidden=True),
    _case("K12_EDUCATION", "", "10", special=True, by_approval=True),
    _case("POLITICAL", "K", "10", special=True, brands=("NON_PROFIT",)),
    _case("PROXY", "G", "10", special=True, by_approval=True),
    _case("PUBLIC_SAFETY_RESTRICTED", "", None, special=True, by_approval=True),
    _case("SOCIAL", "S", "10", special=True, by_approval=True),
    _case("SWEEPSTAKE", "", None, special=True, by_approval=True, hidden=True),
    _case("SOLE_PROPRIETOR", "W", "2", special=True, brands=("SOLE_PROPRIETOR",)),
    _case("TRIAL", "Z", "0", special=True, by_approval=True),
    _case("UCAAS_LOW", "", None, special=True, by_approval=True),
    _case("UCAAS_HIGH", "", None, special=True, by_approval=True),
)

CAMPAIGNS = CampaignPolicy(
    use_cases=Value(
        _USE_CASES,
        "Telnyx error 10032 (the 28 values), Twilio use cases, AT&T classes by Telnyx' summary of 2026-05-20; monthly"
        " fees by Bandwidth's cost table",
        _DAY,
    ),
    sub_use_cases=Value(
        (
            "2FA",
            "ACCOUNT_NOTIFICATION",
            "CUSTOMER_CARE",
            "DELIVERY_NOTIFICATION",
            "FRAUD_ALERT",
            "HIGHER_EDUCATION",
            "MARKETING",
            "POLLING_VOTING",
            "PUBLIC_SERVICE_ANNOUNCEMENT",
            "SECURITY_ALERT",
        ),
        "SignalWire campaign API",
        _DAY,
    ),
    samples=Value((2, 5), "seed: two samples at least, up to five", _DAY),
    editable=Value(
        frozenset({"samples", "message_flow", "help_message", "auto_renewal"}),
        f"{_SPEC}, UpdateCampaignRequest",
        _SPEC_DAY,
    ),
    update_lengths=Value(
        {"samples": 255, "help_message": 255, "message_flow": 2_048},
        f"{_SPEC}, UpdateCampaignRequest: shorter than what a new campaign may have",
        _SPEC_DAY,
    ),
    appeals=Value(True, f"{_SPEC}, /10dlc/campaign/{{campaignId}}/appeal", _SPEC_DAY),
    review_wait=Value(
        Span(timedelta(days=5), timedelta(days=7), business_days=True),
        "seed: it can take five to seven business days until the carrier approves the campaign",
        _DAY,
    ),
    late_after=Value(
        Span(timedelta(days=10), timedelta(days=15), business_days=True),
        "10DLC review times: late after 10 working days, for the operator after 15",
        _DAY,
    ),
    vetting_fee=Value(
        Fee(Decimal("15.00"), "USD", refundable=False),
        "Bandwidth cost table, Telnyx support: about $15 for each submission to vetting",
        _DAY,
    ),
    unused_fee=Value(
        Fee(Decimal("250.00"), "USD", refundable=False),
        "Bandwidth, T-Mobile 10DLC: for an approved campaign without a number in 60 days",
        _DAY,
    ),
    unused_after=Value(timedelta(days=60), "Bandwidth, T-Mobile 10DLC", _DAY),
    unused_warnings=Value((15, 30, 45), "ours: thrice, while there is time to act", _DAY),
    months=Value(3, "seed: SMS campaigns have a life cycle of three months", _DAY),
    shortest=Value(
        timedelta(days=90),
        "Zoom API: expires 90 days from creation; warnings count from the earlier day",
        _DAY,
    ),
    reminders=Value((30, 14, 7, 3, 1), "10DLC term and renewal: days before the end", _DAY),
    grace=Value(
        timedelta(days=3),
        "ours: a carrier that bills on the day may say so some days later, over a weekend",
        _DAY,
    ),
    undo=Value(timedelta(seconds=60), "ours: long enough to notice a mistake", _DAY),
    direct_limit=Value(48, "seed: 48 numbers or fewer are assigned directly", _DAY),
    reading=Value(
        ReadingPlan(
            steps=(
                ReadingStep(
                    timedelta(minutes=2),
                    timedelta(seconds=10),
                    "the registry takes or refuses it within minutes",
                ),
                ReadingStep(
                    timedelta(hours=1), timedelta(minutes=5), "a slow registry, likely still watched"
                ),
                ReadingStep(
                    timedelta(days=1), timedelta(hours=1), "the provider may look at it the same day"
                ),
                ReadingStep(
                    timedelta(days=30),
                    timedelta(hours=4),
                    "reviews of 5 to 7 business days: hours change nothing",
                ),
            ),
            afterwards=timedelta(days=1),
            afterwards_reason="longer than any usual time: kept alive, and an operator should look",
        ),
        "10DLC handling and polling: hourly on the first day, every 4 hours until it is decided",
        _DAY,
    ),
    settled=Value(
        ReadingPlan(
            steps=(),
            afterwards=timedelta(days=1),
            afterwards_reason="daily, because of suspensions and renewals; events make it fast",
        ),
        "10DLC handling and polling: an active campaign daily",
        _DAY,
    ),
    ending=Value(
        ReadingPlan(
            steps=(),
            afterwards=timedelta(hours=6),
            afterwards_reason="in the last week each answer may be the renewal",
        ),
        "10DLC handling and polling: every 6 hours within 7 days of the end",
        _DAY,
    ),
)
