"""The catalogue of rejections, found by code."""

from __future__ import annotations

import json
from pathlib import Path

import portal.preflight
from portal.preflight.catalogue import entries

KEPT = json.loads((Path(portal.preflight.__file__).parent / "rejections.json").read_text())


def test_a_code_is_found_in_any_case() -> None:
    (one,) = entries("brand_address_invalid ")
    assert (one.source, one.layer, one.rules) == ("aws", "brand", ("B08", "B09"))


def test_the_same_number_of_two_sources_is_two_reasons() -> None:
    assert {one.source for one in entries("1001")} == {"infobip", "plivo"}


def test_an_unknown_code_has_no_entry() -> None:
    assert entries("4711") == ()
    assert entries("") == ()


def test_every_reason_is_whole_and_stands_once() -> None:
    rows = [tuple(row[:2]) for row in KEPT["reasons"]]
    assert len(rows) == len(set(rows)) == 223
    for row in KEPT["reasons"]:
        (entry,) = [one for one in entries(row[1]) if one.source == row[0]]
        assert entry.source in KEPT["sources"]
        assert entry.meaning
        assert entry.resubmit
