"""`enrol --staff` makes and ends staff; `enrol` and `demo` write into the log what they did."""

from __future__ import annotations

import io
import time
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from portal.audit.models import Event
from portal.embedded.home import Home
from portal.tenancy.models import Membership, Organization, Staff
from portal.tenancy.scope import as_person, at_the_desk
from tests.operations.staff import Colleague
from tests.people import Person

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def run(*arguments: str, **options: Any) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


def house(action: str) -> list[Event]:
    with at_the_desk():
        return list(Event.objects.filter(organization=None, action=action).order_by("pk"))


def test_enrol_makes_an_operator_with_a_link_to_choose_a_password() -> None:
    said = run("enrol", "olu@portal.example", staff="operator", name="Olu")
    assert "olu@portal.example is operator of this portal." in said
    assert "Choose a password at " in said
    assert Staff.objects.get().role == "operator"
    (event,) = house("staff.enrolled")
    assert event.detail == {"person": "Olu", "email": "olu@portal.example", "role": "operator"}


def test_enrolling_again_changes_the_duty_and_none_ends_it(olu: Colleague) -> None:
    assert olu.get("/operations/").status_code == 200
    assert "password" not in run("enrol", "OLU@portal.example", staff="desk")
    assert olu.get("/operations/").status_code == 403
    assert olu.get("/operations/desk/").status_code == 200
    run("enrol", "olu@portal.example", staff="none")
    assert olu.get("/operations/desk/").status_code == 403
    assert not Staff.objects.exists()
    assert len(house("staff.ended")) == 1


@pytest.mark.parametrize(
    ("who", "options"),
    [
        (["nobody"], {"staff": "operator"}),
        (["a@example.com", "b@example.com"], {"staff": "operator"}),
        (["a@example.com"], {"staff": "none"}),
        (["a@example.com"], {}),
        (["Acme", "a@example.com"], {}),
        (["Acme", "a@example.com", "king"], {}),
        (["", "a@example.com", "owner"], {}),
    ],
)
def test_enrol_says_what_is_wrong(who: list[str], options: dict[str, str]) -> None:
    with pytest.raises(CommandError):
        run("enrol", *who, **options)
    assert not Staff.objects.exists()
    assert not Organization.objects.exists()


def test_enrolling_a_member_is_written_into_the_organizations_log(ada: Person) -> None:
    run("enrol", "Acme", "dee@acme.example", "viewer")
    run("enrol", "Acme", "dee@acme.example", "viewer")
    run("enrol", "Acme", "dee@acme.example", "admin")
    with ada.acting():
        found = Event.objects.filter(organization=ada.organization, object_kind="member").order_by("pk")
        assert [event.action for event in found] == ["member.enrolled", "member.role-changed"]


def test_the_demo_shows_every_role_two_organizations_and_staff(
    settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It waits for a registry that starts beside it; here there is none.
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    settings.PRACTICE_URL = "http://127.0.0.1:9"
    settings.HOME = Home(tmp_path)
    run("demo")
    said = run("demo").splitlines()
    assert Organization.objects.count() == 2
    assert {len(line) - len(line.lstrip()) for line in said} == {0}
    signed_in = {}
    for line in said:
        email, password, _who = line.split(None, 2)
        browser = Client()
        assert browser.login(email=email, password=password)
        signed_in[email] = browser
    landed = {email: browser.get("/", follow=True).status_code for email, browser in signed_in.items()}
    assert set(landed.values()) == {200}
    with as_person(browser_user(signed_in["ada@larkspur.example"])):
        assert {one.role for one in Membership.objects.all()} == {"owner", "viewer"}
    assert signed_in["olu@portal.example"].get("/operations/").status_code == 200
    assert signed_in["pia@portal.example"].get("/operations/").status_code == 403
    assert "Larkspur" not in signed_in["cleo@harbor.example"].get("/sms-campaigns/").content.decode()


def browser_user(browser: Client) -> Any:
    return browser.session["_auth_user_id"]
