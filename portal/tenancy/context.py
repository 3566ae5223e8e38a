"""What every template may know of the organization that is being served."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def acting(request: HttpRequest) -> dict[str, Any]:
    """`acting` (who acts for whom) and `organization`, or None where nobody acts."""
    acting = getattr(request, "acting", None)
    return {"acting": acting, "organization": acting.organization if acting else None}
