"""The forms of the control page for campaigns."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.practice.campaigns.rules import ODD_WORD, REASONS
from portal.practice.forms import OTHER
from portal.ui.forms import PortalForm

STAGES = (
    ("registry", _("Registry (TCR_FAILED)")),
    ("provider", _("Provider (TELNYX_FAILED)")),
    ("carriers", _("Mobile carriers (MNO_REJECTED)")),
)


class RejectCampaignForm(PortalForm):
    """Who returns a campaign, and why: one of the usual reasons, or words of one's own."""

    stage = forms.ChoiceField(label=_("Who returns it"), choices=STAGES, initial="provider")
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[
            *((name, f"{one['code']}: {one['text']}".removeprefix(": ")) for name, one in REASONS.items()),
            (OTHER, _("Another reason…")),
        ],
        initial="803",
        help_text=_("The reviewer's own words, as the portal gets them."),
    )
    code = forms.CharField(label=_("Another code"), required=False, max_length=60)
    text = forms.CharField(
        label=_("Another text"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only when you chose “Another reason…”."),
    )

    def clean(self) -> dict[str, Any]:
        """Another reason needs its text."""
        cleaned = super().clean() or {}
        if cleaned.get("reason") == OTHER and not cleaned.get("text") and "text" not in self.errors:
            self.add_error("text", _("Enter the text of the reason."))
        return cleaned

    @property
    def reasons(self) -> list[dict[str, str]]:
        """The valid answers as reasons."""
        if self.cleaned_data["reason"] == OTHER:
            return [{"code": self.cleaned_data["code"], "text": self.cleaned_data["text"]}]
        return [dict(REASONS[self.cleaned_data["reason"]])]


class EndForm(PortalForm):
    """Another date of renewal or expiry, in days from now."""

    days = forms.IntegerField(
        label=_("Days from now"),
        min_value=1,
        max_value=3650,
        error_messages={
            "required": _("Enter the number of days."),
            "invalid": _("Enter the days as a whole number."),
            "min_value": _("Enter 1 or more; to end it now, let it expire."),
            "max_value": _("Enter at most 3,650 days."),
        },
    )


class CampaignWordForm(PortalForm):
    """A status word of one's own."""

    word = forms.CharField(
        label=_("Status word"), required=False, max_length=60, empty_value=ODD_WORD, initial=ODD_WORD
    )
