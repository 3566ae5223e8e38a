"""What an account still asks when nothing is left to do. Only what an event of the registry caused is no noise."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.practice_switches import account_of
from tests.reliability.invariants import Control

_THING = re.compile(r"/v2/10dlc/(brand|campaign)/(?:feedback/)?([0-9a-f-]{36})(?:/\w+)?")
_NEVER = datetime.min.replace(tzinfo=UTC)


def noise(control: Control, *, key: str, seconds: float) -> list[str]:
    """The requests of API key `key` in the next `seconds` that no event caused, by the registry's ledger."""
    account = account_of(key)
    before = control("ledger", account=account, limit="1")["entries"]
    newest = before[-1]["id"] if before else 0
    time.sleep(seconds)
    found = []
    ledger = control("ledger", account=account, limit="10000")["entries"]
    for entry in (one for one in ledger if one["id"] > newest):
        about = _THING.fullmatch(entry["path"])
        if about and entry["method"] == "GET":
            told = control("webhooks", account=account, **{about[1]: about[2]})["deliveries"]
            if is_caused(entry, ledger, told):
                continue
        found.append(f"{entry['method']} {entry['path']}")
    return found


def is_caused(
    entry: Mapping[str, Any], ledger: Iterable[Mapping[str, Any]], told: Iterable[Mapping[str, Any]]
) -> bool:
    """Was an event about its thing on its way to us since the same was last asked? Each excuses one reading.

    `told`: the deliveries about that brand or campaign.
    """
    asked = datetime.fromisoformat(entry["at"])
    earlier = (
        datetime.fromisoformat(one["at"])
        for one in ledger
        if (one["method"], one["path"]) == (entry["method"], entry["path"]) and one["id"] < entry["id"]
    )
    last = max(earlier, default=_NEVER)
    # We hear it before the registry knows that we did.
    heard = (
        datetime.fromisoformat(one["done_at"]) - timedelta(milliseconds=one["milliseconds"] or 0)
        for one in told
        if one["done_at"]
    )
    return any(last < moment <= asked for moment in heard)
