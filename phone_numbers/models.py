"""Phone numbers, the campaigns that they are on, and the orders that put them there."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from campaigns.choices import Product
from campaigns.models import Campaign
from phone_numbers.import_models import Import
from phone_numbers.pool_models import PoolRequest  # noqa: F401 - Django looks for models here
from portal.tenancy.models import TenantModel
from portal.tenancy.scope import TenantManager

# Because of these an assignment ended; in words: `states.REASONS`.
UNASSIGNED, CAMPAIGN_DELETED, FAILED, CANCELLED = "unassigned", "campaign-deleted", "failed", "cancelled"
ELSEWHERE = "elsewhere"


class NumberQuerySet(models.QuerySet["Number"]):
    """Numbers by what they are to their organization."""

    def held(self) -> NumberQuerySet:
        """Those that the organization has: not taken out of the inventory."""
        return self.filter(removed_at=None)


class Number(TenantModel):
    """One phone number of an organization, in E.164. `product` is `campaigns.choices.Product`.

    It is "assigned" in the inventory's sense while it serves a user, a queue or a site (as in the phone system's own
    lists); the campaign that it may send on is an `Assignment`.
    """

    class Type(models.TextChoices):
        """What `phonenumbers` says it is."""

        LOCAL = "local", _("Local")
        TOLL_FREE = "toll_free", _("Toll-free")

    class Serves(models.TextChoices):
        """What kind of thing it rings at."""

        USER = "user", _("User")
        QUEUE = "queue", _("Queue")
        SITE = "site", _("Site")

    kind = "number"

    e164 = models.CharField(_("Number"), max_length=16)
    product = models.CharField(max_length=20)
    country = models.CharField(max_length=2, default="US")
    type = models.CharField(max_length=10, default=Type.LOCAL)
    # Can it send and receive texts at all? The carrier's word, where it has said.
    sms = models.BooleanField(default=True)
    label = models.CharField(max_length=100, blank=True)
    serves_kind = models.CharField(max_length=10, blank=True)
    serves = models.CharField(max_length=100, blank=True)
    # The carrier's own id of the number, and whether it is enabled for texts there; None until it was read.
    reference = models.CharField(max_length=100, blank=True)
    enabled = models.BooleanField(null=True)
    synced_at = models.DateTimeField(null=True)
    added_at = models.DateTimeField(null=True)
    # The file that it came with, if it did.
    source = models.ForeignKey(
        Import, null=True, on_delete=models.SET_NULL, db_constraint=False, related_name="numbers"
    )
    # Taken out of the inventory; its history stays.
    removed_at = models.DateTimeField(null=True)

    objects = TenantManager.from_queryset(NumberQuerySet)()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "e164"], name="number_once_per_organization"),
            models.CheckConstraint(condition=Q(e164__regex=r"^\+1[2-9][0-9]{9}$"), name="number_is_nanp"),
            models.CheckConstraint(condition=Q(product__in=Product.values), name="number_product_known"),
            models.CheckConstraint(condition=Q(country__in=["US", "CA"]), name="number_country_known"),
            models.CheckConstraint(condition=Q(type__in=["local", "toll_free"]), name="number_type_known"),
            models.CheckConstraint(
                condition=Q(serves="", serves_kind="")
                | (Q(serves_kind__in=["user", "queue", "site"]) & ~Q(serves="")),
                name="number_serves_whole",
            ),
        ]
        indexes = [
            # The tabs All, Assigned and Unassigned of a product, in the order of the numbers.
            models.Index(
                fields=["organization", "product", "e164"], name="numbers_all", condition=Q(removed_at=None)
            ),
            models.Index(
                fields=["organization", "product", "e164"],
                name="numbers_serving",
                condition=Q(removed_at=None) & ~Q(serves=""),
            ),
            models.Index(
                fields=["organization", "product", "e164"],
                name="numbers_free",
                condition=Q(removed_at=None, serves=""),
            ),
        ]

    def __str__(self) -> str:
        return self.e164


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Assignments by what they count for."""

    def open(self) -> AssignmentQuerySet:
        """Those that have not ended: they count against the campaign's limit."""
        return self.filter(ended_at=None)


