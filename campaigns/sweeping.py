"""What the nightly comparison asks of campaigns, and the cancelling of a second one that should not be there."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.utils.translation import gettext_lazy as _

from campaigns import states
from campaigns.lifecycle import OVER, look_at_once
from campaigns.models import Campaign
from campaigns.registration import Registration
from portal.carriers.contract import Carrier, Created, NotFound
from portal.clock import Times
from portal.lifecycle import cancelling
from portal.lifecycle.handlers import Listed
from portal.lifecycle.models import Submission


class CampaignSweeping:
    """Campaigns of the account, compared with the carrier's list."""

    def listed(self, carrier: Carrier) -> Iterator[Listed]:
        """Every campaign, oldest first."""
        return (Listed(row.reference, row.word, row.created_at) for row in carrier.list_campaigns())

    def key_of(self, carrier: Carrier, reference: str) -> str:
        """The key that the carrier keeps for its events. One that has ended for good is not there any more."""
        return _key_of(carrier, reference)

    def take(self, carrier: Carrier, submission: Submission, reference: str) -> Created:
        """The campaign as the carrier shows it."""
        return Created(reference, dict(carrier.read_campaign(reference).raw))

    def is_wanted(self, submission: Submission) -> bool:
        """Unless the campaign was deleted, or goes by a later registration: then this one has ended."""
        if Campaign.objects.filter(pk=submission.subject_id, status__in=states.GOING).exists():
            return False
        made = Registration.objects.filter(campaign=submission.subject_id, key=submission.key).first()
        # Taken and not written down yet: it will be.
        return made is None or made.ended_at is None

    def is_used(self, submission: Submission) -> bool:
        """Do numbers hang on the campaign?"""
        campaign = Campaign.objects.get(pk=submission.subject_id)
        return bool(campaign.assignments.filter(ended_at=None).exists())

    def rebind(self, submission: Submission, reference: str, times: Times) -> None:
        """The registration is what stands there under `reference`: read it at once."""
        made = Registration.objects.filter(campaign=submission.subject_id, key=submission.key)
        if made.update(reference=reference):
            look_at_once(Campaign.objects.get(pk=submission.subject_id), times)


class TwinCancelling(cancelling.Cancelling):
    """The purpose "cancel-twin": end the second registration of a campaign."""

    def key_of(self, carrier: Carrier, reference: str) -> str:
        """As it stands there; one that has ended is gone."""
        return _key_of(carrier, reference)

    def end(self, carrier: Carrier, reference: str) -> None:
        """Deactivate it."""
        carrier.deactivate_campaign(reference)

    def ours(self, submission: Submission) -> Collection[str]:
        """Every registration of the campaign that has not ended."""
        rows = Registration.objects.filter(campaign=submission.subject_id, ended_at=None)
        return set(rows.values_list("reference", flat=True))


def _key_of(carrier: Carrier, reference: str) -> str:
    seen = carrier.read_campaign(reference)
    if seen.state in OVER:
        raise NotFound(f"{reference} has ended")
    return seen.key


def teach() -> None:
    """Say how each event is told on timelines."""
    cancelling.teach(
        Campaign.kind,
        found=_("The campaign was found twice at the carrier: the younger one is cancelled"),
        took_over=_("The campaign is registered under another reference by now"),
        searched_first=_("It may have arrived at the carrier already: it is searched before it is sent"),
    )
