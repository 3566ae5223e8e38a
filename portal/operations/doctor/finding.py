"""What an id names: a brand, a campaign, a number, a write, a wait, a person, an organization, a carrier's
reference or event.

Things of organizations are looked for in one organization after the other, each in its own scope.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from brands.models import Brand
from campaigns.models import Campaign
from campaigns.registration import Registration
from phone_numbers.models import Number
from portal.accounts.models import User
from portal.audit.recording import CLEARLINE
from portal.lifecycle.models import CarrierAccount, CarrierEvent, Stranger, Submission, Watch
from portal.notifications.models import Notification
from portal.tenancy.models import Invitation, Organization
from portal.tenancy.scope import acting_for

# A registry's id has seven characters, our short reference eight.
SHORTEST = 7
_DIGITS = re.compile(r"[0-9a-f]{8,32}")

House = Organization | User | CarrierAccount | CarrierEvent | Stranger
Theirs = Brand | Campaign | Number | Invitation | Notification


@dataclass(frozen=True, slots=True)
class Found:
    """What an id named. `organization` is None for what belongs to nobody; else read `row` in its scope."""

    row: House | Theirs
    organization: Organization | None = None


def find(wanted: str) -> Iterator[Found]:
    """Everything that `wanted` names: an id or the beginning of one, a reference, a name, an e-mail address."""
    ids = _ids(wanted)
    yield from (Found(row) for row in _in_the_house(wanted, ids))
    if len(wanted) < SHORTEST:
        return
    for organization in Organization.objects.order_by("created_at"):
        with acting_for(organization.pk, by=CLEARLINE):
            rows = list(_in_scope(wanted, ids))
        yield from (Found(row, organization) for row in rows)


def _in_the_house(wanted: str, ids: Q | None) -> Iterator[House]:
    yield from CarrierAccount.objects.filter(account=wanted)
    yield from Stranger.objects.filter(reference=wanted)
    yield from CarrierEvent.objects.filter(event_id=wanted)
    yield from Organization.objects.filter(Q(name__iexact=wanted) | ids if ids else Q(name__iexact=wanted))
    yield from User.objects.filter(email__iexact=wanted)


def _in_scope(wanted: str, ids: Q | None) -> Iterator[Theirs]:
    named = Q(reference=wanted) | Q(registry_id__iexact=wanted)
    if ids is not None:
        yield from Invitation.objects.filter(ids)
        yield from Notification.objects.filter(ids)
    brands = _subjects(Brand.kind, wanted, ids)
    yield from Brand.objects.filter(named | brands).order_by("created_at")
    registered = Registration.objects.filter(named | (ids or Q(pk=None)) | _key(wanted, ids))
    campaigns = _subjects(Campaign.kind, wanted, ids) | Q(pk__in=registered.values("campaign"))
    yield from Campaign.objects.filter(campaigns).order_by("created_at")
    digits = re.sub(r"[^0-9]", "", wanted)
    if len(digits) >= SHORTEST and not re.search(r"[a-z]", wanted):
        yield from Number.objects.filter(Q(e164__endswith=digits) | (ids or Q(pk=None)))
    elif ids is not None:
        yield from Number.objects.filter(ids)


def _subjects(kind: str, wanted: str, ids: Q | None) -> Q:
    """The things of `kind` that are named themselves, or by a write or a wait about them."""
    writes = Submission.objects.filter(reference=wanted, kind=kind)
    found = Q(pk__in=writes.values("subject_id"))
    if ids is not None:
        keyed = Submission.objects.filter(ids | _ids_of("key", wanted), kind=kind)
        waits = Watch.objects.filter(ids, kind=kind)
        found |= ids | Q(pk__in=keyed.values("subject_id")) | Q(pk__in=waits.values("subject_id"))
    return found


def _key(wanted: str, ids: Q | None) -> Q:
    return _ids_of("key", wanted) if ids is not None else Q(pk=None)


def _ids(wanted: str) -> Q | None:
    """Rows whose primary key begins with `wanted`; None when it is no part of a UUID."""
    return _ids_of("pk", wanted) if _DIGITS.fullmatch(wanted.replace("-", "")) else None


def _ids_of(name: str, wanted: str) -> Q:
    digits = wanted.replace("-", "")
    lowest, highest = UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))
    return Q(**{f"{name}__range": (lowest, highest)})
