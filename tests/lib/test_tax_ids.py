"""Tax ids: what the registry's interface refuses, and no more."""

from __future__ import annotations

import pytest

from portal.lib.tax_ids import BadTaxId, masked, parse


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
