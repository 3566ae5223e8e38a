"""The offset between the two times."""

from __future__ import annotations

from django.db import models


class Clock(models.Model):
    """Business time minus machine time, in seconds: one row, nought where nobody moves the clock."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    offset_seconds = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_clock")]

    def __str__(self) -> str:
        return f"{self.offset_seconds:+} s"
