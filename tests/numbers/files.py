"""Files of numbers as people upload them."""

from __future__ import annotations

import random
from collections.abc import Sequence

from django.core.files.uploadedfile import SimpleUploadedFile

from campaigns.models import Campaign
from phone_numbers import importing
from phone_numbers.import_models import Import
from portal import clock
from tests.jobs.in_steps import all_steps
from tests.people import Person


def a_file(content: bytes | str, name: str = "numbers.csv") -> SimpleUploadedFile:
    """An uploaded file."""
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content, "text/csv")


def uploaded(
    person: Person,
    content: bytes | str,
    *,
    product: str = "phone",
    campaign: Campaign | None = None,
    name: str = "numbers.csv",
) -> Import:
    """`content` taken for `person`, and not yet looked at by a worker."""
    with person.acting():
        return importing.upload(
            a_file(content, name), product=product, campaign=campaign, by=person.actor, times=clock.read()
        )


def checked(person: Person, content: bytes | str, **how: object) -> Import:
    """`content` uploaded, and checked by a worker."""
    source = uploaded(person, content, **how)  # type: ignore[arg-type]
    all_steps()
    return fresh(person, source)


def applied(person: Person, content: bytes | str, **how: object) -> Import:
    """`content` uploaded, checked, and taken over."""
    source = checked(person, content, **how)
    with person.acting():
        importing.apply(source, by=person.actor, times=clock.read())
    all_steps()
    return fresh(person, source)


def fresh(person: Person, source: Import) -> Import:
    """`source` as it stands now."""
    with person.acting():
        return Import.objects.get(pk=source.pk)


def refusals(person: Person, source: Import) -> list[tuple[int, str, str, str]]:
    """Row, column, value and reason of each row that was refused."""
    with person.acting():
        rows = source.rows.filter(verdict="refused").order_by("row")
        return list(rows.values_list("row", "column", "value", "reason"))


def counts(source: Import) -> tuple[int, int, int, int]:
    """New, changed, unchanged, refused."""
    return source.new, source.changed, source.unchanged, source.refused


AREAS = ("206", "212", "312", "415", "503", "617", "702", "808", "919", "972")


def many(count: int, *, seed: int = 1, exchanges: Sequence[int] = range(200, 400)) -> str:
    """A CSV file of so many different numbers with labels."""
    chance = random.Random(seed)
    places = chance.sample(range(len(AREAS) * len(exchanges) * 10_000), count)
    lines = ["number,label,serves_kind,serves"]
    for each, place in enumerate(places):
        block, line = divmod(place, 10_000)
        area, exchange = AREAS[block % len(AREAS)], exchanges[block // len(AREAS)]
        lines.append(f"1-{area}-{exchange}-{line:04d},Desk {each},user,Person {each}")
    return "\r\n".join(lines) + "\r\n"
