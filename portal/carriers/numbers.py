"""Phone numbers in the contract: which campaign each is on, and what the account has.

Plain Python, like `portal.carriers.contract`, whose errors these verbs raise. A number's key is its E.164 form: a write
of unknown outcome is found again by reading the number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from portal.carriers.outcomes import Created, Reason


class NumberState(StrEnum):
    """How far a number is on its way onto a campaign, or off it. UNKNOWN is a word that we do not understand."""

    PENDING = "pending"
    ASSIGNED = "assigned"
    FAILED = "failed"
    RELEASING = "releasing"
    # It stays on its campaign, because it could not be taken off.
    RELEASE_FAILED = "release-failed"
    UNKNOWN = "unknown"


class NumberTrouble(StrEnum):
    """Why a number is not on a campaign: the codes of a `Reason`, the same for every carrier.

    What a carrier says in words of its own stays the reason's text; a code that none of these fits is the carrier's
    own, or empty. (10DLC reference, 4.4.)
    """

    ALREADY_ASSIGNED = "already-assigned"
    NUMBER_NOT_FOUND = "number-not-found"
    # Pending or ported away, somebody else's line, or brought along from another provider.
    NUMBER_UNAVAILABLE = "number-unavailable"
    # It stands with another network, which has to agree in writing.
    OTHER_NETWORK = "other-network"
    NO_TEXTS = "no-texts"
    NOT_ENABLED = "not-enabled"
    TOLL_FREE = "toll-free"
    OVER_LIMIT = "over-limit"
    NO_CAMPAIGN = "no-campaign"
    CAMPAIGN_INACTIVE = "campaign-inactive"
    CAMPAIGN_EXPIRED = "campaign-expired"
    CAMPAIGN_REJECTED = "campaign-rejected"
    CAMPAIGN_SUSPENDED = "campaign-suspended"
    TEST_CAMPAIGN = "test-campaign"
    NO_MONEY = "no-money"
    # Theirs alone: the same request may well succeed later.
    CARRIER_TROUBLE = "carrier-trouble"


@dataclass(frozen=True, slots=True)
class NumberReading:
    """One number on one campaign, as the carrier sees it. `word` is the carrier's own status word."""

    e164: str
    campaign_reference: str
    state: NumberState
    word: str
    reasons: tuple[Reason, ...] = ()
    updated_at: datetime | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class NumberListed:
    """One number of the account. `reference` is the carrier's id of it; `sms`: can it text at all, in the country;
    `enabled`: is it set up for texts; `tags` are free words on it, by which its owner is known.
    """

    e164: str
    reference: str
    country: str
    toll_free: bool
    sms: bool
    enabled: bool
    tags: tuple[str, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class NumberPart:
    """A part of the account's numbers, possibly none. `mark` is where the next one goes on, "" after the last.

    `total` is how many the whole list has by the carrier's word, None where it says nothing.
    """

    numbers: tuple[NumberListed, ...]
    mark: str = ""
    total: int | None = None


class NumberCarrier(Protocol):
    """The verbs of numbers: part of `Carrier`, with the same promises."""

    def assign_number(self, e164: str, campaign_reference: str) -> Created:
        """Put a number on a campaign; the reference is the number. One that is on it already counts as done.

        One that failed on it, or is on its way off, is put on again.
        Raises Unavailable, OutcomeUnknown, Unauthorized, Refused (codes: `NumberTrouble`; one that is on another
        campaign is Refused with "already-assigned"); NotFound only for a number or reference that can be none.
        """
        ...

    def move_number(self, e164: str, campaign_reference: str) -> Created:
        """Put a number that is on another campaign on this one, in one step. Safe to repeat.

        Raises Unavailable, OutcomeUnknown, Unauthorized, NotFound (on no campaign), Refused.
        """
        ...

    def release_number(self, e164: str) -> Created:
        """Take a number off its campaign; one that is on none counts as done. Safe to repeat.

        Raises Unavailable, OutcomeUnknown, Unauthorized, Refused.
        """
        ...

    def read_number(self, e164: str) -> NumberReading:
        """Where a number is. Raises Unavailable, Unauthorized, NotFound when it is on no campaign."""
        ...

    def list_assigned(self, campaign_reference: str) -> Iterator[NumberReading]:
        """Every number on a campaign, each once, in the order of the numbers; none before all have come.

        Those that come or go meanwhile may be in it or not. Raises Unavailable (also when pages had gaps),
        Unauthorized, NotFound for what can be no reference.
        """
        ...

    def list_numbers(self, *, tag: str = "", mark: str = "") -> NumberPart:
        """The numbers of the account, or those with a tag, in the order of the carrier; part by part, because an
        account may have a million. The first part without a `mark`, each further one with that of the one before.

        Numbers that are bought or given up between two parts can move one out of sight: what one look through the
        list misses, the next one shows. Raises Unavailable, Unauthorized, NotFound for a mark that is none of ours.
        """
        ...

    def enable_number(self, reference: str) -> Created:
        """Set a number up for texts. Safe to repeat.

        Raises Unavailable, OutcomeUnknown, Unauthorized, NotFound, Refused.
        """
        ...
