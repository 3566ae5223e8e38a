"""Renewal: the admin's choice, the carrier's flag, and the periods that follow each other.

    flag   the carrier renews by itself: its flag is kept equal to the choice (purpose "auto-renewal", safe to repeat),
           and from the last third of a period on it has to be *confirmed* (`outlook`)
    call   each period is asked for (purpose "renew"): once, in time, in the background, never doubled

Which of the two it is, the carrier's capabilities say. What a reading brings is taken over here (`take`); what is due
by the calendar is found by the sweep (`reminding`), whatever slept meanwhile. The writes: `renewal_writes`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from campaigns import periods, states
from campaigns.models import Campaign
from campaigns.outlook import (
    CALL,
    FLAG,
    FRESH,
    State,
    asked_for,
    is_asked_for,
    latest_period,
    latest_write,
    outlook,
    wanted,
)
from campaigns.registration import Period, Registration
from portal.audit.recording import CLEARLINE, REGISTRY, Actor, record
from portal.carriers.campaigns import CampaignReading, CampaignState
from portal.carriers.policy import ReadingPlan
from portal.clock import Times
from portal.lifecycle import gateway
from portal.lifecycle.models import OPEN, Submission, SubmissionState, accept, withdraw
from portal.lifecycle.nudge import nudge
from portal.tenancy.models import Organization

# What the carrier refused is asked for again after this: what was wrong (funds, for one) may be right by now.
REFUSED_AGAIN = timedelta(days=2)
# A flag that was set and differs all the same is set again, at most so often: each reading would be a storm.
SET_AGAIN = timedelta(hours=5)
# In the last days each answer may be the renewal (10DLC handling and polling).
ENDING = timedelta(days=7)
# Not confirmed on the last day, or past the end and not paid for yet: somebody may still see to it within hours.
URGENT = ReadingPlan((), timedelta(hours=1), "the last day of a renewal that nobody confirmed")
# Where the choice may be switched. In review it is kept, and told to the carrier when the campaign is active.
SWITCHABLE = states.REVIEW | {states.ACTIVE, states.SUSPENDED, states.DORMANT}
# A period that began runs on while the campaign may not send.
_RUNNING = frozenset({CampaignState.ACTIVE, CampaignState.SUSPENDED, CampaignState.DORMANT})


class TooLate(Exception):
    """The choice cannot be switched (any more): the period is past, or nothing of it stands at the carrier."""


def zone_of(registration: Registration) -> ZoneInfo:
    """The time zone of its organization."""
    return ZoneInfo(Organization.objects.get(pk=registration.organization_id).time_zone)


# --- what a reading brings


def take(registration: Registration, seen: CampaignReading, times: Times) -> None:
    """Take over flag, day and bill as the carrier says them; without its day, count from the activation.

    Called after each reading that was understood, in its transaction, with `registration` as it is saved. A flag that
    differs from the choice is set again.
    """
    campaign = Campaign.objects.get(pk=registration.campaign_id)
    before = (registration.renews, registration.ends_at)
    _take_flag(registration, campaign, seen, times)
    if seen.billed_at is not None:
        registration.billed_at = seen.billed_at
    _take_end(registration, seen)
    if registration.ended_at is not None:
        registration.look_at = None
    elif registration.look_at is None or before != (registration.renews, registration.ends_at):
        registration.look_at = times.business
    registration.save(
        update_fields=["renews", "billed_at", "ends_at", "ends_said", "confirmed_at", "look_at"]
    )
    if seen.state in _RUNNING:
        _keep_periods(campaign, registration, times)
    if seen.state == CampaignState.ACTIVE:
        _keep_flag(campaign, registration, seen, times)


def plan_of(registration: Registration, ends: datetime, now: datetime) -> ReadingPlan:
    """How often an active one that ends at `ends` is read: daily, and more and more often while it is not confirmed."""
    policy = gateway.campaign_policy(registration.account)
    left = ends - now
    fresh = registration.confirmed_at is not None and now - registration.confirmed_at <= FRESH
    sure = fresh and left > timedelta(0)
    if left > (ENDING if sure else timedelta(days=max(policy.reminders.value))):
        return policy.settled.value
    return policy.ending.value if sure or left > timedelta(days=1) else URGENT


def _take_flag(registration: Registration, campaign: Campaign, seen: CampaignReading, times: Times) -> None:
    if is_asked_for(registration):
        # No flag stands there: what we shall not ask for, ends.
        registration.renews = None if wanted(campaign) else False
    elif seen.renews is not None:
        registration.renews = seen.renews
        if seen.renews == wanted(campaign):
            registration.confirmed_at = times.business


def _take_end(registration: Registration, seen: CampaignReading) -> None:
    if seen.ends_at is not None:
        registration.ends_at, registration.ends_said = seen.ends_at, True
    elif registration.ends_at is None and registration.activated_at is not None:
        registration.ends_at = _counted(registration, 1)


def _counted(registration: Registration, number: int) -> datetime:
    """The end of its `number`-th period by our own count."""
    assert registration.activated_at is not None  # noqa: S101  asked by both callers
    months = gateway.campaign_policy(registration.account).months.value
    return periods.end_of(registration.activated_at, number, months, zone_of(registration))


def _keep_periods(campaign: Campaign, registration: Registration, times: Times) -> None:
    """One row per period. A date that moves a little corrects the last one; one that moves far begins the next."""
    starts, ends = registration.activated_at, registration.ends_at
    if starts is None or ends is None:
        return
    latest = latest_period(registration)
    if latest is None:
        if ends > starts:
            _begin(registration, starts, ends, Period.By.START)
        return
    months = gateway.campaign_policy(registration.account).months.value
    if not periods.is_next(latest.ends_at, ends, months):
        changes = {"billed_at": registration.billed_at or latest.billed_at}
        if ends > latest.starts_at:
            changes["ends_at"] = ends
        Period.objects.filter(pk=latest.pk).update(**changes)
        return
    asked = asked_for(registration, latest.ends_at)
    if asked is not None and asked.state != SubmissionState.CONFIRMED:
        asked = None
    for end in periods.following(latest.ends_at, ends, months, zone_of(registration)):
        by = Period.By.CALL if asked else Period.By.CARRIER
        latest = _begin(registration, latest.ends_at, end, by, asked=asked)
        asked = None
    detail = {"until": ends.isoformat()}
    record(states.RENEWED, campaign, by=REGISTRY, at=times.business, detail=detail)


def _begin(
    registration: Registration,
    starts: datetime,
    ends: datetime,
    by: str,
    *,
    asked: Submission | None = None,
) -> Period:
    """The period that starts then, written once: whoever comes second finds it."""
    row: Period
    row, _new = Period.objects.get_or_create(
        organization_id=registration.organization_id,
        registration=registration,
        starts_at=starts,
        defaults={
            "ends_at": ends,
            "renewed_by": by,
            "billed_at": registration.billed_at,
            "submission_id": asked.pk if asked else None,
        },
    )
    return row


def _keep_flag(campaign: Campaign, registration: Registration, seen: CampaignReading, times: Times) -> None:
    """The carrier shows another choice than the admin's: set it again, unless that is on its way or was just done."""
    choice = wanted(campaign)
    if is_asked_for(registration) or seen.renews is None or seen.renews == choice:
        return
    last = latest_write(campaign, FLAG)
    if last is not None:
        rest = REFUSED_AGAIN if last.state == SubmissionState.REFUSED else SET_AGAIN
        again_at = datetime.fromisoformat(last.payload["asked_at"]) + rest
        if last.state in OPEN or (last.payload["renews"] == choice and times.business < again_at):
            return
    record(states.RENEWAL_SET_AGAIN, campaign, by=CLEARLINE, at=times.business)
    ask_flag(campaign, registration, times, background=True)


