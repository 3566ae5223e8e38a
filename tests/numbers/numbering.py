"""Numbers at the practice registry: each step with the loop, the campaign's list and the carriers' answers."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from campaigns.models import Campaign
from phone_numbers.assigning import assign
from phone_numbers.models import Assignment, Number, Order, Roster
from phone_numbers.rosters import roster_of
from phone_numbers.unassigning import unassign
from portal.audit.models import Event
from portal.lifecycle.models import Submission
from tests.campaigns.living import Living
from tests.campaigns.numbering import numbers_of
from tests.people import Person
from tests.practice_registry import PracticeRegistry


class Numbering(Living):
    """One person's numbers at the practice registry."""

    def __init__(self, person: Person, registry: PracticeRegistry, key: str) -> None:
        super().__init__(person, registry)
        self.key = key

    def numbers(self, count: int, *, profile: bool = True, **fields: Any) -> list[Number]:
        """So many in the inventory, and in the account at the registry."""
        rows = numbers_of(self.person, count, **{"enabled": profile, **fields})
        self.registry.add_numbers(self.key, [one.e164 for one in rows], profile=profile)
        return rows

    def number(self, e164: str) -> Number:
        """One of a number that a rule of the registry fits."""
        return self.numbers(1, e164=e164)[0]

    def order(self, campaign: Campaign, numbers: list[Number], **kwargs: Any) -> Order:
        """Order that they are assigned, and have it sent."""
        order = self.ordered(campaign, numbers, **kwargs)
        self.work()
        return order

    def ordered(self, campaign: Campaign, numbers: list[Number], **kwargs: Any) -> Order:
        """Order that they are assigned; nothing is sent yet."""
        with self.person.acting():
            chosen = Number.objects.filter(pk__in=[one.pk for one in numbers])
            if len(numbers) > roster_of(campaign).left:
                Roster.objects.filter(campaign=campaign).update(approved=len(numbers) + 48)
            return assign(
                campaign,
                chosen,
                **{"token": uuid4(), "by": self.person.actor, "times": self.later(), **kwargs},
            )

    def on(self, campaign: Campaign, count: int, **kwargs: Any) -> list[Number]:
        """So many that the carrier has on the campaign."""
        numbers = self.numbers(count, **kwargs)
        self.order(campaign, numbers)
        self.answered(campaign)
        assert {self.state(one) for one in numbers} == {"on"}
        return numbers

    def taken_off(self, numbers: list[Number]) -> Order:
        """Order that they are taken off, with the minute over and the carrier asked."""
        with self.person.acting():
            chosen = Number.objects.filter(pk__in=[one.pk for one in numbers])
            order = unassign(chosen, token=uuid4(), by=self.person.actor, times=self.later())
        self.work(minutes=2)
        return order

    def answered(self, campaign: Campaign) -> None:
        """The mobile carriers answer all that they were asked, and that is read."""
        self.registry.settle_numbers(self.key, self.reference(campaign))
        self.work(hours=2)

    # --- what is there now

    def latest(self, number: Number) -> Assignment:
        """The newest assignment of a number."""
        with self.person.acting():
            rows = Assignment.objects.filter(number=number).select_related("number")
            open_one: Assignment | None = rows.filter(ended_at=None).first()
            return open_one or rows.latest("since")

    def state(self, number: Number) -> str:
        """Where it stands."""
        return self.latest(number).state

    def there(self, number: Number) -> str:
        """The campaign that the registry has it on; "" for none."""
        campaign = self.registry.number(self.key, number.e164)["campaign"]
        return str(campaign or "")

    def actions(self, number: Number) -> list[str]:
        """What happened to it, oldest first."""
        with self.person.acting():
            rows = Event.objects.filter(object_kind="number", object_id=number.pk).order_by("id")
            return [action.removeprefix("number.") for action in rows.values_list("action", flat=True)]

    def asked(self) -> list[str]:
        """What the registry was asked about numbers, oldest first."""
        ledger = self.registry.ledger(account=self.key)
        return [one["verb"] for one in ledger if one["resource"] == "number"]

    def writes_about(self, number: Number) -> list[Submission]:
        """Every write about it, oldest first."""
        with self.person.acting():
            ids = Assignment.objects.filter(number=number).values("pk")
            return list(Submission.objects.filter(subject_id__in=ids).order_by("accepted_at"))
