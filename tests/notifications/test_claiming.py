"""What the claimer may know: when a row is due and whose it is, and nothing that is said in it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection, transaction

from portal import clock
from portal.accounts.enrolling import account_for
from portal.audit.recording import CLEARLINE
from portal.notifications.models import Notification
from portal.tenancy.models import Invitation, Organization, Outgoing
from portal.tenancy.outgoing import SEEN, claim
from portal.tenancy.scope import acting_for
from tests.notifications.posting import decided, invitation, post
from tests.people import Person


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Notification, Invitation])
def test_the_claimer_sees_when_and_whose_and_nothing_that_is_said(ada: Person, model: type[Outgoing]) -> None:
    decided(ada)
    invitation(ada)
    table = model._meta.db_table
    hidden = {field.column for field in model._meta.concrete_fields} - set(SEEN)
    assert {"object_name", "user_id"} <= hidden or {"email", "invited_by_name"} <= hidden
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE portal_claimer")
        cursor.execute(f"SELECT {', '.join(SEEN)} FROM {table}")
        assert len(cursor.fetchall()) == 1
        for column in sorted(hidden):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                cursor.execute(f"SELECT {column} FROM {table}")
        for statement in (
            f"UPDATE {table} SET sent_at = now()",
            f"UPDATE {table} SET organization_id = gen_random_uuid()",
            f"DELETE FROM {table}",
        ):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                cursor.execute(statement)
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_claims_of_an_unknown_organization_end_quietly(mails: list[Any]) -> None:
    """A row whose object, member and everything is gone is taken off the list instead of spinning."""
    organization = Organization.objects.create(name="Empty")
    with acting_for(organization.pk, by=CLEARLINE):
        user, _made = account_for("nobody@example.test")
        now = clock.read().business
        Notification.objects.create(
            organization=organization,
            user=user,
            kind="decision",
            object_kind="brand",
            object_id=uuid4(),
            object_name="Gone",
            state="verified",
            since=now,
            at=now,
            due_at=now,
        )
    assert post() == 0
    assert mails == []
    assert claim(Notification, clock.read()) == []


@pytest.mark.django_db
def test_a_claim_takes_no_more_than_it_asked_for(ada: Person, bo: Person) -> None:
    for _ in range(5):
        decided(ada)
    times = clock.read()
    assert [len(claim(Notification, times, limit=limit)) for limit in (1, 2, 3, 10)] == [1, 2, 3, 4]