# --- what a person does


def switch(campaign: Campaign, *, renews: bool, by: Actor, times: Times) -> bool:
    """Choose whether `campaign` renews by itself, until its last day: choice, event and write in one transaction.

    False when that was the choice already. Raises TooLate when the period is past or nothing stands at the carrier.
    """
    with transaction.atomic():
        Campaign.objects.select_for_update().get(pk=campaign.pk)
        campaign.refresh_from_db()
        registration = campaign.registration()
        if registration is None or not can_switch(campaign, registration, times.business):
            raise TooLate
        if wanted(campaign) == renews:
            return False
        Campaign.objects.filter(pk=campaign.pk).update(auto_renewal=renews)
        campaign.refresh_from_db()
        event = states.RENEWAL_ON if renews else states.RENEWAL_OFF
        record(event, campaign, by=by, at=times.business)
        # A confirmation was one of the other choice.
        changes: dict[str, Any] = {"confirmed_at": None, "look_at": times.business}
        if is_asked_for(registration):
            changes["renews"] = None if renews else False
            _take_back(campaign, CALL, times)
        elif campaign.status == states.ACTIVE:
            _take_back(campaign, FLAG, times)
            if not _open(campaign, FLAG):
                ask_flag(campaign, registration, times, background=False)
        Registration.objects.filter(pk=registration.pk).update(**changes)
    return True


