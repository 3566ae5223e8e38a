"""Random `kill -9` while people submit: nothing lost, nothing doubled. The long form runs at night."""

from __future__ import annotations

import pytest

from tests.reliability.conftest import Measure
from tests.reliability.killing import Run
from tests.reliability.killing_plan import Plan
from tests.reliability.running import Clearline

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("system")]

SHORT = Plan(48, 6, seed=7, seconds=20, deadline=110, campaigns=12, leases_end=True)
LONG = [Plan(940, 40, seed, seconds=400, deadline=900, campaigns=60) for seed in (1, 2)]


def judge(clearline: Clearline, plan: Plan, measured: Measure) -> None:
    outcome = Run(clearline, plan).run()
    kills = ", ".join(f"{name} {times}" for name, times in sorted(outcome.kills.items()))
    measured(
        f"seed {plan.seed}: {outcome.submitted} submissions, kills: {kills}; quiet", outcome.settled_seconds
    )
    assert not outcome.problems, f"{outcome}\n" + "\n".join(outcome.problems)
    assert outcome.submitted == plan.submissions + plan.campaigns
    assert outcome.kills.total() == plan.kills


def test_sixty_submissions_and_six_kills_lose_and_double_nothing(
    clearline: Clearline, measured: Measure
) -> None:
    judge(clearline, SHORT, measured)


@pytest.mark.nightly
@pytest.mark.parametrize("plan", LONG, ids=[f"seed{plan.seed}" for plan in LONG])
def test_a_thousand_submissions_and_forty_kills_lose_and_double_nothing(
    clearline: Clearline, measured: Measure, plan: Plan
) -> None:
    judge(clearline, plan, measured)
