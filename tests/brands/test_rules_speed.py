"""The rules are fast, also for answers that somebody made to be slow."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from brands.rules import RULES, examine
from brands.rules_applied import _answers
from brands.rules_subject import CUT, BrandSubject
from tests.brands.subjects import LISTED, subject

TEXTS = tuple(
    sorted(
        BrandSubject.__dataclass_fields__.keys()
        - {"twins", "same_mobile", "countries", "website_reach", "tax_id_sealed"}
    )
)
NASTY = (
    "a",
    " ",
    "p o ",
    "PO BO",
    "post   office ",
    "d / b ",
    "L.L.C.",
    "a.",
    "a@",
    "https://",
    "1-",
    "(",
    "\u0130",
    "\u200d",
    "9" * 30,
    "[insert ",
    "\ud800",
    "\x00",
    "/login",
    "é",
)


def longest(brand: BrandSubject) -> float:
    """What the rules take: see `best`."""
    return best(lambda: examine(brand))


def best(act: Callable[[], object]) -> float:
    """The best of three, in time of this thread's own: not what else runs here."""
    times = []
    for _again in range(3):
        began = time.thread_time()
        act()
        times.append(time.thread_time() - began)
    return min(times)


def test_all_rules_together_take_less_than_five_milliseconds() -> None:
    examine(subject(LISTED))
    assert longest(subject(LISTED)) < 0.005
    assert (
        longest(subject(LISTED, email="a@gmail.com", street="PO Box 1", website="https://bit.ly/a")) < 0.005
    )


@pytest.mark.parametrize("unit", NASTY)
def test_a_megabyte_in_every_answer_takes_no_time_and_breaks_nothing(unit: str) -> None:
    whole = {name: unit * (1_000_000 // len(unit)) for name in TEXTS}
    cut = _answers(whole)
    assert all(len(value) <= CUT for value in cut.values())
    brand = subject(LISTED, tax_id=whole["tax_id"][:CUT], **cut)
    assert longest(brand) < 0.05
    assert longest(subject(**{name: value for name, value in cut.items() if name != "entity_type"})) < 0.05


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_time_grows_no_faster_than_the_text(rule: object) -> None:
    """Twice the text may take twice the time, not four times: measured far beyond where answers are cut."""
    for unit in NASTY:
        small, large = (
            subject(
                LISTED,
                **{name: unit * (size // len(unit)) for name in ("street", "website", "legal_name", "email")},
            )
            for size in (10_000, 40_000)
        )
        first = best(lambda small=small: list(rule.find(small)))  # type: ignore[misc, attr-defined]
        second = best(lambda large=large: list(rule.find(large)))  # type: ignore[misc, attr-defined]
        assert second < 0.02 + 10 * first, unit