def can_switch(campaign: Campaign, registration: Registration, now: datetime) -> bool:
    """Is there time left, and anything at the carrier that could renew?"""
    past = registration.ends_at is not None and now >= registration.ends_at
    return campaign.status in SWITCHABLE and registration.ended_at is None and not past


def ask_flag(campaign: Campaign, registration: Registration, times: Times, *, background: bool) -> Submission:
    """Have the flag set to the choice. Part of the caller's transaction."""
    submission = accept(
        campaign,
        purpose=FLAG,
        account=registration.account,
        payload={
            "reference": registration.reference,
            "renews": wanted(campaign),
            "asked_at": times.business.isoformat(),
        },
        machine_now=times.machine,
        version=campaign.version,
        background=background,
    )
    nudge()
    return submission


def ask_period(campaign: Campaign, registration: Registration, times: Times) -> Submission | None:
    """Ask for the next period where that is due and was not done; None otherwise.

    Part of the caller's transaction, which holds the rows of both: of two runs at once one asks.
    """
    if not is_asked_for(registration) or not wanted(campaign):
        return None
    found = outlook(campaign, registration, times.business)
    if found is None or found.asked_from is None or times.business < found.asked_from:
        return None
    last = found.asked
    if last is not None:
        if last.state != SubmissionState.REFUSED:
            return None
        if times.business < datetime.fromisoformat(last.payload["asked_at"]) + REFUSED_AGAIN:
            return None
    record(states.RENEWAL_ASKED, campaign, by=CLEARLINE, at=times.business)
    return _call(campaign, registration, times, background=True)


def ask_again(campaign: Campaign, *, by: Actor, times: Times) -> Submission:
    """Ask at once for what the carrier refused: somebody has seen to it, and waits. With its event.

    Raises TooLate when nothing was refused, or the period is past.
    """
    with transaction.atomic():
        Campaign.objects.select_for_update().get(pk=campaign.pk)
        campaign.refresh_from_db()
        registration = campaign.registration()
        if registration is None or not can_switch(campaign, registration, times.business):
            raise TooLate
        found = outlook(campaign, registration, times.business)
        if found is None or found.state != State.REFUSED:
            raise TooLate
        record(states.RENEWAL_ASKED_AGAIN, campaign, by=by, at=times.business)
        if is_asked_for(registration):
            return _call(campaign, registration, times, background=False)
        return ask_flag(campaign, registration, times, background=False)


def _call(campaign: Campaign, registration: Registration, times: Times, *, background: bool) -> Submission:
    assert registration.ends_at is not None  # noqa: S101  there is an outlook
    submission = accept(
        campaign,
        purpose=CALL,
        account=registration.account,
        payload={
            "reference": registration.reference,
            # By this date a second try knows whether the first one arrived.
            "ends_at": registration.ends_at.isoformat(),
            "asked_at": times.business.isoformat(),
        },
        machine_now=times.machine,
        version=campaign.version,
        background=background,
    )
    nudge()
    return submission


def _open(campaign: Campaign, purpose: str) -> Submission | None:
    rows = Submission.objects.filter(kind=Campaign.kind, subject_id=campaign.pk, purpose=purpose)
    return rows.filter(state__in=OPEN).first()


def _take_back(campaign: Campaign, purpose: str, times: Times) -> None:
    """Take back what asks for the other choice, if it was never sent."""
    asked = _open(campaign, purpose)
    if asked is not None:
        withdraw(asked, machine_now=times.machine)
