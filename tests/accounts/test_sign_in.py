"""Signing in: a new session each time, the same answer for everybody, and a slow-down that locks nobody out."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.test.utils import override_settings

from portal.accounts.forms import LEAST
from portal.accounts.models import Remembered
from tests.accounts.proving import sign_in, signed_in
from tests.people import PASSWORD, Person, enrolled

pytestmark = pytest.mark.django_db

ADA = "ada@acme.example"
NOBODY = "nobody@acme.example"
# Secrets and numbers that differ between any two answers.
CHANGING = re.compile(r'value="[A-Za-z0-9]{64}"|X-CSRFToken": "\w+"|[0-9a-f]{16}')


def shown(answer: Any, typed: str) -> str:
    """What somebody sees who typed that address, without what differs between any two pages."""
    return CHANGING.sub("…", answer.content.decode().replace(typed, "…"))


@pytest.fixture
def somebody() -> Person:
    """Ada, not signed in."""
    return enrolled("ada", sign_in=False)


def test_a_sign_in_gets_a_new_session_key(somebody: Person) -> None:
    client = Client()
    client.get("/account/two-step/webauthn/login/", headers={"Accept": "application/json"})
    planted = client.session.session_key
    assert planted
    sign_in(client, ADA)
    first = client.session.session_key
    assert first != planted
    assert not Session.objects.filter(session_key=planted).exists(), "a planted key leads nowhere"
    client.post("/account/logout/")
    sign_in(client, ADA)
    assert client.session.session_key not in {planted, first}


def test_the_cookie_ends_with_the_browser(somebody: Person) -> None:
    client = Client()
    sign_in(client, ADA)
    cookie = client.cookies["session"]
    assert (cookie["expires"], cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (
        "",
        "",
        True,
        "Lax",
    )


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (ADA, "wrong password"),
        (NOBODY, "wrong password"),
        (NOBODY, PASSWORD),
        ("closed@acme.example", "wrong"),
    ],
)
def test_an_unknown_address_is_answered_like_a_wrong_password(
    somebody: Person, email: str, password: str
) -> None:
    closed = enrolled("bo", sign_in=False).user
    closed.email, closed.is_active = "closed@acme.example", False
    closed.save()
    expected = sign_in(Client(), ADA, "wrong password")
    answer = sign_in(Client(), email, password)
    assert answer.status_code == expected.status_code
    assert shown(answer, email) == shown(expected, ADA)
    assert "do not belong together" in answer.content.decode()


def test_a_closed_account_says_so_only_to_who_knows_the_password(somebody: Person) -> None:
    somebody.user.is_active = False
    somebody.user.save()
    answer = Client().post("/account/login/", {"login": ADA, "password": PASSWORD}, follow=True)
    assert "This account is closed" in answer.content.decode()
    assert "do not belong together" in sign_in(Client(), ADA, "wrong").content.decode()


def test_ten_wrong_tries_slow_down_one_account_from_one_address(somebody: Person) -> None:
    for _try in range(10):
        assert (
            "do not belong together"
            in sign_in(Client(), ADA, "wrong", address="203.0.113.7").content.decode()
        )
    attacker = Client()
    refused = sign_in(attacker, ADA, PASSWORD, address="203.0.113.7")
    assert "Wait ten minutes" in refused.content.decode()
    assert not signed_in(attacker), "a right guess behind ten wrong ones is worth nothing"
    # The owner, elsewhere, is not held up; nor is a colleague behind the attacker's address.
    owner = Client()
    sign_in(owner, ADA, PASSWORD, address="198.51.100.4")
    assert signed_in(owner)
    enrolled("bo", sign_in=False)
    colleague = Client()
    sign_in(colleague, "bo@acme.example", PASSWORD, address="203.0.113.7")
    assert signed_in(colleague)


def test_a_right_password_among_wrong_ones_does_not_begin_the_count_anew(somebody: Person) -> None:
    for _try in range(9):
        sign_in(Client(), ADA, "wrong", address="203.0.113.7")
    assert sign_in(Client(), ADA, PASSWORD, address="203.0.113.7").status_code == 302
    sign_in(Client(), ADA, "wrong", address="203.0.113.7")
    assert "Wait ten minutes" in sign_in(Client(), ADA, PASSWORD, address="203.0.113.7").content.decode()


def test_an_unknown_address_is_slowed_down_just_the_same(somebody: Person) -> None:
    for _try in range(10):
        sign_in(Client(), NOBODY, "wrong", address="203.0.113.8")
        sign_in(Client(), ADA, "wrong", address="203.0.113.8")
    known = sign_in(Client(), ADA, "wrong", address="203.0.113.8")
    unknown = sign_in(Client(), NOBODY, "wrong", address="203.0.113.8")
    assert "Wait ten minutes" in unknown.content.decode()
    assert shown(known, ADA) == shown(unknown, NOBODY)


@pytest.mark.slow
def test_one_address_cannot_try_one_password_on_everybody(somebody: Person) -> None:
    for number in range(100):
        sign_in(Client(), f"guess{number}@acme.example", "Summer2026!!", address="203.0.113.9")
    assert "Wait ten minutes" in sign_in(Client(), ADA, PASSWORD, address="203.0.113.9").content.decode()


def test_wrong_tries_are_counted_in_the_database_for_all_processes(somebody: Person) -> None:
    sign_in(Client(), ADA, "wrong")
    assert Remembered.objects.filter(cache_key__contains="login_failed").exists()
    keys = " ".join(Remembered.objects.values_list("cache_key", flat=True))
    assert ADA not in keys, "the table says of nobody that they mistyped"


def test_a_long_password_and_odd_characters_are_answered_with_a_page(somebody: Person) -> None:
    for email, password in [
        (ADA, "x" * 100_000),
        ("\x00@acme.example", "p"),
        ("a" * 5000, "p"),
        (ADA, "\ud800"),
    ]:
        try:
            answer = sign_in(Client(), email, password)
        except UnicodeEncodeError:
            continue
        assert answer.status_code < 500


def ratio(rounds: int, known: Callable[[int], object], unknown: Callable[[int], object]) -> float:
    """How much longer the unknown takes: the quickest of its rounds over the quickest of the known's.

    What else the machine does can only add to a round, so the quickest is the one that says what the work takes.
    In turns, so that a busy minute meets both alike.
    """

    def taken(act: Callable[[int], object], number: int) -> float:
        start = time.perf_counter()
        act(number)
        return time.perf_counter() - start

    firsts, seconds = [], []
    for number in range(rounds):
        if number % 2:
            seconds.append(taken(unknown, number))
            firsts.append(taken(known, number))
        else:
            firsts.append(taken(known, number))
            seconds.append(taken(unknown, number))
    return min(seconds) / min(firsts)


@pytest.mark.slow
def test_an_unknown_address_takes_as_long_as_a_wrong_password(somebody: Person) -> None:
    hashers = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    with override_settings(PASSWORD_HASHERS=hashers):
        somebody.user.set_password(PASSWORD)
        somebody.user.save()
        client = Client()

        def attempt(email: str) -> Callable[[int], object]:
            return lambda number: sign_in(client, email, "wrong", address=f"10.0.{number}.1")

        assert somebody.user.password.startswith("pbkdf2_"), "with the real hasher"
        assert ratio(21, attempt(ADA), attempt(NOBODY)) == pytest.approx(1, abs=0.1)


def test_asking_for_a_new_password_is_answered_alike(somebody: Person, mailoutbox: list[Any]) -> None:
    answers = [
        Client().post("/account/password/reset/", {"email": email}, follow=True) for email in (ADA, NOBODY)
    ]
    assert shown(answers[0], ADA) == shown(answers[1], NOBODY)
    # One mail each: whoever owns the address learns what it was, and nobody else can tell them apart.
    assert [mail.to for mail in mailoutbox] == [[ADA], [NOBODY]]
    assert "/account/password/reset/key/" in mailoutbox[0].body
    assert "/account/password/reset/key/" not in mailoutbox[1].body


@pytest.mark.slow
def test_asking_for_a_new_password_takes_as_long_for_an_unknown_address(
    somebody: Person, mailoutbox: list[Any], settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    client = Client()

    def ask(email: str) -> Callable[[int], object]:
        return lambda number: client.post("/account/password/reset/", {"email": email.format(number)})

    assert ratio(15, ask(ADA), ask("nobody{}@acme.example")) == pytest.approx(1, abs=0.1)
    for email in (ADA, NOBODY):
        start = time.monotonic()
        ask(email)(99)
        assert time.monotonic() - start >= LEAST, "behind this, a millisecond more or less cannot be told"
