"""An operator looks at an organization from inside: announced, recorded, read only, not for long."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import InternalError
from django.test import Client

from brands.models import Brand
from portal.audit.models import Event
from portal.notifications.models import Notification
from portal.tenancy import access, scope, visiting
from portal.tenancy.models import Membership, Staff
from portal.tenancy.roles import Act, may
from portal.tenancy.scope import acting_for
from tests.factories import brand_draft, submitted_brand
from tests.operations.staff import Colleague
from tests.people import Person

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
BANNER = "as operator, read only"


def events(person: Person, action: str) -> list[Event]:
    with person.acting():
        return list(Event.objects.filter(organization=person.organization, action=action))


def test_a_visit_shows_the_pages_of_the_organization_under_a_banner(olu: Colleague, ada: Person) -> None:
    brand = submitted_brand(ada)
    answer = olu.enter(ada.organization)
    assert answer.status_code == 302
    assert answer["Location"] == "/"
    for path in ("/", "/sms-campaigns/", f"/brands/{brand.pk}/", "/organization/members/", "/operations/"):
        text = olu.get(path).content.decode()
        assert "<strong>Acme</strong> as operator, read only" in " ".join(text.split()), path
    assert "Acme Plumbing" in olu.get(f"/brands/{brand.pk}/").content.decode()
    assert BANNER not in ada.get("/").content.decode()


def test_the_organization_is_told_with_the_reason(olu: Colleague, ada: Person, bo: Person) -> None:
    olu.enter(ada.organization, "Bo cannot find the brand, ticket 12")
    (event,) = events(ada, "organization.entered")
    assert event.actor_name == "Olu Brandt (operator)"
    assert event.actor_id == olu.user.pk
    assert event.address
    assert event.detail == {"reason": "Bo cannot find the brand, ticket 12"}
    with ada.acting():
        told = Notification.objects.get(user=ada.user, object_kind="organization", state="entered")
        assert told.note == "Bo cannot find the brand, ticket 12"


@pytest.mark.parametrize("reason", ["", "   ", "-", "test", "x y", "a" * 301 + " b"])
def test_without_words_there_is_no_visit(olu: Colleague, ada: Person, reason: str) -> None:
    answer = olu.enter(ada.organization, reason)
    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()
    assert olu.get("/")["Location"] == "/operations/"
    assert events(ada, "organization.entered") == []


def test_leaving_ends_it_and_is_recorded(olu: Colleague, ada: Person) -> None:
    olu.enter(ada.organization)
    answer = olu.post("/operations/visit/leave/")
    assert answer["Location"] == f"/operations/organizations/{ada.organization.pk}/"
    assert olu.get("/")["Location"] == "/operations/"
    assert len(events(ada, "organization.left")) == 1
    assert olu.post("/operations/visit/leave/")["Location"] == "/operations/"
    assert len(events(ada, "organization.left")) == 1


def test_entering_twice_is_one_visit_and_another_organization_ends_the_first(
    olu: Colleague, ada: Person, cy: Person
) -> None:
    olu.enter(ada.organization)
    olu.enter(ada.organization)
    assert len(events(ada, "organization.entered")) == 1
    olu.enter(cy.organization)
    assert len(events(ada, "organization.left")) == 1
    assert "<strong>Rival</strong>" in olu.get("/").content.decode()


def test_signing_out_ends_it(olu: Colleague, ada: Person) -> None:
    olu.enter(ada.organization)
    olu.post("/account/logout/")
    olu.client.force_login(olu.user)
    assert olu.get("/")["Location"] == "/operations/"


def test_it_ends_by_itself_after_an_hour(
    olu: Colleague, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    olu.enter(ada.organization)
    now = time.time()
    longest = visiting.VISIT_FOR.total_seconds()
    assert longest == 3600
    monkeypatch.setattr(visiting.time, "time", lambda: now + longest - 60)
    assert olu.get("/").status_code == 200
    monkeypatch.setattr(visiting.time, "time", lambda: now + longest + 1)
    answer = olu.client.get("/", follow=True)
    assert answer.request["PATH_INFO"] == "/operations/"
    assert "Your visit is over" in answer.content.decode()
    monkeypatch.undo()
    assert olu.get("/").status_code == 302


@pytest.mark.parametrize("since", [None, 0])
def test_a_visit_without_a_beginning_is_none(olu: Colleague, ada: Person, since: Any) -> None:
    session = olu.client.session
    session[visiting.VISIT_KEY] = str(ada.organization.pk)
    if since is not None:
        session[visiting.VISIT_SINCE_KEY] = since
    session.save()
    assert olu.get("/").status_code == 302


@pytest.mark.parametrize("change", ["ended", "desk"])
def test_it_does_not_survive_losing_the_role(olu: Colleague, ada: Person, change: str) -> None:
    olu.enter(ada.organization)
    assert olu.get("/").status_code == 200
    if change == "ended":
        Staff.objects.filter(user=olu.user).delete()
        assert olu.get("/").status_code == 403
    else:
        Staff.objects.filter(user=olu.user).update(role="desk")
        assert olu.get("/")["Location"] == "/operations/desk/"
    assert BANNER not in olu.client.get("/", follow=True).content.decode()


def test_it_does_not_survive_losing_the_second_factor(olu: Colleague, ada: Person, settings: Any) -> None:
    olu.enter(ada.organization)
    settings.STAFF_MFA_REQUIRED = True
    assert olu.get("/").status_code == 302


def test_a_member_cannot_visit_by_session_alone(ada: Person, cy: Person) -> None:
    session = cy.client.session
    session[visiting.VISIT_KEY] = str(ada.organization.pk)
    session[visiting.VISIT_SINCE_KEY] = time.time()
    session.save()
    text = cy.get("/").content.decode()
    assert BANNER not in text
    assert "Rival" in text


def test_an_operator_who_is_also_a_member_visits_as_viewer(olu: Colleague, ada: Person) -> None:
    with ada.acting():
        Membership.objects.create(organization=ada.organization, user=olu.user, role="owner")
    assert olu.get("/brands/new/").status_code == 200
    olu.enter(ada.organization)
    assert olu.get("/brands/new/").status_code == 403
    olu.post("/operations/visit/leave/")
    assert olu.get("/brands/new/").status_code == 200


def test_a_suspended_organization_can_be_visited(olu: Colleague, ada: Person) -> None:
    ada.settle(suspended_at=ada.organization.created_at, suspended_reason="Unpaid bills")
    olu.enter(ada.organization)
    text = olu.get("/").content.decode()
    assert BANNER in " ".join(text.split())
    assert "Unpaid bills" in text


def test_entering_needs_a_fresh_sign_in(olu: Colleague, ada: Person) -> None:
    stale = Client()
    stale.force_login(olu.user)
    answer = stale.post(
        f"/operations/organizations/{ada.organization.pk}/visit/", {"reason": "Ada asked me to"}
    )
    assert "reauthenticate" in answer["Location"]
    assert events(ada, "organization.entered") == []


# --- nothing can be written: three walls, each alone


@contextmanager
def _writable(organization_id: Any, *, by: Any, read_only: bool = False) -> Any:
    with acting_for(organization_id, by=by) as opened:
        yield opened


def _tries_to_write(olu: Colleague, ada: Person) -> None:
    """Start a draft and delete one, over HTTP; nothing may change, and each try is recorded."""
    draft = brand_draft(ada)
    with ada.acting():
        before = list(Brand.objects.order_by("pk").values())
    refused = len(events(ada, "access.refused"))
    answers = [
        olu.post("/brands/new/", {"accept": "on", "version": "2026-11", "terms": "on"}),
        olu.post(f"/brands/drafts/{draft.pk}/deletion/"),
        olu.post(f"/brands/drafts/{draft.pk}/submission/"),
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert all("You are only looking" in answer.content.decode() for answer in answers)
    with ada.acting():
        assert list(Brand.objects.order_by("pk").values()) == before
    assert len(events(ada, "access.refused")) == refused + 3


def test_a_visitor_writes_nothing(olu: Colleague, ada: Person) -> None:
    olu.enter(ada.organization)
    _tries_to_write(olu, ada)


def test_the_role_of_a_viewer_holds_alone(
    olu: Colleague, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    olu.enter(ada.organization)
    monkeypatch.setattr(access.Acting, "may", lambda self, act: may(self.role, Act(act)))
    monkeypatch.setattr(access, "acting_for", _writable)
    _tries_to_write(olu, ada)


def test_the_visit_holds_alone(olu: Colleague, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    olu.enter(ada.organization)
    monkeypatch.setattr(access, "may", lambda role, act: True)
    monkeypatch.setattr(access, "acting_for", _writable)
    _tries_to_write(olu, ada)


def test_the_database_holds_alone(olu: Colleague, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    olu.enter(ada.organization)
    monkeypatch.setattr(access.Acting, "may", lambda self, act: True)
    _tries_to_write(olu, ada)


def test_without_all_three_the_same_tries_do_write(
    olu: Colleague, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the four tests above might pass for another reason."""
    olu.enter(ada.organization)
    monkeypatch.setattr(access.Acting, "may", lambda self, act: True)
    monkeypatch.setattr(access, "acting_for", _writable)
    draft = brand_draft(ada)
    assert olu.post(f"/brands/drafts/{draft.pk}/deletion/").status_code == 302
    with ada.acting():
        assert not Brand.objects.exists()


def test_a_read_only_scope_refuses_every_write_of_the_app(ada: Person) -> None:
    draft = brand_draft(ada)
    with (
        pytest.raises(InternalError, match="read-only"),
        scope.acting_for(ada.organization.pk, by=ada.actor, read_only=True),
    ):
        Brand.objects.filter(pk=draft.pk).update(city="Elsewhere")
    with (
        pytest.raises(InternalError, match="read-only"),
        scope.acting_for(ada.organization.pk, by=ada.actor, read_only=True),
    ):
        draft.delete()
