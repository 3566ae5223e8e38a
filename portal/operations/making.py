"""Creating an organization, and asking in its first owner."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q

from portal.audit.recording import Actor, record
from portal.operations.events import CREATED, as_operator
from portal.tenancy.inviting import LIFETIME
from portal.tenancy.models import Invitation, Membership, Organization, Role
from portal.tenancy.scope import acting_for


class NameTaken(Exception):
    """There is an organization of this name already; two could not be told apart when switching."""


class HasOwner(Exception):
    """An owner has signed in: from then on its own people say who belongs to it."""


def create_organization(name: str, time_zone: str, owner: str, *, by: Actor, at: datetime) -> Organization:
    """A new organization, and an invitation as owner to the address `owner`, due at business time `at`.

    Of two at the same moment one wins. Raises NameTaken.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('organization names'))")
        if Organization.objects.filter(name__iexact=name).exists():
            raise NameTaken
        organization = Organization.objects.create(name=name, time_zone=time_zone)
        with acting_for(organization.pk, by=as_operator(by)):
            record(CREATED, organization, by=as_operator(by), at=at, detail={"name": name})
            _invite(organization, owner, by=by, at=at)
    return organization


def invite_owner(organization: Organization, email: str, *, by: Actor, at: datetime) -> Invitation:
    """Ask an owner in once more, or somebody else, while no owner has signed in. Earlier ones are withdrawn.

    Raises HasOwner: an operator cannot make themselves owner of an organization that has one.
    """
    with acting_for(organization.pk, by=as_operator(by)):
        Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
        owners = Membership.objects.filter(organization=organization, role=Role.OWNER)
        if owners.filter(user__is_active=True, user__last_login__isnull=False).exists():
            raise HasOwner
        still_open = Invitation.objects.filter(accepted_at=None, withdrawn_at=None)
        for one in still_open.filter(Q(role=Role.OWNER) | Q(email=email.lower())):
            one.withdrawn_at, one.due_at = at, None
            one.save(update_fields=["withdrawn_at", "due_at"])
            _record("member.invitation-withdrawn", one, by, at)
        return _invite(organization, email, by=by, at=at)


def _invite(organization: Organization, email: str, *, by: Actor, at: datetime) -> Invitation:
    invitation: Invitation = Invitation.objects.create(
        organization=organization,
        email=email.lower(),
        role=Role.OWNER,
        invited_by=by.user_id,
        invited_by_name=as_operator(by).name,
        created_at=at,
        expires_at=at + LIFETIME,
        due_at=at,
    )
    _record("member.invited", invitation, by, at)
    return invitation


def _record(action: str, invitation: Invitation, by: Actor, at: datetime) -> None:
    detail = {"email": invitation.email, "role": invitation.role}
    record(action, invitation, by=as_operator(by), at=at, detail=detail)
