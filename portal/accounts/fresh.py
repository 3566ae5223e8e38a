"""Fresh sign-in: before an act that cannot be taken back, a person proves again that it is them.

Asked before deleting a brand or campaign, unassigning more than 48 numbers, inviting or changing an
owner, showing a full tax id, and changing e-mail or second factors; not before a submit.
"""

from __future__ import annotations

import time

from allauth.account import app_settings
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest


def is_fresh(request: HttpRequest) -> bool:
    """Did this person sign in, or prove themselves again, within ACCOUNT_REAUTHENTICATION_TIMEOUT seconds?

    allauth's own question counts only a repeated proof; a sign-in of a minute ago is as good as one.
    """
    records = get_authentication_records(request, request.user)
    return any(time.time() - one["at"] < app_settings.REAUTHENTICATION_TIMEOUT for one in records)


def require_fresh(request: HttpRequest) -> None:
    """Return when the sign-in is fresh. Otherwise raise ReauthenticationRequired, which allauth's middleware
    turns into the page that asks; a POST is kept there and goes through afterwards."""
    if not is_fresh(request):
        raise ReauthenticationRequired
