"""What the loop is doing right now, for the gate in front of the carrier.

The gate stands below the adapter's calls and sees only "one request"; who waits for it, and whether it is
a second try, is known to the step. A context variable carries that past the adapter.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from portal import clock

Read = Callable[[], clock.Times]


@dataclass(slots=True)
class Errand:
    """One step of the loop as the gate sees it.

    `writes`: it is part of a submission, which a person's pause stops. `interactive`: somebody waits for it
    in front of a page. `retry`: its row failed before, so it counts against the retry budget. `read` gives the
    time to simulations. `held_for` is the gate's answer to the loop: seconds for which asking for the same
    kind of work is no use; 0 when nothing stood in the way. `patience`: seconds that a request may wait for
    its permit; None for the gate's own measure. `begin_by`: the monotonic moment after which its first request
    must not leave any more, because the claim could run out under it.
    """

    writes: bool = False
    interactive: bool = False
    retry: bool = False
    read: Read = clock.read
    held_for: float = 0.0
    patience: float | None = None
    begin_by: float = math.inf

    def now(self) -> datetime | None:
        """The machine time of a simulation; None in real life, where the database's own clock decides."""
        return None if self.read is clock.read else self.read().machine


_errand: ContextVar[Errand | None] = ContextVar("errand", default=None)


def current() -> Errand:
    """The errand of the step that runs; outside the loop a reading for which nobody waits."""
    return _errand.get() or Errand()


@contextmanager
def on_errand(errand: Errand) -> Iterator[Errand]:
    """Every request of the block belongs to `errand`."""
    token = _errand.set(errand)
    try:
        yield errand
    finally:
        _errand.reset(token)


def second_try(*, is_one: bool = True) -> None:
    """Say that the requests of this step try again what failed: they count against the retry budget."""
    current().retry = is_one
