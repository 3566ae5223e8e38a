"""Phone numbers: what the library takes too kindly is refused."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

from portal.lib import phones
from portal.lib.phones import BadPhone, judge, parse, shown

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import sre_parse


@pytest.mark.parametrize(
    ("text", "e164"),
    [
        ("206-555-0142", "+12065550142"),
        ("(206) 555 0142", "+12065550142"),
        ("+1 206.555.0142", "+12065550142"),
        ("1 613 555 0177", "+16135550177"),
        ("888 555 0101", "+18885550101"),
    ],
)
def test_any_usual_notation_becomes_e164(text: str, e164: str) -> None:
    assert parse(text) == e164


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("+1 555 123 4567", "format"),
        ("911", "format"),
        ("", "format"),
        ("206 555 0142 ext 5", "extension"),
        ("２０６５５５０１４２", "format"),
        ("+44 20 7946 0958", "region"),
        ("+1 787 555 0123", "region"),
        ("+1 900 555 0123", "type"),
        ("+1 500 555 0123", "type"),
        ("not a number", "format"),
        ("9" * 10_000, "format"),
    ],
)
def test_what_is_no_ordinary_number_here_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(BadPhone) as caught:
        parse(text)
    assert caught.value.why == why


def test_numbers_are_shown_in_groups() -> None:
    assert shown("+12065550142") == "+1 206 555 0142"
    assert shown("junk") == "junk"


def test_of_a_usual_number_the_last_four_digits_decide_nothing() -> None:
    """Every pattern of the plan ends in four free digits, but for the two regions that are asked digit by digit."""
    asked_in_full = {"BB", "JM"}
    found = set()
    for region in COUNTRY_CODE_TO_REGION_CODE[1]:
        metadata = PhoneMetadata.metadata_for_region(region)
        for name in KINDS:
            pattern = getattr(getattr(metadata, name), "national_number_pattern", None)
            if pattern and _free_digits(sre_parse.parse(pattern)) < 4:
                found.add(region)
    assert found == asked_in_full
    assert {PhoneMetadata.metadata_for_region(one).leading_digits for one in found} == {"246", "658|876"}


KINDS = (
    *("general_desc", "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number"),
    *("voip", "pager", "uan", "voicemail"),
)


def _free_digits(tree: Any) -> int:
    """With how many digits that may be any digit every alternative of a pattern ends."""
    free = 0
    for op, value in reversed(list(tree)):
        if op == sre_parse.IN and value == [(sre_parse.CATEGORY, sre_parse.CATEGORY_DIGIT)]:
            free += 1
        elif op == sre_parse.MAX_REPEAT and value[0] == value[1] and _free_digits(value[2]) == 1:
            free += value[0]
        elif op == sre_parse.SUBPATTERN:
            return free + _free_digits(value[-1])
        elif op == sre_parse.BRANCH:
            return free + min(_free_digits(one) for one in value[1])
        else:
            break
    return free


@given(st.from_regex(r"\+?1?[ .-]?\(?[2-9][0-9]{2}\)?[ .-]?[0-9]{3}[ .-]?[0-9]{4}", fullmatch=True))
def test_what_is_known_of_an_exchange_is_what_the_library_says_of_each_number(text: str) -> None:
    def told(how: Callable[[str], tuple[str, tuple[str, str]]]) -> object:
        try:
            return how(text)
        except BadPhone as problem:
            return problem.why

    assert told(judge) == told(phones._judged)
