"""How numbers come into an account: bought and tagged elsewhere, which is what the control API does for it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction

from portal.practice.clock import Moment
from portal.practice.faults.matching import dice
from portal.practice.models import Account, MessagingProfile, Number

# The codes of toll-free numbers (domain reference 4.1), and the area codes of Canada that examples are made of.
TOLL_FREE = frozenset({"800", "833", "844", "855", "866", "877", "888"})
_CHANGED = ["country", "toll_free", "sms", "status", "tags", "profile", "changed_at"]


def profile_of(account: Account, moment: Moment, name: str = "Messaging") -> MessagingProfile:
    """The account's first messaging profile; made if it has none."""
    found = MessagingProfile.objects.filter(account=account).order_by("created_at").first()
    return found or make_profile(account, moment, {"name": name, "whitelisted_destinations": ["US"]})


def make_profile(account: Account, moment: Moment, filed: Mapping[str, Any]) -> MessagingProfile:
    """A new messaging profile as it was filed."""
    count = MessagingProfile.objects.filter(account=account).count()
    chance = dice(moment.seed, "profile", account.fingerprint, count).getrandbits(128)
    return MessagingProfile.objects.create(
        id=uuid.UUID(int=chance, version=4),
        account=account,
        name=filed["name"],
        filed=dict(filed),
        created_at=moment.business,
    )


@transaction.atomic
def add(
    account: Account,
    e164s: Sequence[str],
    moment: Moment,
    *,
    tags: Iterable[str] = (),
    country: str = "US",
    sms: bool = True,
    status: str = "active",
    profile: bool = True,
) -> int:
    """Give an account numbers, or change those of them that it has. With `profile` they are set up for texts.

    How many were given.
    """
    owner = profile_of(account, moment) if profile else None
    rows = [
        Number(
            account=account,
            e164=e164,
            country=country,
            toll_free=e164[2:5] in TOLL_FREE,
            sms=sms,
            status=status,
            tags=list(tags),
            profile=owner,
            added_at=moment.business,
            changed_at=moment.business,
        )
        for e164 in dict.fromkeys(e164s)
    ]
    Number.objects.bulk_create(
        rows,
        batch_size=2000,
        update_conflicts=True,
        unique_fields=["account", "e164"],
        update_fields=_CHANGED,
    )
    return len(rows)
