"""The private address of a person's renewal calendar: made, shown, and revoked.

The address is a signature over organization and row, as that of an invitation is: whoever reads the database can open
nothing with what is there, and the owner can copy it again on any day. Revoking deletes the row; another address has
another row. It opens for as long as the person belongs to the organization, and not beyond.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import models, transaction
from django.urls import reverse

from portal.accounts.models import User
from portal.audit.recording import Actor, record
from portal.tenancy.models import Membership, TenantModel

_SALT = "campaigns.feeds"
_FACTS = 32

# Events of an address, told in `states.teach`.
CREATED = "calendar.address-made"
REVOKED = "calendar.address-revoked"


class BadAddress(ValueError):
    """No address of ours: cut off, made up, or signed with a key that is no longer in use."""


class CalendarFeed(TenantModel):
    """The right of one person to read an organization's renewal calendar without signing in, until it is revoked."""

    kind = "calendar"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "user"], name="one_feed_per_person")]

    def __str__(self) -> str:
        return f"calendar of {self.user_id}"


@dataclass(frozen=True, slots=True)
class Address:
    """What an address says, after its signature was checked."""

    organization_id: UUID
    feed_id: UUID


def path_of(feed: CalendarFeed) -> str:
    """The path under which `feed` is read."""
    facts = feed.organization_id.bytes + feed.pk.bytes
    token = Signer(sep=".", salt=_SALT).sign(base64.urlsafe_b64encode(facts).decode().rstrip("="))
    return reverse("calendar-feed", args=[token])


def link_of(feed: CalendarFeed) -> str:
    """The address that a calendar program is given."""
    return f"{settings.PUBLIC_URL}{path_of(feed)}"


def opened(token: str) -> Address:
    """Read a token back. Raises BadAddress. Costs one HMAC and no query, so guessing is free for us too."""
    try:
        facts = base64.urlsafe_b64decode(Signer(sep=".", salt=_SALT).unsign(token) + "=")
    except (BadSignature, ValueError) as problem:
        raise BadAddress from problem
    if len(facts) != _FACTS:
        raise BadAddress
    return Address(UUID(bytes=facts[:16]), UUID(bytes=facts[16:]))


def feed_of(user: User) -> CalendarFeed | None:
    """The address that `user` has in the scope's organization."""
    found: CalendarFeed | None = CalendarFeed.objects.filter(user=user).first()
    return found


def holder_of(feed_id: UUID) -> Membership | None:
    """Who reads the organization in scope by this address; None when it opens nothing (any more).

    Whoever left and came back starts anew, and where pages want a second factor the address wants that they have one.
    """
    feed = CalendarFeed.objects.filter(pk=feed_id).first()
    if feed is None:
        return None
    rows = Membership.objects.filter(organization_id=feed.organization_id, user_id=feed.user_id)
    member = rows.filter(user__is_active=True).select_related("user", "organization").first()
    if member is None or feed.created_at < member.created_at:
        return None
    if member.organization.mfa_required and not is_mfa_enabled(member.user):
        return None
    return member


def make_address(user: User, organization_id: UUID, *, by: Actor, at: datetime) -> CalendarFeed:
    """A new address for `user`; an earlier one is revoked by it. With its events, in one transaction."""
    with transaction.atomic():
        revoke_address(user, by=by, at=at)
        feed: CalendarFeed = CalendarFeed.objects.create(
            organization_id=organization_id, user=user, created_at=at
        )
        record(CREATED, feed, by=by, at=at)
    return feed


def revoke_address(user: User, *, by: Actor, at: datetime) -> bool:
    """The address of `user` opens nothing from now on. False when there was none."""
    with transaction.atomic():
        feed = CalendarFeed.objects.select_for_update().filter(user=user).first()
        if feed is None:
            return False
        record(REVOKED, feed, by=by, at=at)
        feed.delete()
    return True
