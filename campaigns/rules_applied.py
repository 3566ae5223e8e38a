"""From a campaign's row, or from what somebody is typing, to the plain subject that the rules look at."""

from __future__ import annotations

from copy import copy

from campaigns import rules
from campaigns.forms import CampaignForm
from campaigns.models import Campaign
from campaigns.rules_subject import Subject, of_campaign
from campaigns.submitting import sent_flow
from campaigns.use_cases import policy, sub_bounds
from campaigns.wizard import WIZARD
from portal.preflight.findings import Finding, Findings

# The rule that asks for what is missing.
MISSING = "F01"
# Campaigns of the same brand that are compared: the registry's limit for one brand (10DLC linter, rule C36).
OTHERS = 100
_OF_OTHERS = ("organization", "status", "name", "use_case", "description", "samples", "copied_from")


def subject_of(campaign: Campaign) -> Subject:
    """The answers of `campaign` as they would be filed now, and what is known around it."""
    as_filed = copy(campaign)
    as_filed.message_flow = sent_flow(campaign)
    brand = campaign.brand
    others = Campaign.objects.filter(brand=brand).exclude(pk=campaign.pk).only(*_OF_OTHERS)
    least, most = policy().samples.value
    return of_campaign(
        as_filed,
        brand,
        others.order_by("-created_at")[:OTHERS] if brand is not None else (),
        least_samples=least,
        most_samples=most,
        sub_bounds=sub_bounds(campaign.use_case) if campaign.use_case else None,
        campaigns_there=(brand.campaigns_there or 0) if brand is not None else 0,
    )


def findings_of(campaign: Campaign) -> Findings:
    """What the rules find in `campaign`, without what its own forms refuse: that is missing, and they say so."""
    refused = {
        name
        for step in WIZARD.steps_for(campaign)
        if step.form is not None
        for name in step.form.stored(campaign).errors
    }
    return _without(rules.check(subject_of(campaign)), refused)


def typed_findings(campaign: Campaign, form: CampaignForm) -> tuple[Subject, Findings]:
    """What the rules find in the fields of the bound `form`, and what they looked at; nothing is saved.

    An answer that the form refuses is left out: the form says so itself. One that is not given yet is none.
    """
    subject = subject_of(typed(campaign, form))
    found = rules.check(subject)
    here = tuple(one for one in found.about(*form.fields) if one.rule != MISSING)
    return subject, _without(Findings(here, found.broken), set(form.errors))


def typed(campaign: Campaign, form: CampaignForm) -> Campaign:
    """`campaign` as it would be with the answers of the bound `form` that are valid; nothing is saved."""
    as_typed = copy(campaign)
    for name, value in form.columns_typed().items():
        setattr(as_typed, name, value)
    return as_typed


def _without(found: Findings, refused: set[str]) -> Findings:
    left: tuple[Finding, ...] = tuple(one for one in found if one.field not in refused)
    return Findings(left, found.broken)
