"""The carrier accounts as the operator sees them: may they be asked, how long is the queue, what is unclear.

Counts over all organizations are read at the desk; the rest belongs to no organization.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.clock import Times
from portal.lifecycle import gateway
from portal.lifecycle.accounts import AccountState, Pause, state_of
from portal.lifecycle.gate import WINDOW
from portal.lifecycle.models import OPEN, Due, Heartbeat, Stranger, Submission, SubmissionState
from portal.lifecycle.shared import PauseFor
from portal.lifecycle.sweeping import strangers
from portal.lifecycle.twins import CANCEL
from portal.operations.doctor.verdict import OVERDUE, SILENT
from portal.tenancy.scope import at_the_desk
from portal.ui.looks import Look, Text

# So many strangers are named; more would say nothing more.
STRANGERS = 20

RUNNING = Look(_("Running"), "ok", "verified")
PAUSED = Look(_("Paused"), "late", "suspended")
REFUSED = Look(_("Credentials refused"), "bad", "lock")
SILENT_CARRIER = Look(_("No answer"), "bad", "unknown")
TOLD_TO_WAIT = Look(_("Told to wait"), "late", "in-review")
BEHIND = Look(_("Behind"), "late", "warning")

_QUEUES = {
    Due.SUBMISSION: _("Submissions"),
    Due.WATCH: _("Readings"),
}


@dataclass(frozen=True, slots=True)
class Queue:
    """What is due of one kind: how much, since when, and how many organizations wait in it."""

    what: Text
    due: int
    held: int
    organizations: int
    oldest: datetime | None
    age: str
    late: bool


@dataclass(frozen=True, slots=True)
class Fact:
    """One line about an account. `since` stands behind the words as a time, if there is one."""

    label: Text
    words: Text
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class AccountShown:
    """One carrier account."""

    account: str
    pause: Pause | None
    look: Look
    queues: list[Queue]
    facts: list[Fact]
    unclear: int
    strangers: list[Stranger]
    # Was it ever compared with the carrier's list?
    compared: bool

    @property
    def by_person(self) -> bool:
        """Did somebody of the staff pause it, so that the next thing to offer is to resume it?"""
        return self.pause is not None and self.pause.why is PauseFor.PERSON


@dataclass(frozen=True, slots=True)
class Pulse:
    """One process that lives, or does not."""

    name: str
    at: datetime
    look: Look
    age: str


def accounts(times: Times) -> list[AccountShown]:
    """Every account that settings name."""
    return [_account(name, times) for name in known()]


def known() -> list[str]:
    """The accounts that settings name, in order."""
    return [gateway.default_account()]


def on_their_way(account: str) -> int:
    """How many submissions to `account` have not ended, in all organizations."""
    with at_the_desk():
        return Submission.everywhere.filter(account=account, state__in=OPEN).count()


def pulses(times: Times) -> list[Pulse]:
    """When each process last proved that it hears."""
    alive, dead = Look(_("Alive"), "ok", "verified"), Look(_("Silent"), "bad", "warning")
    return [
        Pulse(
            row.name,
            row.at,
            alive if times.machine - row.at < SILENT else dead,
            timesince(row.at, times.machine, depth=1),
        )
        for row in Heartbeat.objects.order_by("name")
    ]


def _account(name: str, times: Times) -> AccountShown:
    state = state_of(name)
    with at_the_desk():
        queues = [_queue(name, kind, times) for kind in _QUEUES]
        unclear = Submission.everywhere.filter(
            account=name, state__in=[SubmissionState.UNKNOWN, SubmissionState.PARKED]
        ).count()
        twins = Submission.everywhere.filter(account=name, purpose=CANCEL).aggregate(
            found=Count("pk"), cancelled=Count("pk", filter=Q(state=SubmissionState.CONFIRMED))
        )
    facts = [
        *_stopped(state),
        Fact(
            _("Permits"),
            _("%(free)d of %(burst)d free now; %(rate)g a second in the long run")
            % {"free": state.permits_free, "burst": state.rate.burst, "rate": state.rate.per_second},
        ),
        _traffic(state, times),
        Fact(_("Last answer"), "" if state.last_answer_at else _("None yet"), state.last_answer_at),
        _events(state),
        _sweep(state),
        Fact(
            _("Twins at the carrier"),
            _("%(found)d found, %(cancelled)d of them cancelled") % twins
            if twins["found"]
            else _("None found"),
        ),
    ]
    look = _look(state, late=any(queue.late for queue in queues))
    strange = list(strangers(name)[:STRANGERS])
    return AccountShown(name, state.paused, look, queues, facts, unclear, strange, bool(state.swept_at))


def _queue(account: str, kind: str, times: Times) -> Queue:
    now = times.business if kind == Due.WATCH else times.machine
    rows = Due.objects.filter(account=account, kind=kind, due_at__lte=now)
    held = Q(lease_until__gt=times.machine)
    found = rows.aggregate(
        due=Count("pk", filter=~held | Q(lease_until=None)),
        held=Count("pk", filter=held),
        organizations=Count("organization_id", distinct=True),
        oldest=Min("due_at", filter=~held | Q(lease_until=None)),
    )
    oldest = found["oldest"]
    return Queue(
        _QUEUES[kind],
        found["due"],
        found["held"],
        found["organizations"],
        oldest,
        timesince(oldest, now, depth=1) if oldest else "",
        late=oldest is not None and oldest < now - OVERDUE,
    )


def _look(state: AccountState, *, late: bool) -> Look:
    if state.paused is not None:
        return PAUSED if state.paused.why is PauseFor.PERSON else REFUSED
    if state.breaker_since is not None:
        return SILENT_CARRIER
    if state.wait_until is not None:
        return TOLD_TO_WAIT
    return BEHIND if late else RUNNING


def _stopped(state: AccountState) -> list[Fact]:
    facts = []
    if state.paused is not None:
        by = state.paused.by
        why = state.paused.reason or _("The carrier refuses our key. Put a valid one into the settings.")
        facts.append(Fact(_("Paused"), f"{by}: {why}" if by else why, state.paused.since))
    if state.breaker_since is not None:
        words = ngettext("%(n)d failure in a row", "%(n)d failures in a row", state.failures)
        facts.append(Fact(_("No answer since"), words % {"n": state.failures}, state.breaker_since))
        facts.append(Fact(_("Next try"), "", state.probe_at))
    if state.wait_until is not None:
        facts.append(Fact(_("The carrier asked us to wait until"), "", state.wait_until))
    return facts


def _traffic(state: AccountState, times: Times) -> Fact:
    if state.window_since is None or times.machine - state.window_since > 2 * WINDOW:
        return Fact(_("Requests"), _("None lately"))
    words = _("%(requests)d lately, of which %(retries)d again")
    return Fact(
        _("Requests"), words % {"requests": state.requests, "retries": state.retries}, state.window_since
    )


def _events(state: AccountState) -> Fact:
    last = state.last_event_at
    if not state.refused_events:
        return Fact(_("Last event"), "" if last else _("None yet"), last)
    words = ngettext("%(n)d refused as forged or old", "%(n)d refused as forged or old", state.refused_events)
    return Fact(_("Last event"), words % {"n": state.refused_events}, last)


def _sweep(state: AccountState) -> Fact:
    label = _("Compared with the carrier's list")
    if state.swept_at is None:
        return Fact(label, _("Not yet"))
    found = " · ".join(f"{name}: {said}" for name, said in sorted(state.sweep_found.items()) if said)
    return Fact(label, found or _("nothing amiss"), state.swept_at)
