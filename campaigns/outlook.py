"""What will happen to an active campaign at the end of its period, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from campaigns import periods
from campaigns.models import Campaign
from campaigns.registration import Period, Registration
from portal.lifecycle import gateway
from portal.lifecycle.models import OPEN, Submission, SubmissionState

# The purposes of the two writes (`renewing`).
FLAG = "auto-renewal"
CALL = "renew"
# What members are told when the carrier refused one of them; no status of its own.
REFUSED = "renewal-refused"

# A confirmation is believed for so long: three daily readings, two of which may have failed.
FRESH = timedelta(days=3)
# What is on its way for longer than this is no matter of moments any more, and counts as not confirmed.
ON_ITS_WAY = timedelta(hours=6)


class State(StrEnum):
    """How sure it is that what the admin chose will happen at the end of the period."""

    # Before the last third, or before it is asked for: nothing has to be known yet.
    NOT_DUE = "not-due"
    CONFIRMED = "confirmed"
    ON_ITS_WAY = "on-its-way"
    # The carrier shows the other choice.
    DIFFERS = "differs"
    REFUSED = "refused"
    # The carrier has not confirmed it lately.
    SILENT = "silent"
    # The end is past, and the carrier has not said that it goes on.
    PAST = "past"


@dataclass(frozen=True, slots=True)
class Outlook:
    """What will happen to an active campaign at the end of its period. All times are business time.

    `renews` is the admin's choice. `deadline` is the day that warnings count from: the carrier's own end, or where
    it names none the earlier of our count and what a carrier that counts in days may make of it.
    `asked_from`: when the next period is asked for, None where the carrier renews by itself.
    """

    renews: bool
    state: State
    starts: datetime
    ends: datetime
    deadline: datetime
    confirm_from: datetime
    asked_from: datetime | None = None
    asked: Submission | None = None
    since: datetime | None = None

    @property
    def is_sure(self) -> bool:
        """Does nobody have to worry?"""
        return self.state in (State.NOT_DUE, State.CONFIRMED)


def is_asked_for(registration: Registration) -> bool:
    """Does each period of it have to be asked for?"""
    return gateway.carrier(registration.account).capabilities.renewal == "call"


def wanted(campaign: Campaign) -> bool:
    """The admin's choice; an answer that was never given is no."""
    return bool(campaign.auto_renewal)


def latest_period(registration: Registration) -> Period | None:
    """The period that runs, or ran last."""
    found: Period | None = Period.objects.filter(registration=registration).order_by("-starts_at").first()
    return found


def outlook(campaign: Campaign, registration: Registration, now: datetime) -> Outlook | None:
    """What will happen at the end of the period of `registration`; None before there is one."""
    if registration.activated_at is None or registration.ends_at is None:
        return None
    period = latest_period(registration)
    starts = period.starts_at if period else registration.activated_at
    deadline = deadline_of(registration, starts)
    confirm_from = periods.last_third(starts, deadline)
    asked_from = None
    if is_asked_for(registration):
        asked_from = max(confirm_from, periods.asked_from(deadline, registration.pk))
        asked = asked_for(registration, registration.ends_at)
        state = _state_of_call(campaign, asked, asked_from, now)
    else:
        asked = latest_write(campaign, FLAG)
        state = _state_of_flag(campaign, registration, asked, confirm_from, now)
    return Outlook(
        wanted(campaign),
        state,
        starts,
        registration.ends_at,
        deadline,
        confirm_from,
        asked_from,
        asked,
        registration.confirmed_at,
    )


def deadline_of(registration: Registration, starts: datetime) -> datetime:
    """The end that warnings count from. Where the carrier names its day, that day; where we count, the earlier of our
    day and what a carrier makes of it that counts in days, from the creation (10DLC term and renewal).
    """
    assert registration.ends_at is not None  # noqa: S101  asked by the caller
    if registration.ends_said:
        return registration.ends_at
    first = starts == registration.activated_at
    created = registration.taken_at if first else starts
    shortest = created + gateway.campaign_policy(registration.account).shortest.value
    # A review that took very long must not put the end before the beginning.
    return max(min(registration.ends_at, shortest), starts)


def latest_write(campaign: Campaign, purpose: str) -> Submission | None:
    """The newest time that this was asked for, if ever."""
    rows = Submission.objects.filter(kind=Campaign.kind, subject_id=campaign.pk, purpose=purpose)
    return rows.order_by("-accepted_at").first()


def is_slow(asked: Submission, now: datetime) -> bool:
    """Is it on its way for longer than moments?"""
    return now >= datetime.fromisoformat(asked.payload["asked_at"]) + ON_ITS_WAY


def _state_of_flag(
    campaign: Campaign,
    registration: Registration,
    asked: Submission | None,
    confirm_from: datetime,
    now: datetime,
) -> State:
    choice, shows = wanted(campaign), registration.renews
    if asked is not None and asked.state in OPEN:
        return State.ON_ITS_WAY
    if asked is not None and asked.state == SubmissionState.REFUSED and shows != choice:
        return State.REFUSED
    if shows is not None and shows != choice:
        return State.DIFFERS
    if registration.is_unconfirmed(now):
        return State.PAST
    if now < confirm_from:
        return State.NOT_DUE
    confirmed = registration.confirmed_at
    return State.CONFIRMED if confirmed is not None and now - confirmed <= FRESH else State.SILENT


def _state_of_call(
    campaign: Campaign, asked: Submission | None, asked_from: datetime, now: datetime
) -> State:
    if not wanted(campaign):
        return State.NOT_DUE
    if asked is None:
        return State.NOT_DUE if now < asked_from else State.SILENT
    if asked.state in OPEN:
        return State.ON_ITS_WAY
    return State.CONFIRMED if asked.state == SubmissionState.CONFIRMED else State.REFUSED


def asked_for(registration: Registration, ends: datetime) -> Submission | None:
    """The newest write that asked for the period after `ends`; one that was taken back does not count.

    A carrier may correct its date meanwhile: what lies within half a period is the same one.
    """
    months = gateway.campaign_policy(registration.account).months.value
    rows = Submission.objects.filter(
        kind=Campaign.kind,
        subject_id=registration.campaign_id,
        purpose=CALL,
        payload__reference=registration.reference,
    ).exclude(state=SubmissionState.WITHDRAWN)
    one: Submission
    for one in rows.order_by("-accepted_at"):
        asked = datetime.fromisoformat(one.payload["ends_at"])
        if not periods.is_next(asked, ends, months) and not periods.is_next(ends, asked, months):
            return one
    return None
