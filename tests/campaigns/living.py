"""From a verified brand to an active, rejected or expired campaign: each step with the loop and the registry."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from brands import states as brand_states
from brands.models import Brand
from campaigns import states
from campaigns.models import Campaign
from campaigns.registration import Registration
from campaigns.resubmitting import correct, resubmit
from portal.lifecycle.models import Submission
from tests.factories import submitted_brand, submitted_campaign, unique_name
from tests.lifecycle.moments import Later, work
from tests.people import Person
from tests.practice_registry import PracticeRegistry

SAMPLES = [
    "Acme Plumbing: your plumber comes on Monday at 8 AM. Reply YES to confirm it. Reply STOP to opt out.",
    "Acme Plumbing: your repair is done. An agent will follow up on your ticket. Reply STOP to opt out.",
]


class Living:
    """One person's campaigns at the practice registry, with a clock that goes one way."""

    def __init__(self, person: Person, registry: PracticeRegistry, later: Later | None = None) -> None:
        self.person = person
        self.registry = registry
        self.later = later or Later()

    def work(self, **span: float) -> None:
        """Let `span` go by for the loop, then do what is due."""
        self.later.pass_(**span)
        work(self.later)

    def read(self) -> None:
        """Let every wait be read once more: more than any plan's distance, less than any period."""
        self.work(days=2)

    def brand(self, **answers: Any) -> Brand:
        """A brand that the registry verified."""
        brand = submitted_brand(self.person, **{"legal_name": unique_name(), **answers})
        work(self.later)
        with self.person.acting():
            brand = Brand.objects.get(pk=brand.pk)
            self.registry.approve(brand.reference)
            self.work(minutes=1)
            brand = Brand.objects.get(pk=brand.pk)
        assert brand.status == brand_states.VERIFIED
        return brand

    def sent(self, brand: Brand | None = None, **answers: Any) -> Campaign:
        """A campaign that the carrier took."""
        campaign = submitted_campaign(self.person, brand or self.brand(), **answers)
        self.work()
        return self.again(campaign)

    def active(self, brand: Brand | None = None, **answers: Any) -> Campaign:
        """A campaign that everybody approved."""
        campaign = self.sent(brand, **answers)
        self.approve(campaign)
        return self.again(campaign)

    def rejected(
        self, *, stage: str = "provider", code: str = "803", text: str = "", **answers: Any
    ) -> Campaign:
        """A campaign that was returned at a stage."""
        campaign = self.sent(**answers)
        self.registry.reject_campaign(
            self.reference(campaign), stage=stage, code=code, text=text or "Not clear."
        )
        self.work(minutes=1)
        campaign = self.again(campaign)
        assert campaign.status == states.REJECTED
        return campaign

    def expired(self, **answers: Any) -> Campaign:
        """A campaign whose period is past, and of which the carrier says so."""
        campaign = self.active(**answers)
        self.registry.decide_campaign(self.reference(campaign), "expire")
        self.read()
        campaign = self.again(campaign)
        assert campaign.status == states.EXPIRED
        return campaign

    def approve(self, campaign: Campaign) -> None:
        """Everybody approves it, and that is read."""
        self.registry.approve_campaign(self.reference(campaign))
        # Longer than between two readings in review.
        self.work(hours=5)
        assert self.again(campaign).status == states.ACTIVE

    def correct(self, campaign: Campaign, **answers: Any) -> Campaign:
        """Change answers, file them as the next version, and send."""
        with self.person.acting():
            campaign = Campaign.objects.get(pk=campaign.pk)
            campaign.save_answers(answers, times=self.later())
            correct(campaign, by=self.person.actor, times=self.later())
        self.work()
        return self.again(campaign)

    def resubmit(self, campaign: Campaign, **answers: Any) -> Campaign:
        """Submit an expired one again, changed or not, and send."""
        with self.person.acting():
            campaign = Campaign.objects.get(pk=campaign.pk)
            if answers:
                campaign.save_answers(answers, times=self.later())
            resubmit(campaign, by=self.person.actor, times=self.later())
        self.work()
        return self.again(campaign)

    # --- what is there now

    def again(self, campaign: Campaign) -> Campaign:
        """The campaign as it stands now."""
        with self.person.acting():
            found: Campaign = Campaign.objects.get(pk=campaign.pk)
        return found

    def registrations(self, campaign: Campaign) -> list[Registration]:
        """What stands or stood for it at the carrier, the first one first."""
        with self.person.acting():
            return list(Registration.objects.filter(campaign=campaign).order_by("number"))

    def reference(self, campaign: Campaign) -> str:
        """The carrier's reference of the newest registration."""
        return self.registrations(campaign)[-1].reference

    def writes(self, campaign: Campaign) -> list[Submission]:
        """Every write about the campaign, oldest first."""
        with self.person.acting():
            return list(Submission.objects.filter(subject_id=campaign.pk).order_by("accepted_at"))

    def look(self, campaign: Campaign, **ahead: float) -> str:
        """The word of the badge, some time from now."""
        with self.person.acting():
            campaign = Campaign.objects.get(pk=campaign.pk)
            at = self.later().business + timedelta(**ahead)
            return str(campaign.look_at(at, campaign.registration()).word)
