"""What belongs to a person is written by that person alone, and read by those who share an organization."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction

from portal import clock
from portal.audit.recording import CLEARLINE
from portal.notifications.models import Dismissal, Hours, Notice, Preference, Topic
from portal.notifications.notices import dismiss, publish
from portal.tenancy.scope import as_person
from tests.notifications.posting import prefer
from tests.people import Person

pytestmark = pytest.mark.django_db
OWN = {
    "notifications_preference": Preference,
    "notifications_hours": Hours,
    "notifications_dismissal": Dismissal,
}


def everything_of(person: Person) -> Notice:
    """One row in each of a person's own tables."""
    prefer(person, hours={"digest_at": "09:00"})
    now = clock.read().business
    notice = publish(
        scope=Topic.EVERYTHING,
        text="Hello",
        starts_at=now,
        ends_at=now.replace(year=now.year + 1),
        by=CLEARLINE,
        at=now,
    )
    dismiss(notice, user_id=person.user.pk, at=now)
    return notice


@pytest.mark.parametrize("table", OWN)
def test_the_table_is_forced_behind_its_policies(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = %s", [table])
        assert cursor.fetchone() == (True, True)


@pytest.mark.parametrize("table", OWN)
def test_without_a_person_or_a_scope_there_is_nothing(ada: Person, table: str) -> None:
    everything_of(ada)
    assert OWN[table].objects.count() == 0


@pytest.mark.parametrize("table", OWN)
def test_colleagues_read_and_outsiders_do_not(ada: Person, bo: Person, cy: Person, table: str) -> None:
    everything_of(ada)
    with bo.acting():
        assert OWN[table].objects.filter(user=ada.user).exists()
    with cy.acting():
        assert not OWN[table].objects.exists()
    with as_person(cy.user.pk):
        assert not OWN[table].objects.exists()


@pytest.mark.parametrize("table", OWN)
@pytest.mark.parametrize("where", ["scope", "another person"])
def test_nobody_else_changes_or_deletes_them(ada: Person, bo: Person, table: str, where: str) -> None:
    everything_of(ada)
    inside: Callable[[], Any] = bo.acting if where == "scope" else lambda: as_person(bo.user.pk)
    rows = OWN[table].objects.filter(user=ada.user)
    with inside():
        assert rows.update(user=ada.user) == 0
        assert rows._raw_delete("default") == 0
    with as_person(ada.user.pk):
        assert rows.exists()


def test_nobody_chooses_for_somebody_else(ada: Person, bo: Person) -> None:
    for inside in (bo.acting, lambda: as_person(bo.user.pk)):
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic(), inside():
            Preference.objects.create(user=ada.user, kind="decision", delivery="off")


def test_a_notice_of_one_organization_is_that_organizations(ada: Person, cy: Person) -> None:
    now = clock.read().business
    span = {"starts_at": now, "ends_at": now.replace(year=now.year + 1), "by": CLEARLINE, "at": now}
    publish(scope=Topic.BRANDS, text="For Acme", organization_id=ada.organization.pk, **span)
    publish(scope=Topic.BRANDS, text="For all", **span)
    with ada.acting():
        assert set(Notice.objects.values_list("text", flat=True)) == {"For Acme", "For all"}
    with cy.acting():
        assert set(Notice.objects.values_list("text", flat=True)) == {"For all"}
    assert set(Notice.objects.values_list("text", flat=True)) == {"For all"}
    with pytest.raises(ProgrammingError, match="row-level security"), cy.acting():
        Notice.objects.create(
            scope=Topic.BRANDS,
            text="X",
            organization_id=ada.organization.pk,
            starts_at=now,
            ends_at=now.replace(year=now.year + 1),
            created_at=now,
            created_by_name="Cy",
        )
