"""Tax ids: what the registry's interface refuses, and no more."""

from __future__ import annotations

from typing import Any

import pytest

from portal.lib.tax_ids import BadTaxId, blotted, identity, masked, parse, replaced


@pytest.mark.parametrize(
    ("text", "country", "filed"),
    [
        ("91-4730265", "US", "91-4730265"),
        ("914730265", "US", "91-4730265"),
        (" 91 4730265 ", "US", "91-4730265"),
        ("00-1234567", "US", "00-1234567"),  # an unknown prefix is the linter's to doubt
        ("123456789", "US", "12-3456789"),
        ("123456782", "CA", "123456782"),
        ("123 456 782 rc 0001", "CA", "123456782RC0001"),
        ("1234567-8", "CA", "12345678"),
    ],
)
def test_accepted_and_brought_into_the_form_that_is_filed(text: str, country: str, filed: str) -> None:
    assert parse(text, country) == filed


@pytest.mark.parametrize(
    ("text", "country", "why"),
    [
        ("123-45-6789", "US", "ssn"),
        ("11-1111111", "US", "dummy"),
        ("000000000", "CA", "dummy"),
        ("12345", "US", "format"),
        ("９１４７３０２６５", "US", "format"),
        ("ABC", "CA", "format"),
        ("", "US", "format"),
    ],
)
def test_refused_with_the_reason(text: str, country: str, why: str) -> None:
    with pytest.raises(BadTaxId) as caught:
        parse(text, country)
    assert caught.value.why == why


def test_only_the_last_four_characters_are_shown() -> None:
    assert masked("91-4730265") == "••-•••0265"
    assert "9147" not in masked("914730265")


def test_of_a_short_number_at_most_half_is_shown() -> None:
    assert masked("12345") == "•••45"
    assert masked("123456782RC0001") == "•••••••••••0001"
    assert masked("") == ""


@pytest.mark.parametrize(
    ("one", "other", "country", "same"),
    [
        ("91-4730265", "914730265", "US", True),
        ("91-4730265", "91-4730266", "US", False),
        ("123456782", "123456782RC0001", "CA", True),
        ("123456782RC0001", "123456782 rp 0002", "CA", True),
        ("12345678", "123456782", "CA", False),
    ],
)
def test_the_same_number_is_recognized_in_any_notation(
    one: str, other: str, country: str, same: bool
) -> None:
    assert (identity(one, country) == identity(other, country)) is same


def test_an_american_and_a_canadian_number_are_never_the_same() -> None:
    assert identity("123456782", "US") != identity("123456782", "CA")


EIN = {"91-4730265": "tax-id:1"}


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("EIN 91-4730265 is unknown.", "EIN tax-id:1 is unknown."),
        ("914730265", "tax-id:1"),
        ("91 4730265, 91\u20114730265 and 914-730-265", "tax-id:1, tax-id:1 and tax-id:1"),
        ("cut off: 91-47302", "cut off: tax-id:1"),
        (914730265, "tax-id:1"),
        (914730265.0, "tax-id:1.0"),
        (
            {"ein": "914730265", "n": [1, {"914730265": None}]},
            {"ein": "tax-id:1", "n": [1, {"tax-id:1": None}]},
        ),
        ("91-4730271 is another, •••0265 is masked", "91-4730271 is another, •••0265 is masked"),
        ([True, None, 3.5, "91-47 Main Street"], [True, None, 3.5, "91-47 Main Street"]),
    ],
)
def test_a_tax_id_is_replaced_however_it_is_spelled(said: Any, kept: Any) -> None:
    assert replaced(said, EIN) == kept


def test_of_a_canadian_number_the_nine_digits_alone_are_replaced_too() -> None:
    stand_ins = {"123456782RC0001": "T"}
    assert replaced("123456782 rc 0001 or BN 123456782", stand_ins) == "T or BN T"


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("bad literal: '91-4730265'", "bad literal: '•••'"),
        ("ein=914730265, bn=123456782RC0001", "ein=•••, bn=•••"),
        ("+12065550142 at 2026-11-22T10:00:00.123456789Z", "+12065550142 at 2026-11-22T10:00:00.123456789Z"),
        ("7d0a6f2e-1234-4321-8123-123456789012", "7d0a6f2e-1234-4321-8123-123456789012"),
        ("98101-1234", "98101-1234"),
    ],
)
def test_what_looks_like_a_tax_id_is_blotted_out_of_logs(line: str, kept: str) -> None:
    assert blotted(line) == kept


def test_nothing_to_hide_changes_nothing() -> None:
    assert replaced({"a": "91-4730265"}, {}) == {"a": "91-4730265"}
    assert replaced("an empty id hides nothing", {"": "T"}) == "an empty id hides nothing"
