"""Numbers come into the inventory: typed or pasted, from a file, or from the carrier."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from phone_numbers.models import Number
from portal.audit.recording import Actor, record_each
from portal.clock import Times
from portal.lib.phones import BadPhone, kind_of, parse
from portal.tenancy.scope import current
from portal.ui.looks import Text

# Why a number was not taken. Besides these: `BadPhone.why`.
OTHER_PRODUCT = "other-product"
WHY: dict[str, Text] = {
    "format": _("is no phone number of the US or Canada"),
    "extension": _("has an extension: texts go to a whole number only"),
    "region": _("is not from the US or Canada"),
    "type": _("is a kind of number that cannot text, such as 900"),
    OTHER_PRODUCT: _("is in the list of the other product"),
}
ADDED, BACK = "number.added", "number.added-again"


@dataclass(frozen=True, slots=True)
class NewNumber:
    """One number to be added, in E.164, with what is known of it. `sms`, `enabled`: None where nobody has said."""

    e164: str
    label: str = ""
    serves_kind: str = ""
    serves: str = ""
    sms: bool | None = None
    enabled: bool | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """One that was not taken: what was written, and why (a key of `WHY`)."""

    text: str
    why: str

    @property
    def words(self) -> Text:
        """Why, for people; it follows the number."""
        return WHY[self.why]


@dataclass(frozen=True, slots=True)
class Added:
    """What became of the numbers: ids of the new ones, of those taken back into the inventory, of those there."""

    new: list[UUID] = field(default_factory=list)
    back: list[UUID] = field(default_factory=list)
    there: list[UUID] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def read(text: str) -> NewNumber:
    """A number in any usual notation. Raises BadPhone."""
    return NewNumber(parse(text))


def read_all(texts: Iterable[str]) -> tuple[list[NewNumber], list[Refused]]:
    """Each of `texts` once, in their order, and those that are none, each with the reason."""
    good: dict[str, NewNumber] = {}
    bad: list[Refused] = []
    for text in texts:
        try:
            number = read(text)
        except BadPhone as problem:
            bad.append(Refused(text, problem.why))
        else:
            good.setdefault(number.e164, number)
    return list(good.values()), bad


_INSERT = """
    INSERT INTO numbers_number
        (id, organization_id, e164, product, country, type, sms, label, serves_kind, serves, reference, enabled,
         added_at)
    SELECT row.id, %s, row.e164, %s, row.country, row.type, row.sms, row.label, row.serves_kind, row.serves,
           row.reference, row.enabled, %s
      FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::bool[], %s::text[], %s::text[], %s::text[],
                  %s::text[], %s::bool[])
        AS row(id, e164, country, type, sms, label, serves_kind, serves, reference, enabled)
        ON CONFLICT (organization_id, e164) DO NOTHING
    RETURNING id
"""


def add(numbers: Sequence[NewNumber], *, product: str, by: Actor, times: Times) -> Added:
    """Put `numbers` into the inventory of the organization in scope; one transaction, five statements for any number.

    What is there stays as it is. What was taken out comes back, with its history. Each new or returned number has
    one event.
    """
    once = list({number.e164: number for number in numbers}.values())
    e164s = [number.e164 for number in once]
    with transaction.atomic():
        new = _insert(once, product, times)
        rows = Number.objects.filter(e164__in=e164s).exclude(pk__in=new)
        known = list(rows.values_list("pk", "e164", "product", "removed_at"))
        gone = [pk for pk, _e164, _product, removed_at in known if removed_at is not None]
        Number.objects.filter(pk__in=gone).update(removed_at=None, product=product, added_at=times.business)
        organization_id = current().organization_id
        for action, ids in ((ADDED, new), (BACK, gone)):
            about = (Number(pk=pk, organization_id=organization_id) for pk in ids)
            record_each(action, about, by=by, at=times.business)
    held = [row for row in known if row[3] is None]
    return Added(
        new,
        gone,
        [pk for pk, _e164, theirs, _removed_at in held if theirs == product],
        [Refused(e164, OTHER_PRODUCT) for _pk, e164, theirs, _removed_at in held if theirs != product],
    )


def _insert(numbers: list[NewNumber], product: str, times: Times) -> list[UUID]:
    kinds = [kind_of(number.e164) for number in numbers]
    columns: list[Any] = [
        [uuid4() for _number in numbers],
        [number.e164 for number in numbers],
        [country for country, _type in kinds],
        [type_ for _country, type_ in kinds],
        [number.sms is not False for number in numbers],
        [number.label for number in numbers],
        [number.serves_kind for number in numbers],
        [number.serves for number in numbers],
        [number.reference for number in numbers],
        [number.enabled for number in numbers],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [current().organization_id, product, times.business, *columns])
        return [pk for (pk,) in cursor.fetchall()]
