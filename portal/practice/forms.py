"""The forms of the control page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.practice.telnyx.brand_schema import FIELDS
from portal.practice.verdicts import CATEGORIES, FAILURE, ODD_WORD, Category
from portal.ui.forms import PortalForm

OTHER = "other"


class ClockForm(PortalForm):
    """How far the business clock moves, in hours."""

    hours = forms.IntegerField(
        label=_("Or this many hours"),
        min_value=1,
        max_value=87_660,
        error_messages={
            "required": _("Enter the number of hours."),
            "invalid": _("Enter the hours as a whole number."),
            "min_value": _("The clock only moves forwards: enter 1 or more."),
            "max_value": _("Enter at most 87,660 hours; that is ten years."),
        },
    )

    @property
    def step(self) -> timedelta:
        """The valid answer as a length of time."""
        return timedelta(hours=self.cleaned_data["hours"])


class RejectForm(PortalForm):
    """Why a brand is left unverified: the registry's code, its text, and the fields that it points at."""

    code = forms.ChoiceField(
        label=_("Reason code"),
        choices=[*((code, code) for code in CATEGORIES), (OTHER, _("Another code…"))],
        help_text=_("The registry's own word for the reason."),
    )
    other_code = forms.CharField(
        label=_("Another code"),
        required=False,
        max_length=60,
        help_text=_("Only when you chose “Another code…”."),
    )
    text = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Word for word what the portal will get. Empty: the usual text of the code."),
    )
    fields_named = forms.MultipleChoiceField(
        label=_("Fields it points at"),
        required=False,
        choices=[
            (field.name, field.name) for field in FIELDS if not field.flag and "webhook" not in field.name
        ],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: the usual fields of the code."),
    )

    def clean(self) -> dict[str, Any]:
        """Another code needs its word."""
        cleaned = super().clean() or {}
        if cleaned.get("code") == OTHER and not cleaned.get("other_code") and "other_code" not in self.errors:
            self.add_error("other_code", _("Enter the code."))
        return cleaned

    @property
    def reasons(self) -> list[dict[str, Any]]:
        """The valid answers in the vendor's form."""
        code = self.cleaned_data["code"]
        if code == OTHER:
            code = self.cleaned_data["other_code"]
        category = CATEGORIES.get(code) or Category(code, code, "", ())
        return [
            category.feedback(
                text=self.cleaned_data["text"], fields=tuple(self.cleaned_data["fields_named"])
            ),
        ]


class FailForm(PortalForm):
    """Why the registration failed, in the registry's words."""

    text = forms.CharField(
        label=_("Reason"), required=False, max_length=2000, empty_value=FAILURE, initial=FAILURE
    )


class WordForm(PortalForm):
    """A status word of one's own."""

    word = forms.CharField(
        label=_("Status word"), required=False, max_length=60, empty_value=ODD_WORD, initial=ODD_WORD
    )
