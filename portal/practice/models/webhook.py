"""What the registry tells the portal by itself: events, and every attempt to deliver one."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from portal.practice.models.brand import Brand
from portal.practice.models.campaign import Campaign


class Event(models.Model):
    """One thing that happened to a brand, to a campaign of it, or to a number on that, as the vendor tells it.
    `occurred_at` is business time.
    """

    event_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.CharField(max_length=16)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="events")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, null=True, related_name="events")
    # The number that it is about, in E.164.
    number = models.CharField(max_length=16, blank=True)
    event_type = models.CharField(max_length=40)
    payload = models.JSONField()
    occurred_at = models.DateTimeField()
    urls = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[Event]] = models.Manager()

    class Meta:
        indexes = [models.Index(fields=["account", "id"], name="event_of_account")]

    def __str__(self) -> str:
        return f"{self.payload.get('eventType') or self.payload.get('type')} {self.event_id}"


class Delivery(models.Model):
    """One attempt to deliver an event, made or to be made. Moments are machine time.

    `place` is the index in the event's `urls`, `attempt` counts up over all of them. `twist` is what a
    fault does to it (see `webhooks.twisting`). `due_at` null: held back until others are there.
    `outcome` is empty until it was tried, then delivered, failed, lost or refused.
    """

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="deliveries")
    attempt = models.PositiveSmallIntegerField(default=1)
    place = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, blank=True)
    url = models.CharField(max_length=2000, blank=True)
    answer_status = models.PositiveSmallIntegerField(null=True)
    answer = models.CharField(max_length=300, blank=True)
    error = models.CharField(max_length=300, blank=True)
    timestamp = models.CharField(max_length=20, blank=True)
    signature = models.TextField(blank=True)
    body = models.TextField(blank=True)
    milliseconds = models.PositiveIntegerField(null=True)
    twist = models.JSONField(default=dict)
    fault = models.CharField(max_length=60, blank=True)

    objects: ClassVar[models.Manager[Delivery]] = models.Manager()

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            # "What has to be sent now?", asked several times a second.
            models.Index(fields=["due_at"], name="delivery_due", condition=Q(outcome="")),
        ]

    def __str__(self) -> str:
        return f"attempt {self.attempt} of {self.event}: {self.outcome or 'waiting'}"
