"""The request for more numbers than a campaign takes by itself: what was asked for, and what was granted."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from portal.support.models import Ticket
from portal.tenancy.models import TenantModel


class PoolReason(models.TextChoices):
    """What mobile carriers usually accept many numbers for (10DLC number assignment, the 49 rule)."""

    AGENTS = "agents", _("Each employee or agent has a number of their own")
    CUSTOMER_CARE = "customer_care", _("Customer care or a contact center with many lines")
    LOCALITY = "locality", _("Several offices or branches, each with a local number")
    FRANCHISE = "franchise", _("Franchises, bank branches or insurance agencies")
    MEDICAL = "medical", _("Medical offices")
    HOSPITALITY = "hospitality", _("Hotels or restaurants")
    COMMUNITY = "community", _("Churches and other communities")
    GROUPS = "groups", _("Group messages")
    PROXY = "proxy", _("Numbers that stand in for others, so that both sides keep theirs private")
    EMERGENCY = "emergency", _("Emergency services")
    OTHER = "other", _("Something else")


class PoolRequest(TenantModel):
    """What one ticket asks for: how many numbers `campaign` is to have in total, and why."""

    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, db_constraint=False, related_name="pool")
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, db_constraint=False, related_name="pool_requests"
    )
    # Numbers in the list that went with it: ticked here, or in the organization's own file.
    listed = models.PositiveIntegerField()
    own_file = models.BooleanField(default=False)
    planned = models.PositiveIntegerField()
    reason = models.CharField(max_length=20)
    # Messages a day, as far as anybody knows.
    volume = models.PositiveIntegerField(null=True)
    # How many the campaign may have in total since it was approved.
    granted = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(reason__in=PoolReason.values), name="pool_reason_known"),
        ]
        indexes = [models.Index(fields=["organization", "campaign"], name="pool_requests_of_campaign")]

    def __str__(self) -> str:
        return f"{self.planned} numbers on {self.campaign_id}"
