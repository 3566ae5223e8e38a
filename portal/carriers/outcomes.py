"""How an operation at a carrier ends: what was made, why it was refused, and what else may have happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any


class CarrierError(Exception):
    """Anything that kept an operation from ending in a plain answer."""


class Unavailable(CarrierError):
    """Surely not processed, and nothing is wrong with the data: wait and try again.

    `retry_after` is the carrier's own wish, or None when it named none.
    """

    def __init__(self, message: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class OutcomeUnknown(CarrierError):
    """A write left us and no usable answer came back: it may or may not exist over there.

    `conflict`: the carrier did answer, that it conflicts with what is there. That may be an earlier one of ours.
    """

    def __init__(self, message: str, *, conflict: bool = False) -> None:
        super().__init__(message)
        self.conflict = conflict


class Unauthorized(CarrierError):
    """The carrier refused our credentials: no request of this account can succeed."""


class NotFound(CarrierError):
    """The carrier knows no such object."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason a carrier gave. `fields` are names of the filing dataclass, ours, not the vendor's."""

    code: str
    text: str
    fields: tuple[str, ...] = ()


class Refused(CarrierError):
    """The request itself is wrong: a person must change something. Never retried."""

    def __init__(self, message: str, *, reasons: tuple[Reason, ...] = ()) -> None:
        super().__init__(message)
        self.reasons = reasons


class NotGenuine(CarrierError):
    """Nothing proves that the carrier sent this event, or that it was meant for this moment and address."""


@dataclass(frozen=True, slots=True)
class Created:
    """The carrier took a write. `reference` is its id for the new object; `raw` holds no tax id."""

    reference: str
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)
