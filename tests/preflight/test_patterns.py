"""The patterns for texts: what they find, what they leave alone, and how long they take."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from portal.preflight import patterns

CASES = json.loads((Path(__file__).parent / "pattern_tests.json").read_text())
# What makes a pattern go back and forth: beginnings without an end.
NASTY = (
    "[insert ",
    "<a",
    "{{",
    "reply with ",
    "a" * 50 + " ",
    "no mobile ",
    "www.a.",
    "up to 9 ",
    "by using our site ",
    "a.b-",
    "phone " * 3,
    "text in \u201c",
)


@pytest.mark.parametrize(("name", "text", "found"), CASES)
def test_a_pattern_finds_what_it_is_for_and_nothing_else(name: str, text: str, found: bool) -> None:
    assert (patterns.search(name, text) is not None) == found


def test_every_pattern_but_the_plain_ones_has_a_case() -> None:
    tested = {name for name, _text, _found in CASES}
    assert (
        set(patterns.names()) - tested
        == {"stop_word", "http_plain", "email", "mech_verbal", "mech_inperson"} - tested
    )


@pytest.mark.parametrize("name", patterns.names())
def test_a_megabyte_of_nasty_text_takes_no_time(name: str) -> None:
    for unit in NASTY:
        text = unit * (1_000_000 // len(unit))
        began = time.thread_time()
        patterns.search(name, text)
        assert time.thread_time() - began < 0.25, (name, unit)
