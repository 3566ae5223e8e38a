"""Strict reading of a stranger's JSON."""

from __future__ import annotations

import gzip

import pytest

from portal.carriers.answers import Unreadable, bounded, json_value


def test_what_a_database_cannot_store_is_replaced() -> None:
    body = rb'{"a\u0000": ["x\u0000y", {"b": "\ud800", "c": "\ud83d\ude00"}], "d": 1}'
    assert json_value(body) == {"a�": ["x�y", {"b": "�", "c": "\U0001f600"}], "d": 1}


def test_a_backslash_before_a_harmless_u_changes_nothing() -> None:
    assert json_value(rb'{"a": "C:\\u0000", "b": 1.5}') == {"a": "C:\\u0000", "b": 1.5}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b'"x"',
        b"[]",
        b"{",
        b'{"a": Infinity}',
        b'{"a": -1e400}',
        b'{"a": {"b": 1, "b": 1}}',
        b'\xef\xbb\xbf{"a": 1}',
        b'{"a": "\x00"}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b'{"a": 1} {"a": 2}',
        b"{'a': 1}",
    ],
)
def test_what_is_no_json_object_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        json_value(body)


@pytest.mark.parametrize("pieces", [1, 7, 1000])
def test_compressed_pieces_are_put_together(pieces: int) -> None:
    raw = gzip.compress(b"x" * 1000)
    chunks = [raw[at : at + pieces] for at in range(0, len(raw), pieces)]
    assert bounded(chunks, encoding="gzip", cap=1000) == b"x" * 1000
    with pytest.raises(Unreadable, match="999"):
        bounded(chunks, encoding="gzip", cap=999)


def test_a_plain_body_may_be_as_long_as_the_cap_and_no_longer() -> None:
    assert len(bounded([b"x" * 500] * 2, encoding="identity", cap=1000)) == 1000
    with pytest.raises(Unreadable, match="1000"):
        bounded([b"x" * 500] * 3, encoding="", cap=1000)
