"""What the portal asks of a carrier, in the portal's own words.

Everything here is plain Python: no Django, no Celery, no HTTP. An adapter turns these
dataclasses into its vendor's calls and the vendor's answers back into these dataclasses;
nothing above `portal.carriers` knows a vendor's field name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from portal.carriers.campaigns import CampaignCarrier
from portal.carriers.numbers import NumberCarrier
from portal.carriers.outcomes import (
    CarrierError,
    Created,
    NotFound,
    NotGenuine,
    OutcomeUnknown,
    Reason,
    Refused,
    Unauthorized,
    Unavailable,
)

__all__ = [
    "BrandFiling",
    "BrandListed",
    "BrandReading",
    "BrandState",
    "Capabilities",
    "Carrier",
    "CarrierError",
    "Created",
    "EventHeard",
    "EventReader",
    "NotFound",
    "NotGenuine",
    "OutcomeUnknown",
    "PasswordReading",
    "Reason",
    "Refused",
    "Unauthorized",
    "Unavailable",
]


class BrandState(StrEnum):
    """A brand as the registry sees it. UNKNOWN is an answer that we do not understand."""

    PENDING = "pending"
    # A listed company's contact has to follow the link in the registry's e-mail (Authentication+).
    NEEDS_CONFIRMATION = "needs_confirmation"
    # A sole proprietor has to enter the one-time password from a text message.
    NEEDS_PASSWORD = "needs_password"  # noqa: S105
    VERIFIED = "verified"
    SUSPENDED = "suspended"
    UNVERIFIED = "unverified"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class BrandFiling:
    """A brand as it is filed with the registry.

    Lengths and conditions are the registry's (domain: 10DLC brand fields). Phones are E.164,
    `country` ISO 3166-1 alpha-2, `entity_type`, `vertical` and `stock_exchange` the registry's words.
    An empty string means "not given". `mobile_phone` is for sole proprietors: the one-time password
    goes there. The tax id is left out of the repr, so that no log or traceback shows it.
    """

    entity_type: str
    legal_name: str
    display_name: str
    country: str
    tax_id: str = field(repr=False)
    street: str
    city: str
    state: str
    postal_code: str
    website: str
    vertical: str
    email: str
    phone: str
    first_name: str = ""
    last_name: str = ""
    stock_exchange: str = ""
    stock_symbol: str = ""
    business_contact_email: str = ""
    ip_address: str = ""
    mobile_phone: str = ""


@dataclass(frozen=True, slots=True)
class BrandReading:
    """One reading of a brand. `word` is the vendor's own status, kept beside ours.

    `filed` is what the registry says that we filed, under the names of `BrandFiling`, absent ones
    left out. It holds the tax id in clear: compare it, never store or show it. `raw` is the answer
    word for word, with the tax id withheld everywhere: fit to be stored. `key` is the key under
    which we filed it, empty for a brand that we did not make. `score` is the latest vetting's, 0 to 100,
    and `vetting_class` its class; `confirmation_asked_at` is when the registry mailed the contact, None
    unless it did; `campaigns` is how many campaigns the carrier counts under the brand.
    """

    reference: str
    state: BrandState
    word: str
    registry_id: str = ""
    reasons: tuple[Reason, ...] = ()
    filed: Mapping[str, str] = field(default_factory=dict, repr=False)
    key: str = ""
    score: int | None = None
    vetting_class: str = ""
    confirmation_asked_at: datetime | None = None
    campaigns: int | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class BrandListed:
    """One row of the carrier's list of brands: enough to decide whether to read it.

    `created_at` is the carrier's own; None where it names none.
    """

    reference: str
    display_name: str
    word: str
    created_at: datetime | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class PasswordReading:
    """How far a one-time password is. `word` is the vendor's own; the flags are what we make of it.

    None of the flags is set while it is on its way, or for a word that we do not know.
    """

    word: str
    asked_at: datetime | None = None
    delivered: bool = False
    failed: bool = False
    expired: bool = False
    verified: bool = False


@dataclass(frozen=True, slots=True)
class EventHeard:
    """A signed event, as far as it matters: it only ever causes a read, so its verdicts are left out.

    `id` is the carrier's own and the same for each delivery, `reference` the object that it speaks of, and
    `key` ours of the address that it says it was sent to; each empty where it names none.
    """

    id: str
    type: str
    occurred_at: datetime | None = None
    reference: str = ""
    key: str = ""


class EventReader(Protocol):
    """How the events of one carrier are proven and read: pure, and cheap for what is forged."""

    def __call__(
        self, headers: Mapping[str, str], body: bytes, *, keys: Sequence[str], now: datetime
    ) -> EventHeard:
        """The event in a request: `headers` by their names in lower case, `body` as it came over the wire.

        `keys` are the carrier's keys in the form in which it shows them, several during a rotation; `now` is
        machine time. Raises NotGenuine.
        """
        ...


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an adapter can do beyond the contract's verbs, said once and read by the loop.

    `search`: can a write be found again by our key? Without it an unknown outcome goes to a person.
    `renewal`: "flag" (a property kept equal to the admin's choice) or "call" (we must ask each time).
    `brand_updates`: can a brand be corrected and looked at again under its reference? Without it a
    rejected brand is registered anew. `events`: does the carrier tell by signed webhooks?
    """

    search: bool
    renewal: str
    brand_updates: bool = True
    events: bool = True


