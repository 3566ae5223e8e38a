"""Who may do what: the written table that views and tests read."""

from __future__ import annotations

from enum import StrEnum

from portal.tenancy.models import Role


class Act(StrEnum):
    """Something that needs permission."""

    VIEW = "view"
    DRAFT = "draft"
    SUBMIT = "submit"


ALLOWED: dict[Act, frozenset[str]] = {
    Act.VIEW: frozenset(Role.values),
    Act.DRAFT: frozenset({Role.OWNER, Role.ADMIN, Role.SUBMITTER}),
    Act.SUBMIT: frozenset({Role.OWNER, Role.ADMIN, Role.SUBMITTER}),
}


def may(role: str, act: Act) -> bool:
    """Does `role` allow `act`?"""
    return role in ALLOWED[act]
