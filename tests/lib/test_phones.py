"""Phone numbers: what the library takes too kindly is refused."""

from __future__ import annotations

import pytest

from portal.lib.phones import BadPhone, parse, shown


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
