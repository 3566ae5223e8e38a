"""Who may do what: the written table that views, templates and tests read."""

from __future__ import annotations

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import Role, StaffRole


class Act(StrEnum):
    """Something a member needs permission for."""

    VIEW = "view"
    DRAFT = "draft"
    SUBMIT = "submit"
    # Delete a brand or campaign; assign and unassign numbers.
    REMOVE = "remove"
    # Invite, remove and change members that are no owners.
    PEOPLE = "people"
    # Invite, remove and change owners.
    OWNERS = "owners"
    SETTINGS = "settings"
    # Read and export the audit log.
    AUDIT = "audit"
    # End one's own membership.
    LEAVE = "leave"


_EVERYBODY = frozenset(Role.values)
_FILING = frozenset({Role.OWNER, Role.ADMIN, Role.SUBMITTER})
_RUNNING = frozenset({Role.OWNER, Role.ADMIN})

ALLOWED: dict[Act, frozenset[str]] = {
    Act.VIEW: _EVERYBODY,
    Act.DRAFT: _FILING,
    Act.SUBMIT: _FILING,
    Act.REMOVE: _RUNNING,
    Act.PEOPLE: _RUNNING,
    Act.OWNERS: frozenset({Role.OWNER}),
    Act.SETTINGS: _RUNNING,
    Act.AUDIT: _RUNNING,
    Act.LEAVE: _EVERYBODY,
}
# The table in words, where somebody is given a role.
IN_WORDS: dict[str, str | Promise] = {
    Role.OWNER: _("Everything, and the only ones who can make and remove owners."),
    Role.ADMIN: _("Brands, campaigns, numbers, members and settings. Cannot change owners."),
    Role.SUBMITTER: _("Drafts and submits. Cannot delete, assign numbers or manage members."),
    Role.VIEWER: _("Sees everything and changes nothing."),
}
# All that is left of these in a suspended organization, and for an operator who is visiting.
READING = frozenset({Act.VIEW, Act.AUDIT})


class Duty(StrEnum):
    """Something the operator's own staff needs permission for."""

    # The queues of the porting desk, and what they are about.
    DESK = "desk"
    # All organizations: look, create, suspend, enter, tell.
    OPERATE = "operate"


ON_DUTY: dict[Duty, frozenset[str]] = {
    Duty.DESK: frozenset(StaffRole.values),
    Duty.OPERATE: frozenset({StaffRole.OPERATOR}),
}


def may(role: str, act: Act) -> bool:
    """Does `role` allow `act`?"""
    return role in ALLOWED[act]


def on_duty(role: str, duty: Duty) -> bool:
    """Does this role of the operator's staff allow `duty`?"""
    return role in ON_DUTY[duty]
