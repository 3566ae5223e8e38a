"""Who is in, what they may do, how they go; and that an organization always keeps an owner."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.audit.models import Event
from portal.tenancy.access import SESSION_KEY
from portal.tenancy.models import Membership, Role
from tests.people import Person, enrolled
from tests.tenancy.matrix import fresh

MEMBERS = "/organization/members/"
LEAVE = "/organization/leave/"
WRITES = ('UPDATE "tenancy_membership"', 'DELETE FROM "tenancy_membership"')


def roles(person: Person) -> dict[str, str]:
    """First name → role, of everybody in `person`'s organization."""
    with person.acting():
        rows = Membership.objects.filter(organization=person.organization).select_related("user")
        return {one.user.name.split()[0].lower(): one.role for one in rows}


def told(person: Person, action: str) -> list[Event]:
    """The events of one kind in `person`'s organization."""
    with person.acting():
        return list(Event.objects.filter(action=action).order_by("id"))


def role_page(of: Person) -> str:
    return f"{MEMBERS}{of.user.pk}/role/"


def removal_page(of: Person) -> str:
    return f"{MEMBERS}{of.user.pk}/removal/"


def one(who: str) -> Person:
    """Somebody who has just signed in."""
    person = enrolled(who)
    fresh(person.client)
    return person


@pytest.mark.django_db
def test_everybody_sees_who_is_in_and_only_those_who_may_act_are_offered_acts(bo: Person) -> None:
    di, ada = one("di"), one("ada")
    assert "Di Marsh" in bo.get(MEMBERS).content.decode()
    for looker, offered, not_offered in [
        (bo, [LEAVE], [role_page(ada), removal_page(di), "/organization/invitations/new/"]),
        (di, [role_page(bo), removal_page(bo), LEAVE], [role_page(ada), removal_page(ada)]),
        (ada, [role_page(bo), role_page(di), role_page(ada), removal_page(di)], [removal_page(ada)]),
    ]:
        html = looker.get(MEMBERS).content.decode()
        assert [path for path in offered if path not in html] == []
        assert [path for path in not_offered if path in html] == []


@pytest.mark.django_db
def test_a_changed_role_holds_from_the_next_page_and_is_told_old_to_new(bo: Person) -> None:
    ada = one("ada")
    assert bo.get("/brands/new/").status_code == 403
    assert ada.post(role_page(bo), {"role": "submitter"}).status_code == 302
    assert bo.get("/brands/new/").status_code == 200
    (event,) = told(ada, "member.role-changed")
    assert (event.object_kind, event.object_id, event.actor_id) == ("member", bo.user.pk, ada.user.pk)
    assert event.detail == {
        "name": "Bo Lindqvist",
        "email": "bo@acme.example",
        "from": "viewer",
        "to": "submitter",
    }


@pytest.mark.django_db
def test_the_same_role_again_is_no_change_and_no_event(ada: Person, bo: Person) -> None:
    assert ada.post(role_page(bo), {"role": "viewer"}).status_code == 302
    assert "was Viewer already. Nothing was changed." in ada.get(MEMBERS).content.decode()
    assert told(ada, "member.role-changed") == []


@pytest.mark.django_db
def test_an_odd_role_is_an_error_on_the_page(ada: Person, bo: Person) -> None:
    answer = ada.post(role_page(bo), {"role": "emperor"})
    assert answer.status_code == 422
    assert "Choose one of the answers offered" in answer.content.decode()
    assert roles(ada)["bo"] == "viewer"


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["role", "removal"])
def test_another_organizations_person_is_as_good_as_none(ada: Person, cy: Person, page: str) -> None:
    for method in (ada.get, ada.post):
        assert method(f"{MEMBERS}{cy.user.pk}/{page}/").status_code == 404


