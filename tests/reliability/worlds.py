"""One test's own world: organizations, a registry's account, a clock that the test moves, and its judges."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

from django.conf import settings

from brands.models import Brand
from campaigns.models import Campaign
from phone_numbers.models import Assignment
from portal.lifecycle import gateway, sweeping
from portal.lifecycle.errand import Errand, on_errand
from portal.lifecycle.models import Submission
from portal.lifecycle.sweep_times import sweep_now
from tests.factories import submitted_brand, unique_name
from tests.lifecycle.moments import Later, work
from tests.people import Person
from tests.practice_registry import PracticeRegistry
from tests.reliability import invariants
from tests.reliability.dying import Mortal, Victim
from tests.reliability.settling import pass_, settle

Subject = TypeVar("Subject", Brand, Campaign, Assignment)

# What a child that dies has to know of this test.
PASSED_ON = ("TELNYX_URL", "TELNYX_KEY", "PRACTICE_URL", "CARRIER_QUARANTINE")


@dataclass
class World:
    """In it a test files brands, lets processes die, and asks at the end what is broken."""

    registry: PracticeRegistry
    people: tuple[Person, ...]
    database: str
    mortal: Mortal | None = None
    later: Later = field(default_factory=Later)

    @property
    def key(self) -> str:
        """The API key of this test's account."""
        return str(settings.TELNYX_KEY)

    def submit(self, count: int = 1, **answers: Any) -> list[Brand]:
        """Brands submitted in turn by each organization's own person."""
        return [
            submitted_brand(
                self.people[number % len(self.people)], **{"legal_name": unique_name(), **answers}
            )
            for number in range(count)
        ]

    def die(self, point: str, **act: Any) -> Victim:
        """Work in another process until it meets `point`, if it does."""
        assert self.mortal is not None
        passed_on = {name: getattr(settings, name) for name in PASSED_ON}
        return self.mortal.run(point, settings=passed_on, ahead=self.later.ahead.total_seconds(), **act)

    def wake(self, victim: Victim, *, slept: float) -> Victim:
        """Let a process that stood still go on; for it, `slept` seconds have passed."""
        assert self.mortal is not None
        return self.mortal.go_on(victim, slept=slept)

    def settle(self) -> int:
        """Until every submission has ended; how many minutes of virtual time it took."""
        return settle(self.later)

    def pass_(self, **span: float) -> None:
        """Let virtual time go by."""
        pass_(self.later, seconds=timedelta(**span).total_seconds())

    def sweep_lists(self) -> None:
        """The nightly comparison of both sides, now."""
        sweep_now(gateway.default_account(), self.later())
        with on_errand(Errand(read=self.later)):
            sweeping.run(self.later)

    def sweep(self) -> None:
        """Faults off, the registry decides all that waits, and everything is read once more."""
        self.registry.faults_off(self.key)
        for there in self.registry.brands(account=self.key):
            if there["deleted_at"]:
                continue
            if there["status"] == "REGISTRATION_PENDING":
                self.registry.approve(there["id"])
            if there["two_factor"] == "waiting":
                self.registry.confirm_email(there["id"])
        for there in self.registry.campaigns(account=self.key):
            if there["status"] in ("TCR_PENDING", "TCR_ACCEPTED", "MNO_PENDING"):
                self.registry.approve_campaign(there["id"])
        self.registry.settle_numbers(self.key)
        # Further than the longest delay after a failure, and than the weekly reading of a decided brand.
        self.pass_(days=9)
        work(self.later)

    def submission(self, subject: Brand | Campaign | Assignment, purpose: str = "register") -> Submission:
        """The newest submission of a brand or campaign for one purpose, as the database has it."""
        person = self.owner(subject)
        with person.acting():
            found = Submission.objects.filter(subject_id=subject.pk, purpose=purpose).order_by("-accepted_at")
            return found[0]

    def fresh(self, subject: Subject) -> Subject:
        """The brand or campaign as the database has it."""
        with self.owner(subject).acting():
            found: Subject = type(subject).objects.get(pk=subject.pk)
            return found

    def owner(self, subject: Brand | Campaign | Assignment) -> Person:
        """Whoever of this test's people belongs to its organization."""
        return next(one for one in self.people if one.organization.pk == subject.organization_id)

    def creates(self, subject: Brand | Campaign | Assignment) -> int:
        """How often the registry was asked to make this very thing."""
        key = str(self.submission(subject).key)
        return len([row for row in self.registry.ledger(method="POST", key=key) if row["verb"] == "create"])

    def actions(self, subject: Brand | Campaign | Assignment) -> list[str]:
        """What the audit log tells of it, in order."""
        return list(self.look().events[subject.pk])

    def look(self) -> invariants.Pictures:
        """Both sides now."""
        return invariants.look(self.database, self.registry.control, key=self.key, ahead=self.later.ahead)

    def assert_sound(self, **allowed: Any) -> None:
        """Nothing is lost, nothing doubled, nothing forgotten. Fails with every sentence at once."""
        problems = invariants.broken(self.look(), **allowed)
        assert not problems, "\n".join(problems)
