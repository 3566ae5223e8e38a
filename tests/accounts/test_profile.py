"""Your account: what it shows, and how one changes it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from tests.accounts.proving import sign_in, signed_in, with_app
from tests.people import PASSWORD, Person, enrolled

pytestmark = pytest.mark.django_db

PROFILE, DETAILS = "/account/profile/", "/account/profile/details/"


@pytest.fixture
def proven() -> Person:
    """Ada, just signed in by the form."""
    person = enrolled("ada", sign_in=False)
    sign_in(person.client, person.user.email)
    return person


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", answer.content.decode()))


def test_it_shows_everything_about_oneself_and_leads_to_each_change(ada: Person) -> None:
    page = ada.get(PROFILE).content.decode()
    for path in (
        DETAILS,
        "/account/email/",
        "/account/password/change/",
        "/account/two-step/",
        "/account/sessions/",
    ):
        assert f'href="{path}"' in page
    assert "Only this one." in page


def test_it_tells_second_factors_and_other_browsers(ada: Person) -> None:
    with_app(ada.user)
    sign_in(Client(), ada.user.email)
    other = Client()
    other.force_login(ada.user)
    other.get("/")
    page = text_of(ada.get(PROFILE))
    assert "10 of 10 left" in page
    assert "This one and 1 other." in page


def test_name_and_time_zone_are_saved(ada: Person) -> None:
    answer = ada.post(DETAILS, {"name": "  Ada   Osei-Bonsu ", "time_zone": "America/Denver"})
    assert answer.headers["Location"] == PROFILE
    ada.user.refresh_from_db()
    assert (ada.user.name, ada.user.time_zone) == ("Ada Osei-Bonsu", "America/Denver")
    page = ada.get(PROFILE).content.decode()
    assert "America/Denver" in page
    assert "Saved." in page


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"name": "", "time_zone": ""}, "Fill in “Your name”."),
        ({"name": "x" * 101, "time_zone": ""}, "at most 100 characters"),
        ({"name": "Ada", "time_zone": "Mars/Olympus"}, "Choose one of the answers offered"),
        ({"name": "Ada\x00", "time_zone": ""}, "characters that cannot be stored"),
    ],
)
def test_a_mistake_is_said_and_nothing_is_saved(ada: Person, answers: dict[str, str], words: str) -> None:
    answer = ada.post(DETAILS, answers)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    ada.user.refresh_from_db()
    assert ada.user.name == "Ada Osei"


def test_times_on_ones_own_pages_are_in_ones_own_zone(ada: Person) -> None:
    ada.post(DETAILS, {"name": "Ada", "time_zone": "America/Denver"})
    assert "Times are America/Denver." in text_of(ada.get("/account/sessions/"))


def test_a_new_e_mail_address_counts_from_its_code_on(proven: Person, mailoutbox: list[Any]) -> None:
    asked = proven.post("/account/email/", {"email": "New@acme.example", "action_add": "yes"})
    assert asked.headers["Location"] == "/account/confirm-email/"
    code = re.search(r"\b([A-Z]{4}-[A-Z]{4})\b", mailoutbox[0].body)
    assert code
    assert mailoutbox[0].to == ["new@acme.example"]
    wrong = proven.post("/account/confirm-email/", {"code": "BBBB-BBBB"})
    assert "This is not the code that we sent." in wrong.content.decode()
    proven.user.refresh_from_db()
    assert proven.user.email == "ada@acme.example"
    assert proven.post("/account/confirm-email/", {"code": code[1].lower()}).status_code == 302
    proven.user.refresh_from_db()
    assert proven.user.email == "new@acme.example"
    # The old address is told, and opens nothing any more.
    assert mailoutbox[-1].to == ["ada@acme.example"]
    old, new = Client(), Client()
    sign_in(old, "ada@acme.example")
    sign_in(new, "new@acme.example")
    assert not signed_in(old)
    assert signed_in(new)


def test_an_e_mail_address_can_be_changed_with_second_factors_on(
    proven: Person, mailoutbox: list[Any]
) -> None:
    with_app(proven.user)
    asked = proven.post("/account/email/", {"email": "new@acme.example", "action_add": "yes"})
    assert asked.headers["Location"] == "/account/confirm-email/"


def test_nobody_learns_whether_an_address_has_an_account(proven: Person, mailoutbox: list[Any]) -> None:
    enrolled("cy", sign_in=False)
    answers = [
        proven.post("/account/email/", {"email": email, "action_add": "yes"})
        for email in ("cy@rival.example", "free@rival.example")
    ]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    taken = next(mail for mail in mailoutbox if mail.to == ["cy@rival.example"])
    assert taken


def test_an_address_that_somebody_has_is_not_taken_over(proven: Person, mailoutbox: list[Any]) -> None:
    enrolled("cy", sign_in=False)
    proven.post("/account/email/", {"email": "cy@rival.example", "action_add": "yes"})
    code = re.search(r"\b([A-Z]{4}-[A-Z]{4})\b", mailoutbox[0].body)
    assert code
    answer = proven.post("/account/confirm-email/", {"code": code[1]})
    assert "Another account has this e-mail address." in answer.content.decode()
    proven.user.refresh_from_db()
    assert proven.user.email == "ada@acme.example"


def test_a_password_is_changed_by_who_knows_the_old_one(proven: Person, mailoutbox: list[Any]) -> None:
    new = "quite another phrase"
    wrong = proven.post(
        "/account/password/change/", {"oldpassword": "wrong", "password1": new, "password2": new}
    )
    assert "This is not your current password." in wrong.content.decode()
    short = proven.post(
        "/account/password/change/", {"oldpassword": PASSWORD, "password1": "short", "password2": "short"}
    )
    assert "at least 12" in text_of(short)
    proven.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    client = Client()
    sign_in(client, proven.user.email, new)
    assert signed_in(client)
    assert mailoutbox[-1].to == [proven.user.email], "the owner is told"


def test_a_mail_server_that_is_away_stops_nobody(proven: Person, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    new = "quite another phrase"
    change = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert proven.post("/account/password/change/", change).status_code == 302
    for email in (proven.user.email, "nobody@acme.example"):
        assert Client().post("/account/password/reset/", {"email": email}).status_code == 302


def test_an_address_that_is_too_long_to_be_kept_is_refused_in_words(proven: Person) -> None:
    long = "a" * 60 + "@" + ".".join(["b" * 60] * 4) + ".example"
    answer = proven.post("/account/email/", {"email": long, "action_add": "yes"})
    assert answer.status_code < 500
    assert "at most 254 characters" in answer.content.decode()
