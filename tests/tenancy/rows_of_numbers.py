"""Rows of phone numbers for the matrix: numbers, orders and files, made for a person's organization."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from phone_numbers.import_models import Import
from phone_numbers.models import Number, Order
from portal import clock
from tests.campaigns.numbering import numbers_of, numbers_on
from tests.factories import active_campaign, verified_brand
from tests.people import Person


def numbers(person: Person, word: str) -> list[object]:
    """One on a campaign, and one on none."""
    on = numbers_on(person, active_campaign(person, verified_brand(person), name=word), 1)[0].number
    free = numbers_of(person, 1)[0]
    with person.acting():
        Number.objects.filter(pk__in=[on.pk, free.pk]).update(label=word)
    return [on.pk, free.pk]


def orders(act: str) -> Callable[[Person, str], list[object]]:
    """An order to `act`."""

    def make_one(person: Person, word: str) -> list[object]:
        campaign = active_campaign(person, verified_brand(person), name=word)
        with person.acting():
            order = Order.objects.create(
                organization=person.organization,
                act=act,
                campaign=campaign,
                by_name=word,
                at=clock.read().business,
            )
        return [order.pk]

    return make_one


def imports(*, assigns: bool) -> Callable[[Person, str], list[object]]:
    """A file that is checked and waits: for the inventory, or for a campaign."""

    def make_one(person: Person, word: str) -> list[object]:
        campaign = active_campaign(person, verified_brand(person), name=word) if assigns else None
        with person.acting():
            source = Import.objects.create(
                organization=person.organization,
                product="phone",
                campaign=campaign,
                state=Import.State.READY,
                file_name=word,
                size=7,
                columns={"number": 0},
                total=1,
                new=1,
                by_name=word,
                at=clock.read().business,
            )
        return [source.pk]

    return make_one


def with_file(person: Person) -> dict[str, Any]:
    """What is posted with a file of one number."""
    return {"product": "phone", "file": SimpleUploadedFile("list.csv", b"number\n2065550101\n"), "whole": "1"}
