"""The sweep: what stands at the carrier under our account, compared with what we know. Nightly, and on demand.

    listed and known   its word changed      → its reading is due now
    listed, unknown    no key of ours        → a stranger: shown to operators, adopted by nobody
                       key of a write that has no reference yet → adopted: that write had arrived
                       key of a write with another reference    → a twin: the younger one is cancelled
    known, not listed                        → its reading is due now, which decides whether it is missing

Any number of processes may try; a lease on the account's row lets one do it. What is read of all organizations
is read by the role `portal_desk`, in named columns; each write stands in the scope of its tenant. A carrier that
breaks off ends the sweep: what was done stays, and it comes again. Every step may be done twice.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest

from portal import clock
from portal.audit.recording import CLEARLINE
from portal.carriers.contract import Carrier, NotFound, Unauthorized, Unavailable
from portal.carriers.gate import Held
from portal.clock import Times
from portal.lifecycle import gateway, twins
from portal.lifecycle.errand import Errand, on_errand
from portal.lifecycle.handlers import Listed, Sweeping, sweepings
from portal.lifecycle.knocking import knock
from portal.lifecycle.models import CarrierAccount, Stranger, Submission, Watch
from portal.lifecycle.shared import ensure_account
from portal.lifecycle.sweep_times import REST, again_after, next_night
from portal.tenancy.scope import acting_for, at_the_desk

log = structlog.get_logger(__name__)

Read = Callable[[], Times]
# Longer than any one step of a sweep (a list page or a reading under its deadline), so that a live sweep keeps it.
LEASE = timedelta(minutes=5)
EXTEND = timedelta(minutes=1)
BATCH = 500
# Seconds that a request of a sweep waits for its permit: it goes behind everybody, and one page that gave up
# would cost the whole list.
PATIENCE = 20.0


class _Taken(Exception):
    """Another process has the account now: this one slept past its lease."""


@dataclass
class Sweep:
    """One comparison of one account: its lease, what it listed, and what it found, by number."""

    account: str
    read: Read
    lease_until: datetime
    # The place in the list by reference: the list is oldest first.
    places: dict[str, tuple[datetime | None, int]] = field(default_factory=dict)
    found: dict[str, int] = field(default_factory=dict)

    def count(self, what: str, number: int = 1) -> None:
        """Add to what the operator is told; nothing is not told."""
        if not number:
            return
        self.found[what] = self.found.get(what, 0) + number

    def hold(self) -> Times:
        """Keep the lease; the time. Raises _Taken."""
        times = self.read()
        if self.lease_until - times.machine < LEASE - EXTEND:
            until = times.machine + LEASE
            mine = CarrierAccount.objects.filter(account=self.account, sweep_lease_until=self.lease_until)
            if not mine.update(sweep_lease_until=until):
                raise _Taken
            self.lease_until = until
        return times


def run(read: Read = clock.read) -> list[Sweep]:
    """Do every comparison that is due; those that were done or broken off here."""
    ensure_account(gateway.default_account())
    done = []
    while (sweep := _claim(read)) is not None:
        _do(sweep)
        done.append(sweep)
    return done


def run_beside() -> None:
    """Do the same on a thread of its own, at most one: a long list must not hold up who waits."""

    def beside() -> None:
        try:
            run()
        except Exception:
            log.exception("sweep failed")
        finally:
            connection.close()

    if not any(thread.name == "sweep" for thread in threading.enumerate()):
        threading.Thread(target=beside, name="sweep", daemon=True).start()


def _claim(read: Read) -> Sweep | None:
    """The account that is due and that nobody else compares."""
    times = read()
    # Due, or begun by somebody who never came to its end.
    waiting = CarrierAccount.objects.filter(
        Q(sweep_lease_until=None, sweep_due_at__lte=times.machine) | Q(sweep_lease_until__lt=times.machine)
    )
    for account in waiting.order_by("sweep_due_at").values_list("account", flat=True):
        until = times.machine + LEASE
        # The next one is set now: a reason that comes up meanwhile still brings it forward.
        next_at = next_night(times.machine)
        if waiting.filter(account=account).update(sweep_lease_until=until, sweep_due_at=next_at):
            return Sweep(account, read, until)
    return None


def _do(sweep: Sweep) -> None:
    problem = ""
    with structlog.contextvars.bound_contextvars(account=sweep.account):
        try:
            carrier = gateway.carrier(sweep.account)
            with on_errand(Errand(read=sweep.read, patience=PATIENCE)):
                for kind, flow in sweepings().items():
                    _compare(sweep, kind, flow, carrier)
        except _Taken:
            log.warning("sweep lost its lease")
            return
        except (Unavailable, Unauthorized) as trouble:
            problem = str(trouble)
        except Exception as trouble:
            # A sweep that ended without a word would be missed by nobody.
            log.exception("sweep failed")
            problem = type(trouble).__name__
        _end(sweep, problem)


def _end(sweep: Sweep, problem: str) -> None:
    times = sweep.read()
    mine = CarrierAccount.objects.filter(account=sweep.account, sweep_lease_until=sweep.lease_until)
    row = mine.first()
    if row is None:
        return
    if problem:
        tries = int(row.sweep_found.get("broken off", 0)) + 1
        sweep.found["broken off"] = tries
        log.warning("sweep broken off", why=problem, **_words(sweep.found))
        mine.update(
            sweep_found=sweep.found, sweep_lease_until=None, sweep_due_at=again_after(tries, times.machine)
        )
        return
    log.info("sweep done", **_words(sweep.found))
    mine.update(
        sweep_found=sweep.found,
        swept_at=times.machine,
        sweep_lease_until=None,
        sweep_due_at=Greatest(F("sweep_due_at"), times.machine + REST),
    )


def _words(found: dict[str, int]) -> dict[str, int]:
    return {name.replace(" ", "_"): number for name, number in found.items()}


# --- the comparison


def _compare(sweep: Sweep, kind: str, flow: Sweeping, carrier: Carrier) -> None:
    began = sweep.hold()
    unknown: list[Listed] = []
    broken: Unavailable | Unauthorized | None = None
    sweep.places = {}
    try:
        for batch in _batches(flow.listed(carrier)):
            for row in batch:
                sweep.places[row.reference] = (row.created_at, len(sweep.places))
            unknown += _known_and_changed(sweep, kind, batch)
    except (Unavailable, Unauthorized) as trouble:
        broken = trouble
    complete = broken is None
    for row in unknown:
        try:
            _look(sweep, kind, flow, carrier, row, complete=complete)
        except Held:
            raise
        except Unavailable as trouble:
            # One that cannot be read must not hide those behind it, night after night.
            broken = broken or trouble
    if complete:
        sweep.count("listed", len(sweep.places))
        _unlisted(sweep, kind, began)
    if broken is not None:
        raise broken


def _batches(rows: Iterator[Listed]) -> Iterator[list[Listed]]:
    """In parts; what came before an error is given out before it is raised."""
    trouble: Exception | None = None

    def until_trouble() -> Iterator[Listed]:
        nonlocal trouble
        try:
            yield from rows
        except (Unavailable, Unauthorized) as problem:
            trouble = problem

    calm = until_trouble()
    while batch := list(itertools.islice(calm, BATCH)):
        yield batch
    if trouble is not None:
        raise trouble


def _known_and_changed(sweep: Sweep, kind: str, batch: list[Listed]) -> list[Listed]:
    """Have changed ones read; what nobody here knows is handed back."""
    times = sweep.hold()
    words = {row.reference: row.word for row in batch}
    with at_the_desk():
        watches = list(
            Watch.everywhere.filter(account=sweep.account, kind=kind, reference__in=words).values(
                "id", "organization_id", "reference", "closed_at", "word", "listed_word"
            )
        )
        named = Submission.everywhere.filter(account=sweep.account, kind=kind, reference__in=words)
        filed = set(named.values_list("reference", flat=True))
    changed = [
        one
        for one in watches
        # One that was never read is read soon anyway.
        if one["closed_at"] is None
        and one["word"]
        and words[one["reference"]][:100] not in (one["word"], one["listed_word"])
    ]
    # First, so that whoever dies in between asks twice and not never.
    sweep.count("changed", knock([one["id"] for one in changed], times))
    by_organization = itertools.groupby(
        sorted(changed, key=lambda one: str(one["organization_id"])), key=lambda one: one["organization_id"]
    )
    for organization_id, theirs in by_organization:
        with acting_for(organization_id, by=CLEARLINE):
            for one in theirs:
                # The list's word may differ from the reading's for good: asked for once for each word.
                Watch.objects.filter(pk=one["id"]).update(listed_word=words[one["reference"]][:100])
    known = filed | {one["reference"] for one in watches}
    return _not_strange(sweep, kind, [row for row in batch if row.reference not in known], times)


def _not_strange(sweep: Sweep, kind: str, rows: list[Listed], times: Times) -> list[Listed]:
    """Without the strangers of earlier nights, which are not read again; but for one whose key is known by now."""
    words = {row.reference: row.word for row in rows}
    before = list(Stranger.objects.filter(account=sweep.account, kind=kind, reference__in=words))
    with at_the_desk():
        keys = [one.key for one in before if one.key is not None]
        ours = set(Submission.everywhere.filter(key__in=keys).values_list("key", flat=True))
    old = {one.reference for one in before if one.key not in ours}
    for one in before:
        one.word, one.last_seen_at = words[one.reference][:100], times.machine
    Stranger.objects.bulk_update(before, ["word", "last_seen_at"])
    return [row for row in rows if row.reference not in old]


def _look(sweep: Sweep, kind: str, flow: Sweeping, carrier: Carrier, row: Listed, *, complete: bool) -> None:
    """Read an unknown one, once, and find out whose it is."""
    times = sweep.hold()
    try:
        key = _uuid(flow.key_of(carrier, row.reference))
    except NotFound:
        # Deleted, and still listed.
        _strange(sweep, kind, row, times, gone_at=times.machine)
        return
    with at_the_desk():
        whose = (
            Submission.everywhere.filter(account=sweep.account, kind=kind, key=key)
            .values("id", "organization_id")
            .first()
            if key
            else None
        )
    if whose is None:
        _strange(sweep, kind, row, times, key=key)
        return
    case = twins.Case(whose["organization_id"], whose["id"], row.reference, sweep.places, complete)
    outcome = twins.settle(case, flow, carrier, sweep.read)
    if outcome is twins.Outcome.STRANGE:
        _strange(sweep, kind, row, times, key=key)
        return
    Stranger.objects.filter(account=sweep.account, kind=kind, reference=row.reference).delete()
    if outcome is not twins.Outcome.NOTHING:
        sweep.count(outcome.value)


def _strange(
    sweep: Sweep,
    kind: str,
    row: Listed,
    times: Times,
    *,
    key: UUID | None = None,
    gone_at: datetime | None = None,
) -> None:
    _, new = Stranger.objects.update_or_create(
        account=sweep.account,
        kind=kind,
        reference=row.reference,
        defaults={
            "word": row.word[:100],
            "key": key,
            "gone_at": gone_at,
            "last_seen_at": times.machine,
        },
    )
    if new and gone_at is None:
        sweep.count("strangers")
        log.warning("a stranger at the carrier", kind=kind, reference=row.reference, keyed=key is not None)


def _unlisted(sweep: Sweep, kind: str, began: Times) -> None:
    """What we wait for and the carrier does not list: read it, the flow decides what that means."""
    after: UUID | None = None
    while True:
        times = sweep.hold()
        with at_the_desk():
            # One that was filed while we read the list need not be on it.
            open_ones = Watch.everywhere.filter(
                account=sweep.account, kind=kind, closed_at=None, opened_at__lt=began.business
            ).order_by("pk")
            if after is not None:
                open_ones = open_ones.filter(pk__gt=after)
            batch = list(open_ones.values_list("id", "reference")[:BATCH])
        if not batch:
            return
        after = batch[-1][0]
        gone = [pk for pk, reference in batch if reference not in sweep.places]
        sweep.count("not listed", knock(gone, times))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def strangers(account: str) -> QuerySet[Stranger]:
    """What stands at the carrier and belongs to nobody here, newest first; without what is deleted there."""
    return Stranger.objects.filter(account=account, gone_at=None).order_by("-first_seen_at")
