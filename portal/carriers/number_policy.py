"""What differs between carriers and changes with time, for numbers: dated values, as in `policy`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from portal.carriers.policy import ReadingPlan, Span, Value


@dataclass(frozen=True, slots=True)
class NumberPolicy:
    """One carrier's rules for numbers on campaigns.

    `regions` are the countries whose local numbers it takes. `pool_limit` is the most that a number pool grants,
    which takes `pool_wait` (what a campaign takes without one is `CampaignPolicy.direct_limit`, and the campaign of a
    sole proprietor `sole_limit`).
    `assign_wait` is the usual time until a number can text. `returns`: may a number that was taken off a campaign come
    back to the same one? `undo` is how long taking off waits before the carrier is called. `reading` is how often a
    campaign's list is read while numbers are under way, `settled` afterwards. `tag` marks an organization's numbers in
    the account: "{organization}" stands for its id; `inventory` is how often those are fetched. `enables`: must a
    number be set up for texts first?
    """

    regions: Value[tuple[str, ...]]
    pool_limit: Value[int]
    sole_limit: Value[int]
    assign_wait: Value[Span]
    pool_wait: Value[Span]
    returns: Value[bool]
    undo: Value[timedelta]
    reading: Value[ReadingPlan]
    settled: Value[ReadingPlan]
    tag: Value[str]
    inventory: Value[ReadingPlan]
    enables: Value[bool]
