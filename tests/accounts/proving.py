"""Proving oneself in tests: codes as an authenticator app shows them, and sign-ins by the form."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.db import connection
from django.test import Client

from portal.accounts.models import User
from tests.people import PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code(secret: str = SECRET, *, periods: int = 0) -> str:
    """The six digits of RFC 6238 for now, or so many periods of 30 seconds later."""
    counter = int(time.time()) // 30 + periods
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", counter), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


def with_app(user: User) -> list[str]:
    """Give `user` an authenticator app with SECRET, and recovery codes; the codes."""
    TOTP.activate(user, SECRET)
    return RecoveryCodes.activate(user).generate_codes()


def sign_in(
    client: Client, email: str, password: str = PASSWORD, *, address: str = "127.0.0.1", **more: Any
) -> Any:
    """Post the sign-in form from `address`."""
    return client.post("/account/login/", {"login": email, "password": password, **more}, REMOTE_ADDR=address)


def signed_in(client: Client) -> bool:
    """Does the portal know who this is?"""
    return bool(client.get("/account/profile/").status_code == 200)


def grow_stale(client: Client) -> None:
    """Let the last proof of this browser be longer ago than counts as fresh."""
    session = client.session
    session["account_authentication_methods"] = []
    session.save()


def pass_time(client: Client, *, idle: str = "0 seconds", since_sign_in: float = 0.0) -> None:
    """Let the last activity of this browser, and its sign-in, be so long ago; the sign-in in seconds."""
    # A sign-in made without the form is entered into the list at its first request.
    client.get("/account/session/", headers={"X-Unattended": "1"})
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE usersessions_usersession SET last_seen_at = last_seen_at - %s::interval"
            " WHERE session_key = %s",
            [idle, client.session.session_key],
        )
        assert cursor.rowcount == 1
    session = client.session
    session["signed_in_at"] -= since_sign_in
    session.save()


def forget_tries() -> None:
    """Empty the table of wrong tries."""
    cache.clear()


def factor_rows(user: User) -> str:
    """Everything that is stored of somebody's second factors, as one text."""
    return str(list(Authenticator.objects.filter(user=user).values()))
