"""`enrol` makes people, `work` does without a broker."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from portal.accounts.models import User
from portal.tenancy.models import Membership, Organization
from portal.tenancy.scope import as_person
from tests.factories import submitted_brand
from tests.people import PASSWORD, Person

pytestmark = pytest.mark.django_db


def run(*arguments: str, **options: Any) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


def role_of(email: str) -> str:
    """The one role that the person has, read as that person."""
    with as_person(User.objects.get(email=email).pk):
        return Membership.objects.get().role


def test_enrol_makes_organization_account_and_membership_and_a_link_that_works() -> None:
    said = run("enrol", "Acme", "dee@acme.example", "admin", name="Dee")
    assert role_of("dee@acme.example") == "admin"
    link = said.split(" at ")[-1].strip()
    path = link.split("8000", 1)[1] if ":8000" in link else link.split("//", 1)[1].split("/", 1)[1]
    browser = Client()
    answer = browser.get(path, follow=True)
    answer = browser.post(answer.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD})
    assert answer.status_code == 302
    assert Client().login(email="dee@acme.example", password=PASSWORD)


def test_enrolling_again_changes_the_role_and_makes_nobody_twice() -> None:
    run("enrol", "Acme", "dee@acme.example", "viewer")
    said = run("enrol", "Acme", "DEE@acme.example", "owner")
    assert "password" not in said
    assert User.objects.count() == Organization.objects.count() == 1
    assert role_of("dee@acme.example") == "owner"


@pytest.mark.parametrize("email", ["nobody", "", "a@b", "x" * 300 + "@acme.example"])
def test_enrol_refuses_what_is_no_address(email: str) -> None:
    with pytest.raises(CommandError):
        run("enrol", "Acme", email, "admin")
    assert not User.objects.exists()


def test_work_goes_on_without_a_broker(ada: Person, settings: Any) -> None:
    submitted_brand(ada)
    assert run("work", once=True).strip() == "1 steps"
