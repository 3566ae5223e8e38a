"""What is due by the calendar: reminders, the next period to ask for, ends that passed, campaigns without numbers.

Found by a sweep over rows and not by timers: `Registration.look_at` says when one has to be looked at, whoever was away
meanwhile. A look does everything that is due, once, and sets the next; each reminder is a row that exists once, and
after days without a worker only the most urgent one is sent. Ends need no worker: pages derive them (`Campaign.
status_at`); the sweep lets the stored status follow.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from django.db.models import Max, Min

from campaigns import periods, states
from campaigns.lifecycle import expire
from campaigns.models import Campaign
from campaigns.outlook import CALL, FLAG, REFUSED, Outlook, State, is_slow, outlook, wanted
from campaigns.registration import Registration, Reminder
from campaigns.renewing import ask_period, zone_of
from portal import clock
from portal.audit.recording import CLEARLINE
from portal.clock import Times
from portal.lifecycle import gateway
from portal.lifecycle.models import Submission, SubmissionState
from portal.notifications.kinds import ATTENTION, RENEWAL
from portal.notifications.telling import tell
from portal.tenancy.scope import acting_for, at_the_desk

log = structlog.get_logger(__name__)
About = Reminder.About
Read = Callable[[], Times]

# However far the next date is, a campaign is looked at once a day: numbers come and go without telling it.
AT_LEAST = timedelta(days=1)
# What rests until something else happens is asked again after this (a write that is on its way).
SOON = timedelta(hours=1)
BATCH = 200
# In the last days news cannot wait for the daily mail.
AT_ONCE = 7
# An assignment in this state never came to be (`phone_numbers`, which stands above and is counted by reverse relation).
_NEVER_CAME = "failed"


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to remind people of: `days` before the end, or since the last number left."""

    about: str
    since: datetime
    days: int

    @property
    def state(self) -> str:
        """What notifications call it."""
        return state_of(self.about, self.days)

    @property
    def kind(self) -> str:
        """How urgent it is: in the daily mail, or at once."""
        return RENEWAL if self.about != About.EMPTY and self.days > AT_ONCE else ATTENTION


def state_of(about: str, days: int) -> str:
    """The name under which people are told of it."""
    return f"{about}-{days}"


# --- the sweep


def run(*, seconds: float, read: Read = clock.read) -> int:
    """Look at every registration whose time has come, until none is left or `seconds` have passed; how many were."""
    stop_at, looks = time.monotonic() + seconds, 0
    while time.monotonic() < stop_at:
        found = list(_waiting(read()))
        if not found:
            break
        taken = 0
        for organization_id, registration_id in found:
            if time.monotonic() >= stop_at:
                break
            taken += look(organization_id, registration_id, read)
        looks += taken
        if not taken:
            # Others are at it this very moment.
            break
    return looks


def _waiting(times: Times) -> Iterator[tuple[UUID, UUID]]:
    with at_the_desk():
        rows = Registration.everywhere.filter(ended_at=None, look_at__lte=times.business)
        yield from rows.order_by("look_at").values_list("organization_id", "id")[:BATCH]


def look(organization_id: UUID, registration_id: UUID, read: Read = clock.read) -> bool:
    """Do what is due of one registration, in one transaction. False when somebody else has it, or did it.

    A failure of our own is logged, and the row rests: it stops no other.
    """
    try:
        with acting_for(organization_id, by=CLEARLINE):
            return _look(registration_id, read())
    except Exception:
        log.exception("look failed", registration=str(registration_id))
        with acting_for(organization_id, by=CLEARLINE):
            later = read().business + SOON
            Registration.objects.filter(pk=registration_id).update(look_at=later)
        return True


def _look(registration_id: UUID, times: Times) -> bool:
    # Neither row is waited for, so that no order of locks can be the wrong one.
    rows = Registration.objects.select_for_update(skip_locked=True)
    registration = rows.filter(pk=registration_id, ended_at=None, look_at__lte=times.business).first()
    if registration is None:
        return False
    campaigns = Campaign.objects.select_for_update(skip_locked=True)
    campaign = campaigns.filter(pk=registration.campaign_id).first()
    if campaign is None:
        return False
    next_at = _do(campaign, registration, times)
    Registration.objects.filter(pk=registration.pk).update(look_at=next_at)
    return True


def _do(campaign: Campaign, registration: Registration, times: Times) -> datetime | None:
    """Do what is due; when to look again, None for what has ended."""
    if campaign.status in states.GOING or expire(campaign, times):
        return None
    if campaign.status != states.ACTIVE:
        return times.business + AT_LEAST
    ask_period(campaign, registration, times)
    at: dict[str, Any] = {
        "empty_since": keep_empty(campaign, registration),
        "now": times.business,
        "zone": zone_of(registration),
    }
    found = outlook(campaign, registration, times.business)
    for due in due_of(registration, found, **at):
        remind(campaign, registration, due, times)
    return next_look(registration, found, **at)


def next_look(
    registration: Registration,
    found: Outlook | None,
    *,
    empty_since: datetime | None,
    now: datetime,
    zone: ZoneInfo,
) -> datetime:
    """The next moment after `now` at which anything may be due."""
    policy = gateway.campaign_policy(registration.account)
    moments = [now + AT_LEAST]
    if found is not None:
        moments += [periods.days_before(found.deadline, days, zone) for days in policy.reminders.value]
        moments += [found.deadline, found.ends, found.ends + policy.grace.value, found.confirm_from]
        moments += [found.asked_from] if found.asked_from else []
        moments += [now + SOON] if found.state == State.ON_ITS_WAY else []
    if empty_since is not None:
        moments += [empty_since + timedelta(days=days) for days in policy.unused_warnings.value]
    return min(moment for moment in moments if moment > now)


