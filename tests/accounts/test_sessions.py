"""Where somebody is signed in, and how they end it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client

from portal.accounts.models import Remembered
from portal.accounts.sessions import browser_of, end_sessions
from portal.accounts.tasks import clear_away
from tests.accounts.proving import grow_stale, sign_in, signed_in, with_app
from tests.people import PASSWORD, Person, enrolled

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0"


@pytest.fixture
def laptop(ada: Person) -> Client:
    """A second browser of Ada's."""
    ada.get("/")
    client = Client(headers={"User-Agent": FIREFOX})
    sign_in(client, ada.user.email, address="198.51.100.4")
    return client


def row_of(client: Client) -> UserSession:
    return UserSession.objects.get(session_key=client.session.session_key)


def end_one(person: Person, client: Client) -> Any:
    return person.post(f"/account/sessions/{row_of(client).pk}/end/")


def test_the_list_shows_every_browser_and_marks_this_one(ada: Person, laptop: Client) -> None:
    text = re.sub(r"\s+", " ", ada.get("/account/sessions/").content.decode())
    assert text.count("This browser") == 1
    assert "Firefox on Windows" in text
    assert "198.51.100.4" in text
    assert laptop.session.session_key not in text


def test_a_revoked_session_is_dead_on_the_next_request(ada: Person, laptop: Client) -> None:
    fresh(ada)
    assert signed_in(laptop)
    assert end_one(ada, laptop).status_code == 302
    assert not signed_in(laptop)
    assert signed_in(ada.client)


def fresh(person: Person) -> None:
    """Prove it now."""
    person.post("/account/reauthenticate/", {"password": PASSWORD})


def test_ending_a_session_asks_for_a_fresh_proof(ada: Person, laptop: Client) -> None:
    grow_stale(ada.client)
    answer = end_one(ada, laptop)
    assert answer.headers["Location"].startswith("/account/reauthenticate/")
    assert signed_in(laptop)
    # The order that was kept goes through with the proof.
    ada.post(answer.headers["Location"], {"password": PASSWORD})
    assert not signed_in(laptop)


def test_all_others_end_together_and_this_one_stays(ada: Person, laptop: Client) -> None:
    fresh(ada)
    ada.post("/account/sessions/end/")
    assert not signed_in(laptop)
    assert signed_in(ada.client)
    assert UserSession.objects.filter(user=ada.user).count() == 1


def test_nobody_ends_somebody_elses_session(ada: Person, laptop: Client, cy: Person) -> None:
    cy.get("/")
    fresh(cy)
    unknown = cy.post("/account/sessions/999999999/end/", follow=True).content.decode()
    theirs = cy.post(f"/account/sessions/{row_of(laptop).pk}/end/", follow=True).content.decode()
    assert signed_in(laptop)
    assert "It was signed out already." in theirs
    assert "It was signed out already." in unknown


def test_a_request_under_way_cannot_bring_a_revoked_session_back(ada: Person, laptop: Client) -> None:
    late = SessionStore(laptop.session.session_key)
    late["something"] = "written late"
    end_sessions(ada.user, only=row_of(laptop).pk)
    with pytest.raises(UpdateError):
        late.save()
    assert not signed_in(laptop)


def test_a_changed_password_ends_all_other_sessions(ada: Person, laptop: Client) -> None:
    new = "quite another phrase"
    ada.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert not signed_in(laptop)
    assert signed_in(ada.client)


def test_a_password_chosen_by_a_link_ends_all_sessions(
    ada: Person, laptop: Client, mailoutbox: list[Any]
) -> None:
    visitor = Client()
    visitor.post("/account/password/reset/", {"email": ada.user.email})
    link = re.search(r"https?://[^/]+(/account/password/reset/key/\S+)", mailoutbox[0].body)
    assert link
    page = visitor.get(link[1], follow=True)
    new = {"password1": "quite another phrase", "password2": "quite another phrase"}
    assert visitor.post(page.redirect_chain[-1][0], new).status_code == 302
    assert not signed_in(laptop)
    assert not signed_in(ada.client)
    assert not signed_in(visitor), "the link alone does not sign in"


def test_a_changed_second_factor_offers_to_end_the_others(ada: Person, laptop: Client) -> None:
    with_app(ada.user)
    assert 'href="/account/sessions/"' in ada.get("/account/two-step/").content.decode()


def test_signing_out_ends_the_session_on_the_server(ada: Person) -> None:
    key = ada.client.session.session_key
    ada.post("/account/logout/")
    thief = Client()
    thief.cookies["session"] = key
    assert not signed_in(thief)


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox on Windows"),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605 Version/18.0 Safari/605",
            "Safari on macOS",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) CriOS/140.0 Safari/604", "Chrome on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537 Edg/140.0", "Edge on Windows"),
        ("curl/8.5", "Unknown browser"),
        ("", "Unknown browser"),
        ("<script>", "Unknown browser"),
    ],
)
def test_a_browser_has_a_name_people_know(user_agent: str, name: str) -> None:
    assert browser_of(user_agent) == name


def test_what_has_run_out_is_cleared_away(ada: Person, laptop: Client) -> None:
    gone = laptop.session.session_key
    Session.objects.filter(session_key=gone).update(expire_date="2020-01-01T00:00Z")
    Remembered.objects.create(cache_key="old", value="", expires="2020-01-01T00:00Z")
    Remembered.objects.create(cache_key="new", value="", expires="2120-01-01T00:00Z")
    clear_away()
    assert not Session.objects.filter(session_key=gone).exists()
    assert not UserSession.objects.filter(session_key=gone).exists()
    assert Remembered.objects.filter(cache_key__in=["old", "new"]).count() == 1
    assert signed_in(ada.client)


def test_everybody_ends_at_once_for_the_operator(ada: Person, laptop: Client) -> None:
    assert end_sessions(ada.user) == 2
    assert not signed_in(laptop)
    assert not signed_in(ada.client)
    assert signed_in(enrolled("ada").client)
