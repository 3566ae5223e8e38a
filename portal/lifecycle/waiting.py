"""The status line of something that waits for a carrier: what is the same in every flow.

A flow says in its own words what is happening, who is waited for, what is usual and what to do. Here stands
what its submission, its watch and the carrier account add: when it was tried, when it is next, what is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from portal.clock import Times
from portal.lifecycle.accounts import state_of
from portal.lifecycle.models import Due, Submission, SubmissionState, Watch
from portal.lifecycle.shared import PauseFor
from portal.ui.looks import Text

# A look that is later than this is not "next" any more: the loop is held up, and the page says so.
LATE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Status:
    """What a page says at one moment. All times are business time.

    `whom` names who is waited for, "" when nobody is. `word` is one of the carrier's that nobody knows.
    `fingerprint` changes exactly when something worth showing does. `refresh` is the number of seconds until
    the page asks again.
    """

    headline: Text
    whom: Text = ""
    usual: Text = ""
    to_do: Text = ""
    since: datetime | None = None
    last_checked: datetime | None = None
    next_check: datetime | None = None
    problem: Text = ""
    # That it takes longer than it should, and who looks into it.
    late: Text = ""
    word: str = ""
    fingerprint: str = ""
    refresh: int = 3


def sending(status: Status, submission: Submission | None, times: Times) -> Status:
    """`status` of something that `submission` is on its way for: when it was tried, and what holds it up."""
    if submission is None:
        return status
    headline, problem = trouble_of(submission) or (status.headline, "")
    # A submission counts in machine time; pages show business time.
    offset = times.business - times.machine
    due = None
    if submission.failures or submission.state == SubmissionState.UNKNOWN:
        due = Due.objects.filter(pk=submission.pk).first()
    return replace(
        status,
        headline=headline,
        problem=held_up(submission.account, times, sending=True) or problem,
        last_checked=submission.sent_at + offset if submission.sent_at else None,
        next_check=_ahead(due.due_at + offset if due else None, times),
    )


def being_read(status: Status, watch: Watch | None, times: Times) -> Status:
    """`status` of something that is read at the carrier now and then: when it was, and why nothing was heard."""
    if watch is None:
        return status
    return replace(
        status,
        last_checked=watch.last_read_at,
        next_check=_ahead(watch.next_read_at, times),
        problem=_silence(watch, times),
    )


def refresh_of(since: datetime, times: Times) -> int:
    """Seconds between two looks by a page at what stands as it does `since`: quick for the first minutes.

    Later, too, a badge follows an event of the carrier within five seconds: half a second of the script, three
    of waiting, and one and a half for the worker. Only pages in sight of something that waits ask, an answer
    without news is empty, and the idle limit of the sign-in ends it after half an hour.
    """
    return 2 if times.business - since < timedelta(minutes=5) else 3


def trouble_of(submission: Submission) -> tuple[Text, Text] | None:
    """Headline and explanation when a submission does not simply go through."""
    if submission.state == SubmissionState.UNKNOWN:
        return (
            _("Sent, but the carrier's answer got lost."),
            _("We search for it there before anything is sent again, so nothing can be filed twice."),
        )
    if submission.state == SubmissionState.PARKED:
        return (
            _("Sent, but the carrier's answer got lost."),
            _("The portal's operator has to look into this."),
        )
    if submission.failures:
        return (
            _("The carrier does not answer at the moment."),
            _("We keep trying; what you submitted is safe."),
        )
    return None


def held_up(account: str, times: Times, *, sending: bool) -> Text:
    """Why nothing may be asked of the carrier now; "" when it may. A person's pause stops only what is sent."""
    state = state_of(account)
    if state.paused is not None and state.paused.why is PauseFor.CREDENTIALS:
        return _(
            "The carrier does not accept the portal's credentials at the moment; the operator was told."
            " Nothing is sent or asked until that ends, and nothing is lost."
        )
    if state.paused is not None and sending:
        return format_lazy(
            "{} {}",
            format_lazy(
                _("The portal's operator paused all submissions: {reason}"), reason=state.paused.reason
            ),
            _("Yours is kept, and goes on by itself."),
        )
    if state.probe_at is not None and state.probe_at > times.machine:
        return _("The carrier does not answer anybody at the moment; we ask again by ourselves.")
    return ""


def _silence(watch: Watch, times: Times) -> Text:
    """Why nothing was heard, if nothing was."""
    held = held_up(watch.account, times, sending=False)
    if held:
        return held
    if watch.failures:
        return _("The carrier did not answer when we last asked; we keep asking.")
    if watch.next_read_at < times.business - LATE:
        return _("The next check is late; the portal's operator can see that.")
    return ""


def _ahead(moment: datetime | None, times: Times) -> datetime | None:
    """`moment` if it is still to come, or only just past."""
    return moment if moment is not None and moment > times.business - LATE else None
