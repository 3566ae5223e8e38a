"""What all processes share about a carrier account. No row here belongs to an organization or names one.

Written by the gate (permits, breaker, retry budget), by the operator (pause), by the inbox and the sweep.
"""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class CarrierAccount(models.Model):
    """One account at one carrier: may it be asked now, how often, and when was it last compared.

    All times are machine time. `free_at` is the virtual moment up to which permits are taken
    (a generic cell rate algorithm). The breaker is open until `open_until`; whoever comes first after
    that is the probe. `requests` and `retries` count in the window that began at `window_at`.
    """

    account = models.CharField(max_length=40, primary_key=True)

    paused_at = models.DateTimeField(null=True)
    # "person": the kill switch; "credentials": the carrier refused our key.
    paused_for = models.CharField(max_length=12, blank=True)
    paused_by = models.CharField(max_length=254, blank=True)
    paused_reason = models.CharField(max_length=300, blank=True)
    # A keyed hash of the key that was refused: another key ends the pause by itself.
    refused_key = models.CharField(max_length=64, blank=True)

    free_at = models.DateTimeField(null=True)
    wait_until = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(null=True)
    open_until = models.DateTimeField(null=True)
    window_at = models.DateTimeField(null=True)
    requests = models.PositiveIntegerField(default=0)
    retries = models.PositiveIntegerField(default=0)
    last_answer_at = models.DateTimeField(null=True)

    last_event_at = models.DateTimeField(null=True)
    refused_events = models.PositiveIntegerField(default=0)
    refused_event_at = models.DateTimeField(null=True)

    sweep_due_at = models.DateTimeField(db_default=Now())
    sweep_lease_until = models.DateTimeField(null=True)
    swept_at = models.DateTimeField(null=True)
    sweep_found = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.account


class CarrierEvent(models.Model):
    """One signed event of a carrier, as far as it is needed: that something happened to the thing of `key`.

    It only ever causes a read, so neither its body nor anything personal is kept.
    """

    account = models.CharField(max_length=40)
    event_id = models.CharField(max_length=100)
    type = models.CharField(max_length=60)
    key = models.UUIDField(null=True)
    occurred_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(db_default=Now())
    # How many times it was delivered: duplicates have no other effect.
    times = models.PositiveIntegerField(default=1)
    # When it made something due; null while nothing with its key exists here.
    heard_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "event_id"], name="one_event")]
        indexes = [models.Index(fields=["key"], name="events_of")]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"


class Stranger(models.Model):
    """Something that stands at the carrier under our account and that nobody here made."""

    account = models.CharField(max_length=40)
    reference = models.CharField(max_length=100)
    kind = models.CharField(max_length=30)
    word = models.CharField(max_length=100, blank=True)
    first_seen_at = models.DateTimeField(db_default=Now())
    last_seen_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "kind", "reference"], name="one_stranger")]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"