class Assignment(TenantModel):
    """A number on a campaign, from the order until it ends. Whether it can send is derived: it is on, and its
    campaign is active now.

    pending → on → releasing → released        the carrier took it; later it was taken off
            └→ failed                          the carrier refused: ended, the number is free again
              on ←undo─ releasing              taken back before the carrier was called
    """

    class State(models.TextChoices):
        """How far the carrier is with it."""

        PENDING = "pending", _("Pending")
        ON = "on", _("Assigned")
        RELEASING = "releasing", _("Being released")
        RELEASED = "released", _("Released")
        FAILED = "failed", _("Failed")

    kind = "assignment"

    # The keys in the database are composite (migrations 0002, 0004).
    number = models.ForeignKey(
        Number, on_delete=models.PROTECT, db_constraint=False, related_name="assignments"
    )
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, db_constraint=False, related_name="assignments"
    )
    # What put it on, and what takes it off; None for one that came with the demo or the campaign's deletion.
    order = models.ForeignKey(
        "numbers.Order", null=True, on_delete=models.PROTECT, db_constraint=False, related_name="assigned"
    )
    release = models.ForeignKey(
        "numbers.Order", null=True, on_delete=models.PROTECT, db_constraint=False, related_name="released"
    )
    # The number's own, once more: no two organizations can have it on a campaign at the same time.
    e164 = models.CharField(max_length=16)
    state = models.CharField(max_length=10, default=State.PENDING)
    # Since when it stands at this state; business time, as all that follow.
    since = models.DateTimeField()
    # The carrier's reference of the campaign's registration that it was put on, and when that was confirmed.
    reference = models.CharField(max_length=100, blank=True)
    on_at = models.DateTimeField(null=True)
    # Since when the carrier's list lacks it although it should be there: one list alone is not believed.
    missed_at = models.DateTimeField(null=True)
    # The carrier's own word, and its reasons where it refused: as `campaigns.reasons`.
    word = models.CharField(max_length=100, blank=True)
    reasons = models.JSONField(default=list)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=40, blank=True)

    objects = TenantManager.from_queryset(AssignmentQuerySet)()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "number"], condition=Q(ended_at=None), name="one_campaign_per_number"
            ),
            # Over all organizations: the carrier knows a number once.
            models.UniqueConstraint(
                fields=["e164"], condition=Q(ended_at=None), name="one_holder_per_number"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | ~Q(ended_because=""), name="assignment_end_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["released", "failed"], ended_at__isnull=False)
                | Q(state__in=["pending", "on", "releasing"], ended_at=None),
                name="assignment_state_fits_its_end",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "campaign", "number"], name="assignments_of_campaign"),
            # A number's history, newest first.
            models.Index(fields=["organization", "number", "-since"], name="assignments_of_number"),
            models.Index(fields=["organization", "order"], name="assignments_of_order"),
            models.Index(
                fields=["organization", "release"],
                name="assignments_of_release",
                condition=Q(release__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number_id} on {self.campaign_id}"

    @property
    def is_there(self) -> bool:
        """Is it on the campaign at the carrier: confirmed, and not confirmed to be off? `AT_THE_CARRIER` in SQL."""
        return self.state == self.State.ON or (self.state == self.State.RELEASING and self.on_at is not None)

    def can_send(self, now: datetime) -> bool:
        """May the number send at business time `now`? It sleeps while its campaign may not send."""
        return self.is_there and self.campaign.sends_at(now, self.campaign.registration())


AT_THE_CARRIER = Q(state=Assignment.State.ON) | Q(state=Assignment.State.RELEASING, on_at__isnull=False)


class Roster(TenantModel):
    """How many numbers a campaign has, and how many it may have. The database counts (triggers of migration 0004)
    and refuses the first one too many, so that two people at once cannot pass the limit.

    `used` counts pending, assigned and being released; `direct` is the carrier's limit for everybody
    (`CampaignPolicy.direct_limit`), `approved` what the porting desk granted. Also what a `Watch` is about: one reading
    lists all numbers of the campaign.
    """

    kind = "roster"

    campaign = models.OneToOneField(
        Campaign, on_delete=models.PROTECT, db_constraint=False, related_name="roster"
    )
    used = models.PositiveIntegerField(default=0)
    direct = models.PositiveIntegerField()
    approved = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(used__lte=Greatest(F("direct"), Coalesce(F("approved"), 0))),
                name="roster_within_its_limit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.used} of {self.limit} on {self.campaign_id}"

    @property
    def limit(self) -> int:
        """How many numbers the campaign may have."""
        return max(self.direct, self.approved or 0)

    @property
    def left(self) -> int:
        """How many more it can take."""
        return max(0, self.limit - self.used)


class Order(TenantModel):
    """One request of a person: put these numbers on a campaign, or take them off. What became of each stands on its
    assignment; what could not be ordered at all stands in `skipped`.

    `token` is the form's: the same form posted again finds the order that it made.
    """

    class Act(models.TextChoices):
        """What was asked for."""

        ASSIGN = "assign", _("Assign")
        UNASSIGN = "unassign", _("Take off")

    kind = "order"

    token = models.UUIDField(default=uuid.uuid4)
    act = models.CharField(max_length=10)
    campaign = models.ForeignKey(
        Campaign, null=True, on_delete=models.PROTECT, db_constraint=False, related_name="+"
    )
    total = models.PositiveIntegerField(default=0)
    # [{"number": id, "e164": …, "reason": code}], at most as many as a page can show, and how many there were.
    skipped = models.JSONField(default=list)
    skipped_total = models.PositiveIntegerField(default=0)
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=254)
    # Business time; until `undo_until` (machine time) it can be taken back.
    at = models.DateTimeField()
    undo_until = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "token"], name="one_order_per_form"),
            models.CheckConstraint(condition=Q(act__in=["assign", "unassign"]), name="order_act_known"),
        ]
        indexes = [models.Index(fields=["organization", "-at"], name="orders_newest")]

    def __str__(self) -> str:
        counted = ngettext("%(number)d number", "%(number)d numbers", self.total) % {"number": self.total}
        return f"{counted} · {self.campaign.display_name}" if self.campaign else counted


class Selection(TenantModel):
    """What a person has ticked in the list of a product, over all its pages; survives reload, Back and other pages.

    Either `ids` one by one, or everything that `query` finds (the list's own filter) but for `exceptions`.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    product = models.CharField(max_length=20)
    everything = models.BooleanField(default=False)
    query = models.JSONField(default=dict)
    ids = ArrayField(models.UUIDField(), default=list)
    exceptions = ArrayField(models.UUIDField(), default=list)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "user", "product"], name="one_selection_per_list")
        ]

    def __str__(self) -> str:
        return "everything" if self.everything else str(len(self.ids))
