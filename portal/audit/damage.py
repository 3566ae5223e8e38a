"""What was done to a chain, told from what does not fit in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from portal.audit.chain import encoded, linked

Fields = tuple[str | None, ...]
# So many rows are compared with one another; a log that was wiped has no use for more.
CLOSELY = 200


class Row(NamedTuple):
    """A link as it was found: its place, its event, the digest before it and its own. No fields: no event."""

    position: int
    event_id: int
    previous: bytes
    digest: bytes
    fields: Fields | None

    def fits(self, fields: Fields) -> bool:
        """Is this the event that was linked here?"""
        return linked(self.previous, encoded(fields)) == self.digest


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong: what (a word to search for), about which event or seal, and a sentence.

    `position` is where in its chain; findings of one chain are told in that order.
    """

    what: str
    sentence: str
    organization_id: UUID | None = None
    event_id: int | None = None
    position: int = 0
    of_all: bool = False

    @classmethod
    def of_seals(cls, first: int, last: int) -> Finding:
        """Seals are missing between others."""
        which = f"seal {first} is" if first == last else f"seals {first} to {last} are"
        return cls("seal missing", f"{which} missing from the chain of seals", of_all=True)

    @classmethod
    def of_seal(cls, number: int, organization_id: UUID | None) -> Finding:
        """A seal does not fit the one before it."""
        return cls(
            "seal changed", f"seal {number} was changed after it was made", organization_id, of_all=True
        )

    @classmethod
    def of_rewritten_seal(cls, number: int, organization_id: UUID | None) -> Finding:
        """A seal is not the one that was kept outside."""
        words = f"seal {number} is not the one that was kept: the chain was rewritten before it or at it"
        return cls("rewritten", words, organization_id, of_all=True)

    @classmethod
    def of_lost_anchor(cls, digest: str, number: int | None) -> Finding:
        """A seal that was kept outside is nowhere."""
        which = f"seal {number} ({digest[:16]}…)" if number else f"the head {digest[:16]}…"
        return cls(
            "anchor lost",
            f"{which} is not in the log any more: its end was cut off or rewritten",
            of_all=True,
        )


@dataclass(slots=True)
class _Hole:
    """Positions without a link, the digest before them and the row behind them, if there is one."""

    first: int
    last: int
    previous: bytes
    behind: Row | None
    seal: int = 0


