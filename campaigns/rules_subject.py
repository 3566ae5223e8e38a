"""What the rules of a campaign look at: its answers as plain values, and nothing that could be saved or sent.

Names are those of the columns of `models.Campaign`. The answers that are lists are spoken of one by one:
`sample_1` to `sample_5` and `consent_website` and so on; `samples` and `consent` are the wholes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from brands import states as brand_states
from campaigns import states
from campaigns.choices import MIXED, UseCase

if TYPE_CHECKING:
    from brands.models import Brand
    from campaigns.models import Campaign

# What the registry keeps of each text: least and most characters (10DLC campaign fields). An empty one is
# another rule's to ask for.
BOUNDS: dict[str, tuple[int, int]] = {
    "name": (1, 100),
    "description": (40, 4096),
    "message_flow": (40, 2048),
    "age_gate": (0, 500),
    "embedded_link_sample": (0, 255),
    "privacy_url": (0, 255),
    "terms_url": (0, 255),
    "optin_keywords": (0, 255),
    "optout_keywords": (0, 255),
    "help_keywords": (0, 255),
    "optin_message": (20, 320),
    "optout_message": (20, 320),
    "help_message": (20, 320),
}
SAMPLE = (20, 1024)
# Seed: two samples at least, up to five.
LEAST_SAMPLES, MOST_SAMPLES = 2, 5
# Without a policy at hand: sub-use cases that the two mixed use cases take (SignalHouse; qualify endpoint).
SUB_BOUNDS: dict[str, tuple[int, int]] = {UseCase.LOW_VOLUME: (1, 5), UseCase.MIXED: (2, 5)}
# Statuses of another campaign that make a second one like it look like evasion.
_COUNTING = states.REVIEW | {states.SUBMITTING, states.ACTIVE, states.SUSPENDED, states.DORMANT}


def sample_field(number: int) -> str:
    """The name of sample `number`, counted from 1."""
    return f"sample_{number}"


def consent_field(method: str) -> str:
    """The name of the words about one way of consent."""
    return f"consent_{method}"


@dataclass(frozen=True, slots=True)
class Consented:
    """One way in which consent is obtained: its code (`choices.Consent`), the admin's words, and evidence."""

    method: str
    words: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Other:
    """Another campaign of the same brand: neither this one's original, nor its copy, nor an earlier version."""

    name: str = ""
    use_case: str = ""
    description: str = ""
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """The answers of one campaign, "" (None for yes/no) where there is none, and what is known around it.

    `brand_ready` None: nobody asked. `least_samples` is the strictest carrier's; `links` and `phones` say whether
    the carriers take any; `sub_bounds` None: the field's own. `campaigns_there`: how many the brand has.
    """

    brand_name: str = ""
    legal_name: str = ""
    website: str = ""
    entity_type: str = ""
    vertical: str = ""
    brand_email: str = ""
    brand_given: bool = True
    brand_ready: bool | None = None

    name: str = ""
    collects_opt_ins: bool = False
    processes_opt_outs: bool = False
    answers_help: bool = False
    product: str = ""
    consent: tuple[Consented, ...] = ()
    use_case: str = ""
    sub_use_cases: tuple[str, ...] = ()
    categories_fit: bool | None = None
    embedded_link: bool | None = None
    embedded_phone: bool | None = None
    age_gated: bool | None = None
    direct_lending: bool | None = None
    number_pool: bool = False
    age_gate: str = ""
    embedded_link_sample: str = ""
    samples: tuple[str, ...] = ()
    description: str = ""
    message_flow: str = ""
    privacy_url: str = ""
    terms_url: str = ""
    optin_keywords: str = ""
    optout_keywords: str = ""
    help_keywords: str = ""
    optin_message: str = ""
    optout_message: str = ""
    help_message: str = ""
    auto_renewal: bool | None = None

    least_samples: int = LEAST_SAMPLES
    most_samples: int = MOST_SAMPLES
    links: bool = True
    phones: bool = True
    sub_bounds: tuple[int, int] | None = None
    others: tuple[Other, ...] = ()
    campaigns_there: int = 0

    @property
    def is_mixed(self) -> bool:
        """Does its use case hold several others?"""
        return self.use_case in MIXED

    @property
    def uses(self) -> frozenset[str]:
        """What its messages are for: the sub-use cases of a mixed one, else the use case itself."""
        return frozenset(self.sub_use_cases if self.is_mixed else (self.use_case,)) - {""}


