"""What differs between carriers and changes with time, as dated data.

Every value carries where it comes from and when that was looked up, so that a page can show both.
The values of one carrier stand in its adapter's package; `portal.carriers.loading.policy` gives them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Value(Generic[T]):
    """One value with its source and the day on which the source was read."""

    value: T
    source: str
    as_of: date


@dataclass(frozen=True, slots=True)
class Span:
    """A usual time, from `at_least` to `at_most`; with `business_days`, days are Monday to Friday only."""

    at_least: timedelta
    at_most: timedelta
    business_days: bool = False


@dataclass(frozen=True, slots=True)
class Fee:
    """An amount that the carrier charges at once."""

    amount: Decimal
    currency: str
    refundable: bool


@dataclass(frozen=True, slots=True)
class ReadingStep:
    """While something has waited less than `younger_than`, read it every `every`."""

    younger_than: timedelta
    every: timedelta
    reason: str


@dataclass(frozen=True, slots=True)
class ReadingPlan:
    """How often something that waits for the carrier is read, by its age; `afterwards` without end.

    The steps stand in rising order of age. Jitter and a webhook that reads at once belong to the loop.
    """

    steps: tuple[ReadingStep, ...]
    afterwards: timedelta
    afterwards_reason: str

    def every(self, age: timedelta) -> timedelta:
        """The time from one reading to the next for something that has waited `age`."""
        for step in self.steps:
            if age < step.younger_than:
                return step.every
        return self.afterwards


@dataclass(frozen=True, slots=True)
class Rate:
    """How often an account may ask: `per_second` in the long run, at most `burst` at once."""

    per_second: float
    burst: int


@dataclass(frozen=True, slots=True)
class CarrierPolicy:
    """One carrier's rules for brands.

    `call_deadline` bounds one call, `search_deadline` a whole search by our key: a lease must be
    longer than both. `quarantine` is how long an unknown outcome rests before the first search.
    `rate` is what we allow ourselves per account, `interactive_share` the part of it that only work for
    which a person is waiting may use. `brand_settled` is how often a decided brand is read again.
    """

    name: str
    call_deadline: Value[timedelta]
    search_deadline: Value[timedelta]
    answer_bytes: Value[int]
    retry_after_cap: Value[timedelta]
    quarantine: Value[timedelta]
    countries: Value[tuple[str, ...]]
    entity_types: Value[tuple[str, ...]]
    verticals: Value[tuple[str, ...]]
    stock_exchanges: Value[tuple[str, ...]]
    brand_fee: Value[Fee]
    brand_registry_wait: Value[Span]
    brand_review_wait: Value[Span]
    brand_vetting_wait: Value[Span]
    brand_reading: Value[ReadingPlan]
    brand_settled: Value[ReadingPlan]
    rate: Value[Rate]
    interactive_share: Value[float]
    revet_fee: Value[Fee]
    revet_every: Value[timedelta]
    confirmation_link: Value[timedelta]
    confirmation_resend: Value[timedelta]
    password_valid: Value[timedelta]
    password_tries: Value[int]
