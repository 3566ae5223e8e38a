"""A brand as an account filed it, and what the registry says of it at a given moment."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from portal.practice.models.registry import Account

if TYPE_CHECKING:
    from portal.practice.clock import Moment

PENDING = "REGISTRATION_PENDING"
FAILED = "REGISTRATION_FAILED"
OK = "OK"
# Not among the vendor's words for a brand: other carriers have it, and the portal has to show what comes.
SUSPENDED = "SUSPENDED"


class BrandQuerySet(models.QuerySet["Brand"]):
    """Brands, with what the registry says of them at a given moment."""

    def visible(self, moment: Moment) -> BrandQuerySet:
        """Leave out what was taken in late and has not come up yet."""
        return self.filter(Q(appears_at=None) | Q(appears_at__lte=moment.machine))

    def living(self, moment: Moment) -> BrandQuerySet:
        """Leave out what was deleted."""
        return self.filter(Q(deleted_at=None) | Q(deleted_at__gt=moment.business))

    def as_of(self, moment: Moment) -> BrandQuerySet:
        """Add `status_now` and `identity_now`, the vendor's two words, as they stand at `moment`.

        A verdict is written down when the brand is filed and heard when its time has come, so no
        process has to wake up for it. Silence holds back verdicts that would come by themselves
        while it lasts; one that was heard before stays, and one given by hand is always heard.
        """
        held_back = Q(silent_since__lte=F("due_at")) | Q(account__silent_since__lte=F("due_at"))
        if moment.silent_since is not None:
            held_back |= Q(due_at__gte=moment.silent_since)
        unheard = Q(due_at__gt=moment.business) | (Q(by_hand=False) & held_back)
        # Vettings refer to brands, so they cannot be imported before these are made.
        from portal.practice.models.proof import Vetting

        outcome = Brand.Outcome
        # A score lifts a brand that is verified, not one that is not (domain reference, 1.6).
        vetted = Vetting.objects.filter(
            brand=OuterRef("pk"), due_at__lte=moment.business, score__isnull=False
        )
        words = {
            "status_now": Case(
                When(unheard, then=Value(PENDING)),
                When(suspended_at__lte=moment.business, then=Value(SUSPENDED)),
                When(outcome=outcome.FAILED, then=Value(FAILED)),
                When(outcome=outcome.ODD, then=F("word")),
                default=Value(OK),
                output_field=models.CharField(),
            ),
            "identity_now": Case(
                When(unheard, then=Value("UNVERIFIED")),
                When(Q(outcome=outcome.VERIFIED) & Exists(vetted), then=Value("VETTED_VERIFIED")),
                When(outcome=outcome.VERIFIED, then=Value("VERIFIED")),
                When(outcome=outcome.VETTED, then=Value("VETTED_VERIFIED")),
                When(outcome=outcome.SELF_DECLARED, then=Value("SELF_DECLARED")),
                default=Value("UNVERIFIED"),
                output_field=models.CharField(),
            ),
        }
        told: BrandQuerySet = self.annotate(**words)
        return told

    def counted(self, moment: Moment) -> BrandQuerySet:
        """Add `campaigns_now`, how many campaigns were filed for it, ended ones as well."""
        from portal.practice.models.campaign import Campaign

        rows = Campaign.objects.filter(brand=OuterRef("pk")).visible(moment).there()
        counts = rows.order_by().values("brand").annotate(n=Count("pk")).values("n")
        told: BrandQuerySet = self.annotate(campaigns_now=Coalesce(Subquery(counts), 0))
        return told


class Brand(models.Model):
    """A brand as an account filed it, with the verdict that it has or will have.

    `received_at`, `appears_at` and `changed_at` are machine time, every other moment is business time.
    `reasons` are the vendor's feedback categories. `history` lists what happened to it, oldest first.
    `filed_before` is what stood in `filed` until `changed_at`: a stale reading still shows it.
    `announced` is false while a webhook about its standing is or will be owed; `told` is what the last said.
    """

    class Outcome(StrEnum):
        """What the registry decides; how the control page words it stands in `looks.py`."""

        VERIFIED = "verified"
        VETTED = "vetted"
        UNVERIFIED = "rejected"
        FAILED = "failed"
        SELF_DECLARED = "self_declared"
        ODD = "odd"

    # The order of filing: a tie-breaker for equal moments and the cursor of the control page.
    number = models.BigAutoField(primary_key=True)
    id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="brands")
    filed = models.JSONField()
    # Made from `number`, hence empty for the blink between the two.
    tcr_id = models.CharField(max_length=7, unique=True, null=True)
    key = models.CharField(max_length=200, blank=True)
    filed_at = models.DateTimeField()
    received_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField()
    outcome = models.CharField(max_length=20)
    reasons = models.JSONField(default=list)
    failure = models.TextField(blank=True)
    word = models.CharField(max_length=60, blank=True)
    rule = models.CharField(max_length=200, blank=True)
    by_hand = models.BooleanField(default=False)
    silent_since = models.DateTimeField(null=True, blank=True)
    history = models.JSONField(default=list)
    appears_at = models.DateTimeField(null=True, blank=True)
    filed_before = models.JSONField(null=True, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    revetted_at = models.DateTimeField(null=True, blank=True)
    revets = models.PositiveSmallIntegerField(default=0)
    suspended_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    announced = models.BooleanField(default=False)
    told = models.CharField(max_length=120, blank=True)

    # Set by `as_of`.
    status_now: str
    identity_now: str
    # Set by `counted`.
    campaigns_now: int

    objects = BrandQuerySet.as_manager()

    class Meta:
        indexes = [
            # "List my brands, newest first", and the search by name.
            models.Index(fields=["account", "-number"], name="brand_of_account"),
            # "Which brand carries this key of the caller's?", asked by the control API.
            models.Index(fields=["key"], name="brand_key"),
            # "Of which brand is a webhook owed?", asked several times a second.
            models.Index(fields=["due_at"], name="brand_unannounced", condition=Q(announced=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["verified", "vetted", "rejected", "failed", "self_declared", "odd"]),
                name="outcome_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.display_name} ({self.id})"

    @property
    def display_name(self) -> str:
        """The name under which the brand was filed."""
        return str(self.filed.get("displayName", ""))

    @property
    def legal_name(self) -> str:
        """The legal name as filed, or an empty string."""
        return str(self.filed.get("companyName") or "")

    def filed_as_of(self, machine: datetime) -> dict[str, Any]:
        """What was filed, as it stood at a machine moment."""
        if self.changed_at is not None and self.filed_before is not None and machine < self.changed_at:
            return dict(self.filed_before)
        return dict(self.filed)

    @property
    def is_pending(self) -> bool:
        """Has no verdict been heard yet? Needs a row read with `as_of`."""
        return self.status_now == PENDING
