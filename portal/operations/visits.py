"""Looking at an organization from inside, on its behalf: announced to it, recorded, read only, and not for long."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from portal.audit.recording import Actor, record
from portal.notifications import kinds
from portal.notifications import organizations as words
from portal.notifications.telling import tell
from portal.operations.events import ENTERED, LEFT, as_operator
from portal.tenancy.models import Organization
from portal.tenancy.scope import acting_for


def announce(organization: Organization, reason: str, *, by: Actor, at: datetime) -> None:
    """Tell the organization, in its log and its owners by notification, that somebody looks in, and why."""
    with acting_for(organization.pk, by=as_operator(by)):
        record(ENTERED, organization, by=as_operator(by), at=at, detail={"reason": reason})
        tell(organization, kind=kinds.OPERATOR, state=words.ENTERED, at=at, by=as_operator(by), note=reason)


def ended(organization_id: UUID, *, by: Actor, at: datetime) -> None:
    """Write into the organization's log that the operator has left."""
    organization = Organization.objects.get(pk=organization_id)
    with acting_for(organization.pk, by=as_operator(by)):
        record(LEFT, organization, by=as_operator(by), at=at)
