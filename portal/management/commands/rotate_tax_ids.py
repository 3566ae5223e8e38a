"""`manage.py rotate_tax_ids`: seal every tax id with the newest key, so that the former ones can be dropped."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from brands.tax_identity import TaxIdentity
from portal.audit.recording import CLEARLINE
from portal.lib.sealing import CannotOpen
from portal.tenancy.models import Organization
from portal.tenancy.scope import acting_for

# Rows of one transaction: a broken-off run has lost at most so many, and does them again.
BATCH = 500


class Command(BaseCommand):
    """Idempotent and resumable: what has the newest key already is left alone."""

    help = "Seal all tax ids with the first of TAX_ID_KEYS and hash them with TAX_ID_HASH_KEY."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--check` changes nothing."""
        parser.add_argument(
            "--check", action="store_true", help="only count, and try whether all can be opened"
        )

    def handle(self, *args: Any, check: bool = False, **options: Any) -> None:
        """One organization after the other, each in its own scope."""
        organizations = seen = renewed = 0
        shut: list[str] = []
        for organization_id in Organization.objects.order_by("created_at").values_list("pk", flat=True):
            organizations += 1
            last: UUID | None = None
            while batch := self._batch(organization_id, last, check=check):
                seen += len(batch)
                renewed += sum(done for _pk, done in batch if done)
                shut += [str(pk) for pk, done in batch if done is None]
                last = batch[-1][0]
        self.stdout.write(
            f"{seen} tax ids in {organizations} organizations: {renewed} "
            f"{'to be ' if check else ''}sealed anew, {seen - renewed - len(shut)} had the newest keys."
        )
        if shut:
            raise CommandError(
                f"{len(shut)} cannot be opened: put the key that they were sealed with into TAX_ID_KEYS, behind"
                f" the first one, and run this again. They are {', '.join(shut[:5])}"
                f"{' …' if len(shut) > 5 else ''}."
            )

    def _batch(
        self, organization_id: UUID, last: UUID | None, *, check: bool
    ) -> list[tuple[UUID, bool | None]]:
        """The next rows after `last` and whether each was renewed; None where it could not be opened."""
        with acting_for(organization_id, by=CLEARLINE):
            rows = TaxIdentity.objects.order_by("pk")
            if last is not None:
                rows = rows.filter(pk__gt=last)
            return [(row.pk, _renewed(row, check=check)) for row in rows[:BATCH]]


def _renewed(row: TaxIdentity, *, check: bool) -> bool | None:
    try:
        return not row.is_current() if check else row.renew()
    except CannotOpen:
        return None
