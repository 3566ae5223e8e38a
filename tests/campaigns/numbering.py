"""Numbers on campaigns, made at once."""

from __future__ import annotations

import itertools
from typing import Any

from campaigns.models import Campaign
from phone_numbers.models import Assignment, Number, Roster
from phone_numbers.rosters import roster_of
from portal import clock
from tests.people import Person

# No two organizations of one test can have the same number on a campaign.
_next = itertools.count(5_550_000)


def numbers_of(person: Person, count: int, **fields: Any) -> list[Number]:
    """`count` numbers in the inventory of `person`'s organization, in rising order, with `fields` of one's own."""
    with person.acting():
        return Number.objects.bulk_create(
            Number(
                **{
                    "organization_id": person.organization.pk,
                    "e164": f"+1206{next(_next)}",
                    "product": "phone",
                    "label": f"Desk {place}",
                    **fields,
                }
            )
            for place in range(count)
        )


def numbers_on(person: Person, campaign: Campaign, count: int, **state: Any) -> list[Assignment]:
    """`count` numbers of `person`'s organization, assigned to `campaign` for good unless `state` says otherwise.

    A campaign that they are too many for was granted them.
    """
    numbers = numbers_of(person, count)
    with person.acting():
        roster = roster_of(campaign)
        if count > roster.left:
            Roster.objects.filter(pk=roster.pk).update(approved=roster.used + count)
        rows = [
            Assignment(
                organization_id=person.organization.pk,
                number=number,
                campaign=campaign,
                e164=number.e164,
                **{"state": Assignment.State.ON, "since": clock.read().business, **state},
            )
            for number in numbers
        ]
        return Assignment.objects.bulk_create(rows)
