"""What every template may know of the organization that is being served."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from portal.accounts.models import User
from portal.tenancy.access import acting_of, visited_by
from portal.tenancy.models import Organization


def acting(request: HttpRequest) -> dict[str, Any]:
    """`acting` (who acts for whom) and `organization`, or None where nobody does; `visited` by an operator.

    A page of a person's own account acts for nobody, and shows the same navigation as all others.
    """
    acting = getattr(request, "acting", None)
    user = getattr(request, "user", None)
    if acting is None and request.resolver_match and isinstance(user, User):
        acting = request.acting = acting_of(request, user)  # type: ignore[attr-defined]
    organization = acting.organization if acting else None
    return {"acting": acting, "organization": organization, "visited": lambda: _visited(request)}


def _visited(request: HttpRequest) -> Organization | None:
    """The organization of an operator's visit, also on pages where nobody acts for it."""
    acting = getattr(request, "acting", None)
    if acting is not None:
        return acting.organization if acting.visiting else None
    user = getattr(request, "user", None)
    return visited_by(request, user) if isinstance(user, User) else None
