"""May it be at the carrier already, although nothing here says so? Then it is searched before it is sent.

Two things give reason to doubt. A signed event under the key of a write proves that the carrier has it,
whatever this database believes. And a database that was restored from a backup knows nothing of what was
sent after the backup was made: an operator says so (`manage.py reconcile --after-restore`), and a long
silence of all heartbeats is taken for the same, because that is how the first look after a restore sees it.
The search costs one request per write that was accepted before and not sent since; a second registration
costs money and a person's time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.db.models import Max

from portal.clock import Times
from portal.lifecycle import gateway, inbox
from portal.lifecycle.models import CarrierAccount, Heartbeat, Submission
from portal.lifecycle.sweep_times import sweep_now

log = structlog.get_logger(__name__)

# A worker shows that it lives every three seconds (`tasks.HEARTBEAT`), and after its longest step of two minutes.
SILENCE = timedelta(minutes=5)
# Seconds. No database is brought back within them; a process whose looks are further apart asks once more.
LOOK_OUT = 20.0


@dataclass
class _Looked:
    """When this process last looked (monotonic seconds)."""

    at: float = float("-inf")


_looked = _Looked()


def may_be_there(submission: Submission) -> bool:
    """Should this accepted write be searched first? Part of the caller's transaction, in the tenant's scope."""
    if inbox.tells_of(submission.account, submission.key):
        return True
    if not gateway.carrier(submission.account).capabilities.search:
        # It could only be left to a person, and a silence alone is no reason for that.
        return False
    doubt_at = (
        CarrierAccount.objects.filter(account=submission.account).values_list("doubt_at", flat=True).first()
    )
    if doubt_at is None or submission.accepted_at > doubt_at:
        return False
    # What was sent or searched since then was so with our knowledge.
    return not any(
        moment is not None and moment > doubt_at for moment in (submission.sent_at, submission.searched_at)
    )


def doubt(account: str, times: Times) -> None:
    """From now on, search what was accepted so far before it is sent; and compare with the carrier at once."""
    sweep_now(account, times)
    CarrierAccount.objects.filter(account=account).update(doubt_at=times.machine)


def look_out(read: Callable[[], Times]) -> None:
    """Notice a silence before anything is sent and before this process is heard itself.

    A process that looked a moment ago was there all the time, and spares the database the question.
    """
    now = time.monotonic()
    if now - _looked.at > LOOK_OUT:
        notice_silence(read())
        _looked.at = now


def notice_silence(times: Times) -> bool:
    """Was nobody at work for so long that the database may have been restored? Then doubt, everywhere."""
    last = Heartbeat.objects.aggregate(last=Max("at"))["last"]
    if last is None or times.machine - last < SILENCE:
        return False
    log.warning("nobody worked for long: what is not sent yet is searched first", since=last.isoformat())
    for account in {gateway.default_account(), *CarrierAccount.objects.values_list("account", flat=True)}:
        doubt(account, times)
    return True
