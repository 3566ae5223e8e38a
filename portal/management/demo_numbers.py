"""The demo company's numbers: in its inventory, in the carrier's account under its tag, and twelve on a campaign.

They are really ordered: the loop runs here for a moment, and the practice registry is told to answer at once. A few
more stand in the account only, so that fetching from the carrier finds something: one of each kind that cannot be put
on a campaign is among them.
"""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import uuid4

from django.conf import settings

from campaigns.models import Campaign
from phone_numbers.assigning import assign
from phone_numbers.models import Number, Roster
from phone_numbers.syncing import tag_of
from portal import clock
from portal.audit.recording import Actor
from portal.lifecycle import loop
from portal.lifecycle.knocking import knock
from portal.lifecycle.models import Watch
from portal.management.demo_practice import LOOK, told
from portal.tenancy.models import Organization
from portal.tenancy.scope import acting_for

# Reserved for examples: nobody is called by them.
NUMBERS = tuple(f"+1206555{number:04}" for number in range(100, 120))
ON_CAMPAIGN = 12
DESKS = ("Front desk", "Billing", "Dr. Osei", "Dr. Whitfield", "Hygiene", "Lab")
# In the carrier's account only, each lot with what is particular about it.
ONLY_THERE: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
    (tuple(f"+1206555{number:04}" for number in range(120, 124)), {}),
    (("+12065550124", "+12065550125"), {"profile": False}),
    (("+12065550126",), {"sms": False}),
    (("+18885550142",), {}),
    (("+16045550142",), {"country": "CA"}),
)


def stock(organization: Organization) -> list[Number]:
    """Put the numbers into the carrier's account and twenty of them into the inventory. Those twenty."""
    tags = [str(tag_of(organization.pk))]
    for e164s, facts in ((NUMBERS, {}), *ONLY_THERE):
        told("numbers", account=_account(), numbers=list(e164s), tags=tags, **facts)
    at = clock.read().business
    return Number.objects.bulk_create(
        Number(
            organization_id=organization.pk,
            e164=e164,
            product="phone",
            added_at=at,
            label=DESKS[place] if place < len(DESKS) else "",
            serves_kind="user" if place < len(DESKS) else "",
            serves=DESKS[place] if place < len(DESKS) else "",
        )
        for place, e164 in enumerate(NUMBERS)
    )


def put_on(campaign: Campaign, numbers: list[Number], *, by: Actor) -> None:
    """Order that the first twelve are put on `campaign`."""
    first = Number.objects.filter(pk__in=[number.pk for number in numbers[:ON_CAMPAIGN]])
    assign(campaign, first, token=uuid4(), by=by, times=clock.read())


def settle(organization: Organization, *, by: Actor) -> None:
    """Send what was ordered, have the mobile carriers answer, and read that."""
    loop.run(seconds=LOOK)
    if not told("numbers/settle", account=_account()):
        return
    with acting_for(organization.pk, by=by):
        waits = list(Watch.objects.filter(kind=Roster.kind, closed_at=None).values_list("pk", flat=True))
    knock(waits, clock.read())
    loop.run(seconds=LOOK)


def _account() -> str:
    """What the registry calls the account of our key."""
    key = settings.CARRIER_KEY or settings.TELNYX_KEY
    return hashlib.sha256(key.encode()).hexdigest()[:16]
