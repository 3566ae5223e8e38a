"""`manage.py doctor ID`: why is this not moving?"""

from __future__ import annotations

import re
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from brands.models import Brand
from portal import clock
from portal.audit.models import Event
from portal.audit.recording import CLEARLINE
from portal.lifecycle.models import Due, Heartbeat, Submission, Watch
from portal.tenancy.models import Organization
from portal.tenancy.scope import acting_for

# A registry's id has seven characters, our short reference eight.
SHORTEST = 7
DIGITS = re.compile(r"[0-9a-f]{8,32}")


class Command(BaseCommand):
    """Finds a brand by its id, our reference or the carrier's, and says what it waits for."""

    help = "Say in words what a brand waits for: by its id, our reference (key) or the carrier's."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The id, in full or, for references, the first eight characters."""
        parser.add_argument("id")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look through the organizations one after the other, each in its own scope."""
        wanted = options["id"].strip().lower()
        if len(wanted) < SHORTEST:
            raise CommandError(
                f"No brand has the id or reference {wanted!r}: it has {SHORTEST} characters or more."
            )
        times = clock.read()
        for organization in Organization.objects.order_by("created_at"):
            with acting_for(organization.pk, by=CLEARLINE):
                brand = self._find(wanted)
                if brand is not None:
                    for line in self._tell(brand, organization, times):
                        self.stdout.write(line)
                    return
        raise CommandError(f"No brand has the id or reference {wanted!r}.")

    def _find(self, wanted: str) -> Brand | None:
        """By the brand's id, the carrier's or the registry's, or the beginning of our reference."""
        named = Q(reference=wanted) | Q(registry_id__iexact=wanted)
        digits = wanted.replace("-", "")
        if DIGITS.fullmatch(digits):
            lowest, highest = UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))
            keys = Submission.objects.filter(kind=Brand.kind, key__range=(lowest, highest))
            named |= Q(pk__range=(lowest, highest)) | Q(pk__in=keys.values("subject_id"))
        return Brand.objects.filter(named).order_by("created_at").first()

    def _tell(self, brand: Brand, organization: Organization, times: clock.Times) -> Iterator[str]:
        yield f"Brand       {brand.name} · {brand.pk}"
        yield f"Belongs to  {organization.name}"
        yield f"Status      {brand.look.word}, since {brand.since:%Y-%m-%d %H:%M:%S} UTC"
        if brand.reference:
            yield f"Carrier     {brand.reference}"
        for one in Submission.objects.filter(kind="brand", subject_id=brand.pk).order_by("accepted_at"):
            yield f"Submission  {one.purpose} · {one.state} · attempt {one.attempt} · key {one.key}"
            if one.last_error:
                yield f"            last problem: {one.last_error}"
            yield from self._due(one.pk, times)
        for wait in Watch.objects.filter(kind="brand", subject_id=brand.pk).order_by("opened_at"):
            state = "closed" if wait.closed_at else "open"
            read = (
                f"last read {wait.last_read_at:%Y-%m-%d %H:%M:%S} UTC" if wait.last_read_at else "never read"
            )
            yield f"Watch       {state} · {read} · the registry says: {wait.word or 'nothing yet'}"
            if wait.last_error:
                yield f"            last problem: {wait.last_error}"
            yield from self._due(wait.pk, times)
        for event in Event.objects.filter(
            organization_id=organization.pk, object_kind="brand", object_id=brand.pk
        ).order_by("id"):
            yield f"Event       {event.at:%Y-%m-%d %H:%M:%S} UTC · {event.action} · {event.actor_name}"
        for pulse in Heartbeat.objects.order_by("name"):
            yield f"Heartbeat   {pulse.name}: {(times.machine - pulse.at).total_seconds():.0f} s ago"
        yield f"Clocks      machine {times.machine:%Y-%m-%d %H:%M:%S}, business {times.business:%Y-%m-%d %H:%M:%S} UTC"

    def _due(self, item: UUID, times: clock.Times) -> Iterator[str]:
        for due in Due.objects.filter(item=item):
            now = times.machine if due.kind == Due.SUBMISSION else times.business
            wait = (due.due_at - now).total_seconds()
            when = f"due in {wait:.0f} s" if wait > 0 else f"overdue by {-wait:.0f} s"
            held = due.lease_until and due.lease_until > times.machine
            yield f"            {when}, claimed {due.attempt} times{', held by a worker now' if held else ''}"
