"""The desk's own notes: on no page, in no mail, no file and no log of an organization, and not for the asking."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection

from portal import clock
from portal.audit.models import Event
from portal.notifications.models import Notification
from portal.support.models import Note, Ticket
from portal.support.notes import among_ourselves, note, notes_of
from portal.tenancy.scope import acting_for, at_the_desk
from tests.factories import active_campaign
from tests.notifications.posting import Post, post
from tests.operations.staff import Colleague, on_duty
from tests.people import Person
from tests.support.asking import pool_request, question
from tests.tenancy.addresses import addresses, ask
from tests.tenancy.rows import HOLES, Row, outside

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

SECRET = "Zanzibar owes us three invoices"


@pytest.fixture
def pia(db: None) -> Colleague:
    return on_duty("pia")


def noted(person: Person, pia: Colleague, ticket: Ticket) -> None:
    answer = pia.post(f"/operations/desk/{ticket.pk}/note/", {"note": SECRET})
    assert answer.status_code == 302
    assert SECRET in pia.get(f"/operations/desk/{ticket.pk}/").content.decode()


def test_no_address_of_the_organization_shows_a_note(ada: Person, pia: Colleague) -> None:
    """Every page and file of every app, for the owner: with the note's ticket in each hole that takes one."""
    ticket = question(ada)
    noted(ada, pia, ticket)
    leaks, asked = [], 0
    with ada.acting():
        own = {hole: how for hole, how in HOLES.items() if isinstance(how, Row) and not how.house}
    for one in addresses():
        if one.duty is not None or one.name.startswith("operations:") or outside(one.name):
            continue
        values: dict[str, object] = {
            hole: ticket.pk if hole == "ticket_id" else uuid4() for hole in one.holes
        }
        if any(hole != "ticket_id" and hole in own for hole in one.holes):
            continue
        for query in ("", "?format=json", "?format=csv"):
            answer = ask(ada.client, "get", one.path(values) + query)
            asked += answer.status == 200
            if "zanzibar" in answer.text.lower():
                leaks.append(one.name + query)
    assert leaks == []
    assert asked > 20


def test_a_note_is_mailed_to_nobody_and_told_to_nobody(
    ada: Person, bo: Person, pia: Colleague, mails: list[Any]
) -> None:
    ticket = pool_request(ada, active_campaign(ada))
    noted(ada, pia, ticket)
    before = len(Post.taken)
    post()
    assert len(mails) > before
    assert not [mail for mail in mails if "zanzibar" in str(mail.message().as_string()).lower()]
    with ada.acting():
        assert not Notification.objects.filter(note__icontains="zanzibar").exists()


def test_the_organizations_log_does_not_say_that_there_is_one_and_the_houses_does(
    ada: Person, pia: Colleague
) -> None:
    ticket = question(ada)
    with ada.acting():
        before = Event.objects.count()
    noted(ada, pia, ticket)
    with ada.acting():
        assert Event.objects.count() == before
    with at_the_desk():
        event = Event.objects.get(organization=None, action="ticket.noted")
    assert (event.object_id, event.actor_name) == (ticket.pk, "Pia Novak")
    assert "anzibar" not in str(event.detail)


def test_the_database_shows_no_note_to_the_organization_whatever_it_asks(ada: Person, pia: Colleague) -> None:
    noted(ada, pia, question(ada))
    with ada.acting(), connection.cursor() as cursor:
        assert list(Note.objects.all()) == []
        assert Note._base_manager.count() == 0
        for statement in ("SELECT count(*) FROM support_note", "SELECT count(text) FROM support_note n"):
            cursor.execute(statement)
            assert cursor.fetchone() == (0,)
        assert Note._base_manager.update(text="gone") == 0


def test_a_note_cannot_be_written_where_none_can_be_read(ada: Person) -> None:
    ticket, at = question(ada), clock.read().business
    with pytest.raises(ProgrammingError, match="row-level security"), ada.acting():
        Note.objects.create(
            organization_id=ada.organization.pk, ticket=ticket, text="x", at=at, by_name="Ada"
        )


def test_the_wall_stands_again_after_the_block_also_after_an_error(ada: Person) -> None:
    ticket, times = question(ada), clock.read()
    with ada.acting():
        note(ticket, SECRET, token=uuid4(), by=ada.actor, times=times)
        assert [one.text for one in notes_of(ticket)] == [SECRET]
        assert not Note.objects.exists()
        with pytest.raises(LookupError), among_ourselves():
            assert Note.objects.exists()
            raise LookupError
        assert not Note.objects.exists()


def test_among_ourselves_shows_no_other_organizations_notes(ada: Person, cy: Person) -> None:
    times = clock.read()
    for who in (ada, cy):
        with who.acting():
            note(question(who), f"{SECRET} {who.user}", token=uuid4(), by=who.actor, times=times)
    with acting_for(cy.organization.pk, by=cy.actor), among_ourselves():
        assert [one.text for one in Note.objects.all()] == [f"{SECRET} Cy Tran"]


def test_the_role_of_the_desk_reads_no_notes_no_messages_and_no_files() -> None:
    with connection.cursor() as cursor:
        for table in ("note", "message", "attachment", "content"):
            cursor.execute(f"SELECT has_any_column_privilege('portal_desk', 'support_{table}', 'SELECT')")
            assert cursor.fetchone() == (False,)
