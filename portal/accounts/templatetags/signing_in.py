"""What templates of the sign-in ask: where passkeys work, and which second factors somebody has."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.accounts import keeping, passkeys, second_factors

register = template.Library()


@register.simple_tag
def passkey_address(request: HttpRequest) -> str:
    """ "" where passkeys work; else where this page has them."""
    return passkeys.passkey_address(request)


@register.simple_tag
def page_of(user: Any) -> SafeString | str:
    """The hidden input that lets the answers of a form be kept when its page is older than the sign-in."""
    if not getattr(user, "is_authenticated", False):
        return ""
    return format_html(
        '<input type="hidden" name="{}" value="{}">', keeping.PAGE_OF, keeping.page_of(user.pk)
    )


@register.simple_tag
def session_warning() -> int:
    """How many seconds before the end of a sign-in a page asks."""
    return int(settings.SESSION_WARNING)


@register.simple_tag
def factors(user: AbstractBaseUser) -> dict[str, Any]:
    """See `second_factors.factors`."""
    return second_factors.factors(user)
