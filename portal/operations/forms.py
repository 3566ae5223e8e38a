"""The forms of the operator's pages."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import known_time_zone
from portal.ui.forms import PortalForm
from portal.ui.time_zones import offered

# As long as the column that keeps it.
REASON = 300


class NewOrganizationForm(PortalForm):
    """A tenant and its first owner."""

    name = forms.CharField(
        label=_("Name of the organization"),
        max_length=100,
        help_text=_("As its people call it. They see it when they switch between organizations."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=offered,
        initial="America/New_York",
        help_text=_("Dates on its pages and in its mails are in this zone. It can be changed later."),
    )
    owner = forms.EmailField(
        label=_("E-mail address of the first owner"),
        max_length=254,
        help_text=_("We send an invitation that is good for a week. Owners invite everybody else."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def clean_time_zone(self) -> str:
        """One that exists."""
        zone: str = self.cleaned_data["time_zone"]
        known_time_zone(zone)
        return zone


class OwnerForm(PortalForm):
    """Whom to ask in as owner."""

    owner = forms.EmailField(
        label=_("E-mail address of the owner"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class ReasonForm(PortalForm):
    """Why an operator does something to an organization: its people read it, so it takes words."""

    reason = forms.CharField(
        label=_("Reason"), max_length=REASON, widget=forms.Textarea(attrs={"rows": 3, "cols": 40})
    )

    def __init__(self, *args: Any, hint: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = hint

    def clean_reason(self) -> str:
        """At least two words: “test” or “-” tells the people of the organization nothing."""
        reason: str = self.cleaned_data["reason"]
        if len(re.findall(r"\w{2,}", reason)) < 2:
            raise ValidationError(
                _("Say in “Reason” why, in words that the organization's people understand.")
            )
        return reason
