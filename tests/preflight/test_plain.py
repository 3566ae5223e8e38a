"""One spelling for what looks the same."""

from __future__ import annotations

import pytest

from portal.preflight.plain import invisible, latin, plain, wide


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Ｒｅｐｌｙ　ＳＴＯＰ", "Reply STOP"),
        ("S\u200bT\u2060OP", "STOP"),
        ("“STOP” – it’s", '"STOP" - it\'s'),
        ("a \t\n b", "a b"),
        ("ﬁne", "fine"),
        ("crêpes", "crêpes"),
    ],
)
def test_what_looks_the_same_reads_the_same(text: str, seen: str) -> None:
    assert plain(text, 100) == seen


def test_a_text_is_cut_before_and_after_it_grows() -> None:
    assert len(plain("ﷺ" * 1_000, 50)) <= 50
    assert plain("abc def", 5) == "abc d"


def test_letters_that_look_latin_become_latin() -> None:
    assert latin("саsinо") == "casino"
    assert latin("плов")[1] == "л"


def test_invisible_characters_are_counted_and_those_of_an_emoji_are_not() -> None:
    assert invisible("a\u200bb\u2060c\ufeff") == 3
    assert invisible("👩\u200d⚕️ ok") == 0
    assert wide("ＳＴＯＰ，") == 4
