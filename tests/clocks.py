"""The business clock, moved as the practice registry moves it."""

from __future__ import annotations

from datetime import timedelta

from portal.clock.models import Clock


def moved(**span: float) -> None:
    """Let business time be `span` ahead of machine time, or behind it."""
    seconds = int(timedelta(**span).total_seconds())
    Clock.objects.update_or_create(id=1, defaults={"offset_seconds": seconds})
