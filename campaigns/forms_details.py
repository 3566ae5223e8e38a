"""The details of a campaign: product, ways of consent, use case and name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.formats import number_format
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from campaigns import choices, defaults
from campaigns.forms import CampaignForm
from campaigns.use_cases import ALONE, qualifying
from portal.carriers.campaign_policy import UseCase
from portal.ui.looks import Text

# The registry wants a way of consent described, not named (10DLC linter, rule C15).
LEAST_WORDS, MOST_WORDS = 40, 600

# Of each way of consent: who it is for, and a text that reviewers understand.
CONSENT_HINTS: dict[str, Text] = {
    choices.Consent.WEBSITE: _("A form on your website with a field for the phone number and its own box."),
    choices.Consent.KEYWORD: _("Somebody texts a word such as JOIN to your number."),
    choices.Consent.VERBAL: _("An employee asks, and notes the answer."),
    choices.Consent.PAPER: _("A form, an order or a contract that is signed."),
    choices.Consent.IN_PERSON: _("Asked at the counter, at a till or at an event."),
    choices.Consent.QR: _("A printed code that opens a form or a prepared text."),
    choices.Consent.INBOUND: _("They write first, and you answer within that conversation."),
}
CONSENT_EXAMPLES: dict[str, str] = {
    choices.Consent.WEBSITE: (
        "Customers enter their phone number at https://www.example.com/book and tick a separate box that is not "
        "ticked beforehand: “I agree to receive appointment texts from Example Dental.”"
    ),
    choices.Consent.KEYWORD: (
        "A sign in our shops says: “Text JOIN to 206-555-0142 for order updates from Example Foods.” "
        "The first reply confirms it."
    ),
    choices.Consent.VERBAL: (
        "When customers call to book, our staff ask: “May we text you reminders from Example Dental?” "
        "and note a yes with date and name."
    ),
    choices.Consent.PAPER: (
        "The sign-in form at our clinic has a line of its own for text messages, which patients sign only if they "
        "want them."
    ),
    choices.Consent.IN_PERSON: (
        "At the counter we ask customers whether they want a text when the repair is ready, and enter their number "
        "in front of them."
    ),
    choices.Consent.QR: (
        "A code on the receipt opens https://www.example.com/sms, where customers enter their number and tick a box "
        "that is not ticked beforehand."
    ),
    choices.Consent.INBOUND: (
        "Customers text the number on our website with a question, and we answer that question in the same "
        "conversation only."
    ),
}


def words_field(method: str) -> str:
    """The name of the question for the admin's own words about a way of consent."""
    return f"consent_{method}"


def evidence_field(method: str) -> str:
    """The name of the question for what shows it."""
    return f"evidence_{method}"


def _consent_fields() -> dict[str, forms.Field]:
    found: dict[str, forms.Field] = {}
    for method in choices.Consent:
        found[words_field(method)] = forms.CharField(
            label=format_lazy(_("{way}: how exactly?"), way=method.label),
            min_length=LEAST_WORDS,
            max_length=MOST_WORDS,
            help_text=format_lazy(_("In your own words. For example: {text}"), text=CONSENT_EXAMPLES[method]),
            widget=forms.Textarea(attrs={"rows": 3}),
            error_messages={
                "required": format_lazy(_("Describe this way of consent: {way}."), way=method.label)
            },
        )
        found[evidence_field(method)] = forms.CharField(
            label=format_lazy(_("{way}: evidence"), way=method.label),
            max_length=255,
            required=False,
            help_text=_(
                "A web address that opens without signing in, such as the form itself or a picture of it."
            ),
        )
    return found


