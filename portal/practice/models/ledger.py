"""Every request below `/v2`, as received, and the answer that it got."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class LedgerEntry(models.Model):
    """One request below `/v2`, as received, and the answer that it got.

    Written when the request arrives, completed together with what it did; an entry without
    `answer_status` never got an answer, although `brand` and `campaign` may say that it did something.
    The database refuses every other change (migrations 0001, 0003 and 0004).
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
    campaign = models.UUIDField(null=True, blank=True)
    # What kind of request it was, as faults are matched.
    verb = models.CharField(max_length=12, blank=True)
    resource = models.CharField(max_length=12, blank=True)
    fault = models.CharField(max_length=60, blank=True)
    fault_row = models.BigIntegerField(null=True, blank=True)
    # "rate" or "in_flight" when the account asked more than it may.
    crossed = models.CharField(max_length=10, blank=True)
    # Bytes of the body that were put on the wire, when a fault cut them short or put more there.
    sent_size = models.PositiveIntegerField(null=True, blank=True)

    objects: ClassVar[models.Manager[LedgerEntry]] = models.Manager()

    class Meta:
        verbose_name_plural = "ledger entries"
        indexes = [
            # "What did this account send, in order?"
            models.Index(fields=["account", "id"], name="ledger_of_account"),
            # "How often did this key of ours arrive?"
            models.Index(fields=["key", "id"], name="ledger_of_key"),
            # "How often was the limit crossed?"
            models.Index(fields=["account"], name="ledger_crossed", condition=~Q(crossed="")),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path} -> {self.answer_status or 'no answer'}"
