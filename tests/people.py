"""The people of every test: Ada owns Acme, Bo may look at Acme, Cy owns Rival and is an outsider.

Where a test needs more of Acme: Di is admin, Ed submits, Flo is a second owner.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from django.test import Client

from portal.accounts.enrolling import account_for
from portal.accounts.models import User
from portal.audit.recording import CLEARLINE, Actor
from portal.tenancy.models import Membership, Organization
from portal.tenancy.scope import Scope, acting_for

PASSWORD = "a long and quiet password"
WHO = {
    "ada": ("Ada Osei", "Acme", "owner"),
    "bo": ("Bo Lindqvist", "Acme", "viewer"),
    "cy": ("Cy Tran", "Rival", "owner"),
    "di": ("Di Marsh", "Acme", "admin"),
    "ed": ("Ed Kowal", "Acme", "submitter"),
    "flo": ("Flo Adeyemi", "Acme", "owner"),
}


@dataclass(frozen=True)
class Person:
    """A member, their organization, and a browser in which they are signed in."""

    user: User
    organization: Organization
    client: Client

    @property
    def actor(self) -> Actor:
        """As the audit log names them."""
        return Actor(str(self.user), self.user.pk, "127.0.0.1")

    def acting(self) -> AbstractContextManager[Scope]:
        """The scope of this person's organization."""
        return acting_for(self.organization.pk, by=self.actor)

    def settle(self, **changes: Any) -> None:
        """Change the organization's row, past every page."""
        with self.acting():
            assert Organization.objects.filter(pk=self.organization.pk).update(**changes) == 1

    def get(self, path: str, **kwargs: Any) -> Any:
        """GET as this person."""
        return self.client.get(path, **kwargs)

    def post(self, path: str, data: Any = None, **kwargs: Any) -> Any:
        """POST as this person."""
        return self.client.post(path, data or {}, **kwargs)


def enrolled(who: str, *, sign_in: bool = True) -> Person:
    """Make the person and the organization where they do not exist yet, and sign in."""
    name, company, role = WHO[who]
    organization, _ = Organization.objects.get_or_create(name=company)
    user, _ = account_for(f"{who}@{company.lower()}.example", name=name, password=PASSWORD)
    with acting_for(organization.pk, by=CLEARLINE):
        Membership.objects.get_or_create(organization=organization, user=user, defaults={"role": role})
    client = Client()
    if sign_in:
        client.force_login(user)
    return Person(user, organization, client)
