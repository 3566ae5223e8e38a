"""How messages are counted: alphabets, parts, and the characters that change them."""

from __future__ import annotations

import time

import pytest

from portal.lib.segments import segments


@pytest.mark.parametrize(
    ("text", "alphabet", "length", "count"),
    [
        ("", "GSM-7", 0, 0),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        # An extended character takes two places, and is never divided between two parts.
        ("€" * 80, "GSM-7", 160, 1),
        ("€" * 81, "GSM-7", 162, 2),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3),
        ("Grüße, 5 € @ 3:00", "GSM-7", 18, 1),
        ("’" + "a" * 69, "UCS-2", 70, 1),
        ("’" + "a" * 70, "UCS-2", 71, 2),
        ("ａ" * 70, "UCS-2", 70, 1),
        # A character outside the basic plane takes two places there.
        ("🦷" * 35, "UCS-2", 70, 1),
        ("🦷" * 36, "UCS-2", 72, 2),
        ("a" + "🦷" * 66, "UCS-2", 133, 2),
        ("a" * 66 + "🦷" + "a" * 66, "UCS-2", 134, 3),
    ],
)
def test_a_text_is_counted_as_it_travels(text: str, alphabet: str, length: int, count: int) -> None:
    found = segments(text)
    assert (found.alphabet, found.length, found.count) == (alphabet, length, count)


def test_the_characters_that_make_it_longer_are_named_once_and_a_few_of_them() -> None:
    assert segments("“We’ll” call “you” — soon… 🦷 ✓").odd == ("“", "’", "”", "—", "…")
    assert segments("plain").odd == ()


def test_a_hundred_thousand_characters_are_counted_in_a_moment() -> None:
    begun = time.perf_counter()
    assert segments("🦷€a" * 33_000).count > 1_000
    assert time.perf_counter() - begun < 0.25
