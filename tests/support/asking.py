"""Tickets, made at once."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from campaigns.models import Campaign
from phone_numbers import pools
from portal import clock
from portal.support.files import NewFile
from portal.support.kinds import QUESTION
from portal.support.models import Ticket
from portal.support.opening import open_ticket
from tests.people import Person

PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)


def question(person: Person, word: str = "How long does it take?", **changes: Any) -> Ticket:
    """A question of `person`'s organization with a file, with `word` in everything that pages show of it."""
    name = f"{word[:40]}.txt".replace("?", "")
    given: dict[str, Any] = {
        "subject": word,
        "text": word,
        "files": [NewFile(name, "text/plain", word.encode())],
        "token": uuid4(),
        "by": person.actor,
        "times": clock.read(),
    }
    with person.acting():
        return open_ticket(QUESTION, organization_id=person.organization.pk, **{**given, **changes})


def pool_request(person: Person, campaign: Campaign, **changes: Any) -> Ticket:
    """A request for 200 numbers on `campaign`, with a list of 60."""
    asked = pools.Asked(
        **{
            "planned": 200,
            "reason": "agents",
            "volume": 900,
            "text": "Every dentist has a number of their own.",
            "listed": 60,
            "own_file": False,
            "files": [NewFile("numbers.csv", "text/csv", b"tel\r\n12065550100\r\n")],
            **changes,
        }
    )
    with person.acting():
        return pools.ask(campaign, asked, token=uuid4(), by=person.actor, times=clock.read())
