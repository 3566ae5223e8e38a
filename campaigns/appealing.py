"""The appeal: having a rejected campaign looked at again, corrected before or not.

Alone it is for what was fixed outside the form: the website, the privacy policy (10DLC, what may be changed).
"""

from __future__ import annotations

from django.db import transaction

from campaigns import states
from campaigns.lifecycle import AT_REST, newest, refuse, wait_for_review
from campaigns.models import Campaign
from campaigns.registration import Registration
from portal.audit.recording import CLEARLINE, REGISTRY, Actor
from portal.carriers.contract import Carrier, Created, Reason, Refused
from portal.clock import Times
from portal.lifecycle import gateway
from portal.lifecycle.models import Submission, SubmissionState, accept
from portal.lifecycle.nudge import nudge
from portal.lifecycle.states import make
from portal.tenancy.scope import acting_for

PURPOSE = "appeal"
# What is said to the reviewer of a corrected campaign. It is filed in English.
CORRECTED = "The campaign was corrected. Please review the updated information."
# Long enough for what was fixed and where to see it, short enough for every carrier.
LEAST, MOST = 20, 1000


class CannotAppeal(Exception):
    """There is no verdict that this carrier hears appeals against."""


def appealable(campaign: Campaign) -> Registration | None:
    """The registration whose rejection can be appealed now; None where that is of no use.

    What the registry itself did not take stands nowhere, and some carriers hear no appeals. One that only some of
    the mobile carriers turned down is active in part, and no carrier hears an appeal against that.
    """
    registration = campaign.registration()
    if campaign.status != states.REJECTED or registration is None or registration.ended_at is not None:
        return None
    return registration if gateway.campaign_policy(registration.account).appeals.value else None


def ask(campaign: Campaign, reason: str, *, by: Actor, times: Times) -> Submission:
    """Have the verdict looked at again, because of what `reason` says: submission and event in one transaction.

    Raises CannotAppeal; then nothing was sent.
    """
    with transaction.atomic():
        Campaign.objects.select_for_update().get(pk=campaign.pk)
        campaign.refresh_from_db()
        registration = appealable(campaign)
        if registration is None:
            raise CannotAppeal
        detail = {"note": reason[:300]}
        make(states.APPEAL, campaign, by=by, at=times.business, detail=detail, odd_word="")
        watched = campaign.open_watch()
        submission = accept(
            campaign,
            purpose=PURPOSE,
            account=registration.account,
            payload={"reason": reason, "seen": watched.answer if watched else {}},
            machine_now=times.machine,
            version=campaign.version,
        )
        nudge()
    return submission


class CampaignAppeal:
    """The purpose "appeal": of a person, or after corrections. It may cost money, so it is never sent blindly twice."""

    # How it stands there says whether it arrived.
    reads_back = True

    def send(self, carrier: Carrier, submission: Submission) -> Created:
        """Appeal. One that is refused after an open outcome, because it is being looked at, proves that the first
        arrived.
        """
        reference = _reference(submission)
        try:
            return carrier.appeal_campaign(reference, submission.payload["reason"])
        except Refused:
            # Searched for means that the outcome of an earlier try was unknown.
            if submission.searched_at is None or carrier.read_campaign(reference).state in AT_REST:
                raise
            return Created(reference, {"arrived": "it is being looked at"})

    def search(self, carrier: Carrier, submission: Submission) -> Created | None:
        """Is it being looked at, or was it since? Both show in what the carrier says of it."""
        reference = _reference(submission)
        seen = carrier.read_campaign(reference)
        moved = dict(seen.raw) != submission.payload["seen"]
        return Created(reference, dict(seen.raw)) if moved or seen.state not in AT_REST else None

    def filed(self, submission: Submission, times: Times) -> None:
        """In review again: of corrections, the carrier has the new version now."""
        campaign = Campaign.objects.get(pk=submission.subject_id)
        if campaign.status == states.SUBMITTING:
            make(states.ACCEPT, campaign, by=REGISTRY, at=times.business)
        wait_for_review(campaign, times)

    def refused(self, submission: Submission, reasons: tuple[Reason, ...], times: Times) -> None:
        """The verdict stands. Corrections stay filed; the page says what else can be done."""
        campaign = Campaign.objects.get(pk=submission.subject_id)
        if campaign.status == states.SUBMITTING:
            refuse(states.REFUSE, campaign, reasons, times)
            return
        said = " ".join(reason.text for reason in reasons)[:300]
        make(states.APPEAL_REFUSED, campaign, by=REGISTRY, at=times.business, detail={"word": said})


def refused_appeal(campaign: Campaign) -> Submission | None:
    """The latest appeal of the present version, if the carrier's interface refused it."""
    asked = Submission.objects.filter(
        kind=Campaign.kind, subject_id=campaign.pk, purpose=PURPOSE, version=campaign.version
    )
    latest: Submission | None = asked.order_by("-accepted_at").first()
    return latest if latest is not None and latest.state == SubmissionState.REFUSED else None


def _reference(submission: Submission) -> str:
    with acting_for(submission.organization_id, by=CLEARLINE):
        return newest(submission.subject_id).reference
