"""The door: signed in, a member, in a role that may."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, RequestFactory

from portal.accounts.enrolling import account_for
from portal.tenancy.access import client_address
from portal.tenancy.roles import ALLOWED, Act
from tests.people import PASSWORD, Person

PATHS = ["/", "/sms-campaigns/", "/brands/new/"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
def test_strangers_are_sent_to_the_sign_in_page_and_back(path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer["Location"] == f"/account/login/?next={path}"


@pytest.mark.django_db
def test_an_htmx_call_of_a_stranger_leaves_its_page_as_a_whole() -> None:
    answer = Client().get(
        "/sms-campaigns/badges/",
        HTTP_HX_REQUEST="true",
        HTTP_HX_CURRENT_URL="http://testserver/sms-campaigns/",
    )
    assert answer["HX-Redirect"] == "/account/login/?next=/sms-campaigns/"


@pytest.mark.django_db
def test_sign_in_by_e_mail_leads_back(ada: Person) -> None:
    browser = Client()
    answer = browser.post(
        "/account/login/?next=/sms-campaigns/",
        {"login": "ADA@acme.example", "password": PASSWORD, "next": "/sms-campaigns/"},
    )
    assert answer.status_code == 302
    assert answer["Location"] == "/sms-campaigns/"
    assert browser.get("/sms-campaigns/").status_code == 200


@pytest.mark.django_db
def test_nobody_signs_up_by_themselves() -> None:
    answer = Client().post("/account/signup/", {"email": "x@x.example", "password1": PASSWORD})
    assert account_for("ada@acme.example")[1]
    assert b"x@x.example" not in answer.content or answer.status_code == 200
    assert not account_exists("x@x.example")


def account_exists(email: str) -> bool:
    from portal.accounts.models import User

    return User.objects.filter(email=email).exists()


@pytest.mark.django_db
def test_a_member_of_nothing_is_told_whom_to_ask() -> None:
    user, _ = account_for("lone@nowhere.example", password=PASSWORD)
    browser = Client()
    browser.force_login(user)
    answer = browser.get("/")
    assert answer.status_code == 403
    assert "lone@nowhere.example" in answer.content.decode()


def test_every_act_is_allowed_to_somebody_and_viewers_only_look() -> None:
    assert set(ALLOWED) == set(Act)
    assert all(ALLOWED.values())
    assert [act for act in Act if "viewer" in ALLOWED[act]] == [Act.VIEW, Act.LEAVE]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "198.51.100.7", "192.0.2.1"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "6.6.6.6, 198.51.100.7", "198.51.100.7"),
        (2, "198.51.100.7", "192.0.2.1"),
        (1, "", "192.0.2.1"),
    ],
)
def test_the_clients_address_is_believed_from_our_own_proxies_only(
    settings: Any, proxies: int, forwarded: str, address: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request) == address
