"""What differs between carriers and changes with time, for campaigns: dated values, as in `policy`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from portal.carriers.policy import Fee, ReadingPlan, Span, Value


@dataclass(frozen=True, slots=True)
class UseCase:
    """One use case on offer. `special`: only for certain brands or after a carrier's own approval.

    `brands` are the entity types that may use it, () for all; `att_class` is AT&T's message class, several
    letters where the vetting score decides; `by_approval`: a carrier has to agree first, outside the form;
    `hidden`: it exists, and is refused so often that no wizard offers it.
    """

    code: str
    special: bool
    least_subs: int
    most_subs: int
    by_approval: bool
    brands: tuple[str, ...]
    att_class: str
    monthly_fee: Decimal | None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class CampaignPolicy:
    """One carrier's rules for campaigns.

    `editable` are the names of `CampaignFiling` that an update may change after submission; anything else needs a
    new campaign. `update_lengths` are the most characters that an update takes of them, of a list in each text.
    `months` is the length of a period; `shortest` what a carrier that counts in days may make of it, for warnings.
    `reminders` are days before the end, `unused` days without a number and the fee after the last of them. `undo`
    is how long a deletion waits before the carrier is called. `direct_limit` is how many numbers a campaign takes
    without a number pool. `grace`: how long after its end a campaign that renews by itself is given the benefit of
    the doubt while the carrier has not confirmed it.
    """

    use_cases: Value[tuple[UseCase, ...]]
    sub_use_cases: Value[tuple[str, ...]]
    samples: Value[tuple[int, int]]
    editable: Value[frozenset[str]]
    update_lengths: Value[dict[str, int]]
    appeals: Value[bool]
    review_wait: Value[Span]
    late_after: Value[Span]
    vetting_fee: Value[Fee]
    unused_fee: Value[Fee]
    unused_after: Value[timedelta]
    unused_warnings: Value[tuple[int, ...]]
    months: Value[int]
    shortest: Value[timedelta]
    reminders: Value[tuple[int, ...]]
    grace: Value[timedelta]
    undo: Value[timedelta]
    direct_limit: Value[int]
    reading: Value[ReadingPlan]
    settled: Value[ReadingPlan]
    ending: Value[ReadingPlan]
