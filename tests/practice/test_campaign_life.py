"""The fold of a campaign's steps: renewal, expiry and silence by arithmetic, without a process and a database."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.practice.campaigns.life import Standing, next_after, standing_at
from portal.practice.campaigns.months import months_after
from portal.practice.campaigns.planning import opening, plan, step
from portal.practice.campaigns.rules import RULES, fitting, told
from portal.practice.verdicts import after_business_days

DAY = timedelta(days=1)
BLINK = timedelta(microseconds=1)


def on(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def active(since: datetime, *steps: dict[str, Any], renews: bool = True) -> list[dict[str, Any]]:
    filed = since - 7 * DAY
    return [step("filed", filed, renews=renews), step("provisioned", since), *steps]


def ends(steps: list[dict[str, Any]], at: datetime) -> list[str]:
    now = standing_at(steps, at)
    return [f"{one:%Y-%m-%d}" for one in [*now.billed, *([now.ends_at] if now.ends_at else [])]]


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-11-22", 3, "2027-02-22"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2027-11-29", 3, "2028-02-29"),
        ("2028-02-29", 3, "2028-05-29"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-10-31", 3, "2027-01-31"),
        ("2027-01-31", 3, "2027-04-30"),
        ("2026-12-01", 3, "2027-03-01"),
        ("2026-12-31", 12, "2027-12-31"),
    ],
)
def test_months_are_calendar_months(start: str, months: int, end: str) -> None:
    assert months_after(on(start), months) == on(end)


def test_a_month_end_is_counted_from_the_first_day_and_does_not_wander() -> None:
    steps = active(on("2026-08-31T09:30"))
    assert ends(steps, on("2028-03-01")) == [
        *("2026-08-31", "2026-11-30", "2027-02-28", "2027-05-31", "2027-08-31", "2027-11-30"),
        *("2028-02-29", "2028-05-31"),
    ]


def test_a_campaign_renews_at_the_very_moment_and_not_a_blink_before() -> None:
    start = on("2026-11-20T10:00")
    end = on("2027-02-20T10:00")
    assert standing_at(active(start), end - BLINK).billed == [start]
    assert standing_at(active(start), end).billed == [start, end]
    before, after = (standing_at(active(start, renews=False), at) for at in (end - BLINK, end))
    assert (before.status, before.is_active) == ("MNO_PROVISIONED", True)
    assert (after.status, after.is_active, after.ended_at) == ("TCR_EXPIRED", False, end)


def test_one_reading_years_later_knows_every_period() -> None:
    start = on("2026-11-20T10:00")
    now = standing_at(active(start), start + 3653 * DAY)
    assert len(now.billed) == 1 + 10 * 4
    assert len({*now.billed}) == len(now.billed)


def test_the_flag_counts_as_it_stood_when_the_period_ended() -> None:
    start, end = on("2026-11-20"), on("2027-02-20")
    off_before = step("flag", end - DAY, renews=False)
    off_after = step("flag", end + DAY, renews=False)
    on_again = step("flag", end - BLINK, renews=True)
    assert standing_at(active(start, off_before), end).status == "TCR_EXPIRED"
    assert standing_at(active(start, off_before, on_again), end).billed == [start, end]
    late = standing_at(active(start, off_after), end + 100 * DAY)
    assert (late.status, late.billed) == ("TCR_EXPIRED", [start, end])


def test_nothing_revives_what_has_expired() -> None:
    start, end = on("2026-11-20"), on("2027-02-20")
    later = [
        step("flag", end + DAY, renews=True),
        step("provisioned", end + DAY, hand=True),
        step("unsuspended", end + DAY, hand=True),
        step("term", end + DAY, ends=on("2030-01-01").isoformat(), hand=True),
    ]
    now = standing_at(active(start, *later, renews=False), end + 400 * DAY)
    assert (now.status, now.ended_at, now.billed) == ("TCR_EXPIRED", end, [start])
    assert now.happened[-1].act == "expired"


def test_a_refused_renewal_lets_it_expire_and_a_late_one_is_paid_later() -> None:
    start, end = on("2026-11-20"), on("2027-02-20")
    refused = active(start, step("renewal", start + DAY, mode="refused"))
    assert standing_at(refused, end).status == "TCR_EXPIRED"
    assert [one.act for one in standing_at(refused, end).happened][-2:] == ["renewal_failed", "expired"]
    late = active(start, step("renewal", start + DAY, mode="late", days=2))
    waiting, paid = standing_at(late, end + DAY), standing_at(late, end + 2 * DAY)
    assert (waiting.status, waiting.ends_at, waiting.billed) == ("MNO_PROVISIONED", end, [start])
    assert (paid.billed, paid.ends_at) == ([start, end + 2 * DAY], on("2027-05-20"))
    mended = [*late, step("renewal", end + DAY, mode="ok")]
    assert standing_at(mended, end + DAY).billed == [start, end + DAY]


def test_a_date_of_the_registrys_own_begins_the_counting_anew() -> None:
    start = on("2026-11-20")
    earlier = active(start, step("term", start + DAY, ends=on("2027-01-31").isoformat()))
    assert ends(earlier, on("2027-05-01")) == ["2026-11-20", "2027-01-31", "2027-04-30", "2027-07-31"]


def test_a_second_approval_begins_no_second_period() -> None:
    start = on("2026-11-20")
    again = active(start, step("suspended", start + DAY), step("provisioned", start + 2 * DAY))
    assert standing_at(again, start + 3 * DAY).billed == [start]
    assert standing_at(again, start + 3 * DAY).ends_at == on("2027-02-20")


@pytest.mark.parametrize("spread", range(6))
@pytest.mark.parametrize("day", range(7))
def test_in_days_it_takes_five_to_seven_business_days_and_each_stage_comes_in_its_order(
    spread: int, day: int
) -> None:
    at = on("2026-11-16T17:59") + day * DAY
    steps = plan({}, campaign_id=uuid.UUID(int=spread), at=at, pace="days")
    moments = [datetime.fromisoformat(one["at"]) for one in steps]
    assert [one["act"] for one in steps][:2] == ["registry_accepted", "provider_accepted"]
    assert steps[-1]["act"] == "provisioned"
    assert max(moments) == moments[-1]
    assert timedelta(seconds=40) <= moments[0] - at <= timedelta(seconds=100)
    taken = moments[0]
    assert after_business_days(taken, 5) <= moments[-1] <= after_business_days(taken, 7)


def test_silence_hides_verdicts_and_neither_renewals_nor_what_is_done_by_hand() -> None:
    start, end = on("2026-11-20"), on("2027-02-20")
    steps = active(
        start, step("suspended", start + DAY), step("dormant", start + 2 * DAY, hand=True), renews=True
    )
    now = standing_at(steps, end, silent_since=start + BLINK)
    assert (now.suspended, now.dormant, len(now.billed)) == (False, True, 2)
    unheard = standing_at(steps, end, silent_since=start)
    assert (unheard.word, unheard.ends_at) == ("TCR_PENDING", None)


def test_the_next_moment_is_known_for_whoever_has_to_tell() -> None:
    start, end = on("2026-11-20"), on("2027-02-20")
    steps = active(start)

    def next_from(at: datetime, silent_since: datetime | None = None) -> datetime | None:
        return next_after(steps, standing_at(steps, at, silent_since), at, silent_since)

    assert next_from(start - DAY) == start
    assert next_from(start) == end
    assert next_from(start - DAY, silent_since=start - 2 * DAY) is None
    late = [*steps, step("renewal", start, mode="late", days=2)]
    assert next_after(late, standing_at(late, end), end, None) == end + 2 * DAY
    ended = active(start, renews=False)
    assert next_after(ended, standing_at(ended, end), end, None) is None


def test_the_longer_phrase_counts_and_not_the_one_inside_of_it() -> None:
    assert [one.phrase for one in fitting({"sample1": "Carriers reject attributes"})] == [
        "Carriers reject attributes"
    ]
    both = fitting({"description": "Slow review", "sample1": "carriers REJECT"})
    assert [one.phrase for one in both] == ["Carriers reject", "Slow review"]
    assert fitting({"brandId": "Slow review", "optinMessage": "Carriers reject"}) == []


def test_every_rule_leads_somewhere_of_its_own() -> None:
    at, usual = on("2026-11-20"), None
    fates = set()
    for phrase in ["", *(rule.phrase for rule in RULES)]:
        filed = {"sample1": phrase}
        steps = opening(filed, at) + plan(filed, campaign_id=uuid.UUID(int=1), at=at, pace="days")
        fate = str([(one["act"], one["at"], one.get("reasons"), one.get("mode")) for one in steps])
        usual = usual or fate
        # Silence is no step.
        if phrase != "Silent review":
            fates.add(fate)
    assert len(fates) == len(RULES)


def test_reasons_are_told_a_line_each() -> None:
    assert told([{"code": "602", "text": "A."}, {"code": "", "text": "B."}]) == "602: A.\nB."
    assert told([]) == ""


def test_a_standing_without_steps_is_one_that_waits() -> None:
    assert standing_at([], on("2026-11-20")) == Standing()
