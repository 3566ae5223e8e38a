"""What happened: one append-only row per act."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Event(models.Model):
    """Somebody did something to something.

    `at` is business time, which pages show; `recorded_at` is the database's own clock, which
    nothing moves. The actor's name is kept as it was, because people leave and rows stay.
    An event without an organization is the house's own: a sign-in, an act of the operator's staff.
    """

    organization = models.ForeignKey(
        "tenancy.Organization", on_delete=models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=254)
    address = models.GenericIPAddressField(null=True)
    action = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=30)
    object_id = models.UUIDField()
    detail = models.JSONField(default=dict)

    class Meta:
        # The timeline of one thing, newest first.
        indexes = [
            models.Index(fields=["organization", "object_kind", "object_id", "-id"], name="event_timeline")
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_kind} {self.object_id}"
