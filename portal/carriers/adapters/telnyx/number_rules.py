"""Telnyx's rules for numbers on campaigns, as dated values with their sources."""

from __future__ import annotations

from datetime import date, timedelta

from portal.carriers.number_policy import NumberPolicy
from portal.carriers.policy import ReadingPlan, ReadingStep, Span, Value

_SPEC = "Telnyx OpenAPI, openapi/spec3.yml at 4f3a6bd8"
_SPEC_DAY = date(2026, 7, 16)
_DAY = date(2026, 11, 23)

NUMBERS = NumberPolicy(
    regions=Value(("US",), "seed: supported for US phone numbers; Telnyx assigns US long codes only", _DAY),
    pool_limit=Value(5_000, "AT&T: 5,000 numbers a campaign; SignalHouse number pools up to 5,000", _DAY),
    sole_limit=Value(1, "Telnyx sole proprietor guide: one campaign, one number; Sinch the same", _DAY),
    assign_wait=Value(
        Span(timedelta(0), timedelta(days=1), business_days=True),
        "seed: it can take one business day until SMS/MMS is enabled",
        _DAY,
    ),
    pool_wait=Value(
        Span(timedelta(0), timedelta(weeks=4)),
        "seed: handling requests for 49 numbers or more can take up to four weeks",
        _DAY,
    ),
    returns=Value(
        False, "seed: to enable numbers again that were taken off, a new campaign has to be made", _DAY
    ),
    undo=Value(timedelta(seconds=60), "ours: long enough to notice a mistake", _DAY),
    reading=Value(
        ReadingPlan(
            steps=(
                ReadingStep(timedelta(minutes=5), timedelta(seconds=15), "many are done within a minute"),
                ReadingStep(timedelta(hours=1), timedelta(minutes=5), "still watched by whoever ordered it"),
                ReadingStep(
                    timedelta(days=3), timedelta(hours=1), "24 to 72 hours until all carriers know it"
                ),
            ),
            afterwards=timedelta(hours=6),
            afterwards_reason="longer than usual: kept alive, and shown as late",
        ),
        "10DLC number assignment, times: one working day, 24-72 h to reach all carriers",
        _DAY,
    ),
    settled=Value(
        ReadingPlan(
            steps=(),
            afterwards=timedelta(days=1),
            afterwards_reason="daily, because of numbers that somebody takes off or adds elsewhere",
        ),
        "ours: as campaigns that are settled",
        _DAY,
    ),
    tag=Value("clearline-{organization}", f"{_SPEC}, tags of a messaging phone number", _SPEC_DAY),
    inventory=Value(
        ReadingPlan(
            steps=(),
            afterwards=timedelta(days=1),
            afterwards_reason="daily: numbers are bought and tagged there without a word to us",
        ),
        "ours: as campaigns that are settled",
        _DAY,
    ),
    enables=Value(True, "Telnyx: a number must be on a messaging profile before it is assigned", _DAY),
)
