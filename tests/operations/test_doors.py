"""Every operator's address × who asks: staff get in by their role, everybody else is refused, and it is recorded."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern

from portal.audit.models import Event
from portal.operations.urls import urlpatterns
from portal.tenancy.roles import Duty
from portal.tenancy.scope import at_the_desk
from tests.operations.staff import Colleague
from tests.people import Person

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
# name → (duty, methods, whether a fresh sign-in is asked for)
DOORS = {
    "home": (Duty.OPERATE, "get", False),
    "need": (Duty.OPERATE, "get", False),
    "organizations": (Duty.OPERATE, "get", False),
    "organization": (Duty.OPERATE, "get", False),
    "log": (Duty.OPERATE, "get", False),
    "new": (Duty.OPERATE, "get post", False),
    "owner": (Duty.OPERATE, "get post", True),
    "suspension": (Duty.OPERATE, "get post", True),
    "resumption": (Duty.OPERATE, "get post", True),
    "visit": (Duty.OPERATE, "get post", True),
    "settlement": (Duty.OPERATE, "get post", True),
    "leave": (Duty.OPERATE, "post", False),
    "notices": (Duty.OPERATE, "get", False),
    "notice-new": (Duty.OPERATE, "get post", False),
    "notice-withdrawal": (Duty.OPERATE, "get post", False),
    "carriers": (Duty.OPERATE, "get", False),
    "pause": (Duty.OPERATE, "get post", False),
    "resume": (Duty.OPERATE, "get post", False),
    "compare": (Duty.OPERATE, "post", False),
    "house": (Duty.OPERATE, "get", False),
    "staff": (Duty.OPERATE, "get", False),
    "desk": (Duty.DESK, "get", False),
    "desk-ticket": (Duty.DESK, "get", False),
    "desk-message": (Duty.DESK, "get post", False),
    "desk-note": (Duty.DESK, "get post", False),
    "desk-approval": (Duty.DESK, "get post", False),
    "desk-rejection": (Duty.DESK, "get post", False),
    "desk-closing": (Duty.DESK, "get post", False),
    "desk-file": (Duty.DESK, "get", False),
}


ROUTES: list[URLPattern] = list(urlpatterns)


def path_of(one: URLPattern, organization: object) -> str:
    path = f"/operations/{one.pattern}".replace("<uuid:organization_id>", str(organization))
    path = path.replace("<uuid:notice_id>", str(uuid4())).replace("<slug:slug>", "owners")
    path = path.replace("<uuid:submission_id>", str(uuid4()))
    path = path.replace("<uuid:ticket_id>", str(uuid4())).replace("<uuid:file_id>", str(uuid4()))
    return path.replace("<slug:account>", "telnyx")


def test_every_address_stands_in_the_table_with_its_duty() -> None:
    found = {one.name: (one.callback.duty, one.callback.fresh) for one in ROUTES}  # type: ignore[attr-defined]
    assert found == {name: (duty, fresh) for name, (duty, _methods, fresh) in DOORS.items()}


@pytest.mark.parametrize("one", ROUTES, ids=lambda one: one.name)
def test_each_address_lets_in_its_staff_and_nobody_else(
    one: URLPattern, olu: Colleague, pia: Colleague, ada: Person, bo: Person
) -> None:
    duty, methods, _fresh = DOORS[str(one.name)]
    path = path_of(one, ada.organization.pk)
    allowed = [olu] if duty == Duty.OPERATE else [olu, pia]
    for who in (olu, pia, ada, bo):
        for method in ("get", "post"):
            status = getattr(who.client, method)(path).status_code
            assert status < 500
            if method not in methods:
                assert status == 405
            elif who in allowed:
                assert status != 403
            else:
                assert status == 403
    for method in methods.split():
        answer = getattr(Client(), method)(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/account/login/")


def test_a_refusal_stands_in_the_houses_log(ada: Person) -> None:
    ada.get("/operations/")
    with at_the_desk():
        event = Event.objects.get(organization=None, action="access.refused")
    assert event.actor_id == ada.user.pk
    assert event.detail["path"] == "/operations/"


@pytest.mark.parametrize("name", [name for name, (_duty, _methods, fresh) in DOORS.items() if fresh])
def test_what_reaches_into_an_organization_needs_a_fresh_sign_in(
    name: str, olu: Colleague, ada: Person
) -> None:
    stale = Client()
    stale.force_login(olu.user)
    path = path_of(next(one for one in ROUTES if one.name == name), ada.organization.pk)
    for method in ("get", "post"):
        answer = getattr(stale, method)(path)
        assert answer.status_code == 302
        assert "reauthenticate" in answer["Location"]


def test_staff_without_an_organization_land_on_their_own_page(olu: Colleague, pia: Colleague) -> None:
    assert olu.get("/")["Location"] == "/operations/"
    assert pia.get("/")["Location"] == "/operations/desk/"
    assert pia.post("/brands/new/").status_code == 403
    assert "operator's pages" in pia.get("/brands/new/").content.decode()


def test_only_staff_see_the_operators_places_in_the_navigation(
    olu: Colleague, pia: Colleague, ada: Person
) -> None:
    theirs = olu.get("/operations/").content.decode()
    assert 'href="/operations/organizations/"' in theirs
    assert 'href="/sms-campaigns/"' not in theirs
    desk = pia.get("/operations/desk/").content.decode()
    assert 'href="/operations/desk/"' in desk
    assert 'href="/operations/organizations/"' not in desk
    assert "/operations/" not in ada.get("/").content.decode()


def test_the_porting_desk_says_that_its_queue_is_empty(pia: Colleague) -> None:
    assert "The queue is empty" in pia.get("/operations/desk/").content.decode()
