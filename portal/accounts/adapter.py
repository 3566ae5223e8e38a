"""How allauth is told about this portal's people."""

from __future__ import annotations

import smtplib
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.internal.ratelimit import get_ip
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.accounts import events
from portal.accounts.addresses import NOWHERE, client_address
from portal.accounts.fresh import is_fresh

log = structlog.get_logger(__name__)

# Seconds in which one slow-down is written into the audit log once, however often it is met.
SLOWED_ONCE = 10 * 60


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves: an organization's people are invited or enrolled."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("This e-mail address and this password do not belong together."),
        "too_many_login_attempts": _(
            "That was wrong too often. Wait ten minutes, then try again; other places are not held up."
        ),
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your current password."),
        "duplicate_email": _("This is your e-mail address already."),
        "email_taken": _("Another account has this e-mail address."),
        "incorrect_code": _("This is not the code that we sent."),
        "rate_limited": _("That was too often in a short time. Wait a minute, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Always False."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The same address that the audit log writes."""
        return client_address(request) or NOWHERE

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not within ten minutes of a sign-in: one rule for allauth's pages and for `member(fresh=True)`."""
        asked: bool = super().is_reauthentication_required(app=app, **kwargs)
        return asked and not is_fresh(context.request)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Wrong tries are counted per account *and* address: nobody can lock the owner out from elsewhere."""
        return f"{str(credentials.get('email', '')).lower()} from {get_ip(request)}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse without looking at the password while the slow-down lasts. Raises ValidationError."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            key = self._get_login_attempts_cache_key(request, **credentials)
            if cache.add(f"slowed:{events.digest(key)}", True, SLOWED_ONCE):
                events.note_failure(request, "person.sign-in-slowed", str(credentials.get("email") or ""))
            raise

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send, and go on when the mail server does not take it: what was asked for has happened already.

        The answer must not tell known from unknown addresses either, so it is the same then.
        """
        try:
            super().send_mail(template_prefix, email, context)
        except (smtplib.SMTPException, OSError) as problem:
            log.exception("mail not sent", template=template_prefix, error=type(problem).__name__)
