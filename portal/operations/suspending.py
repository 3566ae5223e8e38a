"""Suspending an organization and lifting it again.

Its people can read, and nothing can be written or submitted: `Acting.may` and with it every door says so.
What was accepted before goes on: the loop does not ask. A write that is half-way at a carrier must reach
an end that somebody knows, answers of the registries are no act of the organization's people, and a renewal
that is not made cannot be made up for. The suspension ends what they may do, not what they have.
"""

from __future__ import annotations

from datetime import datetime

from portal.audit.recording import Actor, record
from portal.notifications import kinds
from portal.notifications import organizations as words
from portal.notifications.telling import tell
from portal.operations.events import RESUMED, SUSPENDED, as_operator
from portal.tenancy.models import Organization
from portal.tenancy.scope import acting_for


def suspend(organization: Organization, reason: str, *, by: Actor, at: datetime) -> bool:
    """Suspend it at business time `at`, with the reason that its people read; False when it was already."""
    with acting_for(organization.pk, by=as_operator(by)):
        rows = Organization.objects.filter(pk=organization.pk, suspended_at=None)
        if not rows.update(suspended_at=at, suspended_reason=reason):
            return False
        record(SUSPENDED, organization, by=as_operator(by), at=at, detail={"reason": reason})
        tell(organization, kind=kinds.OPERATOR, state=words.SUSPENDED, at=at, by=as_operator(by), note=reason)
    return True


def resume(organization: Organization, *, by: Actor, at: datetime) -> bool:
    """Lift the suspension at business time `at`; False when there was none."""
    with acting_for(organization.pk, by=as_operator(by)):
        rows = Organization.objects.filter(pk=organization.pk, suspended_at__isnull=False)
        if not rows.update(suspended_at=None, suspended_reason=""):
            return False
        record(RESUMED, organization, by=as_operator(by), at=at)
        tell(organization, kind=kinds.OPERATOR, state=words.REOPENED, at=at, by=as_operator(by))
    return True
