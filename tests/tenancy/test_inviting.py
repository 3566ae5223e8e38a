"""Asking somebody in: by whom, to what, how often; and what the list says of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal import clock
from portal.accounts.enrolling import account_for
from portal.audit.models import Event
from portal.tenancy import inviting
from portal.tenancy.models import Invitation
from tests.people import PASSWORD, Person, enrolled
from tests.tenancy.matrix import fresh

INVITE = "/organization/invitations/new/"
MEMBERS = "/organization/members/"
PAT = "pat@elsewhere.example"


def asked(person: Person, email: str = PAT) -> Invitation:
    """The latest invitation to `email`."""
    with person.acting():
        found: Invitation = (
            Invitation.objects.select_related("organization").filter(email=email).order_by("-created_at")[0]
        )
    return found


def change(person: Person, invitation: Invitation, **values: Any) -> None:
    """Set what the mailer or time would have changed."""
    with person.acting():
        Invitation.objects.filter(pk=invitation.pk).update(**values)


def invite(person: Person, email: str = PAT, role: str = "viewer") -> Any:
    return person.post(INVITE, {"email": email, "role": role})


def again(invitation: Invitation) -> str:
    return f"/organization/invitations/{invitation.pk}/mail/"


def back(invitation: Invitation) -> str:
    return f"/organization/invitations/{invitation.pk}/withdrawal/"


def told(person: Person, action: str) -> list[Event]:
    with person.acting():
        return list(Event.objects.filter(action=action).order_by("id"))


@pytest.mark.django_db
def test_an_invitation_waits_to_be_mailed_and_is_told(ada: Person) -> None:
    before = clock.read().business
    answer = invite(ada, "Pat@Elsewhere.example", "submitter")
    assert answer.status_code == 302
    invitation = asked(ada)
    assert invitation.role == "submitter"
    assert invitation.due_at == invitation.created_at >= before
    assert invitation.sent_at is None
    assert invitation.expires_at - invitation.created_at == timedelta(days=7)
    (event,) = told(ada, "member.invited")
    assert event.detail == {"email": PAT, "role": "submitter"}
    assert (event.object_kind, event.object_id) == ("invitation", invitation.pk)
    html = ada.get(MEMBERS).content.decode()
    assert PAT in html
    assert "Mail waiting" in html


@pytest.mark.django_db
def test_the_answer_is_the_same_whether_the_address_has_an_account(ada: Person, cy: Person) -> None:
    account_for("known@elsewhere.example", name="Known Elsewhere")
    texts = []
    for email in ["known@elsewhere.example", "nobody@elsewhere.example"]:
        answer = invite(ada, email)
        pages = answer.content.decode() + answer["Location"] + ada.get(MEMBERS).content.decode()
        texts.append(pages.count("Known Elsewhere"))
        with ada.acting():
            Invitation.objects.filter(email=email).delete()
    assert texts == [0, 0]
    assert invite(ada, cy.user.email).status_code == 302


@pytest.mark.django_db
def test_a_member_is_not_invited_again(ada: Person, bo: Person) -> None:
    answer = invite(ada, "BO@acme.example", "admin")
    assert answer.status_code == 422
    assert "Bo Lindqvist is a member already, as Viewer." in answer.content.decode()
    with ada.acting():
        assert not Invitation.objects.exists()


@pytest.mark.django_db
def test_an_open_invitation_is_sent_again_and_not_made_twice(ada: Person) -> None:
    invite(ada)
    answer = invite(ada, PAT.upper(), "admin")
    assert answer.status_code == 422
    assert "has an open invitation" in answer.content.decode()
    with ada.acting():
        assert Invitation.objects.count() == 1


@pytest.mark.django_db
def test_an_expired_one_makes_room_for_a_new_one(ada: Person) -> None:
    invite(ada)
    first = asked(ada)
    change(ada, first, expires_at=clock.read().business)
    assert "Expired" in ada.get(MEMBERS).content.decode()
    assert invite(ada, PAT, "admin").status_code == 302
    with ada.acting():
        assert Invitation.objects.get(pk=first.pk).withdrawn_at is not None
    assert asked(ada).role == "admin"
    assert len(told(ada, "member.invitation-withdrawn")) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"email": "", "role": "viewer"}, "Enter an e-mail address"),
        ({"email": "pat", "role": "viewer"}, "Enter an e-mail address"),
        ({"email": "pat@x.example\nBcc: all@x.example", "role": "viewer"}, "Enter an e-mail address"),
        ({"email": f"{'p' * 250}@x.example", "role": "viewer"}, "at most 254 characters"),
        ({"email": PAT, "role": ""}, "Choose an answer for"),
        ({"email": PAT, "role": "emperor"}, "Choose one of the answers offered"),
    ],
)
def test_a_mistake_is_named_and_nothing_typed_is_lost(ada: Person, form: dict[str, str], words: str) -> None:
    answer = ada.post(INVITE, form)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert words in html
    if form["email"].isprintable():
        assert form["email"] in html


# --- owners


@pytest.mark.django_db
def test_an_admin_is_not_offered_to_invite_an_owner_and_a_forged_try_is_recorded(ada: Person) -> None:
    di = enrolled("di")
    fresh(di.client)
    assert 'value="owner"' not in di.get(INVITE).content.decode()
    assert invite(di, PAT, "owner").status_code == 403
    assert [event.detail["path"] for event in told(ada, "access.refused")] == [INVITE]
    with ada.acting():
        assert not Invitation.objects.exists()


@pytest.mark.django_db
def test_an_owner_invites_an_owner_after_a_fresh_sign_in(ada: Person) -> None:
    assert "/reauthenticate/" in invite(ada, PAT, "owner")["Location"]
    with ada.acting():
        assert not Invitation.objects.exists()
    fresh(ada.client)
    assert invite(ada, PAT, "owner")["Location"] == MEMBERS
    assert asked(ada).role == "owner"


@pytest.mark.django_db
def test_what_was_filled_in_goes_through_after_the_proof(ada: Person) -> None:
    proof = invite(ada, PAT, "owner")["Location"]
    answer = ada.post(proof, {"password": PASSWORD})
    assert answer["Location"] == MEMBERS
    assert asked(ada).role == "owner"
    assert f"{PAT} is invited" in ada.get(MEMBERS).content.decode()


@pytest.mark.django_db
def test_an_owners_invitation_is_in_owners_hands(ada: Person) -> None:
    fresh(ada.client)
    invite(ada, PAT, "owner")
    invitation = asked(ada)
    di = enrolled("di")
    fresh(di.client)
    html = di.get(MEMBERS).content.decode()
    assert PAT in html
    assert again(invitation) not in html
    assert di.post(again(invitation)).status_code == 403
    assert di.post(back(invitation)).status_code == 403
    assert asked(ada).withdrawn_at is None


# --- again, and back


@pytest.mark.django_db
def test_sending_again_makes_a_new_link_and_kills_the_old(ada: Person) -> None:
    invite(ada)
    first = asked(ada)
    old = inviting.invitation_link(first)
    change(
        ada,
        first,
        due_at=first.due_at - timedelta(hours=1),
        sent_at=first.due_at,
        attempt=3,
        last_error="Full",
    )
    assert ada.post(again(first)).status_code == 302
    second = asked(ada)
    assert (second.pk, second.generation) == (first.pk, 2)
    assert (second.sent_at, second.attempt, second.last_error) == (None, 0, "")
    assert second.expires_at > first.expires_at
    assert inviting.invitation_link(second) != old
    assert ada.client.get(old).status_code == 410
    assert "newer invitation" in ada.client.get(old).content.decode()
    assert len(told(ada, "member.invited-again")) == 1


@pytest.mark.django_db
def test_withdrawing_kills_the_link_and_the_waiting_mail(ada: Person) -> None:
    invite(ada)
    invitation = asked(ada)
    ada.post(back(invitation))
    assert asked(ada).due_at is None
    answer = ada.client.get(inviting.invitation_link(invitation))
    assert answer.status_code == 410
    assert "withdrawn" in answer.content.decode()
    assert PAT not in ada.get(MEMBERS).content.decode().replace(f"invitation of {PAT}", "")
    assert len(told(ada, "member.invitation-withdrawn")) == 1
    for path in (again(invitation), back(invitation)):
        assert ada.post(path).status_code == 404


@pytest.mark.django_db
def test_another_organizations_invitation_is_as_good_as_none(ada: Person, cy: Person) -> None:
    invite(ada)
    for path in (again(asked(ada)), back(asked(ada))):
        assert cy.post(path).status_code == 404


@pytest.mark.django_db
def test_who_may_not_invite_sees_no_invitations(ada: Person, bo: Person) -> None:
    invite(ada)
    assert PAT not in bo.get(MEMBERS).content.decode()
    assert invite(bo, "x@x.example").status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("mailed", "word"),
    [
        ({}, "Mail waiting"),
        ({"last_error": "The mail server could not be reached."}, "Mail delayed"),
        ({"due_at": None, "last_error": "No such mailbox."}, "Mail failed"),
        ({"sent_at": "now"}, "Mail sent"),
    ],
)
def test_the_list_says_how_the_mail_stands(ada: Person, mailed: dict[str, Any], word: str) -> None:
    invite(ada)
    invitation = asked(ada)
    change(ada, invitation, **{k: invitation.created_at if v == "now" else v for k, v in mailed.items()})
    html = ada.get(MEMBERS).content.decode()
    assert word in html
    assert mailed.get("last_error", "") in html


# --- limits


@pytest.mark.django_db
def test_a_mail_of_this_minute_is_not_sent_again(ada: Person) -> None:
    invite(ada)
    ada.post(again(asked(ada)))
    assert asked(ada).generation == 1
    assert "only minutes old" in ada.get(MEMBERS).content.decode()


@pytest.mark.django_db
def test_after_five_mails_nobody_is_mailed_again(ada: Person) -> None:
    invite(ada)
    change(ada, asked(ada), generation=inviting.MAILS_AT_MOST, due_at=None)
    ada.post(again(asked(ada)))
    assert asked(ada).generation == inviting.MAILS_AT_MOST
    assert "without an answer" in ada.get(MEMBERS).content.decode()


@pytest.mark.django_db
def test_an_organization_mails_so_many_strangers_a_day_and_no_more(
    ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inviting, "A_DAY_AT_MOST", 2)
    invite(ada, "one@x.example")
    invite(ada, "two@x.example")
    ada.post(back(asked(ada, "two@x.example")))
    answer = invite(ada, "three@x.example")
    assert answer.status_code == 422
    assert "Try again tomorrow" in answer.content.decode()


# --- the link itself


@pytest.mark.django_db
def test_a_link_survives_a_new_signing_key_while_the_old_one_is_known(ada: Person, settings: Any) -> None:
    invite(ada)
    link = inviting.invitation_link(asked(ada))
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key of fifty characters or so, for this test"
    assert ada.client.get(link).status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert ada.client.get(link).status_code == 404
