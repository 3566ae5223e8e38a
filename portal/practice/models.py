"""The registry's rows: itself, the accounts that called it, their brands, and the ledger."""

from __future__ import annotations

import hashlib
import uuid
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Case, F, Q, Value, When

if TYPE_CHECKING:
    from portal.practice.clock import Moment

PENDING = "REGISTRATION_PENDING"
FAILED = "REGISTRATION_FAILED"
OK = "OK"


class Registry(models.Model):
    """The one row that says what time it is here and whether the registry gives verdicts at all."""

    offset_seconds = models.BigIntegerField(default=0)
    silent_since = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[Registry]] = models.Manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_registry")]

    def __str__(self) -> str:
        return f"practice registry, {self.offset_seconds:+} s"


class Account(models.Model):
    """One API key's account. The key itself is not kept: a fingerprint finds it, a label names it."""

    fingerprint = models.CharField(max_length=16, unique=True)
    label = models.CharField(max_length=40)
    silent_since = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[Account]] = models.Manager()

    def __str__(self) -> str:
        return self.label


def fingerprint(key: str) -> str:
    """What the registry keeps of an API key: the first 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()[:16]


class BrandQuerySet(models.QuerySet["Brand"]):
    """Brands, with what the registry says of them at a given moment."""

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
        outcome = Brand.Outcome
        words = {
            "status_now": Case(
                When(unheard, then=Value(PENDING)),
                When(outcome=outcome.FAILED, then=Value(FAILED)),
                When(outcome=outcome.ODD, then=F("word")),
                default=Value(OK),
                output_field=models.CharField(),
            ),
            "identity_now": Case(
                When(unheard, then=Value("UNVERIFIED")),
                When(outcome=outcome.VERIFIED, then=Value("VERIFIED")),
                When(outcome=outcome.VETTED, then=Value("VETTED_VERIFIED")),
                When(outcome=outcome.SELF_DECLARED, then=Value("SELF_DECLARED")),
                default=Value("UNVERIFIED"),
                output_field=models.CharField(),
            ),
        }
        told: BrandQuerySet = self.annotate(**words)
        return told


class Brand(models.Model):
    """A brand as an account filed it, with the verdict that it has or will have.

    `due_at`, `filed_at` and `silent_since` are business time. `reasons` are the vendor's feedback
    categories. `history` lists what was done by hand, oldest first.
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

    # Set by `as_of`.
    status_now: str
    identity_now: str

    objects = BrandQuerySet.as_manager()

    class Meta:
        indexes = [
            # "List my brands, newest first", and the search by name.
            models.Index(fields=["account", "-number"], name="brand_of_account"),
            # "Which brand carries this key of the caller's?", asked by the control API.
            models.Index(fields=["key"], name="brand_key"),
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

    @property
    def is_pending(self) -> bool:
        """Has no verdict been heard yet? Needs a row read with `as_of`."""
        return self.status_now == PENDING


class LedgerEntry(models.Model):
    """One request below `/v2`, as received, and the answer that it got.

    Written when the request arrives, completed together with what it did; an entry without
    `answer_status` never got an answer. The database refuses every other change (migration 0001).
    """

    at = models.DateTimeField()
    business_at = models.DateTimeField()
    account = models.CharField(max_length=16, blank=True)
    account_label = models.CharField(max_length=40, blank=True)
    method = models.CharField(max_length=16)
    path = models.CharField(max_length=500)
    query = models.CharField(max_length=2000, blank=True)
    key = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    body_hash = models.CharField(max_length=64, blank=True)
    body_size = models.PositiveIntegerField(default=0)
    answer_status = models.PositiveSmallIntegerField(null=True, blank=True)
    answer_hash = models.CharField(max_length=64, blank=True)
    answer_size = models.PositiveIntegerField(default=0)
    brand = models.UUIDField(null=True, blank=True)

    objects: ClassVar[models.Manager[LedgerEntry]] = models.Manager()

    class Meta:
        verbose_name_plural = "ledger entries"
        indexes = [
            # "What did this account send, in order?"
            models.Index(fields=["account", "id"], name="ledger_of_account"),
            # "How often did this key of ours arrive?"
            models.Index(fields=["key", "id"], name="ledger_of_key"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path} -> {self.answer_status or 'no answer'}"
