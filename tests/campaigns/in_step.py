"""Campaigns whose portal and registry read the same clock: for what happens at the end of a period."""

from __future__ import annotations

from datetime import timedelta

import httpx

from campaigns import reminding
from campaigns.models import Campaign, Period
from campaigns.outlook import FLAG, Outlook, outlook
from campaigns.renewing import switch
from portal.audit.models import Event
from portal.lifecycle.models import Submission
from portal.notifications.models import Notification
from tests.campaigns.living import Living
from tests.people import Person
from tests.practice_registry import PracticeRegistry


class InStep(Living):
    """`Living`, with the registry's business clock beside the portal's."""

    def __init__(self, person: Person, registry: PracticeRegistry) -> None:
        super().__init__(person, registry)
        self.later.ahead = timedelta(seconds=registry.clock()["offset_seconds"])

    def pass_(self, **span: float) -> None:
        """Let `span` go by, for both."""
        self.registry.advance(seconds=timedelta(**span).total_seconds())
        self.later.pass_(**span)

    def work(self, **span: float) -> None:
        """Let `span` go by for both, then do what is due."""
        if span:
            self.registry.advance(seconds=timedelta(**span).total_seconds())
        super().work(**span)

    def sweep(self) -> int:
        """One look of the sweep of renewals."""
        return reminding.run(seconds=20, read=self.later)

    def until_before_the_end(self, campaign: Campaign, **before: float) -> None:
        """Move on to so long before the end of its period (negative: after it), without doing anything."""
        ends = self.registrations(campaign)[-1].ends_at
        assert ends is not None
        span = ends - timedelta(**before) - self.later().business
        assert span > timedelta(0), "time goes one way"
        self.pass_(seconds=span.total_seconds())

    def switch(self, campaign: Campaign, *, renews: bool) -> bool:
        """Choose, as the person."""
        with self.person.acting():
            return switch(campaign, renews=renews, by=self.person.actor, times=self.later())

    def put_flag(self, key: str, campaign: Campaign, *, renews: bool) -> None:
        """Change the flag at the carrier, past the portal."""
        httpx.put(
            f"{self.registry.url}/v2/10dlc/campaign/{self.reference(campaign)}",
            headers={"Authorization": f"Bearer {key}"},
            json={"autoRenewal": renews},
        ).raise_for_status()

    # --- what is there now

    def flag(self, campaign: Campaign) -> bool:
        """What stands at the carrier."""
        found = self.registry.campaign(self.reference(campaign))
        return bool(found["filed"].get("autoRenewal", True))

    def periods(self, campaign: Campaign) -> list[Period]:
        """All of its periods, in order."""
        with self.person.acting():
            return list(Period.objects.filter(registration__campaign=campaign).order_by("starts_at"))

    def asked(self, campaign: Campaign, purpose: str = FLAG) -> list[Submission]:
        """The writes of one purpose, oldest first."""
        return [one for one in self.writes(campaign) if one.purpose == purpose]

    def outlook(self, campaign: Campaign) -> Outlook:
        """What is expected of the end of its period."""
        with self.person.acting():
            campaign = Campaign.objects.get(pk=campaign.pk)
            registration = campaign.registration()
            assert registration is not None
            found = outlook(campaign, registration, self.later().business)
        assert found is not None
        return found

    def actions(self, campaign: Campaign) -> list[str]:
        """What happened to it, oldest first."""
        with self.person.acting():
            rows = Event.objects.filter(object_id=campaign.pk).order_by("id")
            return [one.removeprefix("campaign.") for one in rows.values_list("action", flat=True)]

    def told(self, campaign: Campaign) -> list[str]:
        """What its person was told of it, oldest first."""
        with self.person.acting():
            rows = Notification.objects.filter(object_id=campaign.pk, user=self.person.user)
            return list(rows.order_by("at", "state").values_list("state", flat=True))
