"""What somebody is about to assign or to take off: one number from its own page, or what is ticked in a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse

from phone_numbers.models import Number
from phone_numbers.paged import here
from phone_numbers.selecting import clear, numbers_in, product_of, selection_of
from portal.lib.phones import shown as shown_phone
from portal.tenancy.access import MemberRequest


@dataclass(frozen=True, slots=True)
class Chosen:
    """The `numbers`, and where one goes `back` to. `number`: the only one, from its own page."""

    numbers: QuerySet[Number]
    product: str
    back: str
    number: Number | None = None

    @property
    def called(self) -> str:
        """The only number as people read it."""
        return shown_phone(self.number.e164) if self.number else ""

    @property
    def query(self) -> str:
        """What names them in an address."""
        return urlencode({"number": str(self.number.pk)} if self.number else self._listed())

    @property
    def back_url(self) -> str:
        """The page that one came from."""
        if self.number:
            return reverse("numbers:detail", args=[self.number.pk])
        return f"{reverse('numbers:list')}?{self.back}"

    @property
    def fields(self) -> dict[str, str]:
        """What names them in a form."""
        return {"number": str(self.number.pk)} if self.number else self._listed()

    def _listed(self) -> dict[str, str]:
        return {"product": self.product, "back": self.back}

    def let_go(self, request: MemberRequest) -> None:
        """It is done: nothing is ticked any more."""
        if self.number is None:
            clear(selection_of(request, self.product))


def chosen(request: MemberRequest, at: datetime) -> Chosen:
    """What the request names: `number`, else what is ticked among the numbers of `product`. Raises Http404."""
    asked = request.POST if request.method == "POST" else request.GET
    if text := asked.get("number", ""):
        number = get_object_or_404(Number.objects.held(), pk=id_of(text))
        return Chosen(Number.objects.held().filter(pk=number.pk), number.product, "", number)
    product = product_of(asked.get("product", ""))
    back = QueryDict(asked.get("back", "")[:2000], mutable=True)
    back["product"] = product
    return Chosen(numbers_in(selection_of(request, product), at), product, here(back))


def id_of(text: str) -> UUID:
    """The id that a page of ours wrote as `text`. Raises BadRequest for anything else."""
    try:
        return UUID(text)
    except ValueError as problem:
        raise BadRequest("no id") from problem
