"""What becomes of a campaign by itself: the steps from a stage on, written down in advance. Pure.

Days: in all five to seven business days (the product's own document); the registry in seconds, the provider in
two days, T-Mobile within a day after that, AT&T and Verizon in one to three, U.S. Cellular last (domain
reference 2.5). Minutes: the same order in about three minutes, for somebody who looks on.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from portal.practice.campaigns.life import VERDICTS, Step, moment_of
from portal.practice.campaigns.months import PERIOD, months_after
from portal.practice.campaigns.networks import APPROVED, ATT, NAMES, REJECTED, TMOBILE, USCELLULAR, VERIZON
from portal.practice.campaigns.rules import ODD_WORD, fitting, reasons_of
from portal.practice.verdicts import A_DAY, after_business_days, usual_wait

DAYS, MINUTES = "days", "minutes"
STAGES = ("registry", "provider", "carriers")
SLOW_BUSINESS_DAYS = 12
_PROVIDER_DAYS = 2
_SOONER = timedelta(days=14)


def plan(
    filed: Mapping[str, Any],
    *,
    campaign_id: uuid.UUID,
    at: datetime,
    pace: str,
    stage: str = "registry",
    appealed: bool = False,
) -> list[Step]:
    """The steps from `stage` on, beginning at `at`. Same input, same steps.

    `stage` may also be "active" for what comes after the activation alone. With `appealed`, what was wrong
    outside of the form counts as fixed.
    """
    rules = [rule for rule in fitting(filed) if not (appealed and rule.outside)]
    traits = {rule.trait for rule in rules}
    networks = submitted_to(filed)
    times = _times(campaign_id, at, pace=pace, slow="slow" in traits, stage=stage, networks=networks)
    steps: list[Step] = []
    for name in STAGES[STAGES.index(stage) :] if stage in STAGES else ():
        reasons = [one for rule in rules if rule.stage == name for one in reasons_of(*rule.reasons)]
        if name == "carriers":
            rejecting = {rule.network: reasons_of(*rule.reasons) for rule in rules if rule.stage == "carrier"}
            failing = any(rule.stage == "provisioning" for rule in rules)
            steps += _carriers(filed, times, reasons, rejecting, failing=failing)
            if reasons or failing or all(code in rejecting for code in networks):
                return steps
            break
        if reasons:
            ended = {"registry": "registry_failed", "provider": "provider_rejected"}[name]
            return [*steps, step(ended, times[name], reasons=reasons)]
        steps.append(_accepted(name, filed, times[name]))
    return steps + _afterwards({rule.then for rule in rules}, times["active"])


def opening(filed: Mapping[str, Any], at: datetime) -> list[Step]:
    """The first steps of all: it is filed, and what the rules say of its renewal."""
    steps = [step("filed", at, renews=filed.get("autoRenewal") is not False)]
    traits = {rule.trait for rule in fitting(filed)}
    if "renewal_refused" in traits:
        steps.append(step("renewal", at, mode="refused"))
    elif "renewal_late" in traits:
        steps.append(step("renewal", at, mode="late", days=2))
    return steps


def step(act: str, at: datetime, **more: Any) -> Step:
    """One step."""
    return {"at": at.isoformat(timespec="microseconds"), "act": act, **more}


def submitted_to(filed: Mapping[str, Any]) -> list[str]:
    """The mobile carriers that get it: all, unless the filing names some."""
    wanted = {str(one) for one in filed.get("mnoIds") or ()}
    return [code for code in NAMES if not wanted or code in wanted]


def next_verdict(steps: Iterable[Step], at: datetime) -> datetime | None:
    """When the next verdict comes by itself after `at`, silence aside."""
    ahead = [moment_of(one) for one in steps if one["act"] in VERDICTS and moment_of(one) > at]
    return min(ahead, default=None)


def _accepted(name: str, filed: Mapping[str, Any], at: datetime) -> Step:
    if name == "registry":
        return step("registry_accepted", at)
    return step("provider_accepted", at, networks=submitted_to(filed))


def _carriers(
    filed: Mapping[str, Any],
    times: Mapping[str, datetime],
    reasons: list[dict[str, str]],
    rejecting: Mapping[str, list[dict[str, str]]],
    *,
    failing: bool,
) -> list[Step]:
    steps, networks = [], submitted_to(filed)
    for code in networks:
        why = reasons or rejecting.get(code, [])
        word = REJECTED if why else APPROVED
        steps.append(step("carrier", times[code], network=code, word=word, reasons=why))
    last = max(times[code] for code in networks)
    if failing:
        return [*steps, step("provisioning_failed", last, reasons=reasons_of("carrier"))]
    if reasons or all(code in rejecting for code in networks):
        return [*steps, step("carriers_rejected", last, reasons=reasons or reasons_of("carrier"))]
    return [*steps, step("provisioned", last)]


def _afterwards(then: set[str], activated_at: datetime) -> list[Step]:
    steps, later = [], activated_at + A_DAY
    if "suspended" in then:
        steps.append(step("suspended", later))
    if "dormant" in then:
        steps.append(step("dormant", later))
    if "odd" in then:
        steps.append(step("odd", activated_at, word=ODD_WORD))
    if "term" in then:
        ends = months_after(activated_at, PERIOD) - _SOONER
        steps.append(step("term", activated_at, ends=ends.isoformat()))
    return steps


def _times(
    campaign_id: uuid.UUID, at: datetime, *, pace: str, slow: bool, stage: str, networks: list[str]
) -> dict[str, datetime]:
    """When each stage and each carrier answers; stages before `stage` are over at `at`."""
    spread = campaign_id.int % 3
    quick = usual_wait(campaign_id)
    registry = at + quick if stage == "registry" else at
    if stage == "active":
        return {"active": at}
    if pace == MINUTES:
        provider = registry + quick / 2 if stage != "carriers" else at
        waits = {TMOBILE: quick / 2, ATT: quick * 0.7, VERIZON: quick * 0.7, USCELLULAR: quick}
        answers = {code: provider + wait * (4 if slow else 1) for code, wait in waits.items()}
    else:
        days = SLOW_BUSINESS_DAYS if slow else 5 + spread
        provider = after_business_days(registry, _PROVIDER_DAYS) if stage != "carriers" else at
        last = days - _PROVIDER_DAYS
        waits_in_days = {TMOBILE: 1, ATT: min(last, 1 + spread), VERIZON: min(last, 2), USCELLULAR: last}
        answers = {code: after_business_days(provider, wait) for code, wait in waits_in_days.items()}
    active = max(answers[code] for code in networks)
    return {"registry": registry, "provider": provider, **answers, "active": active}