class Damage:
    """Collects what does not fit in one chain, and says what it comes to."""

    def __init__(self, organization_id: UUID | None) -> None:
        """Of the chain of `organization_id`; None is the house."""
        self._organization_id = organization_id
        self._findings: list[Finding] = []
        self._changed: list[Row] = []
        self._holes: list[_Hole] = []
        self._unplaced: dict[int, Fields] = {}
        self._unplaced_more = 0
        self._gone: dict[int, Row] = {}

    # --- what is seen while the chain is followed

    def changed(self, row: Row) -> None:
        """The event does not fit its link."""
        self._changed.append(row)

    def only_the_link(self) -> None:
        """Of the row last called changed, only the link was."""
        row = self._changed.pop()
        self._add(
            "link changed",
            row,
            f"the link of event {row.event_id} was changed; the event itself is as it was",
        )

    def gone(self, row: Row, *, queued: bool) -> None:
        """The link's event is not there. `queued`: it was gone already when it was sealed."""
        if queued:
            self._add("missing", row, f"event {row.event_id} is missing: it was removed before it was sealed")
        else:
            self._gone[row.event_id] = row

    def hole(self, first: int, last: int, previous: bytes, behind: Row) -> None:
        """Links are missing before `behind`."""
        self._holes.append(_Hole(first, last, previous, behind))

    def cut(self, first: int, last: int, seal: int, previous: bytes) -> None:
        """A seal covers more than there is: the chain lost its end."""
        self._holes.append(_Hole(first, last, previous, None, seal))

    def unsealed(self, row: Row) -> None:
        """A link that no seal covers."""
        words = f"the link of event {row.event_id} stands behind the last seal: it was inserted, or its seal removed"
        self._add("inserted", row, words)

    def against_its_seal(self, row: Row, seal: int) -> None:
        """The batch ends otherwise than its seal says."""
        self._add(
            "seal changed", row, f"seal {seal}, which ends with event {row.event_id}, names another end"
        )

    def unplaced(self, event_id: int, fields: Fields) -> None:
        """An event without a link that does not wait for one either."""
        if len(self._unplaced) < CLOSELY:
            self._unplaced[event_id] = fields
        else:
            self._unplaced_more += 1

    def late(self, event_id: int, age: timedelta) -> None:
        """An event that has waited too long for its seal."""
        minutes = age.total_seconds() / 60
        words = f"event {event_id} has waited {minutes:.0f} minutes to be sealed: is the worker running?"
        self._findings.append(Finding("not sealed", words, self._organization_id, event_id, _END))

    def gone_while_waiting(self, event_ids: Sequence[int]) -> None:
        """Events that were written and are gone, and were not sealed yet."""
        for event_id in event_ids:
            words = f"event {event_id} is missing: it was removed before it was sealed"
            self._findings.append(Finding("missing", words, self._organization_id, event_id, _END))

    # --- what it comes to

    def findings(self) -> list[Finding]:
        """Everything that is wrong, in the order of the chain."""
        self._tell_holes()
        self._tell_swapped()
        for row in self._changed:
            self._add("changed", row, f"event {row.event_id} is not what was sealed: it was changed")
        for event_id, row in self._gone.items():
            renumbered = self._renumbered(row)
            if renumbered:
                words = (
                    f"event {event_id} was given the number {renumbered}, or that one was put in its place"
                )
                self._add("changed", row, words)
            else:
                self._add("missing", row, f"event {event_id} is missing: it was removed after it was sealed")
        for event_id in self._unplaced:
            words = f"event {event_id} is in no chain and waits for none: it was inserted past the log, or moved here"
            self._findings.append(Finding("inserted", words, self._organization_id, event_id, _END))
        if self._unplaced_more:
            words = f"and {self._unplaced_more} more like these"
            self._findings.append(Finding("inserted", words, self._organization_id, None, _END))
        return sorted(self._findings, key=lambda one: one.position)

    def _add(self, what: str, row: Row, sentence: str) -> None:
        self._findings.append(Finding(what, sentence, self._organization_id, row.event_id, row.position))

    def _tell_holes(self) -> None:
        """Missing links; where their events are still there, the hashes say which they were."""
        for hole in self._holes:
            previous, position = hole.previous, hole.first
            while hole.behind is not None and position == hole.last:
                found = self._between(previous, hole.behind)
                if found is None:
                    break
                self._unplaced.pop(found)
                words = f"the link of event {found} was removed"
                self._findings.append(Finding("link missing", words, self._organization_id, found, position))
                position += 1
            if position <= hole.last:
                self._findings.append(self._lost(hole, position))

    def _between(self, previous: bytes, behind: Row) -> int | None:
        """The unplaced event that fits between a digest and the row behind."""
        for event_id, fields in self._unplaced.items():
            middle = linked(previous, encoded(fields))
            if behind.fields is not None and linked(middle, encoded(behind.fields)) == behind.digest:
                return event_id
        return None

    def _lost(self, hole: _Hole, first: int) -> Finding:
        many = hole.last - first + 1
        which = f"{many} events" if many > 1 else "an event"
        places = f"places {first} to {hole.last}" if many > 1 else f"place {first}"
        if hole.behind is not None:
            words = f"{which} before event {hole.behind.event_id} are missing with their links ({places})"
            return Finding("missing", words, self._organization_id, hole.behind.event_id, first)
        words = (
            f"the end of the chain was cut off: {which} that seal {hole.seal} covers are missing ({places})"
        )
        return Finding("cut", words, self._organization_id, None, first)

    def _tell_swapped(self) -> None:
        """Two rows that each carry what the other had, or that stand in each other's place."""
        if len(self._changed) > CLOSELY:
            return
        left = list(self._changed)
        alone = []
        while left:
            row = left.pop(0)
            other = next((other for other in left if self._changed_places(row, other)), None)
            if other is None:
                alone.append(row)
                continue
            self._add("swapped", row, f"event {row.event_id} and event {other.event_id} were swapped")
            # Behind a link that was moved, an innocent row stands beside a digest that is not its neighbour's.
            ends = (row.digest, other.digest)
            left = [
                one for one in left if one is not other and not any(self._follows(one, end) for end in ends)
            ]
        self._changed = alone

    def _changed_places(self, row: Row, other: Row) -> bool:
        if row.fields is None or other.fields is None:
            return False
        # The rows were exchanged: each has the other's words under its own number …
        if row.fits((row.fields[0], *other.fields[1:])) and other.fits((other.fields[0], *row.fields[1:])):
            return True
        # … or the links were: each link names the other's event, or stands in the other's place.
        if row.fits(other.fields) and other.fits(row.fields):
            return True
        return self._follows(other, row.previous)

    @staticmethod
    def _follows(row: Row, digest: bytes) -> bool:
        return row.fields is not None and linked(digest, encoded(row.fields)) == row.digest

    def _renumbered(self, row: Row) -> int | None:
        """The unplaced event that is this one under another number."""
        for event_id, fields in self._unplaced.items():
            if row.fits((str(row.event_id), *fields[1:])):
                self._unplaced.pop(event_id)
                return event_id
        return None


# Behind everything that has a place.
_END = 1 << 62
