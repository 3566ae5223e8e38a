"""Telnyx's rules for brands, as dated values with their sources."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from portal.carriers.policy import CarrierPolicy, Fee, Rate, ReadingPlan, ReadingStep, Span, Value

_SPEC = "Telnyx OpenAPI, openapi/spec3.yml at 4f3a6bd8"
_SPEC_DAY = date(2026, 7, 16)
_DAY = date(2026, 11, 22)

POLICY = CarrierPolicy(
    name="telnyx",
    call_deadline=Value(
        timedelta(seconds=30),
        "ours: a blocking registration takes 10 s and more at the registry (TCR API text); three times that",
        _DAY,
    ),
    search_deadline=Value(
        timedelta(seconds=60),
        "ours: a search reads every brand of the same name one by one; two hundred at 0.3 s each",
        _DAY,
    ),
    answer_bytes=Value(
        2 * 1024 * 1024,
        "ours: a full page of 500 brands is about 250 kB, so this is eight times the largest honest answer",
        _DAY,
    ),
    retry_after_cap=Value(
        timedelta(hours=1),
        "ours: a longer wish is more likely a mistake, and asking once an hour burdens nobody",
        _DAY,
    ),
    quarantine=Value(
        timedelta(seconds=120),
        "ours: longer than our own deadline (30 s) plus the registry's usual longest answer to a registration"
        " (10 s and more, TCR API text), with room for lists that lag behind",
        _DAY,
    ),
    countries=Value(("US", "CA"), "seed: 10DLC registration is for the USA and Canada (Zoom Phone)", _DAY),
    entity_types=Value(
        ("PRIVATE_PROFIT", "PUBLIC_PROFIT", "NON_PROFIT", "GOVERNMENT", "SOLE_PROPRIETOR"),
        f"{_SPEC}, EntityType",
        _SPEC_DAY,
    ),
    verticals=Value(
        (
            "AGRICULTURE",
            "COMMUNICATION",
            "CONSTRUCTION",
            "EDUCATION",
            "ENERGY",
            "ENTERTAINMENT",
            "FINANCIAL",
            "GAMBLING",
            "GOVERNMENT",
            "HEALTHCARE",
            "HOSPITALITY",
            "HUMAN_RESOURCES",
            "INSURANCE",
            "LEGAL",
            "MANUFACTURING",
            "NGO",
            "POLITICAL",
            "POSTAL",
            "PROFESSIONAL",
            "REAL_ESTATE",
            "RETAIL",
            "TECHNOLOGY",
            "TRANSPORTATION",
        ),
        f"{_SPEC}, Vertical",
        _SPEC_DAY,
    ),
    stock_exchanges=Value(
        (
            "NONE",
            "NASDAQ",
            "NYSE",
            "AMEX",
            "AMX",
            "ASX",
            "B3",
            "BME",
            "BSE",
            "FRA",
            "ICEX",
            "JPX",
            "JSE",
            "KRX",
            "LON",
            "NSE",
            "OMX",
            "SEHK",
            "SSE",
            "STO",
            "SWX",
            "SZSE",
            "TSX",
            "TWSE",
            "VSE",
        ),
        f"{_SPEC}, StockExchange",
        _SPEC_DAY,
    ),
    brand_fee=Value(
        Fee(Decimal("4.00"), "USD", refundable=False),
        f"{_SPEC}, CreateBrandPost: an upfront, non-refundable $4 expense for each brand",
        _SPEC_DAY,
    ),
    brand_registry_wait=Value(
        Span(timedelta(seconds=10), timedelta(minutes=2)),
        "TCR API text: blocking 10 s and more, non-blocking usually under 2 minutes",
        _DAY,
    ),
    brand_review_wait=Value(
        Span(timedelta(hours=1), timedelta(hours=2)),
        "Zoom KB0059336: 1-2 hours for the approval of a brand",
        _DAY,
    ),
    brand_vetting_wait=Value(
        Span(timedelta(days=1), timedelta(days=7), business_days=True),
        "Telnyx 10DLC documentation: vetting takes 1-7 business days",
        _DAY,
    ),
    brand_reading=Value(
        ReadingPlan(
            steps=(
                ReadingStep(
                    timedelta(minutes=2),
                    timedelta(seconds=5),
                    "most registrations end within two minutes, and somebody is watching the badge",
                ),
                ReadingStep(
                    timedelta(hours=1), timedelta(minutes=1), "a slow registration, still likely watched"
                ),
                ReadingStep(
                    timedelta(days=1),
                    timedelta(minutes=10),
                    "the usual 1-2 hours and the registry's own bound of 24 h fall in here",
                ),
                ReadingStep(
                    timedelta(days=10),
                    timedelta(hours=1),
                    "manual vetting of up to 7 business days: an hour late changes nothing",
                ),
            ),
            afterwards=timedelta(days=1),
            afterwards_reason="longer than any usual time: kept alive, and an operator should look",
        ),
        "ours, from the usual waiting times above; webhooks make it faster, these readings make it true",
        _DAY,
    ),
    brand_settled=Value(
        ReadingPlan(
            steps=(),
            afterwards=timedelta(days=7),
            afterwards_reason="the registry may change its mind months later; an event or the nightly sweep"
            " makes it fast, this reading makes it true",
        ),
        "ours",
        _DAY,
    ),
    rate=Value(
        Rate(per_second=10.0, burst=20),
        "Telnyx publishes no figures; registry: 20 reads a second (TCR API text), half of it left to others",
        _DAY,
    ),
    interactive_share=Value(
        0.4, "lua-resty-auto-ssl, pull request 217: 40 of 100 orders are kept for people who wait", _DAY
    ),
    revet_fee=Value(
        Fee(Decimal("4.00"), "USD", refundable=False), "Bandwidth cost table: about $4 for a revet", _DAY
    ),
    revet_every=Value(
        timedelta(days=90),
        f"{_SPEC}, RevetBrand: once after the registration, then once every 3 months; taken as 90 days",
        _SPEC_DAY,
    ),
    confirmation_link=Value(
        timedelta(days=7), "Bandwidth, Authentication+: the link in the e-mail holds for 7 days", _DAY
    ),
    confirmation_resend=Value(
        timedelta(days=30),
        "TCR news, Authentication+: the e-mail can be sent again until 30 days after the registration",
        _DAY,
    ),
    password_valid=Value(
        timedelta(hours=24), "Telnyx 10DLC sole proprietor: the PIN is valid 24 hours", _DAY
    ),
    password_tries=Value(
        5, "ours: Telnyx names no figure, and a wrong PIN must not be guessed through", _DAY
    ),
)
