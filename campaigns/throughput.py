"""How much may be sent: AT&T's message class of a campaign and T-Mobile's daily cap of its brand, as a what-if.

For display only: carriers decide about throughput, and count message parts (segments).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from brands.choices import EntityType
from brands.models import Brand
from brands.scoring import TIERS, tier_of
from campaigns.choices import UseCase
from campaigns.models import Campaign
from portal.carriers.policy import Value
from portal.lifecycle import gateway
from portal.ui.forms import PortalForm
from portal.ui.looks import Text


@dataclass(frozen=True, slots=True)
class Rate:
    """One of AT&T's message classes: parts a minute, of SMS and MMS. `per_number`: for each number, not for the
    campaign as a whole. None: AT&T names no figure."""

    sms: int | None
    mms: int | None
    per_number: bool = False


_DAY = date(2026, 11, 22)
ATT: Value[dict[str, Rate]] = Value(
    {
        "A": Rate(4_500, 2_400),
        "B": Rate(4_500, 2_400),
        "C": Rate(2_400, 1_200),
        "D": Rate(2_400, 1_200),
        "E": Rate(240, 150),
        "F": Rate(240, 150),
        "T": Rate(75, 50),
        "W": Rate(15, 50),
        "K": Rate(4_500, 2_400),
        "P": Rate(2_400, 1_200),
        "S": Rate(9_000, 2_400),
        "X": Rate(4_500, 2_400),
        "G": Rate(60, 50, per_number=True),
        "N": Rate(60, 50, per_number=True),
        "Z": Rate(None, None),
    },
    "Telnyx' summary of AT&T's message classes, Infobip's and Conversation's tables of throughput",
    _DAY,
)
# T-Mobile counts per brand and day; `brands.scoring.TIERS` has the four tiers of scores.
SOLE_PROPRIETOR_A_DAY = 1_000
LOWEST_A_DAY = min(tier.day for tier in TIERS)
# More than there are phones to text in the US and Canada helps nobody.
MOST_RECIPIENTS = 100_000_000
TMOBILE_SOURCE: Value[str] = Value(
    "T-Mobile", "Telnyx' summary and Sinch's table of T-Mobile's daily caps per brand", _DAY
)


class Kind:
    """What the brand is, as far as carriers let it through otherwise than its score says."""

    COMPANY = "company"
    RUSSELL = "russell"
    GOVERNMENT = "government"
    SOLE_PROPRIETOR = "sole-proprietor"


KINDS = (
    (Kind.COMPANY, _("A company or organization")),
    (Kind.RUSSELL, _("One of the Russell 3000")),
    (Kind.GOVERNMENT, _("Government, verified as such")),
    (Kind.SOLE_PROPRIETOR, _("A sole proprietor")),
)


@dataclass(frozen=True, slots=True)
class Throughput:
    """What carriers would let through. `att_class` is a letter, "" where the use case has none; `a_day` None: no cap.

    `minutes`: how long a message to everybody takes at AT&T, None when nobody said to how many or AT&T names no
    rate; `days`: over how many days T-Mobile's cap spreads it.
    """

    att_class: str
    rate: Rate
    tier: Text
    a_day: int | None
    minutes: int | None = None
    days: int | None = None


def throughput(
    use_case: str, kind: str, score: int | None, *, parts: int = 0, numbers: int = 1
) -> Throughput:
    """The throughput of a campaign with `use_case` (a code) under a brand of `kind` with a vetting `score` 0-100,
    None for one that was never vetted. `parts`: message parts in all that are to be sent at once.

    Raises LookupError for a use case that the carrier's policy does not name.
    """
    if kind == Kind.SOLE_PROPRIETOR:
        use_case = UseCase.SOLE_PROPRIETOR
    att_class = _class(use_case, kind, score)
    rate = ATT.value.get(att_class, Rate(None, None))
    tier, a_day = _cap(use_case, kind, score)
    minutes = days = None
    if parts:
        a_minute = (rate.sms or 0) * (numbers if rate.per_number else 1)
        minutes = -(-parts // a_minute) if a_minute else None
        days = -(-parts // a_day) if a_day else 1
    return Throughput(att_class, rate, tier, a_day, minutes, days)


def _class(use_case: str, kind: str, score: int | None) -> str:
    policy = gateway.campaign_policy(gateway.default_account())
    letters = next((one.att_class for one in policy.use_cases.value if one.code == use_case), None)
    if letters is None:
        raise LookupError(use_case)
    if len(letters) < 2:
        return letters
    # The three letters are for 75 and more, 50 to 74, and less; who is not vetted gets the last.
    if kind in (Kind.RUSSELL, Kind.GOVERNMENT) or (score or 0) >= TIERS[0].at_least:
        return letters[0]
    return letters[1] if (score or 0) >= TIERS[1].at_least else letters[2]


def _cap(use_case: str, kind: str, score: int | None) -> tuple[Text, int | None]:
    match kind:
        case Kind.GOVERNMENT:
            return _("No cap"), None
        case Kind.RUSSELL:
            return TIERS[0].name, TIERS[0].day
        case Kind.SOLE_PROPRIETOR:
            return _("Sole proprietor"), SOLE_PROPRIETOR_A_DAY
    if use_case == UseCase.LOW_VOLUME:
        return _("Low volume, whatever the score"), LOWEST_A_DAY
    tier = tier_of(score) if score is not None else None
    return (tier.name, tier.day) if tier else (_("Not vetted"), LOWEST_A_DAY)


def kind_of(brand: Brand | None) -> str:
    """What `brand` is to carriers, as far as we know: who is in the Russell 3000 nobody tells us."""
    if brand is not None and brand.is_sole_proprietor:
        return Kind.SOLE_PROPRIETOR
    if brand is not None and brand.entity_type == EntityType.GOVERNMENT:
        return Kind.GOVERNMENT
    return Kind.COMPANY


def throughput_of(campaign: Campaign) -> Throughput | None:
    """What carriers usually let through for `campaign`; None before it has a use case that we know."""
    if campaign.brand is None:
        return None
    try:
        return throughput(campaign.use_case, kind_of(campaign.brand), campaign.brand.score)
    except LookupError:
        return None


def _digits() -> forms.TextInput:
    """A number field of the browser would throw away what it cannot read; the page says what is wrong with it."""
    return forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})


class WhatIf(PortalForm):
    """What is asked of the page; every answer has a beginning, so that an address alone is a question."""

    use_case = forms.ChoiceField(label=_("Use case"))
    kind = forms.ChoiceField(label=_("The brand is"), choices=KINDS)
    score = forms.IntegerField(
        label=_("Vetting score"),
        help_text=_("0 to 100. Leave it empty for a brand that was never vetted."),
        min_value=0,
        max_value=100,
        required=False,
        widget=_digits(),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"),
            _("“Vetting score” is a whole number from 0 to 100, or empty."),
        ),
    )
    recipients = forms.IntegerField(
        label=_("People who get a message at once"),
        min_value=1,
        max_value=MOST_RECIPIENTS,
        required=False,
        widget=_digits(),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"),
            _("“People who get a message at once” is a whole number up to 100,000,000, or empty."),
        ),
    )
    parts = forms.IntegerField(
        label=_("Parts of the message"),
        help_text=_("160 characters make one part; with an emoji or a letter such as “ł”, 70 do."),
        min_value=1,
        max_value=10,
        required=False,
        widget=_digits(),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"),
            _("“Parts of the message” is a whole number from 1 to 10, or empty."),
        ),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Only use cases that the wizard would offer to somebody."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        policy = gateway.campaign_policy(gateway.default_account())
        self.fields["use_case"].choices = [  # type: ignore[attr-defined]
            (one.code, UseCase(one.code).label)
            for one in policy.use_cases.value
            if one.att_class and not one.hidden
        ]

    def answer(self) -> Throughput:
        """What a valid form asks for."""
        asked = self.cleaned_data
        parts = (asked["recipients"] or 0) * (asked["parts"] or 1)
        return throughput(asked["use_case"], asked["kind"], asked["score"], parts=parts)
