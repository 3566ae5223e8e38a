"""The minimal carrier's rules for campaigns, as dated values with their sources."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from portal.carriers.adapters.telnyx.campaign_rules import CAMPAIGNS as TELNYX
from portal.carriers.policy import Fee, Value

T = TypeVar("T")


def _ours(value: T) -> Value[T]:
    return Value(value, "the minimal carrier's own choice: it is practice", date(2026, 11, 22))


_FREE = Fee(Decimal("0.00"), "USD", refundable=False)

# What the field itself says (use cases, lengths) is the same everywhere; the rest is this carrier's.
CAMPAIGNS = replace(
    TELNYX,
    editable=_ours(frozenset()),
    update_lengths=_ours({}),
    appeals=_ours(False),
    vetting_fee=_ours(_FREE),
    unused_fee=_ours(_FREE),
    months=_ours(3),
    shortest=_ours(timedelta(days=90)),
    direct_limit=_ours(49),
)
