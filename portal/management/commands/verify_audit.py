"""`manage.py verify_audit`: is the audit log what it was when it was written?"""

from __future__ import annotations

import json
import re
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from portal.audit.verifying import LATE, Report, verify
from portal.tenancy.models import Organization

# Findings told in full; the first one is what matters.
TOLD = 20
HOUSE = "the house"
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Command(BaseCommand):
    """Reads everything and changes nothing. Exit code 0: intact; 1: damaged; 2: could not be verified."""

    help = "Verify the hash chains of the audit log and name the first bad row."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """All chains, unless some are named."""
        parser.add_argument(
            "--organization", action="append", default=[], help="only this one, by name or id"
        )
        parser.add_argument("--house", action="store_true", help="only the house's own events")
        parser.add_argument(
            "--head", action="append", default=[], help="a digest of a seal that must be there"
        )
        parser.add_argument(
            "--anchors", type=Path, help="a file of seals that must be there: the portal's log, or digests"
        )
        parser.add_argument(
            "--late",
            type=float,
            default=LATE.total_seconds() / 60,
            help="minutes an event may wait for its seal",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line per chain, then what is wrong, the first bad row first."""
        organizations = list(Organization.objects.all())
        names: dict[UUID | None, str] = {one.pk: one.name for one in organizations}
        names[None] = HOUSE
        chains: list[UUID | None] = [self._find(text) for text in options["organization"]]
        if options["house"]:
            chains.insert(0, None)
        anchors = dict(_anchors(options["head"], options["anchors"]))
        report = verify(
            chains or None,
            all_of=[one.pk for one in organizations],
            anchors=anchors,
            late=timedelta(minutes=options["late"]),
        )
        self._tell(report, names, len(anchors))
        if report.findings:
            sys.exit(1)

    def _find(self, text: str) -> UUID:
        try:
            which = Q(pk=UUID(text))
        except ValueError:
            which = Q(name=text)
        found = list(Organization.objects.filter(which).values_list("pk", flat=True)[:2])
        if len(found) != 1:
            many = "There is no organization" if not found else "There are several organizations"
            raise CommandError(f"{many} {text!r}; give its id.", returncode=2)
        return found[0]

    def _tell(self, report: Report, names: dict[UUID | None, str], anchors: int) -> None:
        for chain in report.chains:
            state = "intact" if not chain.findings else f"DAMAGED ({len(chain.findings)})"
            name = names.get(chain.organization_id, str(chain.organization_id))
            self.stdout.write(
                f"{name}: {chain.events} events, {chain.links} sealed, {chain.waiting} waiting: {state}"
            )
        for number, finding in enumerate(report.findings[:TOLD]):
            whose = (
                "" if finding.of_all else f" of {names.get(finding.organization_id, finding.organization_id)}"
            )
            title = "FIRST BAD ROW" if number == 0 else "also"
            self.stdout.write(f"{title}: {finding.what}{whose}: {finding.sentence}")
        if len(report.findings) > TOLD:
            self.stdout.write(f"and {len(report.findings) - TOLD} more")
        events = sum(chain.events for chain in report.chains)
        kept = f", {anchors} of them kept outside" if anchors else ""
        self.stdout.write(
            f"{events} events in {len(report.chains)} chains, {report.seals} seals{kept}:"
            f" {'DAMAGED' if report.findings else 'intact'}, in {report.seconds:.1f} s"
        )


def _anchors(heads: list[str], file: Path | None) -> Iterator[tuple[str, int | None]]:
    """Digests of seals that must be there, with their number where it is known.

    A line of the file is a log line of the sealer (JSON, others are passed over) or begins with a digest.
    Raises CommandError when something is no digest, or when the file holds none.
    """
    for head in heads:
        if not _DIGEST.fullmatch(head.lower()):
            raise CommandError(f"{head!r} is no digest of 64 hexadecimal digits.", returncode=2)
        yield head.lower(), None
    if file is None:
        return
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as problem:
        raise CommandError(f"The anchors cannot be read: {problem}", returncode=2) from problem
    found = dict(one for line in lines if (one := _anchor(line)))
    if not found:
        raise CommandError(f"{file} holds no seal: nothing would be verified by it.", returncode=2)
    yield from found.items()


def _anchor(line: str) -> tuple[str, int | None] | None:
    if digest := _DIGEST.match(line.strip()):
        return digest.group(), None
    # A line of a log collector may have something before the JSON.
    start = line.find("{")
    try:
        said = json.loads(line[start:]) if start >= 0 else {}
    except ValueError:
        return None
    if not isinstance(said, dict) or said.get("event") != "audit log sealed":
        return None
    return str(said["digest"]), int(said["seal"])
