"""What a kill run is given and what comes of it: plan and outcome, victims, faults, and the questions it asks."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

VICTIMS = ("worker", "web", "valkey", "postgres")
# One reading of each brand a week is the plan, so hardly one falls into the seconds of the last look.
QUIET, FEW = 10.0, 5
# Events that are sent a second time at the end.
REPLAYED = 40
# What the registry does wrong meanwhile, each to so many of a hundred requests. What is late is late by
# less than the quarantine of the run.
FAULTS: tuple[tuple[int, dict[str, Any]], ...] = (
    (4, {"match": {"verb": "create"}, "effect": "status", "phase": "P3", "values": {"status": 500}}),
    (3, {"match": {"verb": "create"}, "effect": "status", "phase": "P2", "values": {"status": 503}}),
    (3, {"match": {"verb": "create"}, "effect": "reset", "phase": "P3"}),
    (3, {"match": {"verb": "create"}, "effect": "reset", "phase": "P4"}),
    (8, {"match": {"verb": "create"}, "effect": "late", "values": {"seconds": 4, "hold": 1}}),
    (3, {"match": {"verb": "create"}, "effect": "body", "values": {"kind": "html"}}),
    (3, {"match": {"verb": "list"}, "effect": "page", "values": {"kind": "skip"}}),
    (3, {"match": {"verb": "list"}, "effect": "stale", "values": {"seconds": 1}}),
    (3, {"match": {"verb": "read"}, "effect": "status", "phase": "P2", "values": {"status": 500}}),
)
OPEN = (
    "SELECT count(*) AS n FROM lifecycle_submission WHERE subject_id = ANY(%s)"
    " AND state IN ('accepted', 'sending', 'unknown', 'known', 'parked')"
)
WAITING = (
    "SELECT count(*) AS n FROM brands_brand WHERE id = ANY(%s) AND status IN ('submitting', 'in_review')"
)
REVIEWED = (
    "SELECT count(*) AS n FROM campaigns_campaign WHERE id = ANY(%s)"
    " AND status IN ('submitting', 'registry', 'provider', 'carriers')"
)
# The brands of campaigns, which are submitted before the run.
CARRIED = (
    "SELECT count(*) AS n FROM lifecycle_submission WHERE subject_id IN"
    " (SELECT brand_id FROM campaigns_campaign WHERE id = ANY(%s))"
    " AND state IN ('accepted', 'sending', 'unknown', 'known', 'parked')"
)
CARRYING = (
    "SELECT count(*) AS n FROM campaigns_campaign c JOIN brands_brand b ON b.id = c.brand_id"
    " WHERE c.id = ANY(%s) AND b.status <> 'verified'"
)


@dataclass(frozen=True, slots=True)
class Plan:
    """One run: how much is filed and killed, within how many seconds, and how long it may take to settle.

    `leases_end`: what a killed worker held is free at once, as if its 45 seconds were over. Right only because
    every holder is dead at that moment; the long run waits them out.
    """

    submissions: int
    kills: int
    seed: int
    seconds: float
    deadline: float
    # How many of campaigns, beside the `submissions` of brands.
    campaigns: int = 0
    organizations: int = 4
    faults: bool = True
    leases_end: bool = False
    # A tenth of the presses go to a web that dies with the commit, and one holder sleeps through its lease.
    exact: bool = True


@dataclass
class Outcome:
    """What was seen. `problems` is empty when nothing was lost, doubled or forgotten."""

    seed: int
    submitted: int = 0
    gave_up: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    presses: int = 0
    pressed_again: int = 0
    submitting_seconds: float = 0.0
    settled_seconds: float = 0.0
    decided_seconds: float = 0.0
    creates: int = 0
    found_again: int = 0
    sent_again: int = 0
    died_with_the_commit: int = 0
    slept: int = 0
    replayed: int = 0
    twins: int = 0
    quiet_requests: int = 0
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return json.dumps({name: getattr(self, name) for name in self.__dataclass_fields__}, default=str)
