"""The minimal carrier's rules, as dated values with their sources."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from portal.carriers.policy import CarrierPolicy, Fee, Rate, ReadingPlan, ReadingStep, Span, Value

T = TypeVar("T")


def _ours(value: T) -> Value[T]:
    return Value(value, "the minimal carrier's own choice: it is practice", date(2026, 11, 22))


_FREE = Fee(Decimal("0.00"), "USD", refundable=False)

POLICY = CarrierPolicy(
    name="minimal",
    call_deadline=_ours(timedelta(seconds=5)),
    search_deadline=_ours(timedelta(seconds=10)),
    answer_bytes=_ours(65_536),
    retry_after_cap=_ours(timedelta(minutes=10)),
    quarantine=_ours(timedelta(seconds=30)),
    countries=_ours(("US", "CA")),
    entity_types=_ours(("PRIVATE_PROFIT", "NON_PROFIT", "GOVERNMENT")),
    verticals=_ours(("CONSTRUCTION", "HEALTHCARE", "RETAIL")),
    stock_exchanges=_ours(()),
    brand_fee=_ours(_FREE),
    brand_registry_wait=_ours(Span(timedelta(seconds=1), timedelta(minutes=1))),
    brand_review_wait=_ours(Span(timedelta(minutes=1), timedelta(hours=1))),
    brand_vetting_wait=_ours(Span(timedelta(days=1), timedelta(days=2), business_days=True)),
    brand_reading=_ours(
        ReadingPlan(
            steps=(
                ReadingStep(timedelta(hours=1), timedelta(seconds=30), "it decides within the hour, mostly"),
            ),
            afterwards=timedelta(hours=6),
            afterwards_reason="a person looks at it there",
        )
    ),
    brand_settled=_ours(
        ReadingPlan(
            steps=(),
            afterwards=timedelta(days=1),
            afterwards_reason="it tells nobody when it changes its mind",
        )
    ),
    rate=_ours(Rate(per_second=20.0, burst=20)),
    interactive_share=_ours(0.5),
    revet_fee=_ours(_FREE),
    revet_every=_ours(timedelta(days=365)),
    confirmation_link=_ours(timedelta(days=1)),
    confirmation_resend=_ours(timedelta(days=1)),
    password_valid=_ours(timedelta(hours=1)),
    password_tries=_ours(3),
)
