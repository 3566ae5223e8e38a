"""How the audit log names an organization, its members and its invitations."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.audit.things import Thing, know
from portal.tenancy.models import Invitation, Membership, Organization


def know_all() -> None:
    """Called once, when the app is ready."""
    # Without a page: its settings are closed to some who may read the log, and to all while it is suspended.
    know(Organization.kind, Thing(_("Organization"), names=_organizations))
    know(Membership.kind, Thing(_("Member"), names=_members, page=lambda _id: reverse("tenancy:members")))
    know(Invitation.kind, Thing(_("Invitation")))


def _organizations(ids: Collection[UUID]) -> dict[UUID, str]:
    return dict(Organization.objects.filter(pk__in=ids).values_list("pk", "name"))


def _members(ids: Collection[UUID]) -> dict[UUID, str]:
    """Those who belong to the organization in scope now; the others are called what they were called then."""
    found = Membership.objects.filter(user_id__in=ids).select_related("user")
    return {one.user_id: str(one.user) for one in found}
