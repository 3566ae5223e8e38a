"""Second factors: sealed, shown once, accepted once, and slow for whoever guesses."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client, RequestFactory

from portal.accounts.passkeys import passkey_address
from portal.accounts.second_factors import MFAAdapter
from portal.lib.sealing import CannotOpen
from tests.accounts.proving import (
    SECRET,
    code,
    factor_rows,
    forget_tries,
    grow_stale,
    sign_in,
    signed_in,
    with_app,
)
from tests.people import PASSWORD, Person, enrolled

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ACTIVATE = "/account/two-step/totp/activate/"
CODES = "/account/two-step/recovery-codes/"


@pytest.fixture
def proven(db: None) -> Person:
    """Ada, just signed in by the form."""
    person = enrolled("ada", sign_in=False)
    sign_in(person.client, person.user.email)
    return person


def set_up(person: Person) -> Any:
    """Go through the page that sets an app up; the answer to the code."""
    page = person.get(ACTIVATE).content.decode()
    secret = re.search(r'copyable__text">([A-Z2-7]{32})<', page)
    assert secret
    return person.client.post(ACTIVATE, {"code": code(secret[1])}, follow=True), secret[1]


def first_step(user_email: str) -> Client:
    """A browser that has typed the right password and is asked for the second step."""
    client = Client()
    answer = sign_in(client, user_email)
    assert answer.headers["Location"] == "/account/two-step/authenticate/"
    return client


def second_step(client: Client, typed: str) -> Any:
    return client.post("/account/two-step/authenticate/", {"code": typed})


def test_an_app_is_set_up_with_its_first_code_and_ten_recovery_codes(proven: Person) -> None:
    page, _secret = set_up(proven)
    assert page.redirect_chain[-1][0] == CODES
    assert len(re.findall(r'<li class="mono">\d{8}</li>', page.content.decode())) == 10


def test_the_page_with_the_key_is_kept_by_nobody(proven: Person) -> None:
    page = proven.get(ACTIVATE)
    text = page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    assert 'hx-history="false"' in text
    picture = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', text)
    assert picture
    assert b'fill="white"' in base64.b64decode(picture[1]), "the code is scanned on a dark page too"
    assert 'autocomplete="one-time-code"' in text


def test_a_wrong_code_keeps_the_key(proven: Person) -> None:
    first = proven.get(ACTIVATE).content.decode()
    again = proven.post(ACTIVATE, {"code": "000000"}).content.decode()
    found = [re.search(r'copyable__text">([A-Z2-7]{32})<', text)[1] for text in (first, again)]  # type: ignore[index]
    assert found[0] == found[1]


def test_recovery_codes_are_shown_once(proven: Person) -> None:
    page, _secret = set_up(proven)
    shown = re.findall(r'"mono">(\d{8})<', page.content.decode())
    assert "no-store" in page.headers["Cache-Control"]
    again = proven.get(CODES).content.decode()
    assert not any(one in again for one in shown)
    assert "cannot be shown again" in again
    assert proven.get(f"{CODES}download/").status_code in {403, 404}


def test_secrets_are_sealed_where_they_are_stored(proven: Person) -> None:
    page, secret = set_up(proven)
    codes = re.findall(r'"mono">(\d{8})<', page.content.decode())
    stored = factor_rows(proven.user)
    assert secret not in stored
    assert not any(one in stored for one in codes)
    seed = Authenticator.objects.get(user=proven.user, type="recovery_codes").data["seed"]
    assert re.fullmatch(r"[0-9a-f]{80}", MFAAdapter().decrypt(seed))


def test_a_changed_key_still_opens_what_the_former_one_sealed(settings: Any) -> None:
    settings.MFA_KEYS = ["a" * 50]
    sealed = MFAAdapter().encrypt(SECRET)
    settings.MFA_KEYS = ["b" * 50, "a" * 50]
    assert MFAAdapter().decrypt(sealed) == SECRET
    settings.MFA_KEYS = ["b" * 50]
    with pytest.raises(CannotOpen):
        MFAAdapter().decrypt(sealed)


def test_the_password_alone_no_longer_signs_in(proven: Person) -> None:
    with_app(proven.user)
    client = first_step(proven.user.email)
    assert not signed_in(client)
    assert second_step(client, code()).status_code == 302
    assert signed_in(client)


@pytest.mark.parametrize("typed", ["{} {}", " {}-{} "])
def test_a_code_may_be_typed_with_spaces(proven: Person, typed: str) -> None:
    with_app(proven.user)
    client = first_step(proven.user.email)
    digits = code()
    second_step(client, typed.format(digits[:3], digits[3:]))
    assert signed_in(client)


@pytest.mark.parametrize(("periods", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_half_a_minute_off(proven: Person, periods: int, good: bool) -> None:
    with_app(proven.user)
    client = first_step(proven.user.email)
    second_step(client, code(periods=periods))
    assert signed_in(client) is good


def test_a_code_is_accepted_once(proven: Person) -> None:
    with_app(proven.user)
    digits = code(periods=1)
    first, thief = first_step(proven.user.email), first_step(proven.user.email)
    second_step(first, digits)
    # allauth's own memory of the code has run out by then; the code is still good for a minute.
    from django.core.cache import cache

    cache.delete(f"allauth.mfa.totp.used?user={proven.user.pk}&code={digits}")
    answer = second_step(thief, f"{digits[:3]} {digits[3:]}")
    assert signed_in(first)
    assert not signed_in(thief)
    assert "work once" in answer.content.decode()


def test_a_recovery_code_is_accepted_once(proven: Person) -> None:
    codes = with_app(proven.user)
    first = first_step(proven.user.email)
    second_step(first, codes[3])
    assert signed_in(first)
    again = first_step(proven.user.email)
    second_step(again, codes[3])
    assert not signed_in(again)


def test_ten_wrong_codes_slow_down(proven: Person) -> None:
    with_app(proven.user)
    client = first_step(proven.user.email)
    for number in range(10):
        assert "not right" in second_step(client, f"{number:06}").content.decode()
    answer = second_step(client, code())
    assert "Wait ten minutes" in answer.content.decode()
    assert not signed_in(client)
    forget_tries()
    second_step(client, code())
    assert signed_in(client)


def test_the_first_step_alone_opens_nothing_of_the_account(proven: Person) -> None:
    with_app(proven.user)
    client = first_step(proven.user.email)
    for path in ("/", "/account/two-step/", CODES, "/account/sessions/", "/account/email/"):
        assert client.get(path).headers["Location"].startswith("/account/login/"), path


def test_turning_the_app_off_needs_a_fresh_proof_and_takes_the_codes_along(proven: Person) -> None:
    with_app(proven.user)
    grow_stale(proven.client)
    off = "/account/two-step/totp/deactivate/"
    answer = proven.post(off)
    assert answer.headers["Location"].startswith("/account/reauthenticate/")
    assert Authenticator.objects.filter(user=proven.user).count() == 2
    proven.post(answer.headers["Location"], {"password": PASSWORD})
    proven.post(off)
    assert not Authenticator.objects.filter(user=proven.user).exists()


def test_new_codes_replace_the_old_ones(proven: Person) -> None:
    old = with_app(proven.user)
    page = proven.client.post(f"{CODES}generate/", follow=True).content.decode()
    new = re.findall(r'"mono">(\d{8})<', page)
    assert len(new) == 10
    assert not set(old) & set(new)
    client = first_step(proven.user.email)
    second_step(client, old[0])
    assert not signed_in(client)


# --- passkeys --------------------------------------------------------------------------------------


def test_a_passkey_belongs_to_the_name_of_the_portal_not_of_the_request(
    settings: Any, proven: Person
) -> None:
    settings.LOOPBACK = False
    settings.PUBLIC_URL = "https://portal.example.com"
    settings.ALLOWED_HOSTS = ["*"]
    page = proven.client.get("/account/two-step/webauthn/add/", headers={"Host": "evil.example"})
    options = json.loads(re.search(r'id="passkey-options"[^>]*>(.*?)</script>', page.content.decode())[1])  # type: ignore[index]
    assert options["creation_options"]["publicKey"]["rp"] == {"id": "portal.example.com", "name": "Clearline"}


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1:8000", "http://localhost:8000/here/?a=b"),
        ("127.0.0.1", "http://localhost/here/?a=b"),
        ("[::1]:8000", "http://localhost:8000/here/?a=b"),
        ("[::1]", "http://localhost/here/?a=b"),
        ("localhost:8000", ""),
        ("portal.example.com", ""),
    ],
)
def test_a_number_is_no_name_for_a_passkey(settings: Any, host: str, expected: str) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    request = RequestFactory().get("/here/?a=b", headers={"Host": host})
    assert passkey_address(request) == expected


@pytest.mark.parametrize(
    "credential",
    [
        "",
        "not json",
        "null",
        "[]",
        "{}",
        '{"response": 1}',
        '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}',
        json.dumps(
            {
                "id": "AA",
                "rawId": "AA",
                "type": "public-key",
                "clientExtensionResults": {},
                "response": {
                    "clientDataJSON": "e30",
                    "authenticatorData": "AA",
                    "signature": "AA",
                    "userHandle": "bm90LWEtdXVpZA",
                },
            }
        ),
        json.dumps(
            {"id": "AA", "rawId": "AA", "type": "public-key", "response": {"attestationObject": "AA"}}
        ),
        json.dumps(
            {
                "id": 7,
                "rawId": {},
                "type": "public-key",
                "response": {"attestationObject": "oA", "clientDataJSON": "e30", "userHandle": 5},
            }
        ),
        json.dumps(
            {
                "id": "AA",
                "rawId": "AA",
                "type": "public-key",
                "response": {"attestationObject": "n_8", "clientDataJSON": "bnVsbA"},
            }
        ),
        "[" * 5000,
        '"' + "x" * 100_000 + '"',
    ],
    ids=range(13),
)
def test_an_odd_credential_signs_nobody_in_and_breaks_nothing(proven: Person, credential: str) -> None:
    client = Client()
    client.get("/account/two-step/webauthn/login/", headers={"Accept": "application/json"})
    answer = client.post("/account/two-step/webauthn/login/", {"credential": credential})
    assert answer.status_code in {200, 302}
    assert not signed_in(client)
    assert proven.post("/account/two-step/webauthn/add/", {"credential": credential}).status_code == 200
    assert not Authenticator.objects.filter(user=proven.user).exists()


def test_somebody_elses_passkey_is_as_good_as_none(proven: Person) -> None:
    cy = enrolled("cy", sign_in=False)
    sign_in(cy.client, cy.user.email)
    theirs = Authenticator.objects.create(
        user=proven.user, type="webauthn", data={"name": "Laptop", "credential": {}}
    )
    for act in ("edit", "remove"):
        assert cy.get(f"/account/two-step/webauthn/keys/{theirs.pk}/{act}/").status_code == 404
        assert cy.post(f"/account/two-step/webauthn/keys/{theirs.pk}/{act}/").status_code == 404
