"""The registry itself, and the accounts that called it."""

from __future__ import annotations

import hashlib
from typing import ClassVar

from django.db import models
from django.db.models import Q


class Registry(models.Model):
    """The one row that says what time it is here, whether verdicts are given, and how chance falls.

    `seed` decides everything that is left to chance. `webhook_key` signs what is sent to the portal
    (32 bytes, Ed25519), `webhook_key_before` is the one that the last rotation replaced. `pace` is how long
    campaigns are looked at: "days" or "minutes" (`campaigns.planning`).
    """

    offset_seconds = models.BigIntegerField(default=0)
    silent_since = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    seed = models.BigIntegerField(default=0)
    webhook_key = models.BinaryField(max_length=32, null=True)
    webhook_key_before = models.BinaryField(max_length=32, null=True)
    webhooks_off = models.BooleanField(default=False)
    pace = models.CharField(max_length=8, default="days")

    objects: ClassVar[models.Manager[Registry]] = models.Manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_registry")]

    def __str__(self) -> str:
        return f"practice registry, {self.offset_seconds:+} s"


class Account(models.Model):
    """One API key's account. The key itself is not kept: a fingerprint finds it, a label names it.

    `rate` (requests a second), `burst` and `most_in_flight` are its limits; null means none.
    `tokens` were left in the bucket at machine moment `tokens_at`. `no_funds`: it cannot pay for a new campaign.
    """

    fingerprint = models.CharField(max_length=16, unique=True)
    label = models.CharField(max_length=40)
    silent_since = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    webhooks_off = models.BooleanField(default=False)
    no_funds = models.BooleanField(default=False)
    rate = models.FloatField(null=True)
    burst = models.FloatField(default=1)
    most_in_flight = models.PositiveIntegerField(null=True)
    retry_after = models.CharField(max_length=60, blank=True)
    tokens = models.FloatField(default=0)
    tokens_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Account]] = models.Manager()

    def __str__(self) -> str:
        return self.label


def fingerprint(key: str) -> str:
    """What the registry keeps of an API key: the first 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()[:16]
