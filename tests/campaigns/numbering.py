"""Numbers on campaigns, made at once."""

from __future__ import annotations

from typing import Any

from campaigns.models import Campaign
from phone_numbers.models import Assignment, Number
from portal import clock
from tests.people import Person


def numbers_on(person: Person, campaign: Campaign, count: int, **state: Any) -> list[Assignment]:
    """`count` numbers of `person`'s organization, assigned to `campaign` for good unless `state` says otherwise."""
    with person.acting():
        last = Number.objects.count()
        numbers = Number.objects.bulk_create(
            Number(
                organization_id=person.organization.pk,
                e164=f"+1206{5550000 + last + place}",
                product="phone",
                label=f"Desk {last + place}",
            )
            for place in range(count)
        )
        rows = [
            Assignment(
                organization_id=person.organization.pk,
                number=number,
                campaign=campaign,
                **{"state": Assignment.State.ON, "since": clock.read().business, **state},
            )
            for number in numbers
        ]
        return Assignment.objects.bulk_create(rows)
