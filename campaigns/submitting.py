"""Submitting a campaign: what exactly is filed, frozen, and the one way to file it for the first time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from django.db import transaction

from brands.models import Brand, StaleDraft
from campaigns import flow, rules, states
from campaigns.models import Campaign
from campaigns.readiness import NotReady, obstacle
from portal.audit.recording import Actor
from portal.carriers.campaigns import CampaignFiling
from portal.clock import Times
from portal.lifecycle import gateway
from portal.lifecycle.models import Submission, accept
from portal.lifecycle.nudge import nudge
from portal.lifecycle.states import make

__all__ = ["TERMS_VERSION", "NotReady", "StaleDraft", "filing_of", "payload", "submit"]

# Bump when the sentence above the submit button changes; the acceptance keeps the version that was seen.
TERMS_VERSION = "2026-11.1"

_FILED = tuple(one.name for one in fields(CampaignFiling))
_LISTS = frozenset({"sub_use_cases", "samples"})
# Names of `CampaignFiling` that are called otherwise in the wizard's words.
COLUMNS = {
    "subscriber_optin": "collects_opt_ins",
    "subscriber_optout": "processes_opt_outs",
    "subscriber_help": "answers_help",
}
# Answers that no carrier asks for, kept with each version, so that all of it can be read back and put back.
OWN = ("name", "product", "consent", "categories_fit", "age_gate", "message_flow_own")


def payload(campaign: Campaign) -> dict[str, Any]:
    """The campaign as it is frozen in a submission: JSON, the names of `CampaignFiling` at the top.

    Beside them `portal`, the answers that no carrier asks for, and `rules`, the version of the linter's rules.
    """
    brand = campaign.brand
    filed: dict[str, Any] = {
        name: getattr(campaign, COLUMNS.get(name, name)) for name in _FILED if name != "brand_reference"
    }
    for name, value in filed.items():
        if name in _LISTS:
            filed[name] = list(value)
        elif value is None:
            # Not answered, which the check before sending does not let through.
            filed[name] = False
    filed["message_flow"] = sent_flow(campaign)
    if not campaign.embedded_link:
        filed["embedded_link_sample"] = ""
    return {
        "brand_reference": brand.reference if brand else "",
        **filed,
        "portal": {name: getattr(campaign, name) for name in OWN},
        "rules": rules.VERSION,
    }


def sent_flow(campaign: Campaign) -> str:
    """The message flow that is sent: the admin's own text, else composed from the answers."""
    return campaign.message_flow if campaign.message_flow_own else flow.compose(campaign)


def filing_of(payload: Mapping[str, Any]) -> CampaignFiling:
    """The contract's words for what was frozen."""
    filed: dict[str, Any] = {
        name: tuple(payload[name]) if name in _LISTS else payload[name] for name in _FILED
    }
    return CampaignFiling(**filed)


def submit(
    campaign: Campaign,
    *,
    by: Actor,
    times: Times,
    detail: dict[str, Any] | None = None,
    checked: Mapping[str, Any] | None = None,
) -> Submission:
    """File the campaign: move, submission and event in one transaction, then a nudge. `detail` is the event's:
    what was known against it; `checked` is the payload that this is known of.

    Whoever submits accepts the terms, which is written down with it. Raises StaleState when it is no longer a
    draft, StaleDraft when somebody saved other answers than those that were `checked`, NotReady while its brand
    is not verified; then nothing was filed.
    """
    with transaction.atomic():
        ready(campaign)
        make(states.SUBMIT, campaign, by=by, at=times.business, detail=detail, **accepted(by, times))
        if checked is not None and payload(campaign) != checked:
            raise StaleDraft
        submission = accept(
            campaign,
            purpose="register",
            account=gateway.default_account(),
            payload=payload(campaign),
            machine_now=times.machine,
            version=campaign.version,
        )
        nudge()
    return submission


def ready(campaign: Campaign) -> None:
    """Its brand is verified, and stays so until this transaction ends. Raises NotReady.

    The lock is the one that `brands.deleting` takes: of a submit and a deletion at once, one sees the other.
    """
    locked = Brand.objects.select_for_update().filter(pk=campaign.brand_id).first()
    problem = obstacle(locked)
    if problem is not None:
        raise NotReady(problem)


def accepted(by: Actor, times: Times) -> dict[str, Any]:
    """Who accepted which version of the terms, when and from where: columns to be set with the move."""
    return {
        "terms_version": TERMS_VERSION,
        "terms_accepted_at": times.business,
        "terms_accepted_by": by.name,
        "terms_address": by.address,
    }