class DetailsForm(CampaignForm):
    """Product, consent, use case and name (seed, campaign details)."""

    product = forms.ChoiceField(
        label=_("Phone or Contact Center"),
        choices=choices.Product.choices,
        widget=forms.RadioSelect,
        help_text=_("Only numbers of this product can be assigned to the campaign."),
        error_messages={"required": _("Choose the product whose numbers will text.")},
    )
    consent = forms.MultipleChoiceField(
        label=_("How do you obtain consent?"),
        choices=choices.Consent.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("At least one way; tick every one that you use. Reviewers try them out."),
        error_messages={"required": _("Choose at least one way in which people give their consent.")},
    )
    use_case = forms.ChoiceField(
        label=_("Campaign use case"),
        widget=forms.RadioSelect,
        help_text=_("It cannot be changed once the campaign is submitted."),
        error_messages={"required": _("Choose the use case.")},
    )
    name = forms.CharField(
        label=_("Campaign name"),
        max_length=100,
        help_text=_("With the organization's name in it, which reviewers look for."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Enter a name for the campaign.")},
    )

    reveals = {
        "consent": {method.value: (words_field(method), evidence_field(method)) for method in choices.Consent}
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The use cases that the draft's brand may choose; the two mixed ones in front."""
        super().__init__(*args, **kwargs)
        self.fields["consent"].widget.option_hints = CONSENT_HINTS
        offered = qualifying(self.draft.brand)
        field = self.fields["use_case"]
        field.choices = [(one.code, _case_label(one.code)) for one in offered]  # type: ignore[attr-defined]
        field.widget.option_hints = {one.code: _case_hint(one) for one in offered}
        field.widget.folded = frozenset(
            one.code for one in offered if one.code not in (*choices.MIXED, ALONE)
        )
        field.widget.folded_label = _("Learn more: every use case that this brand qualifies for")

    @classmethod
    def fields_of(cls, draft: Any) -> dict[str, Any]:
        """The ways of consent as they are ticked, with the words and the evidence of each."""
        said: Mapping[str, Mapping[str, str]] = draft.consent
        found: dict[str, Any] = {
            "product": draft.product,
            "consent": [method.value for method in choices.Consent if method in said],
            "use_case": draft.use_case,
            "name": draft.name,
        }
        for method in choices.Consent:
            about = said.get(method, {})
            found[words_field(method)] = about.get("words", "")
            found[evidence_field(method)] = about.get("evidence", "")
        return found

    @classmethod
    def answers_of(cls, draft: Any) -> dict[str, Any]:
        """As they are shown."""
        return cls.fields_of(draft)

    @classmethod
    def opened(cls, draft: Any, **kwargs: Any) -> DetailsForm:
        """With a name suggested, and the use case where there is only one."""
        first = cls.fields_of(draft)
        first["name"] = first["name"] or defaults.name(draft)
        offered = qualifying(draft.brand)
        if not first["use_case"] and len(offered) == 1:
            first["use_case"] = offered[0].code
        return cls(initial=first, draft=draft, **kwargs)

    def clean(self) -> dict[str, Any]:
        """What was typed about a way that is not ticked is neither checked nor kept."""
        cleaned = super().clean() or {}
        ticked = set(cleaned.get("consent", ()))
        cleaned["consent"] = [method.value for method in choices.Consent if method in ticked]
        for method in choices.Consent:
            if method not in ticked:
                self._not_asked(cleaned, (words_field(method), evidence_field(method)))
        if "consent" in self.errors:
            del cleaned["consent"]
        return cleaned

    @classmethod
    def columns_of(cls, answers: Mapping[str, Any], draft: Any) -> dict[str, Any]:
        """The ways of consent in one column; a use case that takes no sub-use cases has none."""
        found = {name: answers[name] for name in ("product", "use_case", "name") if name in answers}
        if "consent" in answers:
            found["consent"] = {
                method: {
                    "words": answers.get(words_field(method), ""),
                    "evidence": answers.get(evidence_field(method), ""),
                }
                for method in answers["consent"]
            }
        if "use_case" in found and found["use_case"] not in choices.MIXED:
            found |= {"sub_use_cases": [], "categories_fit": None}
        return found


DetailsForm.base_fields |= _consent_fields()
DetailsForm.field_order = ["product", "consent", *_consent_fields(), "use_case", "name"]


def _case_label(code: str) -> Text:
    label = choices.UseCase(code).label
    recommended = format_lazy(_("{use_case} (recommended)"), use_case=label)
    return recommended if code == choices.UseCase.LOW_VOLUME else label


def _case_hint(case: UseCase) -> Text:
    """What it is for, what it costs, and whether somebody has to agree first."""
    parts: list[Text] = [choices.MEANINGS[choices.UseCase(case.code)]]
    if case.monthly_fee is not None:
        parts.append(
            format_lazy(
                _("About {amount} USD a month."), amount=number_format(case.monthly_fee, decimal_pos=2)
            )
        )
    if case.by_approval:
        parts.append(_("Only after a carrier has agreed to it."))
    return format_lazy(" ".join(["{}"] * len(parts)), *parts)
