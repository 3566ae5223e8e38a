"""The table of rules and the small readings, without a server."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from portal.practice.loopback import from_loopback
from portal.practice.verdicts import RULES, after_business_days, decide, usual_wait
from portal.practice.wire import NotJson, kept, read_json

FRIDAY = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def test_the_wait_is_the_same_at_every_asking_and_spread_over_a_minute() -> None:
    waits = [usual_wait(uuid.UUID(int=number)) for number in range(1000)]
    assert min(waits) == timedelta(seconds=40)
    assert max(waits) == timedelta(seconds=100)
    assert usual_wait(uuid.UUID(int=7)) == usual_wait(uuid.UUID(int=7))


@pytest.mark.parametrize(("day", "due"), [(16, 18), (19, 23), (20, 24), (21, 24), (22, 24)])
def test_two_working_days_skip_the_weekend(day: int, due: int) -> None:
    assert after_business_days(FRIDAY.replace(day=day), 2) == FRIDAY.replace(day=due)


def test_rules_combine_and_no_two_share_a_phrase_or_an_ending() -> None:
    both = decide({"companyName": "SLOW reject TAX ID inc"}, brand_id=uuid.uuid4(), at=FRIDAY)
    assert (both.outcome, both.due_at.day, both.reasons[0]["id"]) == ("rejected", 24, "TAX_ID")
    assert both.rule == "Reject tax id, Slow"
    assert len({rule.phrase for rule in RULES}) == len({rule.ein_ending for rule in RULES}) == len(RULES)


@pytest.mark.parametrize(
    ("address", "ours"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("", True),
        ("10.0.0.1", False),
        ("junk", False),
    ],
)
def test_only_this_machine_is_answered(address: str, ours: bool) -> None:
    assert from_loopback(address) is ours


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"NaN", b"[" * 100_000, b"9" * 5000])
def test_what_is_no_json_is_refused(raw: bytes) -> None:
    with pytest.raises(NotJson):
        read_json(raw)


def test_text_is_kept_as_the_database_can_keep_it() -> None:
    assert kept("a\x00b\ud800c", 10) == "a\ufffdb\ufffdc"
    assert kept("long", 2) == "lo"
