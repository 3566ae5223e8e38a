"""The tax ids of one brand on their way to the carrier and back.

Put in right before the call, taken out of everything that comes back before anybody keeps, logs or shows
it: answers, reasons, and the texts of errors, ours and those of libraries.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

from brands.models import Brand
from brands.tax_identity import TOKEN, TaxIdentity
from portal.audit.recording import CLEARLINE
from portal.carriers.contract import (
    BrandFiling,
    BrandReading,
    CarrierError,
    Created,
    NotFound,
    OutcomeUnknown,
    Reason,
    Refused,
    Unauthorized,
    Unavailable,
)
from portal.lib.sealing import CannotOpen
from portal.lib.tax_ids import replaced
from portal.lifecycle.models import Submission
from portal.tenancy.scope import acting_for


class TaxIds:
    """The tax ids that a brand has or was ever submitted with, and the tokens that stand for them.

    `also`: other secrets of the same call, and what stands for them.
    """

    def __init__(
        self, organization_id: UUID, brand_id: UUID, *, also: Mapping[str, str] | None = None
    ) -> None:
        """In a transaction of its own. Raises Unavailable when one cannot be opened: nothing was sent then,
        and it is tried again until an operator has put the missing key back.
        """
        with acting_for(organization_id, by=CLEARLINE):
            frozen = Submission.objects.filter(kind=Brand.kind, subject_id=brand_id)
            tokens = frozen.values_list("payload__tax_id", flat=True)
            ids = [token.removeprefix(TOKEN) for token in tokens if token]
            rows = TaxIdentity.objects.filter(pk__in=ids) | TaxIdentity.objects.filter(brands=brand_id)
            try:
                self._clear = {row.token: row.open() for row in rows.distinct()}
            except CannotOpen:
                raise Unavailable(
                    "the tax id cannot be opened: put the key that it was sealed with back into TAX_ID_KEYS"
                ) from None
        self._stand_ins = {tax_id: token for token, tax_id in self._clear.items()} | dict(also or {})

    def __repr__(self) -> str:
        return f"TaxIds({', '.join(self._clear)})"

    def filing(self, payload: dict[str, str]) -> BrandFiling:
        """What is filed, with the tax id in clear. Raises Unavailable for a token that nothing stands behind."""
        token = payload["tax_id"]
        if token and token not in self._clear:
            raise Unavailable("the tax id of this submission is gone")
        return BrandFiling(**{**payload, "tax_id": self._clear.get(token, "")})

    def out_of(self, value: Any) -> Any:
        """A copy of a JSON value with the tokens in it."""
        return replaced(value, self._stand_ins)

    def out_of_reasons(self, reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
        """The reasons with the tokens in their texts."""
        return tuple(Reason(self.out_of(one.code), self.out_of(one.text), one.fields) for one in reasons)

    def out_of_created(self, created: Created) -> Created:
        """The answer to a write, fit to be stored. The carrier's reference stays as it is: it is called by it."""
        return Created(created.reference, self.out_of(created.raw))

    def out_of_reading(self, seen: BrandReading) -> BrandReading:
        """The reading, fit to be stored and shown; `filed` compares by the token."""
        return replace(
            seen,
            word=self.out_of(seen.word),
            registry_id=self.out_of(seen.registry_id),
            reasons=self.out_of_reasons(seen.reasons),
            filed=self.out_of(seen.filed),
            raw=self.out_of(seen.raw),
        )

    @contextmanager
    def withheld(self) -> Iterator[None]:
        """Around a call to the carrier: an error that quotes a tax id leaves with the token instead.

        Its kind stays, because the loop acts on it; one of a library becomes a plain CarrierError.
        """
        try:
            yield
        except Exception as problem:
            told = "".join(traceback.format_exception(problem))
            quoted = isinstance(problem, Refused) and self.out_of_reasons(problem.reasons) != problem.reasons
            if not quoted and self.out_of(told) == told:
                raise
            raise self._without(problem).with_traceback(problem.__traceback__) from None

    def _without(self, problem: Exception) -> CarrierError:
        text = self.out_of(str(problem))
        match problem:
            case Refused():
                return Refused(text, reasons=self.out_of_reasons(problem.reasons))
            case Unavailable():
                return Unavailable(text, retry_after=problem.retry_after)
            case Unauthorized() | NotFound() | OutcomeUnknown():
                return type(problem)(text)
        return CarrierError(f"{type(problem).__name__}: {text}")
