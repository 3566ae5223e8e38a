"""The two writes of a renewal, as the loop makes them: the flag, and the call for the next period.

Neither needs a search by our key: a reading of the registration says whether it arrived (`reads_back`).
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from campaigns import periods, states
from campaigns.lifecycle import OVER
from campaigns.models import Campaign
from campaigns.outlook import FLAG, REFUSED, wanted
from campaigns.registration import Period, Registration
from campaigns.renewing import ask_flag, zone_of
from portal.audit.recording import REGISTRY, record
from portal.carriers.campaigns import CampaignReading
from portal.carriers.contract import Carrier, Created, Reason, Refused, Unavailable
from portal.clock import Times
from portal.lifecycle import gateway
from portal.lifecycle.models import OPEN, Submission
from portal.notifications.kinds import ATTENTION
from portal.notifications.telling import tell


class AutoRenewal:
    """The purpose "auto-renewal": the carrier's flag becomes the admin's choice. Safe to repeat."""

    reads_back = True

    def send(self, carrier: Carrier, submission: Submission) -> Created:
        """Set it."""
        return carrier.set_auto_renewal(submission.payload["reference"], submission.payload["renews"])

    def search(self, carrier: Carrier, submission: Submission) -> Created | None:
        """Does the carrier show it? If not, setting it again does no harm."""
        seen = carrier.read_campaign(submission.payload["reference"])
        if seen.renews != submission.payload["renews"]:
            return None
        return Created(seen.reference, dict(seen.raw))

    def filed(self, submission: Submission, times: Times) -> None:
        """It stands there. Where the choice was switched meanwhile, the other one follows."""
        campaign, registration = _subject(submission)
        choice = submission.payload["renews"]
        event = states.RENEWAL_SET if choice else states.RENEWAL_UNSET
        record(event, campaign, by=REGISTRY, at=times.business)
        if registration is None:
            return
        agreed = choice == wanted(campaign)
        Registration.objects.filter(pk=registration.pk).update(
            renews=choice, confirmed_at=times.business if agreed else None, look_at=times.business
        )
        if not agreed and campaign.status == states.ACTIVE:
            _follow_the_choice(campaign, registration, submission, times)

    def refused(self, submission: Submission, reasons: tuple[Reason, ...], times: Times) -> None:
        """The choice stays what it is, and people are told that it does not stand at the carrier."""
        _refused(submission, reasons, times)


class PeriodCall:
    """The purpose "renew": one more period, paid for once.

    Before each call, and before any second one, the carrier's own end is compared with the one that was to be put
    off: where it is a later one already, nothing is asked.
    """

    reads_back = True

    def send(self, carrier: Carrier, submission: Submission) -> Created:
        """Ask for it, unless it is there. Raises Refused for a campaign that has ended."""
        seen = carrier.read_campaign(submission.payload["reference"])
        if _is_renewed(submission, seen):
            return _as_seen(seen)
        if seen.state in OVER:
            words = "The campaign has ended: it cannot be renewed any more."
            raise Refused(words, reasons=(Reason("over", words),))
        return carrier.renew_campaign(submission.payload["reference"], key=str(submission.key))

    def search(self, carrier: Carrier, submission: Submission) -> Created | None:
        """Did the end move on? A carrier that names none cannot be asked, and "no" would mean paying again."""
        seen = carrier.read_campaign(submission.payload["reference"])
        if _is_renewed(submission, seen):
            return _as_seen(seen)
        if seen.ends_at is None:
            raise Unavailable("the carrier names no end, so nobody can tell whether it was renewed")
        return None

    def filed(self, submission: Submission, times: Times) -> None:
        """Paid for: the reading that follows at once brings the new end, and with it the period."""
        campaign, registration = _subject(submission)
        if registration is None:
            return
        changes: dict[str, Any] = {"confirmed_at": times.business, "look_at": times.business}
        if not registration.ends_said and registration.activated_at is not None:
            # A carrier that names no end: by our own count.
            count = Period.objects.filter(registration=registration).count() or 1
            months = gateway.campaign_policy(registration.account).months.value
            zone = zone_of(registration)
            changes["ends_at"] = periods.end_of(registration.activated_at, count + 1, months, zone)
        Registration.objects.filter(pk=registration.pk).update(**changes)
        campaign.read_at_once(times)

    def refused(self, submission: Submission, reasons: tuple[Reason, ...], times: Times) -> None:
        """There is a week left in which somebody can see to it; it is asked for again by itself, too."""
        _refused(submission, reasons, times)


def _subject(submission: Submission) -> tuple[Campaign, Registration | None]:
    campaign = Campaign.objects.get(pk=submission.subject_id)
    rows = Registration.objects.filter(campaign=campaign, reference=submission.payload["reference"])
    return campaign, rows.filter(ended_at=None).first()


def _refused(submission: Submission, reasons: tuple[Reason, ...], times: Times) -> None:
    campaign, registration = _subject(submission)
    said = [asdict(one)["text"] for one in reasons if one.text]
    detail = {"word": said[0][:300]} if said else {}
    record(states.RENEWAL_REFUSED, campaign, by=REGISTRY, at=times.business, detail=detail)
    if registration is None:
        return
    Registration.objects.filter(pk=registration.pk).update(look_at=times.business)
    since = datetime.fromisoformat(submission.payload["asked_at"])
    tell(campaign, kind=ATTENTION, state=REFUSED, at=times.business, by=REGISTRY, since=since)


def _follow_the_choice(
    campaign: Campaign, registration: Registration, done: Submission, times: Times
) -> None:
    others = Submission.objects.filter(
        kind=Campaign.kind, subject_id=campaign.pk, purpose=FLAG, state__in=OPEN
    )
    if not others.exclude(pk=done.pk).exists():
        ask_flag(campaign, registration, times, background=False)


def _is_renewed(submission: Submission, seen: CampaignReading) -> bool:
    """Does the carrier name the end of a later period than the one that was to be followed?"""
    before = datetime.fromisoformat(submission.payload["ends_at"])
    months = gateway.campaign_policy(submission.account).months.value
    return seen.ends_at is not None and periods.is_next(before, seen.ends_at, months)


def _as_seen(seen: CampaignReading) -> Created:
    return Created(seen.reference, dict(seen.raw))
