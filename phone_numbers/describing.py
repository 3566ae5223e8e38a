"""What a number is called, and the user, queue or site that it serves."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from phone_numbers.models import Number
from portal.audit.recording import Actor, record
from portal.clock import Times

CHANGED = "number.changed"
FIELDS = ("label", "serves_kind", "serves")


def describe(number: Number, answers: Mapping[str, str], *, by: Actor, times: Times) -> bool:
    """Take over `answers` (of FIELDS); one event, which names what changed. False when nothing did."""
    changed = [name for name in FIELDS if getattr(number, name) != answers[name]]
    if not changed:
        return False
    with transaction.atomic():
        for name in changed:
            setattr(number, name, answers[name])
        number.save(update_fields=changed)
        record(CHANGED, number, by=by, at=times.business, detail={"fields": changed})
    return True
