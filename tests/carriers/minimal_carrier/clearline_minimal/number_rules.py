"""The minimal carrier's rules for numbers, as dated values with their sources."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

from portal.carriers.adapters.telnyx.number_rules import NUMBERS as TELNYX
from portal.carriers.policy import Span, Value

T = TypeVar("T")


def _ours(value: T) -> Value[T]:
    return Value(value, "the minimal carrier's own choice: it is practice", date(2026, 11, 22))


NUMBERS = replace(
    TELNYX,
    regions=_ours(("US", "CA")),
    assign_wait=_ours(Span(timedelta(0), timedelta(minutes=1))),
    returns=_ours(True),
    enables=_ours(False),
)
