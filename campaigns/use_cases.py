"""Which use cases a brand may choose from, and on which terms: from the carrier's policy."""

from __future__ import annotations

from brands.models import Brand
from campaigns.choices import MIXED
from portal.carriers.campaign_policy import CampaignPolicy, UseCase
from portal.lifecycle import gateway

ALONE = "SOLE_PROPRIETOR"


def policy() -> CampaignPolicy:
    """The rules of the carrier that new campaigns go to."""
    return gateway.campaign_policy(gateway.default_account())


def qualifying(brand: Brand | None) -> list[UseCase]:
    """What `brand` may choose: the two mixed ones first, then in the policy's order; of a sole proprietor one.

    What carriers refuse nearly always is not offered. Whether this very brand qualifies is the registry's to say.
    """
    entity = brand.entity_type if brand is not None else ""
    found = [
        one
        for one in policy().use_cases.value
        if not one.hidden and (entity in one.brands if one.brands or entity == ALONE else True)
    ]
    first = {code: place for place, code in enumerate(MIXED)}
    return sorted(found, key=lambda one: first.get(one.code, len(first)))  # type: ignore[call-overload]


def terms_of(code: str) -> UseCase | None:
    """What the policy says of a use case; None for one that it does not know."""
    return next((one for one in policy().use_cases.value if one.code == code), None)


def sub_bounds(code: str) -> tuple[int, int]:
    """How many sub-use cases a use case takes, at least and at most; (0, 0) for none."""
    terms = terms_of(code)
    return (terms.least_subs, terms.most_subs) if terms is not None else (0, 0)
