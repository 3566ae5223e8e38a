"""The status line of a brand: what is happening, who is waited for, since when, what is usual, what to do."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from brands import states
from brands.models import Brand
from portal.carriers.policy import CarrierPolicy
from portal.clock import Times
from portal.lifecycle import gateway
from portal.lifecycle.accounts import state_of
from portal.lifecycle.models import Due, Submission, SubmissionState, Watch
from portal.lifecycle.shared import PauseFor
from portal.ui.looks import Moment, Text

# A look that is later than this is not "next" any more: the loop is held up, and the page says so.
LATE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Status:
    """What a page says of a brand at one moment. All times are business time.

    `whom` names who is waited for, "" when nobody is. `fingerprint` changes exactly when something worth
    showing does. `refresh` is the number of seconds until the page asks again.
    """

    brand: Brand
    headline: Text
    whom: Text = ""
    usual: Text = ""
    to_do: Text = ""
    since: datetime | None = None
    last_checked: datetime | None = None
    next_check: datetime | None = None
    problem: Text = ""
    word: str = ""
    fingerprint: str = ""
    refresh: int = 3


def status_of(brand: Brand, times: Times, *, also: str = "", busy: bool = False) -> Status:
    """What to say of `brand` at this moment. `also` is what else the page shows, for the fingerprint, and
    `busy` says that an answer to something on it is a matter of seconds."""
    say = _SAYS.get(brand.status)
    if say is None:
        status = Status(brand, _("Nothing has been sent yet."), to_do=_("Finish the draft and submit it."))
    else:
        status = say(brand, times)
    seen = f"{brand.mark}|{status.problem}|{status.last_checked}|{also}"
    mark = hashlib.sha256(seen.encode()).hexdigest()[:12]
    return replace(status, fingerprint=mark, refresh=2 if busy else refresh_of(brand, times))


def refresh_of(brand: Brand, times: Times) -> int:
    """Seconds between two looks at `brand` by a page: quick for the first minutes after a move.

    Later, too, a badge follows an event of the carrier within five seconds: half a second of the script, three
    of waiting, and one and a half for the worker. Only pages in sight of something that waits ask, an answer
    without news is empty, and the idle limit of the sign-in ends it after half an hour.
    """
    return 2 if times.business - brand.since < timedelta(minutes=5) else 3


def expected_of(brand: Brand) -> list[Moment]:
    """What comes next, for the top of the history."""
    match brand.status:
        case states.SUBMITTING:
            return [Moment(_("The carrier takes the brand"), icon="draft", expected=True)]
        case states.IN_REVIEW:
            return [Moment(_("The registry decides"), icon="draft", note=usual_wait(), expected=True)]
        case states.CONFIRM:
            return [Moment(_("The contact person follows the link"), icon="draft", expected=True)]
        case states.PASSWORD:
            return [Moment(_("The one-time password proves the mobile phone"), icon="draft", expected=True)]
        case states.DELETING:
            return [Moment(_("The registry deletes the brand"), icon="draft", expected=True)]
    return []


def usual_wait() -> Text:
    """How long the registry usually takes and how long it may take, from the carrier's policy."""
    policy = _policy()
    usual, longest = policy.brand_registry_wait.value.at_most, policy.brand_vetting_wait.value.at_most
    words = _("usually within %(minutes)d minutes, at most %(days)d business days (Monday to Friday)")
    return words % {"minutes": usual.total_seconds() // 60, "days": longest.days}


def usual_handling() -> Text:
    """How long the carrier usually takes for what it does by machine."""
    minutes = _policy().brand_registry_wait.value.at_most.total_seconds() // 60
    return _("usually within %(minutes)d minutes") % {"minutes": minutes}


def _policy() -> CarrierPolicy:
    return gateway.policy(gateway.default_account())


# --- one function per status


def _submitting(brand: Brand, times: Times) -> Status:
    submission = brand.filing()
    problem: Text = ""
    headline: Text = _("Being sent to the carrier.")
    last = following = None
    if submission is not None:
        headline, problem = _trouble(submission) or (headline, problem)
        problem = held_up(submission.account, times, sending=True) or problem
        # A submission counts in machine time; pages show business time.
        offset = times.business - times.machine
        last = submission.sent_at + offset if submission.sent_at else None
        if submission.failures or submission.state == SubmissionState.UNKNOWN:
            due = Due.objects.filter(pk=submission.pk).first()
            following = due.due_at + offset if due else None
    return Status(
        brand,
        headline,
        whom=_("the carrier"),
        usual=usual_handling(),
        to_do=_("Nothing is needed from you."),
        since=brand.since,
        last_checked=last,
        next_check=_ahead(following, times),
        problem=problem,
    )


def _trouble(submission: Submission) -> tuple[Text, Text] | None:
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


def _in_review(brand: Brand, times: Times) -> Status:
    return _read(
        brand,
        times,
        _("The registry is checking the company's data."),
        whom=_("the registry"),
        usual=usual_wait(),
        to_do=_("Nothing is needed from you."),
    )


def _confirm(brand: Brand, times: Times) -> Status:
    hours = _policy().brand_review_wait.value.at_most.total_seconds() // 3600
    return _read(
        brand,
        times,
        _("The registry wants to hear from the contact person."),
        whom=_("the contact person"),
        usual=_("once the link is followed, usually verified within %(hours)d hours") % {"hours": hours},
        to_do=_("They have to follow the link in the registry's e-mail. Nobody else can do it for them."),
    )


def _password(brand: Brand, times: Times) -> Status:
    return _read(
        brand,
        times,
        _("The registry wants proof of the mobile phone."),
        whom=_("you"),
        usual=usual_handling(),
        to_do=_("Ask for the one-time password, then enter the six digits that arrive on the phone."),
    )


def _deleting(brand: Brand, times: Times) -> Status:
    submission = brand.latest_submission()
    trouble = _trouble(submission) if submission else None
    return replace(
        _read(
            brand,
            times,
            _("The registry is asked to delete this brand."),
            whom=_("the carrier"),
            usual=usual_handling(),
            to_do=_("Nothing is needed from you."),
        ),
        problem=(held_up(submission.account, times, sending=True) if submission else "")
        or (trouble[1] if trouble else ""),
    )


def _verified(brand: Brand, times: Times) -> Status:
    return _read(brand, times, _("The registry confirmed this brand."))


def _rejected(brand: Brand, times: Times) -> Status:
    return _read(
        brand,
        times,
        _("The registry did not accept this brand."),
        to_do=_("Compare what is named below with the tax office's letter, correct it, and submit it again."),
    )


def _suspended(brand: Brand, times: Times) -> Status:
    return _read(
        brand,
        times,
        _("The registry suspended this brand."),
        whom=_("the registry"),
        usual=_("no usual time: only the registry can lift it"),
        to_do=_(
            "Its campaigns may not send meanwhile. Ask the portal's operator what the registry objects to."
        ),
    )


def _missing(brand: Brand, times: Times) -> Status:
    return _read(
        brand,
        times,
        _("The registry does not know this brand any more."),
        whom=_("the portal's operator"),
        usual=_("no usual time: somebody has to ask the registry"),
        to_do=_(
            "Nothing is registered anew by itself. If you did not expect this, tell the portal's operator."
        ),
    )


def _deleted(brand: Brand, times: Times) -> Status:
    return Status(
        brand,
        _("This brand was deleted at the registry."),
        since=brand.since,
        to_do=_("It cannot be brought back. What was filed and its history stay here."),
    )


_SAYS: dict[str, Callable[[Brand, Times], Status]] = {
    states.SUBMITTING: _submitting,
    states.IN_REVIEW: _in_review,
    states.CONFIRM: _confirm,
    states.PASSWORD: _password,
    states.DELETING: _deleting,
    states.VERIFIED: _verified,
    states.REJECTED: _rejected,
    states.SUSPENDED: _suspended,
    states.MISSING: _missing,
    states.DELETED: _deleted,
}


# --- what all of them share


def _read(
    brand: Brand, times: Times, headline: Text, *, whom: Text = "", usual: Text = "", to_do: Text = ""
) -> Status:
    """The line of something that is read at the registry now and then."""
    watch = brand.open_watch()
    return Status(
        brand,
        headline,
        whom=whom,
        usual=usual,
        to_do=to_do,
        since=brand.since,
        last_checked=watch.last_read_at if watch else None,
        next_check=_ahead(watch.next_read_at, times) if watch else None,
        problem=_silence(watch, times) if watch else "",
        word=brand.odd_word,
    )


def _silence(watch: Watch, times: Times) -> Text:
    """Why nothing was heard, if nothing was."""
    held = held_up(watch.account, times, sending=False)
    if held:
        return held
    if watch.failures:
        return _("The registry did not answer when we last asked; we keep asking.")
    if watch.next_read_at < times.business - LATE:
        return _("The next check is late; the portal's operator can see that.")
    return ""


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


def _ahead(moment: datetime | None, times: Times) -> datetime | None:
    """`moment` if it is still to come, or only just past."""
    return moment if moment is not None and moment > times.business - LATE else None
