"""Cells that a spreadsheet shows and never runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.lib.spreadsheets import safe_cell, unguarded


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "+1", "-1", "@x", "\tx", "\rx"),
        *(" =1", "\u00a0=1", "\n=1", " \t\n@x", "\ufeff=1", "\u200b=1"),
        *("a\n=1", "a\r\n +1", "a\x0b-1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff20x"),
    ],
)
def test_a_cell_never_begins_a_formula(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["Ada", "a=b", "a - b", "2026-11-02T12:00:00-05:00", '{"a": -1}', "", "a\nb", "1", "'a"]
)
def test_a_harmless_cell_stays_as_it_is(text: str) -> None:
    assert safe_cell(text) == text


@given(st.text(alphabet="'=+-@\t\r\n a\u00a0\ufeff\uff1d") | st.text())
def test_every_text_comes_back_as_it_was(text: str) -> None:
    assert unguarded(safe_cell(text)) == text
