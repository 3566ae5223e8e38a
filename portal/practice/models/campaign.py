"""A campaign as an account filed it, with the steps of its life."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from portal.practice.campaigns.life import Standing, next_after, standing_at
from portal.practice.models.brand import Brand
from portal.practice.models.registry import Account

if TYPE_CHECKING:
    from portal.practice.clock import Moment


class CampaignQuerySet(models.QuerySet["Campaign"]):
    """Campaigns; what the registry says of one at a moment is worked out row by row (`Campaign.standing`)."""

    def visible(self, moment: Moment) -> CampaignQuerySet:
        """Leave out what was taken in late and has not come up yet."""
        return self.filter(Q(appears_at=None) | Q(appears_at__lte=moment.machine))

    def there(self) -> CampaignQuerySet:
        """Leave out what was removed at the registry. That is done by hand only, hence never in the future."""
        return self.exclude(steps__contains=[{"act": "removed"}])


class Campaign(models.Model):
    """A campaign as an account filed it, with everything that happened to it or will happen by itself.

    `received_at`, `appears_at` and `changed_at` are machine time, every other moment is business time.
    `steps` are those of `campaigns.life`. `filed_before` is what stood in `filed` until `changed_at`. `next_at` is
    when something happens next that a webhook tells; `told_until` is up to when everything was told.
    """

    number = models.BigAutoField(primary_key=True)
    id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="campaigns")
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="campaigns")
    filed = models.JSONField()
    # Made from `number`, hence empty for the blink between the two.
    tcr_id = models.CharField(max_length=7, unique=True, null=True)
    key = models.CharField(max_length=200, blank=True)
    reference = models.CharField(max_length=255, blank=True)
    filed_at = models.DateTimeField()
    received_at = models.DateTimeField(auto_now_add=True)
    appears_at = models.DateTimeField(null=True, blank=True)
    filed_before = models.JSONField(null=True, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    silent_since = models.DateTimeField(null=True, blank=True)
    steps = models.JSONField(default=list)
    rule = models.CharField(max_length=200, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    told_until = models.DateTimeField()
    # How many numbers the mobile carriers take, null: as many as there are; and whether it has a number pool.
    most_numbers = models.PositiveIntegerField(null=True, blank=True)
    pooled = models.BooleanField(default=False)

    # Set by the list of campaigns.
    numbers_now: int

    objects = CampaignQuerySet.as_manager()

    class Meta:
        indexes = [
            # "The campaigns of this brand, newest first."
            models.Index(fields=["brand", "-number"], name="campaign_of_brand"),
            # "Which campaign carries this key of the caller's?", asked by the control API.
            models.Index(fields=["key"], name="campaign_key"),
            # "Of which campaign is a webhook owed?", asked several times a second.
            models.Index(fields=["next_at"], name="campaign_next", condition=Q(next_at__isnull=False)),
        ]
        constraints = [
            # "The value must be unique across all submitted campaigns" (CampaignRequest.referenceId).
            models.UniqueConstraint(
                fields=["account", "reference"], name="reference_once", condition=~Q(reference="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tcr_id} ({self.id})"

    @property
    def renews(self) -> bool:
        """The flag as it is filed now."""
        return self.filed.get("autoRenewal") is not False

    def filed_as_of(self, machine: datetime) -> dict[str, Any]:
        """What was filed, as it stood at a machine moment."""
        if self.changed_at is not None and self.filed_before is not None and machine < self.changed_at:
            return dict(self.filed_before)
        return dict(self.filed)

    def silence(self, moment: Moment) -> datetime | None:
        """Since when its verdicts are held back: its own silence, its account's or the whole registry's."""
        since = (self.silent_since, self.account.silent_since, moment.silent_since)
        return min((one for one in since if one is not None), default=None)

    def standing(self, moment: Moment) -> Standing:
        """What it is at `moment`. Needs `account`."""
        return standing_at(self.steps, moment.business, self.silence(moment))

    def wake(self, moment: Moment) -> None:
        """Set `next_at` for what comes after `moment`. The caller saves."""
        now = self.standing(moment)
        self.next_at = next_after(self.steps, now, moment.business, self.silence(moment))