@pytest.mark.django_db
def test_a_long_list_asks_the_database_no_more_than_a_short_one(ada: Person) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert ada.get(MEMBERS).status_code == 200
        return len(asked)

    queries()
    short = queries()
    for who in ("bo", "di", "ed", "flo"):
        enrolled(who)
    assert queries() == short


# --- admins and owners


@pytest.mark.django_db
def test_an_admin_changes_and_removes_everybody_but_owners(ada: Person, bo: Person) -> None:
    di = one("di")
    assert di.post(role_page(bo), {"role": "admin"}).status_code == 302
    assert di.post(removal_page(bo)).status_code == 302
    assert roles(ada) == {"ada": "owner", "di": "admin"}


@pytest.mark.django_db
def test_an_admin_cannot_touch_an_owner_or_make_one_and_the_try_is_recorded(ada: Person, bo: Person) -> None:
    di = one("di")
    tries: list[tuple[str, dict[str, str]]] = [
        (role_page(ada), {"role": "viewer"}),
        (role_page(bo), {"role": "owner"}),
        (role_page(di), {"role": "owner"}),
        (removal_page(ada), {}),
    ]
    before = roles(ada)
    for path, form in tries:
        assert di.post(path, form).status_code == 403
    assert di.get(role_page(ada)).status_code == 403
    assert roles(ada) == before
    refused = told(ada, "access.refused")
    assert [event.detail["path"] for event in refused] == [*(path for path, _form in tries), role_page(ada)]
    assert {event.actor_id for event in refused} == {di.user.pk}


@pytest.mark.django_db
@pytest.mark.parametrize("act", ["make an owner", "unmake an owner", "remove an owner", "leave as an owner"])
def test_an_act_on_an_owner_asks_for_a_fresh_sign_in_and_goes_through_after_it(
    ada: Person, bo: Person, act: str
) -> None:
    flo = enrolled("flo")
    path, form = {
        "make an owner": (role_page(bo), {"role": "owner"}),
        "unmake an owner": (role_page(flo), {"role": "admin"}),
        "remove an owner": (removal_page(flo), {}),
        "leave as an owner": (LEAVE, {}),
    }[act]
    before = roles(flo)
    answer = ada.post(path, form)
    assert answer.status_code == 302
    assert "/reauthenticate/" in answer["Location"]
    assert roles(flo) == before
    fresh(ada.client)
    assert ada.post(path, form).status_code == 302
    assert roles(flo) != before


@pytest.mark.django_db
def test_an_act_on_anybody_else_asks_for_no_fresh_sign_in(ada: Person, bo: Person) -> None:
    assert ada.post(role_page(bo), {"role": "admin"})["Location"] == MEMBERS
    assert ada.post(removal_page(bo))["Location"] == MEMBERS


# --- going


@pytest.mark.django_db
def test_a_removal_says_what_it_means_first(bo: Person) -> None:
    ada = one("ada")
    bo.post("/brands/new/")
    html = ada.get(removal_page(bo)).content.decode()
    assert "Remove Bo Lindqvist from Acme?" in html
    assert "1 entry of the audit log" in html
    assert "then has 1 member" in " ".join(html.split())
    assert roles(ada)["bo"] == "viewer"


@pytest.mark.django_db
def test_a_removed_members_next_page_finds_no_membership_whatever_the_session_says(
    ada: Person, bo: Person
) -> None:
    session = bo.client.session
    session[SESSION_KEY] = str(bo.organization.pk)
    session.save()
    assert bo.get("/").status_code == 200
    ada.post(removal_page(bo))
    answer = bo.get("/")
    assert answer.status_code == 403
    assert "belong to no organization" in answer.content.decode()
    # A page that was open meanwhile, and asks for its badges, is left as a whole.
    part = bo.client.get("/sms-campaigns/badges/", headers={"HX-Request": "true"})
    assert (part.status_code, part["HX-Redirect"]) == (200, "/")
    (event,) = told(ada, "member.removed")
    assert event.detail["role"] == "viewer"