class Carrier(CampaignCarrier, NumberCarrier, Protocol):
    """One account at one carrier: the verbs of brands here, the others in `campaigns` and `numbers`.

    Every call has a total deadline and a cap on the answer's size, and is made outside any
    database transaction. A billable write is sent at most once per call: only `Unavailable`,
    `Unauthorized` and `Refused` promise that it was not processed. Any other exception out of a
    write, one of another kind included, means an unknown outcome. A write that a carrier does not offer
    is Refused with a reason of the code "not-offered", and nothing is sent.
    """

    capabilities: Capabilities

    def create_brand(self, filing: BrandFiling, *, key: str) -> Created:
        """File a brand under our `key`. Raises Unavailable, OutcomeUnknown, Unauthorized, Refused."""
        ...

    def read_brand(self, reference: str) -> BrandReading:
        """Read one brand, with its feedback when it was not verified and its vettings when it was.

        What belongs to the answer and cannot be had now makes all of it Unavailable: half a verdict would
        end the waiting. Raises Unavailable, Unauthorized, NotFound.
        """
        ...

    def find_brand(self, filing: BrandFiling, *, key: str) -> BrandReading | None:
        """Search for a brand that an earlier `create_brand` with `key` may have made; None if there is none.

        None is said only after a complete look: a list with gaps or a candidate that cannot be read
        is Unavailable. Of two twins the older is found. Raises Unavailable, Unauthorized.
        """
        ...

    def list_brands(self) -> Iterator[BrandListed]:
        """Every brand of the account, page by page, each once.

        Raises Unavailable, Unauthorized; Unavailable also at the end, when the pages had gaps, so
        that a sweep which ended without an error is known to be complete.
        """
        ...

    def update_brand(self, reference: str, filing: BrandFiling, *, key: str) -> Created:
        """Replace what is filed under `reference`; `key` is the one it was registered under, for ever.

        Decides nothing anew by itself. Safe to repeat. Raises Unavailable, OutcomeUnknown, Unauthorized,
        NotFound, Refused.
        """
        ...

    def review_brand(self, reference: str) -> Created:
        """Have the registry look at the brand again. May cost money, and is limited in number.

        Raises Unavailable, OutcomeUnknown, Unauthorized, NotFound, Refused; a second one too soon is
        Refused with a reason of the code "too-soon".
        """
        ...

    def delete_brand(self, reference: str) -> None:
        """Delete the brand for good; one that is not there any more counts as deleted. Safe to repeat.

        Raises Unavailable, OutcomeUnknown, Unauthorized, Refused; NotFound only for a reference that can be none.
        """
        ...

    def resend_confirmation(self, reference: str) -> None:
        """Have the registry mail the contact of a listed company again.

        Raises Unavailable, OutcomeUnknown, Unauthorized, NotFound, Refused.
        """
        ...

    def send_password(self, reference: str, *, text: str, success_text: str) -> str:
        """Text a one-time password to the sole proprietor's phone; the reference of the sending.

        `text` holds `{password}` where the digits go; both have at most 500 characters. An earlier
        password is void then. Raises Unavailable, OutcomeUnknown, Unauthorized, NotFound, Refused.
        """
        ...

    def check_password(self, reference: str, password: str) -> None:
        """Prove the phone by the digits that arrived. Returns when they were right.

        Raises Unavailable, OutcomeUnknown, Unauthorized, NotFound, Refused (wrong, expired, tried too often).
        """
        ...

    def read_password(self, reference: str) -> PasswordReading | None:
        """How far the newest one-time password of the brand is; None when none was ever sent.

        Raises Unavailable, Unauthorized.
        """
        ...

    def close(self) -> None:
        """Give back the connections."""
        ...
