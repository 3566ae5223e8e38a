"""How allauth is told about this portal's people."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves: an organization's people are invited or enrolled."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Always False."""
        return False
