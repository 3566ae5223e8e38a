"""A gate for tests: with a clock that stands still until the test moves it, or with the database's own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from portal.carriers.gate import Passage
from portal.carriers.policy import Rate
from portal.clock import Times
from portal.lifecycle.errand import Errand, on_errand
from portal.lifecycle.gate import AccountGate
from portal.lifecycle.shared import CarrierAccount

ACCOUNT = "telnyx"
START = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Frozen:
    """The time of a simulation, as the loop passes it on."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> Times:
        return Times(self.now, self.now)

    def pass_(self, **span: float) -> None:
        """Let `span` go by."""
        self.now += timedelta(**span)


class Doorstep:
    """A gate and whoever stands before it."""

    def __init__(self, clock: Frozen, *, key: str = "key", account: str = ACCOUNT, **rate: float) -> None:
        self.clock = clock
        share = rate.pop("share", 0.4)
        allowed = Rate(per_second=rate.get("rate", 1000.0), burst=int(rate.get("burst", 1000)))
        self.gate = AccountGate(account, key=key, rate=allowed, interactive_share=share)
        self.account = account

    def ask(self, **errand: Any) -> str:
        """One request: "" when it may leave, else why not."""
        return self.asked(**errand)[0]

    def asked(self, **errand: Any) -> tuple[str, float]:
        """One request: why it may not leave, and for how many seconds."""
        refusal, wait = self.gate.ask(Errand(read=self.clock, **errand))
        return refusal, wait.total_seconds()

    def left(self, passage: Passage, *, wish: float | None = None) -> None:
        """A request ended so."""
        with on_errand(Errand(read=self.clock)):
            self.gate.left(passage, retry_after=None if wish is None else timedelta(seconds=wish))

    def one(self, passage: Passage = Passage.ANSWERED, **errand: Any) -> str:
        """A whole request, if it may leave."""
        refusal = self.ask(**errand)
        if not refusal:
            self.left(passage)
        return refusal

    def row(self) -> CarrierAccount:
        """The account as the database has it."""
        return CarrierAccount.objects.get(account=self.account)


def together(count: int, act: Callable[[int], Any]) -> list[Any]:
    """What `count` threads get that do `act` at the same moment, each with a connection of its own."""
    ready = threading.Barrier(count)
    got: list[Any] = [None] * count

    def run(number: int) -> None:
        try:
            ready.wait(timeout=30)
            got[number] = act(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,), daemon=True) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return got
