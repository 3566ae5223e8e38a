"""Word lists with context: whole words, plurals, innocent phrases, names, and the lists themselves."""

from __future__ import annotations

import time

import pytest

from portal.preflight import words


def found(text: str, topic: str) -> words.Hits:
    return words.hits(words.tokens(text)).get(topic, words.Hits())


@pytest.mark.parametrize(
    ("text", "topic", "certain"),
    [
        ("an online casino", "gambling", True),
        ("the casino", "gambling", False),
        ("casino and poker", "gambling", True),
        ("our Casinos", "gambling", False),
        ("C.B.D. and hemp", "cannabis", True),
        ("fresh beers on tap", "alcohol", True),
        ("save 20 % off", "promo", True),
        ("$20 off", "promo", True),
        ("order #12 shipped", "use:DELIVERY_NOTIFICATION", True),
        ("exclusive roofing leads to contractors", "leads", True),
    ],
)
def test_a_strong_phrase_is_enough_and_a_weak_word_needs_another(
    text: str, topic: str, certain: bool
) -> None:
    assert found(text, topic)
    assert found(text, topic).is_certain == certain


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("a nail gun and glue guns", "firearms"),
        ("root beer in wine glasses", "alcohol"),
        ("casinolike", "gambling"),
        ("your loan of three books", "lending"),
        ("time slots on Friday", "gambling"),
        ("weeds in your garden", "cannabis"),
        ("donating blood", "charity"),
        ("the vote for your favorite muffin", "political"),
    ],
)
def test_an_innocent_phrase_hides_its_words(text: str, topic: str) -> None:
    assert not found(text, topic)


def test_a_name_inside_a_sentence_counts_for_less_and_a_headline_has_no_names() -> None:
    assert not found("the dogs called Brandy and Whiskey had a good night here", "alcohol").is_certain
    assert found("BRANDY AND WHISKEY TONIGHT", "alcohol").is_certain


def test_words_inside_a_company_s_own_name_do_not_count() -> None:
    read, name = words.tokens("Top Vape: see you at 9"), words.tokens("Top Vape")
    assert words.hits(read).get("tobacco")
    assert "tobacco" not in words.hits(read, words.places(read, name))


def test_every_list_is_whole_and_no_phrase_stands_in_it_twice() -> None:
    for topic, levels in words._lists().items():
        assert set(levels) == {"strong", "weak", "innocent"}
        assert levels["strong"] or levels["weak"], topic
        for phrases in levels.values():
            assert len(phrases) == len(set(phrases)), topic
            assert all(words.tokens(one.removeprefix("=")) for one in phrases), topic


def test_the_lists_are_compared_in_time_that_grows_with_the_text_alone() -> None:
    def taken(size: int) -> float:
        read = words.tokens("vote wine casino loan % off " * size)
        began = time.thread_time()
        words.hits(read)
        return time.thread_time() - began

    taken(10)
    assert min(taken(4_000) for _again in range(3)) < 0.02 + 8 * min(taken(1_000) for _again in range(3))
