"""What a person has ticked in a product's list, over all its pages: it survives reload, Back and other pages.

A selection is a set of rules, not of rows: numbers ticked one by one, and perhaps everything that a filter finds, but
for what was unticked. It is resolved when it is used.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404

from campaigns.choices import Product
from phone_numbers.inventory import Search, found, search_of
from phone_numbers.models import Number, Selection
from portal.tenancy.access import MemberRequest

# So many can be ticked one by one: fifty pages of the largest size. Whoever wants more says "all matching".
MOST_TICKED = 10_000


class TooManyTicked(Exception):
    """More than MOST_TICKED, one by one."""


def selection_of(request: MemberRequest, product: str, *, lock: bool = False) -> Selection:
    """What this person has ticked among the numbers of `product`; an empty one, not saved, where nothing is.

    `lock` it to change it: then it is saved, and two windows of one person change it one after the other.
    """
    mine: dict[str, Any] = {"user": request.acting.user, "product": product}
    rows = Selection.objects.filter(**mine)
    if lock:
        Selection.objects.get_or_create(**mine, organization_id=request.acting.organization.pk)
        held: Selection = rows.select_for_update().get()
        return held
    return rows.first() or Selection(organization_id=request.acting.organization.pk, **mine)


def product_of(text: str) -> str:
    """A product by its code; Phone for none. Raises Http404 for one that nobody has."""
    if text and text not in Product.values:
        raise Http404
    return text or Product.PHONE.value


def is_empty(selection: Selection) -> bool:
    """Has nobody ticked anything?"""
    return not selection.everything and not selection.ids


def numbers_in(selection: Selection, at: datetime) -> QuerySet[Number]:
    """The numbers that are selected at business time `at`, as far as they are still in the inventory."""
    ticked = Number.objects.held().filter(product=selection.product)
    if not selection.everything:
        rows: QuerySet[Number] = ticked.filter(pk__in=selection.ids)
        return rows
    matching = _matching(selection, at)
    if not selection.ids:
        return matching.exclude(pk__in=selection.exceptions)
    inside = Q(pk__in=matching.values("pk")) & ~Q(pk__in=selection.exceptions)
    return ticked.filter(inside | Q(pk__in=selection.ids))


def keep(selection: Selection, shown: Iterable[UUID], ticked: Iterable[UUID], at: datetime) -> None:
    """Take over a page of the list as it was left: of the `shown` numbers just these are `ticked`.

    Raises Http404 when any of them is none of this organization's: then nothing is taken over.
    """
    on_page, on = set(shown), set(ticked)
    _must_be_ours(on_page | on)
    off = on_page - on
    inside: set[UUID] = set()
    if selection.everything:
        rows = _matching(selection, at).filter(pk__in=on_page | on)
        inside = set(rows.values_list("pk", flat=True))
    selection.exceptions = _changed(selection.exceptions, add=off & inside, take=on)
    selection.ids = _changed(selection.ids, add=on - inside, take=off)
    if len(selection.ids) > MOST_TICKED or len(selection.exceptions) > MOST_TICKED:
        raise TooManyTicked
    selection.save()


def tick(selection: Selection, numbers: Iterable[UUID]) -> None:
    """Tick `numbers`, which are in the inventory, besides what is ticked; not those that would be too many."""
    new = set(numbers)
    selection.exceptions = _changed(selection.exceptions, add=set(), take=new)
    selection.ids = _changed(selection.ids, add=new, take=set())[:MOST_TICKED]
    selection.save()


def select_everything(selection: Selection, search: Search) -> None:
    """Everything that `search` finds, whatever was ticked before."""
    selection.everything, selection.query = True, search.answers
    selection.ids, selection.exceptions = [], []
    selection.save()


def clear(selection: Selection) -> None:
    """Nothing is ticked any more."""
    if selection.pk and not selection._state.adding:  # noqa: SLF001 - Django's documented way to ask
        selection.delete()


def _matching(selection: Selection, at: datetime) -> QuerySet[Number]:
    try:
        search = search_of({**selection.query, "product": selection.product})
    except ValidationError:
        # A filter that is offered no longer: what it found then nobody can say now.
        nothing: QuerySet[Number] = Number.objects.none()
        return nothing
    return found(search, at)


def _must_be_ours(ids: Collection[UUID]) -> None:
    if Number.objects.filter(pk__in=ids).count() != len(ids):
        raise Http404


def _changed(before: list[UUID], *, add: set[UUID], take: set[UUID]) -> list[UUID]:
    """In the order of ticking, so that a selection says the same twice."""
    kept = [one for one in before if one not in take]
    return kept + sorted(add - set(kept))