@pytest.mark.django_db
def test_a_removed_member_with_another_organization_lands_there(ada: Person, bo: Person, cy: Person) -> None:
    with cy.acting():
        Membership.objects.create(organization=cy.organization, user=bo.user, role=Role.VIEWER)
    session = bo.client.session
    session[SESSION_KEY] = str(ada.organization.pk)
    session.save()
    ada.post(removal_page(bo))
    html = bo.get("/").content.decode()
    assert "Rival" in html
    assert "Acme" not in html


@pytest.mark.django_db
def test_leaving_ends_ones_own_membership_and_is_told(ada: Person, bo: Person) -> None:
    assert "Leave Acme?" in bo.get(LEAVE).content.decode()
    assert bo.post(LEAVE).status_code == 302
    assert roles(ada) == {"ada": "owner"}
    (event,) = told(ada, "member.left")
    assert (event.actor_id, event.object_id) == (bo.user.pk, bo.user.pk)


@pytest.mark.django_db
def test_one_cannot_remove_oneself_by_the_page_for_others(ada: Person) -> None:
    assert ada.post(removal_page(ada))["Location"] == LEAVE
    assert roles(ada) == {"ada": "owner"}


# --- the last owner


@pytest.mark.django_db
def test_the_last_owner_can_neither_leave_nor_become_less(bo: Person) -> None:
    ada = one("ada")
    answer = ada.post(LEAVE)
    assert answer.status_code == 409
    assert "always needs an owner" in answer.content.decode()
    answer = ada.post(role_page(ada), {"role": "admin"})
    assert answer.status_code == 422
    assert "needs an owner. Make somebody else an owner first." in answer.content.decode()
    assert roles(ada) == {"ada": "owner", "bo": "viewer"}
    assert told(ada, "member.role-changed") + told(ada, "member.left") == []


@pytest.mark.django_db
def test_an_owner_whose_account_is_closed_does_not_count(bo: Person) -> None:
    ada, flo = one("ada"), enrolled("flo")
    flo.user.is_active = False
    flo.user.save(update_fields=["is_active"])
    assert ada.post(LEAVE).status_code == 409
    assert "Account closed" in ada.get(MEMBERS).content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["demote each other", "remove each other", "step down", "leave"])
def test_two_owners_who_act_at_the_same_moment_leave_one_owner(act: str) -> None:
    """Both requests have passed the door and looked at the members before either writes."""
    ada, flo = one("ada"), one("flo")
    posts = {
        "demote each other": [(ada, role_page(flo)), (flo, role_page(ada))],
        "remove each other": [(ada, removal_page(flo)), (flo, removal_page(ada))],
        "step down": [(ada, role_page(ada)), (flo, role_page(flo))],
        "leave": [(ada, LEAVE), (flo, LEAVE)],
    }[act]
    statuses = sorted(at_once(posts))
    refused = {"demote each other": 403, "remove each other": 403, "step down": 422, "leave": 409}[act]
    assert statuses == [302, refused]
    assert list(roles(ada).values()).count("owner") == 1
    acts = ["member.role-changed", "member.removed", "member.left"]
    assert sum(len(told(ada, action)) for action in acts) == 1


def at_once(posts: list[tuple[Person, str]]) -> list[int]:
    """Post both in threads of their own, held together until each has passed the door; their statuses."""
    together = threading.Barrier(len(posts))
    statuses: list[int] = []

    def post(person: Person, path: str) -> None:
        held = False

        def waits(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            # The lock is the first thing that an act does after the door. Without one, what it writes.
            nonlocal held
            if not held and ("FOR NO KEY UPDATE" in sql or sql.startswith(WRITES)):
                held = True
                together.wait(timeout=10)
            return execute(sql, params, many, context)

        try:
            with connection.execute_wrapper(waits):
                statuses.append(person.post(path, {"role": "admin"}).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=post, args=each) for each in posts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return statuses
