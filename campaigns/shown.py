"""What pages say of a campaign: its answers read back, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns import choices
from campaigns.forms import CampaignForm
from campaigns.models import Campaign
from campaigns.wizard import BRAND, CHECK, SAMPLES, WIZARD
from portal.ui.looks import Answer, Text
from portal.ui.wizard import Step


@dataclass(frozen=True, slots=True)
class Section:
    """A group of answers under one heading."""

    title: Text
    answers: list[Answer]


_MONO = frozenset({"optin_keywords", "optout_keywords", "help_keywords"})
# The questions that are asked in a sentence, in short.
_SHORT: dict[str, Text] = {
    "collects_opt_ins": _("Collects opt-ins"),
    "processes_opt_outs": _("Processes opt-outs"),
    "answers_help": _("Answers HELP"),
    "product": _("Product"),
    "consent": _("Ways of consent"),
    "use_case": _("Use case"),
    "categories_fit": _("All messages fit the five categories"),
    "sub_use_cases": _("Kinds of messages"),
    "embedded_link": _("Web links"),
    "embedded_phone": _("Phone numbers"),
    "age_gated": _("Age-restricted content"),
    "direct_lending": _("Loans"),
    "auto_renewal": _("Renews automatically"),
}


def answers_of(campaign: Campaign, *, links: bool = False) -> dict[str, Answer]:
    """Every answer by the name of its field, in the order of the wizard; with `links` to where it is changed."""
    found: dict[str, Answer] = {}
    for step in WIZARD.steps_for(campaign):
        found |= _answers(campaign, step, links=links)
    return found


def draft_sections(campaign: Campaign) -> list[Section]:
    """Every answer of a draft with its Change link."""
    return _sections(campaign, links=True)


def filed_sections(campaign: Campaign) -> list[Section]:
    """What was filed, without links. The brand is not among it: it stands above, and leads to its page."""
    return _sections(campaign, links=False)


def _sections(campaign: Campaign, *, links: bool) -> list[Section]:
    steps = [step for step in WIZARD.steps_for(campaign) if links or step.slug != BRAND]
    found = [(step, _answers(campaign, step, links=links)) for step in steps]
    return [Section(step.title, list(answers.values())) for step, answers in found if answers]


def _answers(campaign: Campaign, step: Step, *, links: bool) -> dict[str, Answer]:
    """The answers to one step by the names of its fields: those that were asked."""
    if step.form is None:
        return {}
    form: Any = step.form(draft=campaign)
    values = step.form.fields_of(campaign)
    closed = _closed(form, values)
    link = f"{reverse('campaigns:step', args=[campaign.pk, step.slug])}?return={CHECK}" if links else ""
    found = {}
    for place, (name, field) in enumerate(form.fields.items()):
        sample = step.slug == SAMPLES
        needed = place < 2 if sample else field.required
        value = _value(campaign, form, name, values.get(name))
        if name in closed or not (value or needed or (field.label and not sample and name not in _BESIDE)):
            continue
        found[name] = Answer(
            label=_SHORT.get(name, field.label or ""),
            value=value,
            change_url=f"{link}#id_{name}" if link else "",
            required=needed,
            mono=name in _MONO,
        )
    return found


# Evidence is asked for beside the words, and not given more often than given.
_BESIDE = frozenset(f"evidence_{method}" for method in choices.Consent)


def _closed(form: CampaignForm, values: dict[str, Any]) -> frozenset[str]:
    """The questions that an answer did not open."""
    closed: set[str] = set()
    for name, opened in form.reveals.items():
        if name not in form.fields:
            continue
        given = form.fields[name].prepare_value(values.get(name))
        for answer, names in opened.items():
            if answer not in given if isinstance(given, list) else answer != given:
                closed.update(names)
    return frozenset(closed)


def _value(campaign: Campaign, form: CampaignForm, name: str, value: Any) -> Text:
    if name == BRAND:
        return campaign.brand.name if campaign.brand else ""
    if value in (None, "", []):
        return ""
    if name == "use_case":
        return choices.UseCase(value).label
    return form.words_of(name, value, is_typed=False)
