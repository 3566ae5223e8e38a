"""Why a row does not move, in one sentence that says what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from portal.clock import Times
from portal.lifecycle.accounts import paused
from portal.lifecycle.models import CarrierAccount, Due, Heartbeat, Submission, SubmissionState, Watch
from portal.lifecycle.shared import PauseFor

# A worker writes its row before every step and at every tick; the supervisor replaces it after 45 s.
SILENT = timedelta(seconds=60)
# A tick looks every few seconds: what is due for longer than this is not looked at.
OVERDUE = timedelta(seconds=30)

_ENDED = {
    SubmissionState.CONFIRMED: "It has arrived: the carrier confirmed it.",
    SubmissionState.REFUSED: "It has ended: the carrier refused it, and a person has to change something.",
    SubmissionState.WITHDRAWN: "It has ended: somebody took it back before it was sent.",
}


def of_submission(
    row: Submission,
    due: Due | None,
    account: CarrierAccount | None,
    pulses: Iterable[Heartbeat],
    times: Times,
) -> str:
    """Why this write is where it is."""
    if row.state in _ENDED:
        return _ENDED[SubmissionState(row.state)]
    if row.state == SubmissionState.PARKED:
        return "Its outcome is unknown and this carrier cannot be searched: look for it on the carrier's own pages."
    if due is None:
        return "Nothing will look at it: its row of due work is gone. This should not be possible; report it."
    return (
        _held(due, times)
        or _stopped(account, times)
        or _unseen(due, pulses, times, times.machine)
        or _resting(row, due, times)
    )


def of_watch(
    row: Watch, due: Due | None, account: CarrierAccount | None, pulses: Iterable[Heartbeat], times: Times
) -> str:
    """Why this wait is where it is."""
    if row.closed_at is not None:
        return "It is over."
    if due is None:
        return "Nothing will read it: its row of due work is gone. This should not be possible; report it."
    wait = _in(due.due_at, times.business)
    return (
        _held(due, times)
        or _stopped(account, times, reads=True)
        or _unseen(due, pulses, times, times.business)
        or f"It waits for the registry, which is asked again {wait}."
    )


def of_account(account: CarrierAccount, times: Times) -> str:
    """Whether this carrier account may be asked now."""
    return _stopped(account, times) or "It may be asked: neither paused, nor silent, nor told to wait."


def _resting(row: Submission, due: Due, times: Times) -> str:
    wait = _in(due.due_at, times.machine)
    if row.state == SubmissionState.UNKNOWN:
        return f"Nobody knows whether it arrived: it rests, and is searched at the carrier {wait}."
    if row.failures:
        return f"The carrier did not take it {row.failures} times; it is tried again {wait}."
    return f"It is on its way; the next step is taken {wait}."


def _held(due: Due, times: Times) -> str:
    if due.lease_until is None or due.lease_until <= times.machine:
        return ""
    return f"A worker is at it now, and must be done by {due.lease_until:%H:%M:%S} UTC."


def _stopped(account: CarrierAccount | None, times: Times, *, reads: bool = False) -> str:
    """Why nothing leaves for the account; readings (`reads`) go on while a person has paused it."""
    if account is None:
        return ""
    pause = paused(account.account)
    if pause is not None and not (reads and pause.readings_go_on):
        since = f"since {pause.since:%Y-%m-%d %H:%M} UTC"
        if pause.why is PauseFor.CREDENTIALS:
            return (
                f"The carrier refuses our key of the account {account.account} {since}: put a valid one into the"
                " settings and restart."
            )
        why = pause.reason or "no reason was given"
        return (
            f"The carrier account {account.account} is paused {since} by {pause.by}: {why}."
            " Resume it on the operator's page of carriers."
        )
    if account.opened_at is not None:
        wait = _in(account.open_until or times.machine, times.machine)
        return f"The carrier does not answer, so nothing is sent to it: the next try is made {wait}."
    if account.wait_until is not None and account.wait_until > times.machine:
        return f"The carrier asked us to wait: the account goes on {_in(account.wait_until, times.machine)}."
    return ""


def _unseen(due: Due, pulses: Iterable[Heartbeat], times: Times, now: datetime) -> str:
    if due.due_at > now - OVERDUE:
        return ""
    alive = [pulse for pulse in pulses if times.machine - pulse.at < SILENT]
    if not any(pulse.name == "worker" for pulse in alive):
        return "It is due and nobody looks: no worker is alive. Start one, or run “manage.py work”."
    return (
        "It is due and others are before it: the worker is alive. Look at the queue on the page of carriers."
    )


def _in(moment: datetime, now: datetime) -> str:
    seconds = (moment - now).total_seconds()
    if seconds <= 0:
        return "now"
    if seconds < 120:
        return f"in {seconds:.0f} s"
    return f"in {seconds / 60:.0f} min" if seconds < 7200 else f"at {moment:%Y-%m-%d %H:%M} UTC"
