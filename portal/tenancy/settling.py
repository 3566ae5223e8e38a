"""Changing what an organization is called, which clock it goes by, and how its people sign in."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.utils import is_mfa_enabled

from portal.audit.recording import record
from portal.tenancy.access import Acting
from portal.tenancy.membering import hold_still, members_of
from portal.tenancy.models import Organization

# What each change is recorded as.
_ACTIONS = {"name": "organization.renamed", "time_zone": "organization.time-zone-changed"}


class NoSecondStep(Exception):
    """The person who requires it has none, and would be the first to be locked out."""


def save(acting: Acting, changes: dict[str, str], *, at: datetime) -> bool:
    """Set name and time zone at business time `at`; one event for each that is different now, False for none."""
    hold_still(acting)
    organization = Organization.objects.get(pk=acting.organization.pk)
    different = {
        field: (getattr(organization, field), value)
        for field, value in changes.items()
        if getattr(organization, field) != value
    }
    for field, (was, value) in different.items():
        setattr(organization, field, value)
        record(_ACTIONS[field], organization, by=acting.actor, at=at, detail={"from": was, "to": value})
    organization.save(update_fields=list(different))
    return bool(different)


def without_second_step(organization: Organization) -> int:
    """How many members have a password and nothing else."""
    return sum(not one.has_second_step for one in members_of(organization))


def require_second_step(acting: Acting, *, at: datetime) -> bool:
    """Let nobody in without a second step from their next page on; False when it was so already.

    Raises NoSecondStep when `acting` has none of their own.
    """
    hold_still(acting)
    if not is_mfa_enabled(acting.user):
        raise NoSecondStep
    stopped = without_second_step(acting.organization)
    return _turn(acting, True, "organization.two-step-required", at, {"stopped": stopped})


def allow_password_alone(acting: Acting, *, at: datetime) -> bool:
    """Let a password alone be enough again; False when it was so already."""
    hold_still(acting)
    return _turn(acting, False, "organization.two-step-optional", at, {})


def _turn(acting: Acting, on: bool, action: str, at: datetime, detail: dict[str, int]) -> bool:
    rows = Organization.objects.filter(pk=acting.organization.pk, mfa_required=not on)
    if rows.update(mfa_required=on) != 1:
        return False
    record(action, acting.organization, by=acting.actor, at=at, detail=detail)
    return True
