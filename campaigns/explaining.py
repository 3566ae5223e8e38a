"""A rejection in plain words: all reasons at once, who decided, what to change and how, and what cannot be changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns import fixes, rules, states
from campaigns.explaining_meanings import meaning_of
from campaigns.models import Campaign
from campaigns.registration import Standing
from campaigns.rules_subject import Subject, of_payload
from campaigns.shown import answers_of
from campaigns.submitting import COLUMNS
from campaigns.versions import DECIDERS, INTERFACE
from portal.carriers.campaigns import NetworkState
from portal.lifecycle import gateway
from portal.lifecycle.models import Submission, SubmissionState
from portal.lifecycle.warned import known_before
from portal.preflight.explaining import Explained, Meaning, Outcome, Suggested, of_ours
from portal.preflight.findings import Finding
from portal.ui.looks import Answer, Text

# The events that send a version.
_SENDING = ("campaign.submitted", "campaign.corrected-again", "campaign.resubmitted")
_FINAL = re.compile(
    r"\b(?:decision is final|not be resubmitted|cannot be resubmitted|will not be reconsidered)\b",
    re.IGNORECASE,
)
# So many answers are suggested for one reason.
_MOST_SUGGESTED = 3


class Rejection(list[Explained]):
    """Every reason of one rejection, and what they leave together. `clone_url`: a copy to begin again with."""

    clone_url: str = ""

    @property
    def outcome(self) -> Outcome:
        """What stands in the way most: one final reason is enough."""
        told = [one.outcome for one in self if one.outcome is not Outcome.UNKNOWN]
        ranked = (Outcome.FIX, Outcome.OUTSIDE, Outcome.ASK, Outcome.NEW, Outcome.FINAL)
        return max(told, key=ranked.index, default=Outcome.UNKNOWN)

    @property
    def in_words(self) -> str:
        """What can be done about the whole, in a sentence."""
        return {
            Outcome.FIX: _("All of this can be corrected: change the answers, and submit the next version."),
            Outcome.OUTSIDE: _(
                "Fix what is wrong outside of the form, correct the rest, and have it looked at again."
            ),
            Outcome.ASK: _("Ask the carrier's support what stands behind it before you change anything."),
            Outcome.NEW: _(
                "This needs a new campaign: what would have to change is frozen once a campaign is submitted."
            ),
            Outcome.FINAL: _("This is final: no version of this campaign will be taken."),
            Outcome.UNKNOWN: _("We do not know these words. They stand here as they came."),
        }[self.outcome]


def explained(campaign: Campaign) -> Rejection:
    """Why `campaign` is rejected: what was said of the whole, then what single carriers said; [] when it is not."""
    if campaign.status != states.REJECTED:
        return Rejection()
    filed = campaign.filing()
    rows = explained_in(campaign, campaign.reasons, filed=filed)
    said = {(one.code, one.text) for one in rows}
    for standing in _refusing(campaign):
        more = [one for one in standing.reasons if (one.get("code", ""), one.get("text", "")) not in said]
        rows += explained_in(campaign, more, filed=filed, decided_by=standing.name)
        said |= {(one.get("code", ""), one.get("text", "")) for one in more}
    return rows


def _refusing(campaign: Campaign) -> Iterable[Standing]:
    registration = campaign.registration()
    if registration is None:
        return ()
    return registration.standings.filter(state=NetworkState.REJECTED).order_by("name")


def explained_in(
    campaign: Campaign,
    reasons: Sequence[Mapping[str, Any]],
    *,
    filed: Submission | None,
    decided_by: Text = "",
) -> Rejection:
    """The kept `reasons` for a version of `campaign` that was `filed`; `decided_by` where it was not the whole.

    A reason that nobody knows is shown word for word; `explaining_meanings.report_unknown` names it to operators.
    """
    answers = answers_of(campaign, links=campaign.is_editable)
    subject = of_payload(filed.payload, campaign.brand) if filed else None
    found = list(rules.check(subject)) if subject else []
    warned = known_before(filed, *_SENDING)
    by = decided_by or _decided_by(campaign, filed)
    rows = Rejection()
    rows.clone_url = reverse("campaigns:clone", args=[campaign.pk])
    told: set[str] = set()
    for reason in reasons:
        code, text = str(reason.get("code", "")), str(reason.get("text", ""))
        meaning, is_known = meaning_of(code, text)
        given = [COLUMNS.get(name, name) for name in reason.get("fields", ())]
        ours = [one for one in found if one.key not in told and _belongs(one, meaning, given)]
        told |= {one.key for one in ours}
        rows.append(
            Explained(
                code,
                text,
                meaning.plain,
                meaning.to_do,
                by,
                _fields(given or meaning.fields, ours, answers, given),
                [*of_ours(ours, warned), *meaning.hints],
                is_known,
                _outcome(meaning, given, text),
                _suggested(ours, subject, answers),
            )
        )
    return rows


def _belongs(finding: Finding, meaning: Meaning, given: Sequence[str]) -> bool:
    """Is our finding about what the reason is about?"""
    if finding.rule in meaning.rules:
        return True
    whole = "samples" if finding.field.startswith("sample_") else finding.field
    return finding.field in given or whole in given


def _fields(
    names: Sequence[str], ours: Sequence[Finding], answers: Mapping[str, Answer], given: Sequence[str]
) -> list[tuple[Text, str]]:
    """The answers with the way to each. Of the samples those that our rules speak of, else the first."""
    rows: dict[str, tuple[Text, str]] = {}
    for name in names:
        ask = [name]
        if name == "samples":
            spoken = [one.field for one in ours if one.field.startswith("sample_")]
            ask = list(dict.fromkeys(spoken))
            if not ask and "sample_1" in answers:
                rows["sample_1"] = (_("Sample messages"), answers["sample_1"].change_url)
        for one in ask:
            if one in answers:
                rows[one] = (answers[one].label, answers[one].change_url)
            elif name in given:
                rows[one] = (name, "")
    return list(rows.values())


def _outcome(meaning: Meaning, given: Sequence[str], text: str) -> Outcome:
    """What it leaves to do: a fix only where the carrier lets one of the answers change after submission."""
    if _FINAL.search(text[:2_000]):
        return Outcome.FINAL
    names = given or meaning.fields
    if meaning.outcome is not Outcome.FIX or not names:
        return meaning.outcome
    editable = gateway.campaign_policy(gateway.default_account()).editable.value
    return (
        Outcome.FIX if any(name in editable or name.startswith("sample_") for name in names) else Outcome.NEW
    )


def _suggested(
    ours: Sequence[Finding], subject: Subject | None, answers: Mapping[str, Answer]
) -> list[Suggested]:
    """Better wording of what was filed, where a rule can write it."""
    rows: dict[str, Suggested] = {}
    for one in ours:
        if subject is None or one.field in rows or one.field not in answers:
            continue
        wording = fixes.offered(one, subject)
        if wording is not None:
            rows[one.field] = Suggested(answers[one.field].label, wording, answers[one.field].change_url)
    return list(rows.values())[:_MOST_SUGGESTED]


def _decided_by(campaign: Campaign, filed: Submission | None) -> Text:
    if filed is not None and filed.state == SubmissionState.REFUSED:
        return INTERFACE
    return DECIDERS.get(campaign.decided_by, INTERFACE if campaign.reasons else "")
