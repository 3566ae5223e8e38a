"""The company that runs the portal: Olu is operator, Pia sits at the porting desk."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from allauth.account.internal.flows import login
from django.test import Client

from portal.accounts.enrolling import account_for
from portal.accounts.models import User
from portal.audit.recording import Actor
from portal.tenancy.models import Organization, Staff
from tests.people import PASSWORD

WHO = {"olu": ("Olu Brandt", "operator"), "pia": ("Pia Novak", "desk")}


@dataclass(frozen=True)
class Colleague:
    """Somebody of staff, and a browser in which they have just signed in."""

    user: User
    client: Client

    @property
    def actor(self) -> Actor:
        """As the house's log names them."""
        return Actor(str(self.user), self.user.pk, "127.0.0.1")

    def get(self, path: str, **kwargs: Any) -> Any:
        """GET as this colleague."""
        return self.client.get(path, **kwargs)

    def post(self, path: str, data: Any = None, **kwargs: Any) -> Any:
        """POST as this colleague."""
        return self.client.post(path, data or {}, **kwargs)

    def enter(self, organization: Organization, reason: str = "Ada asked on the telephone") -> Any:
        """Begin a visit."""
        return self.post(f"/operations/organizations/{organization.pk}/visit/", {"reason": reason})


def fresh(client: Client) -> None:
    """Let the browser's sign-in count as one of this moment."""
    session = client.session
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time()}]
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = session["_auth_user_id"]
    session.save()


def on_duty(who: str) -> Colleague:
    """Make the colleague where there is none yet, and sign in."""
    name, role = WHO[who]
    user, _ = account_for(f"{who}@portal.example", name=name, password=PASSWORD)
    Staff.objects.get_or_create(user=user, defaults={"role": role})
    client = Client()
    client.force_login(user)
    fresh(client)
    return Colleague(user, client)