# --- reminders


def due_of(
    registration: Registration,
    found: Outlook | None,
    *,
    empty_since: datetime | None,
    now: datetime,
    zone: ZoneInfo,
) -> list[Due]:
    """What people have to be reminded of at `now`, told before or not: of each thing the most urgent."""
    policy = gateway.campaign_policy(registration.account)
    due: list[Due] = []
    if found is not None:
        days = periods.reached(found.deadline, policy.reminders.value, now, zone)
        if days is not None and not found.renews and now < found.ends:
            due.append(Due(About.END, found.starts, days))
        if is_doubtful(found, now):
            late = periods.reached(found.deadline, (*policy.reminders.value, 0), now, zone)
            if late is not None:
                due.append(Due(About.RENEWAL, found.starts, late))
    if empty_since is not None:
        warned = [one for one in policy.unused_warnings.value if now >= empty_since + timedelta(days=one)]
        if warned:
            due.append(Due(About.EMPTY, empty_since, max(warned)))
    return due


def is_doubtful(found: Outlook, now: datetime) -> bool:
    """Should somebody worry whether the choice will be followed?

    Who lets a campaign end need not know that the carrier is silent, but that it would be renewed and paid for.
    """
    if found.is_sure:
        return False
    if found.state == State.ON_ITS_WAY:
        return found.asked is not None and is_slow(found.asked, now)
    return found.renews or found.state in (State.DIFFERS, State.REFUSED)


def remind(campaign: Campaign, registration: Registration, due: Due, times: Times) -> bool:
    """Tell people once. False when they were told of this, or of something more urgent, on this occasion."""
    told = Reminder.objects.filter(registration=registration, about=due.about, since=due.since)
    if due.about == About.EMPTY:
        latest = told.aggregate(days=Max("days"))["days"]
        if latest is not None and latest >= due.days:
            return False
    else:
        latest = told.aggregate(days=Min("days"))["days"]
        if latest is not None and latest <= due.days:
            return False
    Reminder.objects.create(
        organization_id=registration.organization_id,
        registration=registration,
        about=due.about,
        since=due.since,
        days=due.days,
        at=times.business,
    )
    tell(campaign, kind=due.kind, state=due.state, at=times.business, by=CLEARLINE, since=due.since)
    return True


def still_true(campaigns: Collection[Campaign], now: datetime) -> dict[UUID, set[tuple[str, datetime]]]:
    """Of what people were told about renewals, what still holds: state and occasion, by campaign. For notifications.

    Two queries for any number.
    """
    found: dict[UUID, set[tuple[str, datetime]]] = {one.pk: set() for one in campaigns}
    active = {one.pk: one for one in campaigns if one.status == states.ACTIVE}
    rows = Reminder.objects.filter(registration__campaign__in=active, registration__ended_at=None)
    for row in rows.select_related("registration"):
        campaign = active[row.registration.campaign_id]
        if _holds(campaign, row, now):
            found[campaign.pk].add((state_of(row.about, row.days), row.since))
    writes = Submission.objects.filter(kind=Campaign.kind, subject_id__in=active, purpose__in=(FLAG, CALL))
    for last in {one.subject_id: one for one in writes.order_by("accepted_at")}.values():
        if last.state == SubmissionState.REFUSED:
            found[last.subject_id].add((REFUSED, datetime.fromisoformat(last.payload["asked_at"])))
    return found


def _holds(campaign: Campaign, row: Reminder, now: datetime) -> bool:
    registration = row.registration
    if row.about == About.EMPTY:
        return bool(campaign.empty_since == row.since)
    policy = gateway.campaign_policy(registration.account)
    later = registration.ends_at is None or periods.is_next(
        row.since + policy.shortest.value, registration.ends_at, policy.months.value
    )
    if later or campaign.status_at(now, registration) != states.ACTIVE:
        return False
    if row.about == About.END:
        return not wanted(campaign)
    return registration.confirmed_at is None or registration.confirmed_at < row.at


# --- campaigns without numbers


def empty_since(campaign: Campaign, registration: Registration) -> datetime | None:
    """Since when an active campaign has no number; None while it has one.

    Counted by what its assignments say, so that nobody has to keep it: the end of the last one, else the activation.
    """
    if registration.activated_at is None:
        return None
    rows = campaign.assignments.exclude(state=_NEVER_CAME)
    if rows.filter(ended_at=None).exists():
        return None
    last = rows.aggregate(last=Max("ended_at"))["last"]
    return max(last, registration.activated_at) if last else registration.activated_at


def keep_empty(campaign: Campaign, registration: Registration) -> datetime | None:
    """Write down since when it has no number, for lists; the page asks `empty_since` itself."""
    since = empty_since(campaign, registration)
    if since != campaign.empty_since:
        Campaign.objects.filter(pk=campaign.pk).update(empty_since=since)
        campaign.empty_since = since
    return since


def fee_at(campaign: Campaign, since: datetime) -> datetime:
    """When a campaign that has had no number since then costs the fee."""
    registration = campaign.registration()
    account = registration.account if registration else gateway.default_account()
    return since + gateway.campaign_policy(account).unused_after.value
