"""The page behind an invitation's link: who gets in by it, once, and what everybody else is told."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.core.signing import Signer
from django.db import connection
from django.test import Client

from portal import clock
from portal.accounts.enrolling import account_for
from portal.accounts.models import User
from portal.audit.models import Event
from portal.tenancy import inviting, joining
from portal.tenancy.access import SESSION_KEY, Acting
from portal.tenancy.models import Invitation, Membership
from tests.people import PASSWORD, Person, enrolled

PAT = "pat@elsewhere.example"
WELCOME = {"name": "Pat Doe", "password": "four words for a door"}


def invited(by: Person, email: str = PAT, role: str = "submitter") -> str:
    """Ask `email` in; the link of the mail."""
    acting = Acting(by.organization, by.user, "owner", by.actor)
    with by.acting():
        return inviting.invitation_link(inviting.invite(acting, email, role, at=clock.read().business))


def change(by: Person, **values: Any) -> None:
    """Set what time or somebody else would have changed."""
    with by.acting():
        Invitation.objects.update(**values)


def members(of: Person) -> dict[str, str]:
    """Address → role."""
    with of.acting():
        rows = Membership.objects.filter(organization=of.organization).select_related("user")
        return {one.user.email: one.role for one in rows}


def joined(of: Person) -> list[Event]:
    with of.acting():
        return list(Event.objects.filter(action="member.joined"))


@pytest.fixture(autouse=True)
def no_limits_of_earlier_tests(db: None) -> None:
    """Counted per address, and all tests come from one."""
    cache.clear()


# --- somebody new


@pytest.mark.django_db
def test_the_page_says_who_invites_to_what_as_which_role(ada: Person) -> None:
    answer = Client().get(invited(ada))
    assert answer.status_code == 200
    html = answer.content.decode()
    for words in ["Join Acme", "Ada Osei invites you", PAT, "Submitter", "Cannot delete", "Good until"]:
        assert words in html
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_looking_changes_nothing(ada: Person) -> None:
    """Mail programs open links before people do."""
    link = invited(ada)
    for _ in range(3):
        Client().get(link)
        Client().head(link)
    assert members(ada) == {"ada@acme.example": "owner"}
    assert Client().get(link).status_code == 200


@pytest.mark.django_db
def test_a_new_person_chooses_name_and_password_and_is_in_and_signed_in(ada: Person) -> None:
    browser = Client()
    answer = browser.post(invited(ada), WELCOME)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    html = browser.get("/").content.decode()
    assert "Welcome to Acme." in html
    assert "Pat Doe" in html
    assert members(ada)[PAT] == "submitter"
    assert EmailAddress.objects.get(email=PAT).verified
    assert Client().login(email=PAT, password=WELCOME["password"])


@pytest.mark.django_db
def test_the_joining_is_told_once_with_who_and_from_where(ada: Person) -> None:
    Client().post(invited(ada), WELCOME, REMOTE_ADDR="198.51.100.7")
    (event,) = joined(ada)
    pat = User.objects.get(email=PAT)
    assert (event.actor_id, event.actor_name, event.address) == (pat.pk, "Pat Doe", "198.51.100.7")
    assert (event.object_kind, event.object_id) == ("member", pat.pk)
    assert event.detail == {"name": "Pat Doe", "email": PAT, "role": "submitter"}


@pytest.mark.django_db
def test_the_sign_in_that_follows_counts_as_fresh(ada: Person) -> None:
    browser = Client()
    browser.post(invited(ada, role="owner"), WELCOME)
    answer = browser.post("/organization/leave/")
    assert answer["Location"] == "/"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"name": "", "password": WELCOME["password"]}, "Fill in “Your name”."),
        ({"name": "Pat", "password": ""}, "Fill in “Password”."),
        ({"name": "Pat", "password": "tiny door"}, "at least 12 characters"),
        ({"name": "Pat", "password": "password1234"}, "too common"),
        ({"name": "Pat", "password": "pat@elsewhere.example"}, "too similar"),
        ({"name": "Maximiliane Ott", "password": "Maximiliane Ott!"}, "too similar"),
        ({"name": "P" * 101, "password": WELCOME["password"]}, "at most 100 characters"),
    ],
)
def test_a_mistake_is_named_and_uses_nothing_up(ada: Person, form: dict[str, str], words: str) -> None:
    link, browser = invited(ada), Client()
    answer = browser.post(link, form)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert words in html
    assert form["name"] in html
    assert not form["password"] or form["password"] == PAT or form["password"] not in html
    assert not User.objects.filter(email=PAT).exists()
    assert browser.post(link, WELCOME).status_code == 302


@pytest.mark.django_db
def test_posts_are_limited_by_address(ada: Person) -> None:
    link, browser = invited(ada), Client()
    statuses = [browser.post(link, {"name": "Pat", "password": "short"}).status_code for _ in range(25)]
    assert statuses.count(422) == 20
    assert statuses[20:] == [429] * 5


# --- somebody with an account


@pytest.mark.django_db
def test_a_person_with_an_account_signs_in_first_and_comes_back(ada: Person, cy: Person) -> None:
    link = invited(ada, cy.user.email)
    path = link.removeprefix("http://127.0.0.1:8000")
    browser = Client()
    html = browser.get(link).content.decode()
    assert f"/account/login/?next={path}" in html
    assert 'name="password"' not in html
    answer = browser.post(
        f"/account/login/?next={path}", {"login": cy.user.email, "password": PASSWORD, "next": path}
    )
    assert answer["Location"] == path
    assert browser.post(path).status_code == 302
    assert members(ada)[cy.user.email] == "submitter"
    assert "Acme" in browser.get("/").content.decode()
    assert joined(ada)[0].actor_id == cy.user.pk


@pytest.mark.django_db
def test_a_link_never_opens_an_existing_account(ada: Person, cy: Person) -> None:
    """Its holder reads that mailbox, which is no reason to be let into everything else that person has."""
    browser = Client()
    answer = browser.post(invited(ada, cy.user.email), WELCOME)
    assert answer.status_code == 409
    assert "_auth_user_id" not in browser.session
    assert cy.user.email not in members(ada)
    cy.user.refresh_from_db()
    assert cy.user.check_password(PASSWORD)


@pytest.mark.django_db
def test_an_account_that_was_made_between_looking_and_sending_is_not_opened_either(
    ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, browser = invited(ada), Client()
    find = joining.find

    def late(*args: Any) -> Any:
        found = find(*args)
        account_for(PAT, name="Somebody", password=PASSWORD)
        return found

    monkeypatch.setattr(joining, "find", late)
    assert browser.post(link, WELCOME).status_code == 409
    assert "_auth_user_id" not in browser.session
    assert PAT not in members(ada)
    monkeypatch.undo()
    assert "There is an account with this address" in browser.get(link).content.decode()


@pytest.mark.django_db
def test_who_is_signed_in_with_another_address_is_told_so(ada: Person, cy: Person) -> None:
    link = invited(ada)
    html = cy.get(link).content.decode()
    assert "You are signed in as cy@rival.example." in html
    assert cy.post(link, WELCOME).status_code == 409
    assert members(ada) == {"ada@acme.example": "owner"}


# --- closed


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"expires_at": timedelta(0)}, 410, "has expired"),
        ({"withdrawn_at": timedelta(0)}, 410, "was withdrawn"),
        ({"accepted_at": timedelta(0)}, 410, "has been used"),
        ({"generation": 2}, 410, "newer invitation"),
    ],
)
def test_a_dead_link_says_why_and_lets_nobody_in(
    ada: Person, changes: dict[str, Any], status: int, words: str
) -> None:
    link, browser = invited(ada), Client()
    now = clock.read().business
    change(ada, **{k: now + v if isinstance(v, timedelta) else v for k, v in changes.items()})
    answer = browser.get(link)
    assert answer.status_code == status
    assert words in answer.content.decode()
    assert browser.post(link, WELCOME).status_code == 409
    assert members(ada) == {"ada@acme.example": "owner"}
    assert not User.objects.filter(email=PAT).exists()


@pytest.mark.django_db
def test_it_is_good_until_the_last_moment_of_its_week(ada: Person) -> None:
    link, browser = invited(ada), Client()
    change(ada, expires_at=clock.read().business + timedelta(seconds=30))
    assert browser.post(link, WELCOME).status_code == 302


@pytest.mark.django_db
def test_a_used_link_tells_the_member_that_they_are_in(ada: Person) -> None:
    link, browser = invited(ada), Client()
    browser.post(link, WELCOME)
    answer = browser.get(link)
    assert answer.status_code == 200
    assert "You are a member of Acme" in answer.content.decode()
    assert Client().get(link).status_code == 410


@pytest.mark.django_db
def test_nobody_joins_a_suspended_organization(ada: Person) -> None:
    link, browser = invited(ada), Client()
    ada.settle(suspended_at=clock.read().business)
    assert "is suspended" in browser.get(link).content.decode()
    assert browser.post(link, WELCOME).status_code == 409
    ada.settle(suspended_at=None)
    assert browser.post(link, WELCOME).status_code == 302


@pytest.mark.django_db
def test_a_forged_link_is_as_good_as_none(ada: Person, django_assert_num_queries: Any) -> None:
    link = invited(ada)
    facts, _dot, signature = link.rstrip("/").rpartition("/")[2].partition(".")
    forged = [
        f"{facts}.{signature[:-1]}x",
        f"{facts[:-1]}x.{signature}",
        facts,
        Signer(sep=".", salt="portal.tenancy.inviting").sign("c2hvcnQ="),
        Signer(sep=".", salt="portal.tenancy.inviting").sign("å"),
        Signer(sep=".", salt="another purpose").sign(facts),
    ]
    for token in forged:
        with django_assert_num_queries(0):
            answer = Client().get(f"/organization/join/{token}/")
        assert answer.status_code == 404
        assert "There is nothing here" in answer.content.decode()


# --- at once


@pytest.mark.django_db
@pytest.mark.parametrize("meanwhile", ["accepted_at", "withdrawn_at", "expires_at", "generation"])
def test_what_happened_between_looking_and_taking_counts(ada: Person, cy: Person, meanwhile: str) -> None:
    """The row as it is at that moment decides, and not what the page had read of it."""
    letter = inviting.opened(invited(ada, cy.user.email).rstrip("/").rpartition("/")[2])
    now = clock.read().business
    with ada.acting():
        found = joining.find(letter, cy.user, now)
    change(ada, **{meanwhile: 2 if meanwhile == "generation" else now})
    with pytest.raises(joining.NotOpen), ada.acting():
        joining.accept(found.invitation, cy.user, by=cy.actor, at=now)
    assert cy.user.email not in members(ada)


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_let_one_person_in_once() -> None:
    ada = enrolled("ada")
    link = invited(ada)
    together = threading.Barrier(2)
    statuses: list[int] = []

    def click(name: str) -> None:
        held = False

        def waits(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            # Both have looked and found it open; what follows is the act.
            nonlocal held
            if not held and sql.startswith(('UPDATE "tenancy_invitation"', 'INSERT INTO "accounts_user"')):
                held = True
                together.wait(timeout=10)
            return execute(sql, params, many, context)

        try:
            with connection.execute_wrapper(waits):
                answer = Client().post(link, WELCOME | {"name": name})
                statuses.append(answer.status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=click, args=(name,)) for name in ("Pat One", "Pat Two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(statuses) == [302, 409]
    assert len(joined(ada)) == 1
    assert User.objects.filter(email=PAT).count() == 1


@pytest.mark.django_db
def test_whoever_joins_works_for_that_organization_from_then_on(ada: Person, cy: Person) -> None:
    """Also when the browser had chosen another one."""
    session = cy.client.session
    session[SESSION_KEY] = str(cy.organization.pk)
    session.save()
    cy.post(invited(ada, cy.user.email))
    assert cy.client.session[SESSION_KEY] == str(ada.organization.pk)
