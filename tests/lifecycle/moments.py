"""Time for tests: the database's clock, moved by as much as a test likes, and what is done at a moment."""

from __future__ import annotations

from datetime import timedelta

from portal import clock
from portal.clock import Times
from portal.lifecycle import loop
from portal.lifecycle.claiming import Claim, queues, take


class Later:
    """A clock that the test moves; give it to the loop as `read`."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> Times:
        times = clock.read()
        return Times(times.machine + self.ahead, times.business + self.ahead)

    def pass_(self, **span: float) -> None:
        """Let `span` (seconds, minutes, hours, days) go by."""
        self.ahead += timedelta(**span)


def claim(kind: str, times: Times, *, limit: int = 1) -> list[Claim]:
    """Take up to `limit` due rows of `kind`, as the loop would: of whichever account may be asked."""
    for queue in queues(times):
        if queue.kind == kind and (claims := take(queue, times, limit=limit)):
            return claims
    return []


def work(read: Later | None = None) -> int:
    """Do everything that is due at this moment; the number of steps."""
    return loop.run(seconds=20, read=read or clock.read)
