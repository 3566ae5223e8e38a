"""Campaigns in the contract: what is filed, what is read, and the verbs beside those of brands.

Plain Python, like `portal.carriers.contract`, whose errors these verbs raise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from portal.carriers.outcomes import Created, Reason


class CampaignState(StrEnum):
    """A campaign as the carrier sees it, over registry, provider and carriers together.

    "Active" at the registry alone means that it is billed, not that it may send (10DLC status models).
    UNKNOWN is an answer that we do not understand.
    """

    REGISTRY = "registry"
    PROVIDER = "provider"
    CARRIERS = "carriers"
    ACTIVE = "active"
    # Returned by a reviewer; `CampaignReading.decided_by` says whose.
    REJECTED = "rejected"
    # The registry itself did not take it.
    FAILED = "failed"
    APPEALED = "appealed"
    SUSPENDED = "suspended"
    DORMANT = "dormant"
    EXPIRED = "expired"
    # Ended for good, by us or by them.
    DEACTIVATED = "deactivated"
    UNKNOWN = "unknown"


class NetworkState(StrEnum):
    """What one mobile carrier makes of a campaign."""

    REVIEW = "review"
    APPROVED = "approved"
    REJECTED = "rejected"
    SUSPENDED = "suspended"
    UNKNOWN = "unknown"


class Decider(StrEnum):
    """Who looks at a campaign, in the order in which they do."""

    REGISTRY = "registry"
    PROVIDER = "provider"
    CARRIER = "carrier"


@dataclass(frozen=True, slots=True)
class Network:
    """One mobile carrier's view. `code` is the carrier's network id at the registry, `word` its own status word."""

    code: str
    name: str
    state: NetworkState
    word: str
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class CampaignFiling:
    """A campaign as it is filed. Lengths and conditions: 10DLC campaign fields.

    `brand_reference` is the carrier's id of the brand, `use_case` and `sub_use_cases` the registry's words,
    keywords are comma-separated without blanks. An empty string means "not given". The three `subscriber_…`
    are the seed's requirements: without each of them no carrier takes a campaign.
    """

    brand_reference: str
    use_case: str
    sub_use_cases: tuple[str, ...]
    description: str
    message_flow: str
    samples: tuple[str, ...]
    subscriber_optin: bool
    subscriber_optout: bool
    subscriber_help: bool
    optin_keywords: str
    optout_keywords: str
    help_keywords: str
    optin_message: str
    optout_message: str
    help_message: str
    embedded_link: bool
    embedded_phone: bool
    number_pool: bool
    age_gated: bool
    direct_lending: bool
    privacy_url: str
    terms_url: str
    auto_renewal: bool
    embedded_link_sample: str = ""


@dataclass(frozen=True, slots=True)
class CampaignReading:
    """One reading of a campaign. `word` is the vendor's own overall status, kept beside ours.

    `registry_word` and `provider_word` are what those two say, each in its own words; `networks` is one row
    per mobile carrier. `ends_at` is the carrier's own date of renewal or expiry, None while it names none;
    `renews` its flag, None where it says nothing. `filed` is what stands there under the names of
    `CampaignFiling`, absent ones left out. `key` is ours, empty for a campaign that we did not make.
    """

    reference: str
    state: CampaignState
    word: str
    registry_id: str = ""
    registry_word: str = ""
    provider_word: str = ""
    decided_by: Decider | None = None
    reasons: tuple[Reason, ...] = ()
    networks: tuple[Network, ...] = ()
    renews: bool | None = None
    ends_at: datetime | None = None
    billed_at: datetime | None = None
    created_at: datetime | None = None
    filed: Mapping[str, Any] = field(default_factory=dict, repr=False)
    key: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class CampaignListed:
    """One row of the carrier's list of campaigns: enough to decide whether to read it."""

    reference: str
    brand_reference: str
    word: str
    key: str = ""
    created_at: datetime | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class NetworkTerms:
    """What one mobile carrier asks of a use case. `reviews`: its people look at each campaign."""

    code: str
    name: str
    qualifies: bool
    reviews: bool
    least_samples: int
    links: bool
    phones: bool


@dataclass(frozen=True, slots=True)
class Qualification:
    """May a brand use this use case, and on which terms? Fees are US dollars, None where none is named."""

    use_case: str
    qualifies: bool
    least_sub_use_cases: int
    most_sub_use_cases: int
    networks: tuple[NetworkTerms, ...] = ()
    monthly_fee: str | None = None
    quarterly_fee: str | None = None
    annual_fee: str | None = None

    @property
    def least_samples(self) -> int:
        """How many samples the strictest of the carriers wants; 0 when none says."""
        return max((one.least_samples for one in self.networks if one.qualifies), default=0)


class CampaignCarrier(Protocol):
    """The verbs of campaigns: part of `Carrier`, with the same promises."""

    def qualify(self, brand_reference: str, use_case: str) -> Qualification:
        """What the registry says of `use_case` for this brand. Raises Unavailable, Unauthorized, NotFound."""
        ...

    def create_campaign(self, filing: CampaignFiling, *, key: str) -> Created:
        """File a campaign under our `key`; billed. Raises Unavailable, OutcomeUnknown, Unauthorized, Refused."""
        ...

    def read_campaign(self, reference: str) -> CampaignReading:
        """Read one campaign with what each carrier makes of it.

        Half an answer is Unavailable. Raises Unavailable, Unauthorized, NotFound.
        """
        ...

    def find_campaign(self, filing: CampaignFiling, *, key: str) -> CampaignReading | None:
        """What an earlier `create_campaign` with `key` may have made; None only after a complete look.

        Of two twins the older is found. Raises Unavailable, Unauthorized.
        """
        ...

    def list_campaigns(self) -> Iterator[CampaignListed]:
        """Every campaign of the account, each once, ended ones left out or not as the carrier likes.

        Raises Unavailable (also at the end, when pages had gaps), Unauthorized.
        """
        ...

    def update_campaign(self, reference: str, filing: CampaignFiling, *, key: str) -> Created:
        """Replace what may be replaced (`CampaignPolicy.editable`); the rest of `filing` is not sent.

        Safe to repeat. Raises Unavailable, OutcomeUnknown, Unauthorized, NotFound, Refused.
        """
        ...

    def appeal_campaign(self, reference: str, reason: str) -> Created:
        """Have a rejected campaign looked at again, because something outside the form was fixed or it was updated.

        Raises Unavailable, OutcomeUnknown, Unauthorized, NotFound, Refused.
        """
        ...

    def set_auto_renewal(self, reference: str, renews: bool) -> Created:
        """Make the carrier's flag equal to the admin's choice (`Capabilities.renewal` "flag"). Safe to repeat.

        Raises Unavailable, OutcomeUnknown, Unauthorized, NotFound, Refused.
        """
        ...

    def renew_campaign(self, reference: str, *, key: str) -> Created:
        """Pay for the next period (`Capabilities.renewal` "call"). Billed: never repeated blindly.

        Raises Unavailable, OutcomeUnknown, Unauthorized, NotFound, Refused.
        """
        ...

    def deactivate_campaign(self, reference: str) -> None:
        """End it for good; one that has ended counts as done. Safe to repeat.

        Raises Unavailable, OutcomeUnknown, Unauthorized, Refused; NotFound only for a reference that can be none.
        """
        ...
