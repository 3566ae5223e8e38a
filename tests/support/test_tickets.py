"""Tickets: what each side can say, where that takes them, and that the same form does its work once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portal import clock
from portal.audit.models import Event
from portal.support import states
from portal.support.models import Attachment, Message, Ticket
from tests.operations.staff import Colleague, on_duty
from tests.people import Person, enrolled
from tests.support.asking import PNG, question

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def pia(db: None) -> Colleague:
    return on_duty("pia")


def now_at(person: Person, ticket: Ticket) -> str:
    with person.acting():
        ticket.refresh_from_db()
    return ticket.status


def said_in(person: Person, ticket: Ticket) -> list[tuple[str, str]]:
    with person.acting():
        rows = Message.objects.filter(ticket=ticket).order_by("at", "pk")
        return [(row.act, row.text) for row in rows]


def events_of(person: Person, ticket: Ticket) -> list[str]:
    with person.acting():
        rows = Event.objects.filter(object_kind="ticket", object_id=ticket.pk).order_by("pk")
        return list(rows.values_list("action", flat=True))


def test_a_question_goes_to_the_desk_and_back_and_is_closed(ada: Person, pia: Colleague) -> None:
    asked = {"subject": "Toll-free", "text": "Do toll-free numbers need a campaign?"}
    page = ada.post("/support/new/", asked)["Location"]
    with ada.acting():
        ticket = Ticket.objects.get()
        assert ticket.due_at == ticket.opened_at + timedelta(days=2)
    case = f"/operations/desk/{ticket.pk}"
    assert pia.post(f"{case}/message/", {"text": "No, a verification.", "act": "answer"}).status_code == 302
    assert now_at(ada, ticket) == states.ANSWERED
    assert ada.post(f"{page}reply/", {"text": "And where is that?"}).status_code == 302
    assert now_at(ada, ticket) == states.WAITING
    pia.post(f"{case}/message/", {"text": "Which product is it?", "act": "ask"})
    assert now_at(ada, ticket) == states.ASKED
    ada.post(f"{page}reply/", {"text": "Phone."})
    assert now_at(ada, ticket) == states.WAITING
    assert pia.post(f"{case}/closing/", {"text": "Told on the telephone."}).status_code == 302
    assert now_at(ada, ticket) == states.CLOSED
    assert [act for act, _text in said_in(ada, ticket)] == [
        *("opened", "wrote", "wrote", "asked", "wrote", "closed")
    ]
    assert events_of(ada, ticket) == [
        *("ticket.opened", "ticket.answered", "ticket.supplied"),
        *("ticket.asked", "ticket.supplied", "ticket.closed"),
    ]
    shown = ada.get(page).content.decode()
    for text in ("No, a verification.", "Which product is it?", "Told on the telephone.", "Pia Novak"):
        assert text in shown


def test_the_same_form_sent_twice_is_one_ticket_one_message_and_one_event(
    ada: Person, pia: Colleague
) -> None:
    asked = {"subject": "Toll-free", "text": "Do they?", "token": str(uuid4())}
    assert len({ada.post("/support/new/", asked)["Location"] for _each in range(2)}) == 1
    with ada.acting():
        ticket = Ticket.objects.get()
    for path, who, data in (
        (f"/support/{ticket.pk}/reply/", ada, {"text": "Hello?", "token": str(uuid4())}),
        (f"/operations/desk/{ticket.pk}/message/", pia, {"text": "Yes", "act": "ask", "token": str(uuid4())}),
        (f"/operations/desk/{ticket.pk}/note/", pia, {"note": "Slow one", "token": str(uuid4())}),
    ):
        assert [who.post(path, data).status_code for _each in range(2)] == [302, 302]
    assert [act for act, _text in said_in(ada, ticket)] == ["opened", "wrote", "asked"]
    assert events_of(ada, ticket) == ["ticket.opened", "ticket.wrote", "ticket.asked"]
    assert pia.get(f"/operations/desk/{ticket.pk}/").content.decode().count("Slow one") == 1


def test_what_has_ended_takes_no_more_words_and_loses_none(ada: Person, pia: Colleague) -> None:
    ticket = question(ada)
    page = f"/support/{ticket.pk}/"
    assert ada.post(f"{page}end/", {"text": ""}).status_code == 302
    late = ada.post(f"{page}reply/", {"text": "One more thing about the lobby"})
    assert late.status_code == 422
    assert "One more thing about the lobby" in late.content.decode()
    case = f"/operations/desk/{ticket.pk}"
    late = pia.post(f"{case}/message/", {"text": "Here is the answer", "act": "answer"})
    assert late.status_code == 422
    assert "Here is the answer" in late.content.decode()
    late = pia.post(f"{case}/closing/", {"text": "All was said"})
    assert late.status_code == 409
    assert "All was said" in late.content.decode()
    assert [act for act, _text in said_in(ada, ticket)] == ["opened", "closed"]


def test_a_promise_is_a_date_that_the_organization_reads_and_is_measured_by(
    ada: Person, pia: Colleague
) -> None:
    ticket = question(ada)
    day = clock.read().business.date() + timedelta(days=9)
    answer = pia.post(
        f"/operations/desk/{ticket.pk}/message/", {"act": "answer", "promised_for": day.isoformat()}
    )
    assert answer.status_code == 302
    with ada.acting():
        ticket.refresh_from_db()
    # The end of that day in New York, where Acme is.
    assert ticket.promised_for == day
    assert ticket.due_at.isoformat().startswith((day + timedelta(days=1)).isoformat())
    assert "promised it for" in ada.get(f"/support/{ticket.pk}/").content.decode()


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"text": "", "act": "answer"}, "Fill in “Message”."),
        ({"text": "", "act": "ask", "promised_for": "2099-01-01"}, "Fill in “Message”."),
        ({"text": "x", "act": "answer", "promised_for": "2001-01-01"}, "between today and a year from now"),
        ({"text": "x" * 5001, "act": "answer"}, "at most 5000 characters"),
        ({"text": "x"}, "What happens then?"),
    ],
)
def test_what_the_desk_forgot_is_said_and_nothing_is_sent(
    ada: Person, pia: Colleague, fields: dict[str, Any], says: str
) -> None:
    ticket = question(ada)
    answer = pia.post(f"/operations/desk/{ticket.pk}/message/", fields)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert len(said_in(ada, ticket)) == 1


def test_nobody_is_told_no_without_a_reason_and_a_question_is_not_decided(
    ada: Person, pia: Colleague
) -> None:
    ticket = question(ada)
    case = f"/operations/desk/{ticket.pk}"
    assert pia.post(f"{case}/rejection/", {"text": "No"}).status_code == 404
    assert pia.post(f"{case}/approval/", {"granted": "60"}).status_code == 404
    assert now_at(ada, ticket) == states.WAITING


def test_a_viewer_reads_the_thread_and_has_nothing_to_press(ada: Person, bo: Person) -> None:
    ticket = question(ada)
    shown = bo.get(f"/support/{ticket.pk}/").content.decode()
    assert "How long does it take?" in shown
    assert "/reply/" not in shown
    assert "/end/" not in shown
    assert "/support/new/" not in bo.get("/support/").content.decode()
    assert bo.post(f"/support/{ticket.pk}/reply/", {"text": "Me too"}).status_code == 403


def test_files_of_both_sides_stand_in_the_thread_and_come_as_downloads(ada: Person, pia: Colleague) -> None:
    ticket = question(ada)
    upload = SimpleUploadedFile("shop front.exe", PNG)
    ada.post(f"/support/{ticket.pk}/reply/", {"text": "Our office", "attachments": [upload]})
    letter = SimpleUploadedFile("../../letter.pdf", b"%PDF-1.7 ...")
    pia.post(
        f"/operations/desk/{ticket.pk}/message/", {"text": "Sign it", "act": "ask", "attachments": [letter]}
    )
    with ada.acting():
        files = {one.name: one for one in Attachment.objects.all()}
    assert set(files) == {"How long does it take.txt", "shop front.exe.png", "letter.pdf"}
    for name, file in files.items():
        for who, path in ((ada, f"/support/{ticket.pk}/files"), (pia, f"/operations/desk/{ticket.pk}/files")):
            assert f"{path}/{file.pk}/" in who.get(f"{path.rpartition('/')[0]}/").content.decode()
            answer = who.get(f"{path}/{file.pk}/")
            assert answer.status_code == 200
            assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
            assert answer["Content-Type"] == file.content_type
            assert answer["X-Content-Type-Options"] == "nosniff"
            assert "sandbox" in answer["Content-Security-Policy"]
            assert "default-src 'none'" in answer["Content-Security-Policy"]
            assert answer["Cache-Control"] == "private, no-store"
            assert len(answer.content) == file.size


def test_a_file_is_found_below_its_own_ticket_only(ada: Person) -> None:
    first, second = question(ada), question(ada, "Another one")
    with ada.acting():
        file = Attachment.objects.get(ticket=first)
    assert ada.get(f"/support/{first.pk}/files/{file.pk}/").status_code == 200
    assert ada.get(f"/support/{second.pk}/files/{file.pk}/").status_code == 404
    cy = enrolled("cy")
    assert cy.get(f"/support/{first.pk}/files/{file.pk}/").status_code == 404


def test_a_file_that_is_not_taken_costs_none_of_the_words(ada: Person) -> None:
    ticket = question(ada)
    upload = SimpleUploadedFile("numbers.xlsx", b"PK\x03\x04 workbook")
    answer = ada.post(f"/support/{ticket.pk}/reply/", {"text": "All our desks", "attachments": [upload]})
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "All our desks" in shown
    assert "save a list as CSV" in shown
    assert len(said_in(ada, ticket)) == 1


def test_the_list_shows_open_ones_alone_and_pages_without_more_queries(
    ada: Person, django_assert_num_queries: Any
) -> None:
    from portal.support.listing import page

    for place in range(5):
        question(ada, f"Question {place}")
    first = question(ada, "Closed one")
    ada.post(f"/support/{first.pk}/end/", {"text": ""})
    with ada.acting():
        with django_assert_num_queries(2):
            shown = page({"show": "open"}, size=2)
        assert [row.ticket.subject for row in shown.rows] == ["Question 4", "Question 3"]
        assert (shown.total, shown.open) == (6, 5)
        later = page({"show": "open", "after": shown.later}, size=2)
        assert [row.ticket.subject for row in later.rows] == ["Question 2", "Question 1"]
    assert ada.get("/support/?sort=nonsense").status_code == 400
    assert "Closed one" not in ada.get("/support/?show=open").content.decode()


def test_every_move_and_event_has_its_words() -> None:
    from portal.audit.sentences import taught
    from portal.support import telling

    names = {f"ticket.{move.name}" for move in states.MOVES} | {
        *(states.OPENED, states.REFUSED, states.WROTE, states.PROMISED, states.NOTED)
    }
    assert names <= taught()
    told = {"opened", "refused", "asked", "customer-wrote", "desk-wrote", "desk-promised"}
    assert told | {"approved", "rejected", "closed"} == set(telling.WORDS)
