"""The porting desk's queue: every organization's tickets, what is due first on top, found and paged."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from portal import clock
from portal.clock import Times
from portal.operations import desk
from portal.support.models import Message, Ticket
from portal.support.writing import Said, answer
from portal.tenancy.scope import NoScope, at_the_desk
from tests.operations.staff import Colleague
from tests.people import Person
from tests.support.asking import question

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def aged(person: Person, word: str, *, days: float) -> Ticket:
    """A question that was asked `days` ago, and was due two days later."""
    now = clock.read()
    earlier = now.business - timedelta(days=days)
    return question(person, word, times=Times(now.machine, earlier))


def rows(*, size: int = desk.PAGE, sort: str = "", **asked: str) -> list[desk.Row]:
    search = desk.Search({"q": "", "show": "", "type": "", **asked})
    assert search.is_valid()
    now = clock.read().business
    with at_the_desk():
        return desk.queue(search, {"sort": sort}, now, size=size).rows


def test_it_holds_every_organizations_tickets_with_age_and_due_date(ada: Person, cy: Person) -> None:
    aged(ada, "Young", days=0.1)
    aged(cy, "Overdue", days=5)
    aged(ada, "Nearly due", days=1.5)
    found = rows()
    assert [(row.subject, row.organization) for row in found] == [
        ("Overdue", "Rival"),
        ("Nearly due", "Acme"),
        ("Young", "Acme"),
    ]
    assert [str(row.look.word) for row in found] == ["Overdue", "Due soon", "Due soon"]
    assert [row.age for row in found] == ["5\xa0days", "1\xa0day", "2\xa0hours"]
    assert found[0].due == "3\xa0days late"
    assert found[1].due.startswith("in ")
    assert [row.subject for row in rows(sort="-age")] == ["Young", "Nearly due", "Overdue"]


def test_what_waits_for_the_organization_and_what_has_ended_stands_elsewhere(
    ada: Person, pia: Colleague
) -> None:
    asked, closed, waits = (question(ada, word) for word in ("Asked", "Shut", "Waits"))
    with ada.acting():
        answer(asked, Said("Which?"), ask=True, by=pia.actor, times=clock.read())
    pia.post(f"/operations/desk/{closed.pk}/closing/", {"text": ""})
    assert [row.subject for row in rows()] == ["Waits"]
    assert [row.subject for row in rows(show="theirs")] == ["Asked"]
    assert [row.subject for row in rows(show="ended")] == ["Shut"]
    assert len(rows(show="all")) == 3
    assert rows(show="theirs")[0].due == ""
    now = clock.read().business
    with at_the_desk():
        totals = desk.totals(now)
    assert totals == {"ours": 1, "late": 0, "theirs": 1}
    assert waits.subject in pia.get("/operations/desk/").content.decode()


def test_a_ticket_is_found_by_its_words_its_organization_and_its_reference(ada: Person, cy: Person) -> None:
    mine, _theirs = question(ada, "About porting"), question(cy, "About texts")
    for words in ("porting", "acme", mine.reference, mine.reference.lower(), str(mine.pk)):
        assert [row.pk for row in rows(q=words)] == [mine.pk], words
    assert rows(q="nothing of that") == []
    assert [row.subject for row in rows(type="question", q="texts")] == ["About texts"]
    assert rows(type="number-pool") == []


def test_it_costs_the_same_however_long_it_is(
    ada: Person, cy: Person, django_assert_num_queries: Any
) -> None:
    for place in range(7):
        question(ada if place % 2 else cy, f"Question {place}")
    search = desk.Search({"q": "", "show": "", "type": ""})
    assert search.is_valid()
    now = clock.read().business
    for size in (1, 7):
        with at_the_desk(), django_assert_num_queries(1):
            assert len(desk.queue(search, {}, now, size=size).rows) == size


def test_pages_follow_one_another(ada: Person, pia: Colleague) -> None:
    for place in range(5):
        aged(ada, f"Question {place}", days=place / 10)
    search = desk.Search({"q": "", "show": "", "type": ""})
    assert search.is_valid()
    now, seen, key = clock.read().business, [], ""
    for _page in range(3):
        with at_the_desk():
            page = desk.queue(search, {"after": key}, now, size=2)
        seen += [row.subject for row in page.rows]
        key = page.later
    assert seen == [f"Question {place}" for place in (4, 3, 2, 1, 0)]
    assert pia.get("/operations/desk/?sort=nonsense").status_code == 400
    assert pia.get("/operations/desk/?show=nonsense").status_code == 422
    assert pia.get("/operations/desk/?after=nonsense").status_code == 400


def test_only_the_desk_looks_across_organizations(ada: Person) -> None:
    question(ada)
    with pytest.raises(NoScope):
        Ticket.everywhere.count()
    with at_the_desk():
        assert Ticket.everywhere.values("pk").count() == 1
    with pytest.raises(Exception, match="permission denied"), at_the_desk():
        list(Message.everywhere.values("text"))


def test_a_ticket_that_is_not_there_is_not_found(pia: Colleague, ada: Person) -> None:
    for page in ("", "approval/", "rejection/", "closing/"):
        assert pia.get(f"/operations/desk/{uuid4()}/{page}").status_code == 404
    ticket = question(ada)
    assert pia.get(f"/operations/desk/{ticket.pk}/files/{uuid4()}/").status_code == 404