_TEXTS = tuple(BOUNDS)
_FLAGS = (
    "collects_opt_ins",
    "processes_opt_outs",
    "answers_help",
    "categories_fit",
    "embedded_link",
    "embedded_phone",
    "age_gated",
    "direct_lending",
    "number_pool",
    "auto_renewal",
)


def of_campaign(
    campaign: Campaign, brand: Brand | None, others: Iterable[Campaign] = (), **around: Any
) -> Subject:
    """The answers of `campaign` as they would be filed now, under `brand`. Asks no database.

    `others` are the brand's campaigns, its own row and its copies among them as it likes: those are left out.
    `around` is anything else that is known (`least_samples`, `sub_bounds`, `campaigns_there` …).
    """
    return Subject(
        **_of_brand(brand),
        **_answers(lambda name: getattr(campaign, name)),
        product=campaign.product,
        use_case=campaign.use_case,
        sub_use_cases=tuple(map(str, campaign.sub_use_cases)),
        consent=consented(campaign.consent),
        samples=tuple(map(str, campaign.samples)),
        others=tuple(
            Other(one.name, one.use_case, one.description, tuple(map(str, one.samples)))
            for one in others
            if one.status in _COUNTING and not _is_akin(campaign, one)
        ),
        **around,
    )


def _answers(given: Callable[[str], Any]) -> dict[str, Any]:
    """The texts and the yes/no answers, by what is `given` under a name."""
    texts: dict[str, Any] = {name: str(given(name) or "") for name in _TEXTS}
    return texts | {name: given(name) for name in _FLAGS}


# Names of a filing that are called otherwise here.
_FILED_AS = {
    "collects_opt_ins": "subscriber_optin",
    "processes_opt_outs": "subscriber_optout",
    "answers_help": "subscriber_help",
}


def of_payload(payload: Mapping[str, Any], brand: Brand | None) -> Subject:
    """What a submission was frozen with, whatever the campaign's row says by now; other campaigns are left out."""
    own = payload.get("portal") or {}
    kept = {**payload, **(own if isinstance(own, Mapping) else {})}
    kept |= {ours: payload.get(theirs) for ours, theirs in _FILED_AS.items()}
    return Subject(
        **(_of_brand(brand) | {"brand_ready": None}),
        **_answers(kept.get),
        product=str(kept.get("product") or ""),
        use_case=str(kept.get("use_case") or ""),
        sub_use_cases=tuple(map(str, kept.get("sub_use_cases") or ())),
        consent=consented(kept.get("consent")),
        samples=tuple(map(str, kept.get("samples") or ())),
    )


def consented(kept: Any) -> tuple[Consented, ...]:
    """From the column `consent`, {"website": {"words": …, "evidence": …}}, whatever else stands there."""
    if not isinstance(kept, dict):
        return ()
    rows = []
    for method, said in kept.items():
        words = said if isinstance(said, dict) else {}
        rows.append(Consented(str(method), str(words.get("words", "")), str(words.get("evidence", ""))))
    return tuple(rows)


def _is_akin(campaign: Campaign, other: Campaign) -> bool:
    """Itself, what it was copied from, its copy, or another copy of the same one (DESIGN: no duplicate)."""
    mine = {campaign.pk, campaign.copied_from} - {None}
    return other.pk in mine or other.copied_from in mine


def _of_brand(brand: Brand | None) -> dict[str, Any]:
    if brand is None:
        return {"brand_given": False}
    return {
        "brand_name": brand.display_name or brand.registered_name,
        "legal_name": brand.registered_name,
        "website": brand.website,
        "entity_type": brand.entity_type,
        "vertical": brand.vertical,
        "brand_email": brand.email,
        "brand_ready": brand.status == brand_states.VERIFIED,
    }
