"""Fresh proof: before an act that is hard to take back, somebody shows again that it is them."""

from __future__ import annotations

import types
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from portal.accounts.models import User
from portal.tenancy.access import member
from portal.tenancy.roles import Act
from tests.accounts.proving import code, grow_stale, sign_in, with_app
from tests.people import PASSWORD, Person, enrolled

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/sms-campaigns/?page=2"}
done: list[Any] = []


@member(can=Act.VIEW, fresh=True)
def hard(request: HttpRequest) -> HttpResponse:
    """Stands for any act of this kind, and writes down each time it was done."""
    if request.method == "POST":
        done.append((request.POST.dict(), request.acting.user.email, bool(request.headers.get("HX-Request"))))  # type: ignore[attr-defined]
    return HttpResponse(f"done {len(done)}")


@pytest.fixture(autouse=True)
def addresses(settings: Any) -> None:
    """The portal's own addresses and one more."""
    urls = types.ModuleType("urls_with_hard")
    urls.urlpatterns = [path("hard/", hard), path("", include("portal.urls"))]  # type: ignore[attr-defined]
    settings.ROOT_URLCONF = urls
    done.clear()


@pytest.fixture
def stale() -> Person:
    """Ada, who signed in a while ago."""
    person = enrolled("ada", sign_in=False)
    sign_in(person.client, person.user.email)
    grow_stale(person.client)
    return person


def test_a_sign_in_of_a_minute_ago_is_proof_enough() -> None:
    ada = enrolled("ada", sign_in=False)
    sign_in(ada.client, ada.user.email)
    assert ada.post("/hard/", {"what": "this"}).content == b"done 1"
    assert ada.get("/account/email/").status_code == 200


def test_after_ten_minutes_it_is_not(stale: Person) -> None:
    session = stale.client.session
    import time

    for age, allowed in ((9 * 60, True), (11 * 60, False)):
        session["account_authentication_methods"] = [{"method": "password", "at": time.time() - age}]
        session.save()
        assert (stale.get("/hard/").status_code == 200) is allowed


def test_a_kept_order_goes_through_once(stale: Person) -> None:
    asked = stale.post("/hard/", {"what": "this"})
    assert asked.headers["Location"] == "/account/reauthenticate/?next=%2Fhard%2F"
    page = stale.get(asked.headers["Location"])
    assert "Is it you?" in page.content.decode()
    assert done == []
    wrong = stale.post(asked.headers["Location"], {"password": "wrong", "next": "/hard/"})
    assert "This is not your password." in wrong.content.decode()
    assert done == []
    answer = stale.post("/account/reauthenticate/", {"password": PASSWORD, "next": "/hard/"})
    assert answer.content == b"done 1"
    assert done[0][0]["what"] == "this"
    again = stale.post("/account/reauthenticate/", {"password": PASSWORD, "next": "/hard/"})
    assert again.status_code == 302
    assert len(done) == 1


def test_an_htmx_order_is_asked_on_a_whole_page_and_goes_through_once(stale: Person) -> None:
    asked = stale.client.post("/hard/", {"what": "this"}, headers=HTMX)
    assert asked.status_code == 204
    assert asked.headers["HX-Redirect"] == "/account/reauthenticate/?next=%2Fhard%2F"
    answer = stale.post(asked.headers["HX-Redirect"], {"password": PASSWORD})
    assert answer.content == b"done 1"
    assert done[0][2] is False, "the answer is a whole page by then"


def test_an_htmx_look_returns_to_the_page_around_it(stale: Person) -> None:
    asked = stale.client.get("/hard/", headers=HTMX)
    assert asked.headers["HX-Redirect"] == "/account/reauthenticate/?next=%2Fsms-campaigns%2F%3Fpage%3D2"


def test_a_code_proves_it_too(stale: Person) -> None:
    with_app(stale.user)
    asked = stale.post("/hard/", {"what": "this"})
    page = stale.get(asked.headers["Location"]).content.decode()
    assert "/account/two-step/reauthenticate/?next=%2Fhard%2F" in page
    answer = stale.post("/account/two-step/reauthenticate/", {"code": code(), "next": "/hard/"})
    assert answer.content == b"done 1"


def test_a_proof_leads_to_pages_of_ours_only(stale: Person) -> None:
    answer = stale.post("/account/reauthenticate/?next=https://evil.example/", {"password": PASSWORD})
    assert answer.headers["Location"] == "/"


def test_ten_wrong_proofs_slow_down(stale: Person) -> None:
    statuses = [
        stale.post("/account/reauthenticate/", {"password": "wrong"}).status_code for _try in range(12)
    ]
    assert statuses[0] == 200
    assert statuses[-1] == 429
    assert "too often" in stale.post("/account/reauthenticate/", {"password": "wrong"}).content.decode()


def test_a_stranger_is_asked_to_sign_in_instead(db: None) -> None:
    assert Client().post("/hard/").headers["Location"] == "/account/login/?next=/hard/"
    assert User.objects.count() == 0


@pytest.mark.parametrize(
    "path",
    [
        "/account/two-step/totp/activate/",
        "/account/two-step/webauthn/add/",
        "/account/two-step/recovery-codes/generate/",
    ],
)
def test_second_factors_change_only_with_fresh_proof(stale: Person, path: str) -> None:
    with_app(stale.user) if "generate" in path else None
    assert "reauthenticate" in stale.get(path).headers["Location"]
    assert "reauthenticate" in stale.post(path).headers["Location"]


def test_a_new_e_mail_address_needs_fresh_proof(stale: Person, mailoutbox: list[Any]) -> None:
    asked = stale.post("/account/email/", {"email": "new@acme.example", "action_add": "yes"})
    assert "reauthenticate" in asked.headers["Location"]
    assert mailoutbox == []
    stale.post(asked.headers["Location"], {"password": PASSWORD})
    assert [mail.to for mail in mailoutbox] == [["new@acme.example"]]
