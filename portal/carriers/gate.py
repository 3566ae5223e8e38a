"""The gate in front of every request of one carrier account: may it leave now, and how did it end?

Plain Python. The portal's own gate (permits, breaker, retry budget) stands in `portal.lifecycle`; an
adapter only passes through whatever its configuration holds.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from portal.carriers.contract import Unavailable


class Held(Unavailable):
    """The gate did not let the request leave. The carrier was not asked, so this is no failure of the work.

    `retry_after` says when to come again. `second_try`: only because this was one, and there were enough of
    those; a first try would have left.
    """

    retry_after: timedelta

    def __init__(self, message: str, *, retry_after: timedelta, second_try: bool = False) -> None:
        super().__init__(message, retry_after=retry_after)
        self.second_try = second_try


class Passage(StrEnum):
    """How a request that was let through ended, as far as the account is concerned."""

    # Any answer that a healthy carrier gives, a refusal of the data among them.
    ANSWERED = "answered"
    # 429: the account asked too often.
    LIMITED = "limited"
    # 401 or 403: no request of this account can succeed.
    UNAUTHORIZED = "unauthorized"
    # No connection, no answer, 5xx, or nothing that can be read.
    FAILED = "failed"


class Gate(Protocol):
    """One carrier account's gate, shared by all processes."""

    def enter(self, *, within: float) -> None:
        """Take the permit for one request; may wait for it, at most `within` seconds.

        Raises Held when the request must not leave now. Nothing was sent then.
        """
        ...

    def left(self, passage: Passage, *, retry_after: timedelta | None = None) -> None:
        """The request that was let in has ended so; `retry_after` is the carrier's own wish."""
        ...


class OpenGate:
    """Lets everything through: for tests of an adapter alone, and for one-off looks by hand."""

    def enter(self, *, within: float) -> None:
        """Nothing to wait for."""

    def left(self, passage: Passage, *, retry_after: timedelta | None = None) -> None:
        """Nothing to remember."""
