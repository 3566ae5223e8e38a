"""A fault as data: which request it hits, where on its way, and what happens to it there."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Fault(models.Model):
    """One row of the fault plan, switched on for one account, or for all with an empty `account`.

    `match` narrows it down (see `faults.matching`), `phase` and `effect` say what happens (see
    `faults.catalogue`), `values` are the effect's own. `number` counts the faults of its account, so
    that chance falls alike in a run that is repeated with the same seed. `seen` counts the requests
    that fitted, `used` those that were hit. `ends_at` and `removed_at` are machine time.
    """

    account = models.CharField(max_length=16, blank=True)
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=20, blank=True)
    match = models.JSONField(default=dict)
    phase = models.CharField(max_length=2)
    effect = models.CharField(max_length=20)
    values = models.JSONField(default=dict)
    times = models.PositiveIntegerField(null=True)
    seen = models.PositiveIntegerField(default=0)
    used = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    ends_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Fault]] = models.Manager()

    class Meta:
        indexes = [
            # "What may happen to this request?", asked once per request.
            models.Index(fields=["account", "id"], name="fault_active", condition=Q(removed_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.effect}@{self.phase}".strip()

    @property
    def is_spent(self) -> bool:
        """Has it hit as often as it may?"""
        return self.times is not None and self.used >= self.times
