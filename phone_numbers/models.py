"""Numbers and the campaigns that they belong to."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns import states as campaign_states
from campaigns.models import Campaign
from portal.tenancy.models import TenantModel
from portal.tenancy.scope import TenantManager


class Number(TenantModel):
    """One phone number of an organization, in E.164. `product` is `campaigns.choices.Product`."""

    kind = "number"

    e164 = models.CharField(_("Number"), max_length=16)
    product = models.CharField(max_length=20)
    label = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "e164"], name="number_once_per_organization")
        ]

    def __str__(self) -> str:
        return self.e164


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Assignments by what they count for."""

    def open(self) -> AssignmentQuerySet:
        """Those that have not ended: they count against the campaign's limit."""
        return self.filter(ended_at=None)


class Assignment(TenantModel):
    """A number on a campaign. Whether it can send is derived: it is on, and its campaign is active now."""

    class State(models.TextChoices):
        """How far the carrier is with it."""

        PENDING = "pending", _("Pending")
        ON = "on", _("Assigned")
        RELEASING = "releasing", _("Being released")
        RELEASED = "released", _("Released")
        FAILED = "failed", _("Failed")

    # The keys in the database are composite (migration 0002).
    number = models.ForeignKey(
        Number, on_delete=models.PROTECT, db_constraint=False, related_name="assignments"
    )
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, db_constraint=False, related_name="assignments"
    )
    state = models.CharField(max_length=10, default=State.PENDING)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # Why it ended, as a word of ours: "campaign-deleted", "unassigned" …
    ended_because = models.CharField(max_length=40, blank=True)

    objects = TenantManager.from_queryset(AssignmentQuerySet)()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "number"], condition=Q(ended_at=None), name="one_campaign_per_number"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | ~Q(ended_because=""), name="assignment_end_has_a_reason"
            ),
        ]
        indexes = [models.Index(fields=["organization", "campaign"], name="assignments_of_campaign")]

    def __str__(self) -> str:
        return f"{self.number_id} on {self.campaign_id}"

    def can_send(self, now: datetime) -> bool:
        """May the number send at business time `now`? It sleeps while its campaign is not active."""
        registration = self.campaign.registration()
        active = self.campaign.status_at(now, registration) == campaign_states.ACTIVE
        return self.ended_at is None and self.state == self.State.ON and active
