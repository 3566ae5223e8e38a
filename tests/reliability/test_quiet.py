"""The judge of the quiet excuses what an event caused, once, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.reliability.quiet import is_caused, noise

BRAND = "0b5c2f3e-0000-4000-8000-000000000001"
PATH = f"/v2/10dlc/brand/{BRAND}"


def asked(number: int, second: int, path: str = PATH, method: str = "GET") -> dict[str, Any]:
    return {"id": number, "at": f"2026-03-01T12:00:{second:02}+00:00", "method": method, "path": path}


def told(second: int, milliseconds: int = 0) -> dict[str, Any]:
    return {"done_at": f"2026-03-01T12:00:{second:02}+00:00", "milliseconds": milliseconds}


@pytest.mark.parametrize(
    ("ledger", "events", "caused"),
    [
        ([], [told(5)], True),
        ([asked(1, 3)], [told(5)], True),
        ([asked(1, 6)], [told(5)], False),
        ([asked(1, 6, f"{PATH}/smsOtp")], [told(5)], True),
        ([asked(1, 3)], [], False),
        ([asked(1, 3)], [told(2)], False),
        ([asked(1, 3)], [told(9)], False),
        ([asked(1, 3)], [told(9, milliseconds=1500)], True),
        ([asked(1, 3)], [{"done_at": None, "milliseconds": None}], False),
    ],
)
def test_an_event_excuses_the_first_reading_after_it(
    ledger: list[dict[str, Any]], events: list[dict[str, Any]], caused: bool
) -> None:
    entry = asked(9, 8)
    assert is_caused(entry, [*ledger, entry], events) is caused


def test_whatever_else_is_asked_is_noise() -> None:
    ledger = [
        asked(1, 1),
        asked(2, 6),
        asked(3, 7),
        asked(4, 8, "/v2/10dlc/brand"),
        asked(5, 9, method="PUT"),
    ]
    before = ledger[:1]

    def control(path: str, *, limit: str = "", **_narrowed: str) -> dict[str, Any]:
        if path == "webhooks":
            return {"deliveries": [told(5)]}
        return {"entries": before if limit == "1" else ledger}

    assert noise(control, key="practice", seconds=0) == [f"GET {PATH}", "GET /v2/10dlc/brand", f"PUT {PATH}"]
