"""Deleting a submitted campaign: what is lost, asking for it, taking it back in time, and the write itself.

live ─ask→ deleting ─(60 seconds)→ the carrier is called ─→ deleted     nothing brings it back
      ←undo─┘                                           └→ as before    refused: its true state is read at once

The undo is a submission that is not due yet: nothing leaves before its time, whatever is restarted meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from campaigns import states
from campaigns.models import Campaign
from campaigns.registration import Registration
from portal.audit.recording import CLEARLINE, REGISTRY, Actor
from portal.carriers.contract import Carrier, Created, NotFound, Reason
from portal.clock import Times
from portal.lifecycle import gateway
from portal.lifecycle.blocking import DELETE as PURPOSE
from portal.lifecycle.blocking import Blocked, blockers_of
from portal.lifecycle.models import OPEN, Submission, SubmissionState, Watch, accept, watch, withdraw
from portal.lifecycle.nudge import nudge
from portal.lifecycle.states import Move, StaleState, make
from portal.notifications.kinds import ATTENTION
from portal.notifications.telling import tell
from portal.tenancy.scope import acting_for

# What members are told when the carrier refused; no status of its own.
REFUSED = "deletion-refused"
# Why what hung on a campaign was let go.
BECAUSE = "campaign-deleted"


class TooLate(Exception):
    """The time to take the deletion back is over, or nobody asked for one."""


Releases = Callable[[Campaign, str, datetime], None]
_releasers: list[Releases] = []


def releases(let_go: Releases) -> Releases:
    """Let go of one's own rows on a campaign that is deleted: called by upper apps in `ready()`.

    `let_go(campaign, why, at)` runs in the transaction of the deletion, in the scope of its organization.
    """
    if let_go not in _releasers:
        _releasers.append(let_go)
    return let_go


def ask_deletion(campaign: Campaign, *, by: Actor, times: Times) -> Submission:
    """Begin to delete `campaign`: move, submission and event in one transaction. The carrier is called when the
    time to take it back is over.

    Raises Blocked, and StaleState where there is nothing (left) to delete.
    """
    with transaction.atomic():
        Campaign.objects.select_for_update().get(pk=campaign.pk)
        campaign.refresh_from_db()
        if campaign.status in states.LIVE and (blockers := blockers_of(campaign)):
            raise Blocked(blockers)
        registration = campaign.registration()
        account = registration.account if registration else gateway.default_account()
        until = times.machine + gateway.campaign_policy(account).undo.value
        make(
            states.DELETE,
            campaign,
            by=by,
            at=times.business,
            before_deletion=campaign.status,
            undo_until=until,
        )
        submission = accept(
            campaign,
            purpose=PURPOSE,
            account=account,
            payload={},
            machine_now=times.machine,
            version=campaign.version,
            due_at=until,
        )
        nudge()
    return submission


def undo_deletion(campaign: Campaign, *, by: Actor, times: Times) -> None:
    """Take a deletion back before the carrier is called: the campaign stands where it stood, and is read at once.

    Raises TooLate when the time is over, the carrier was called, or nobody asked for a deletion.
    """
    with transaction.atomic():
        Campaign.objects.select_for_update().get(pk=campaign.pk)
        campaign.refresh_from_db()
        asked = _open_request(campaign)
        if asked is None or not can_undo(campaign, times) or not withdraw(asked, machine_now=times.machine):
            raise TooLate
        make(_back(states.UNDO, campaign), campaign, by=by, at=times.business, undo_until=None)
        _read_now(campaign, times)


def can_undo(campaign: Campaign, times: Times) -> bool:
    """Is there time left to take its deletion back?"""
    return (
        campaign.status == states.DELETING
        and campaign.undo_until is not None
        and times.machine < campaign.undo_until
    )


def refused_deletion(campaign: Campaign) -> Submission | None:
    """The latest request to delete `campaign`, if the carrier refused it."""
    asked = Submission.objects.filter(kind=Campaign.kind, subject_id=campaign.pk, purpose=PURPOSE)
    latest: Submission | None = asked.order_by("-accepted_at").first()
    return latest if latest is not None and latest.state == SubmissionState.REFUSED else None


class CampaignDeletion:
    """The purpose "delete". Safe to repeat: what has ended there counts as done."""

    def send(self, carrier: Carrier, submission: Submission) -> Created:
        """End it there; one that never reached the carrier has nothing to end."""
        reference = _reference(submission)
        if reference:
            carrier.deactivate_campaign(reference)
        return Created(reference)

    def search(self, carrier: Carrier, submission: Submission) -> Created | None:
        """Has it ended? While it stands there it has not, and ending it again does no harm."""
        reference = _reference(submission)
        try:
            state = carrier.read_campaign(reference).state
        except NotFound:
            return Created(reference)
        return Created(reference) if state in states.ENDED else None

    def filed(self, submission: Submission, times: Times) -> None:
        """Gone: its numbers are let go, and nothing is read any more that could bring it back."""
        campaign = Campaign.objects.get(pk=submission.subject_id)
        make(states.DELETION_DONE, campaign, by=REGISTRY, at=times.business, odd_word="", empty_since=None)
        Registration.objects.filter(campaign=campaign, ended_at=None).update(ended_at=times.business)
        waits = Watch.objects.filter(kind=Campaign.kind, subject_id=campaign.pk, closed_at=None)
        waits.update(closed_at=times.business)
        for let_go in _releasers:
            let_go(campaign, BECAUSE, times.business)

    def refused(self, submission: Submission, reasons: tuple[Reason, ...], times: Times) -> None:
        """It stays; the carrier's words are kept, and where it stands now is read at once."""
        campaign = Campaign.objects.get(pk=submission.subject_id)
        said = " ".join(reason.text for reason in reasons)[:300]
        move = _back(states.DELETION_REFUSED, campaign)
        make(move, campaign, by=REGISTRY, at=times.business, detail={"word": said}, undo_until=None)
        tell(campaign, kind=ATTENTION, state=REFUSED, at=times.business, by=REGISTRY)
        _read_now(campaign, times)


def _open_request(campaign: Campaign) -> Submission | None:
    rows = Submission.objects.filter(
        kind=Campaign.kind, subject_id=campaign.pk, purpose=PURPOSE, state__in=OPEN
    )
    found: Submission | None = rows.first()
    return found


def _back(moves: dict[str, Move], campaign: Campaign) -> Move:
    """The move to where it stood before; raises StaleState for one that stood nowhere."""
    if campaign.before_deletion not in moves:
        raise StaleState(states.DELETE, campaign)
    return moves[campaign.before_deletion]


def _read_now(campaign: Campaign, times: Times) -> None:
    """What was said meanwhile was not believed: ask again."""
    wait = campaign.open_watch()
    if wait is not None:
        watch(
            campaign,
            account=wait.account,
            reference=wait.reference,
            key=wait.key,
            first_read_at=times.business,
            business_now=times.business,
        )


def _reference(submission: Submission) -> str:
    """What stands at the carrier: the newest registration, as far as one was ever taken."""
    with acting_for(submission.organization_id, by=CLEARLINE):
        newest = Campaign.objects.get(pk=submission.subject_id).registration()
    return newest.reference if newest else ""
