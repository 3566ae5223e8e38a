"""Every address of allauth: in our look, or closed. A new one fails here until somebody decides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import allauth
import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.accounts.proving import sign_in, with_app
from tests.people import enrolled

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# Who looks → name of the address: the heading of its page, or where it leads instead.
STRANGER = {
    "account_login": "Sign in",
    "account_signup": "Accounts are by invitation",
    "account_inactive": "This account is closed",
    "account_reset_password": "Choose a new password",
    "account_reset_password_done": "Look into your mail",
    "account_reset_password_from_key_done": "Your password is changed",
    "account_email_verification_sent": "→ /account/login/",
    "account_confirm_login_code": "→ /account/login/",
    "account_logout": "→ /account/login/",
    "mfa_authenticate": "→ /account/login/",
    "mfa_login_webauthn": "→ /account/login/",
}
ADA = {
    "account_email": "Change your e-mail address",
    "account_change_password": "Change your password",
    "account_set_password": "→ /account/password/change/",
    "account_reauthenticate": "Is it you?",
    "account_logout": "Sign out?",
    "mfa_index": "Two-step sign-in",
    "mfa_activate_totp": "→ /account/two-step/totp/deactivate/",
    "mfa_deactivate_totp": "Turn the authenticator app off?",
    "mfa_view_recovery_codes": "Keep your recovery codes",
    "mfa_generate_recovery_codes": "Make new recovery codes?",
    "mfa_reauthenticate": "Is it you?",
    "mfa_reauthenticate_webauthn": "→ /account/reauthenticate/",
    "mfa_list_webauthn": "Passkeys",
    "mfa_add_webauthn": "Add a passkey",
    "usersessions_list": "Signed-in browsers",
}
# Looked at elsewhere: with an id, a key, or closed for good.
ELSEWHERE = {
    "account_reset_password_from_key",
    "mfa_edit_webauthn",
    "mfa_remove_webauthn",
    "mfa_download_recovery_codes",
}


def names() -> Iterator[str]:
    """The names of all addresses of allauth."""

    def walk(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
        for one in patterns:
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns)
            elif str(one.name).startswith(("account_", "mfa_", "usersessions_")):
                yield str(one.name)

    yield from walk(get_resolver().url_patterns)


def seen(client: Client, name: str) -> str:
    """The heading of the page, or an arrow and where it leads."""
    answer = client.get(reverse(name))
    if answer.status_code == 302:
        return f"→ {answer.headers['Location'].partition('?')[0]}"
    text = answer.content.decode()
    assert '<link rel="stylesheet" href="/static/css/tokens.css">' in text, "in our look"
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", text, re.DOTALL)
    assert heading
    return " ".join(heading[1].split())


def test_somebody_has_decided_about_every_address() -> None:
    assert set(names()) == set(STRANGER) | set(ADA) | ELSEWHERE


@pytest.mark.parametrize("name", STRANGER)
def test_a_stranger_sees(name: str) -> None:
    assert seen(Client(), name) == STRANGER[name]


@pytest.mark.slow
@pytest.mark.parametrize("name", ADA)
def test_somebody_with_an_app_sees(name: str) -> None:
    ada = enrolled("ada", sign_in=False)
    sign_in(ada.client, ada.user.email)
    with_app(ada.user)
    assert seen(ada.client, name) == ADA[name]


def test_codes_that_were_shown_cannot_be_downloaded() -> None:
    ada = enrolled("ada", sign_in=False)
    sign_in(ada.client, ada.user.email)
    with_app(ada.user)
    assert "Keep your recovery codes" in ada.get("/account/two-step/recovery-codes/").content.decode()
    assert ada.get("/account/two-step/recovery-codes/download/").status_code == 403


@pytest.mark.parametrize("name", sorted({name for name in ADA if name != "account_logout"}))
def test_a_stranger_is_sent_to_the_sign_in_from_everybodys_own_pages(name: str) -> None:
    assert seen(Client(), name) in {"→ /account/login/", "→ /account/reauthenticate/"}


def test_no_page_of_allauths_own_can_appear() -> None:
    theirs = Path(allauth.__file__).parent / "templates"
    ours = Path(__file__).resolve().parents[2] / "templates"
    # Frames and parts that our pages extend, and flows that are switched off by the settings.
    unreachable = re.compile(
        r"base_|mfa/trust|signup|phone|confirm_login_code|request_login_code|confirm_password_reset_code"
        r"|webauthn/base|totp/base|recovery_codes/base|snippets|account/email\.html|email_confirm\.html"
        r"|verification_sent|verified_email_required|confirm_phone"
    )
    shown = [
        str(one.relative_to(theirs))
        for folder in ("account", "mfa", "usersessions")
        for one in sorted((theirs / folder).rglob("*.html"))
    ]
    assert [one for one in shown if not unreachable.search(one) and not (ours / one).exists()] == []
