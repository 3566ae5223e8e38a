"""Changing what members may do, and who is one. An organization always keeps an owner.

Every act here first locks the organization's row, so that two people who act on each other at the
same moment come one after the other, and the second is judged by what the first left behind.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet

from portal.accounts.models import User
from portal.audit.recording import Actor, record
from portal.tenancy.access import Acting
from portal.tenancy.models import Membership, Organization, Role
from portal.tenancy.roles import Act

# Owners first, then by what they may do.
ORDER = {role: place for place, role in enumerate(Role.values)}


class LastOwner(Exception):
    """Nobody would be left who may do everything."""


@dataclass(frozen=True, slots=True)
class Member:
    """A person in an organization, as the audit log knows them.

    By the person's id and not the membership's: who leaves and comes back is still the same member.
    """

    organization_id: UUID
    pk: UUID
    kind: str = Membership.kind

    @classmethod
    def of(cls, membership: Membership) -> Member:
        """The one that `membership` is about."""
        return cls(membership.organization_id, membership.user_id)


def members_of(organization: Organization) -> QuerySet[Any]:
    """Its memberships with their accounts; `has_second_step` on each: is a password alone not enough for them?"""
    second_step = Authenticator.objects.filter(user_id=OuterRef("user_id"))
    return (
        Membership.objects.filter(organization=organization)
        .select_related("user")
        .annotate(has_second_step=Exists(second_step))
    )


def owners_of(organization_id: UUID) -> QuerySet[Membership]:
    """The owners who can sign in: one whose account is closed cannot do anything for anybody."""
    return Membership.objects.filter(organization_id=organization_id, role=Role.OWNER, user__is_active=True)


def must_touch(acting: Acting, *roles: str) -> None:
    """Raise PermissionDenied unless these roles are in `acting`'s hands: owners are in owners' hands only."""
    if not acting.may(Act.OWNERS if Role.OWNER in roles else Act.PEOPLE):
        raise PermissionDenied


def change_role(acting: Acting, user_id: UUID, role: str, *, at: datetime) -> bool:
    """Give a member another role at business time `at`; False when they had it already.

    Raises PermissionDenied, LastOwner, or Membership.DoesNotExist when they are gone.
    """
    hold_still(acting)
    membership = _find(acting, user_id)
    was = membership.role
    must_touch(acting, was, role)
    if was == role:
        return False
    if was == Role.OWNER:
        _keep_an_owner(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    _record("member.role-changed", membership, acting.actor, at, {"from": was, "to": role})
    return True


def remove(acting: Acting, user_id: UUID, *, at: datetime) -> Membership:
    """End somebody else's membership. What they did stays; their next page no longer opens.

    Raises as `change_role`.
    """
    hold_still(acting)
    membership = _find(acting, user_id)
    must_touch(acting, membership.role)
    _end(membership, "member.removed", acting.actor, at)
    return membership


def leave(acting: Acting, *, at: datetime) -> None:
    """End one's own membership, which needs no permission. Raises LastOwner."""
    hold_still(acting)
    _end(_find(acting, acting.user.pk), "member.left", acting.actor, at)


def hold_still(acting: Acting) -> None:
    """Lock the organization's people until the transaction ends.

    Raises PermissionDenied when the role with which `acting` came in has been changed or taken since.
    """
    # "NO KEY": rows that point at the organization can still be added, so nobody else has to wait.
    Organization.objects.select_for_update(no_key=True).get(pk=acting.organization.pk)
    mine = Membership.objects.filter(organization=acting.organization, user=acting.user)
    if not mine.filter(role=acting.role).exists():
        raise PermissionDenied


def join(organization: Organization, user: User, role: str, *, by: Actor, at: datetime) -> bool:
    """Make `user` a member; False, and nothing changed, when they are one already."""
    membership, made = Membership.objects.get_or_create(
        organization=organization, user=user, defaults={"role": role, "created_at": at}
    )
    if made:
        _record("member.joined", membership, by, at, {"role": role})
    return made


def _find(acting: Acting, user_id: UUID) -> Membership:
    return Membership.objects.select_related("user").get(organization=acting.organization, user_id=user_id)


def _end(membership: Membership, action: str, by: Actor, at: datetime) -> None:
    if membership.role == Role.OWNER:
        _keep_an_owner(membership)
    # Recorded first: a deleted row has no id to be told by.
    _record(action, membership, by, at, {"role": membership.role})
    membership.delete()


def _keep_an_owner(membership: Membership) -> None:
    if not owners_of(membership.organization_id).exclude(pk=membership.pk).exists():
        raise LastOwner


def _record(action: str, membership: Membership, by: Actor, at: datetime, detail: dict[str, str]) -> None:
    whom = {"name": str(membership.user), "email": membership.user.email}
    record(action, Member.of(membership), by=by, at=at, detail={**whom, **detail})
