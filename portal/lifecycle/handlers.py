"""What the loop asks of a flow: one handler per kind and purpose, registered in the flow's `apps.py`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from portal.carriers.contract import Carrier, Created, Reason
from portal.carriers.policy import ReadingPlan
from portal.clock import Times
from portal.lifecycle.models import Submission, Watch


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a watched thing: the carrier's word, the whole answer, and the flow's own view of it."""

    word: str
    answer: dict[str, Any]
    seen: Any


class Filing(Protocol):
    """How one purpose of one kind is filed. `send` and `search` talk to the carrier, outside any
    transaction; `filed` and `refused` write, inside the tenant's.

    One that has an attribute `reads_back` that is true needs no search by our key: reading its subject says whether
    it arrived, at any carrier.
    """

    def send(self, carrier: Carrier, submission: Submission) -> Created:
        """Make the one write. Raises the contract's errors."""
        ...

    def search(self, carrier: Carrier, submission: Submission) -> Created | None:
        """What an earlier `send` of this submission made, or None."""
        ...

    def filed(self, submission: Submission, times: Times) -> None:
        """The carrier has it: move the subject and start to watch it."""
        ...

    def refused(self, submission: Submission, reasons: tuple[Reason, ...], times: Times) -> None:
        """The carrier refused the request itself: move the subject."""
        ...


@runtime_checkable
class EndsUnsearched(Protocol):
    """A filing that ends as refused for these reasons where its outcome is unknown and cannot be searched.

    Every other one is left to a person then.
    """

    unsearchable: tuple[Reason, ...]


class Watching(Protocol):
    """How one kind is read while it waits."""

    def read(self, carrier: Carrier, watch: Watch) -> Reading:
        """Ask the carrier, outside any transaction. Raises the contract's errors."""
        ...

    def apply(self, watch: Watch, reading: Reading, times: Times) -> ReadingPlan | None:
        """Take the answer over. How often to read from now on, or None when the wait is over.

        Inside the tenant's transaction.
        """
        ...

    def missing(self, watch: Watch, times: Times) -> ReadingPlan | None:
        """The carrier knows nothing under the reference: how often to look again, None when that is the end.

        Called at each such reading; `watch.misses` counts them, so that one alone is not believed.
        Inside the tenant's transaction.
        """
        ...


@dataclass(frozen=True, slots=True)
class Listed:
    """One thing of the carrier's list. `created_at` is the carrier's own, None where it names none."""

    reference: str
    word: str
    created_at: datetime | None = None


class Sweeping(Protocol):
    """How one kind is compared with what stands at the carrier. The first three ask the carrier, outside any
    transaction; the others stand in the tenant's."""

    def listed(self, carrier: Carrier) -> Iterator[Listed]:
        """Everything of this kind in the account, each once, oldest first; complete if it ends without an error.

        Raises Unavailable, Unauthorized.
        """
        ...

    def key_of(self, carrier: Carrier, reference: str) -> str:
        """The key under which the thing was filed; empty for none. Raises Unavailable, Unauthorized, NotFound."""
        ...

    def take(self, carrier: Carrier, submission: Submission, reference: str) -> Created:
        """What `submission` made there, in a form fit to be stored. Raises as `key_of`."""
        ...

    def is_wanted(self, submission: Submission) -> bool:
        """Should what `submission` made stand at the carrier? Not if it was, or is being, deleted."""
        ...

    def is_used(self, submission: Submission) -> bool:
        """Does anything hang on what `submission` made, so that it must stay whatever its age?"""
        ...

    def rebind(self, submission: Submission, reference: str, times: Times) -> None:
        """From now on the subject of `submission` is what stands at the carrier under `reference`."""
        ...


_sweepings: dict[str, Sweeping] = {}
_filings: dict[tuple[str, str], Filing] = {}
_watchings: dict[str, Watching] = {}


def register(kind: str, *, watching: Watching | None = None, **filings: Filing) -> None:
    """Say how `kind` is filed (one keyword per purpose) and watched, where it is."""
    if watching is not None:
        _watchings[kind] = watching
    for purpose, filing in filings.items():
        _filings[kind, purpose] = filing


def register_sweeping(kind: str, sweeping: Sweeping) -> None:
    """Say how `kind` is compared with the carrier's list."""
    _sweepings[kind] = sweeping


def sweepings() -> dict[str, Sweeping]:
    """Every kind that is compared."""
    return dict(_sweepings)


def filing_of(submission: Submission) -> Filing:
    """The filing handler of `submission`. Raises LookupError for a kind that no flow registered."""
    return _filings[submission.kind, submission.purpose]


def watching_of(watch: Watch) -> Watching:
    """The watching handler of `watch`. Raises LookupError for a kind that no flow registered."""
    return _watchings[watch.kind]
