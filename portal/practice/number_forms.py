"""The forms of the control page for numbers."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.practice.forms import OTHER
from portal.practice.models import Account
from portal.practice.numbers.rules import FAILURES, ODD_WORD
from portal.practice.switch_forms import ACCOUNTS_OFFERED
from portal.ui.forms import PortalForm

MOST = 1000
STANDINGS = (
    ("", _("All")),
    ("waiting", _("Waiting for an answer")),
    ("on", _("On a campaign")),
    ("failed", _("Failed")),
    ("free", _("On no campaign")),
)
_E164 = re.compile(r"\+1[2-9][0-9]{9}", re.ASCII)


def accounts() -> list[tuple[str, Any]]:
    """The accounts that called last."""
    rows = Account.objects.order_by("-id").values_list("fingerprint", "label")[:ACCOUNTS_OFFERED]
    return list(rows)


class AddNumbersForm(PortalForm):
    """Numbers that an account has bought, with the tag by which their owner is known."""

    account = forms.ChoiceField(label=_("Account"), choices=accounts)
    numbers = forms.CharField(
        label=_("Numbers"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("As +12065550142, one per line or with blanks between them."),
    )
    tag = forms.CharField(
        label=_("Tag"),
        required=False,
        max_length=100,
        help_text=_("The portal knows an organization's numbers by it; copy it from another number."),
    )
    country = forms.ChoiceField(label=_("Country"), choices=(("US", "US"), ("CA", "CA")))
    sms = forms.BooleanField(label=_("They can text"), required=False, initial=True)
    profile = forms.BooleanField(label=_("They are set up for texts"), required=False, initial=True)

    def clean_numbers(self) -> list[str]:
        """The numbers in E.164."""
        found = [one for one in re.split(r"[\s,;]+", self.cleaned_data["numbers"]) if one]
        for one in found:
            if not _E164.fullmatch(one):
                raise forms.ValidationError(
                    _("%(number)s is not a number such as +12065550142.") % {"number": one[:40]}
                )
        if len(found) > MOST:
            raise forms.ValidationError(_("Enter at most 1,000 numbers at once."))
        return found


class FailNumberForm(PortalForm):
    """Why the carriers do not take a number, or do not let it go."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[*((name, text) for name, text in FAILURES.items()), (OTHER, _("Another reason…"))],
        help_text=_("The carriers' own words, as the portal gets them."),
    )
    text = forms.CharField(
        label=_("Another text"),
        required=False,
        max_length=500,
        help_text=_("Only when you chose “Another reason…”."),
    )

    def clean(self) -> dict[str, Any]:
        """Another reason needs its text."""
        cleaned = super().clean() or {}
        if cleaned.get("reason") == OTHER and not cleaned.get("text") and "text" not in self.errors:
            self.add_error("text", _("Enter the text of the reason."))
        return cleaned

    @property
    def words(self) -> str:
        """The valid answer in the carriers' words."""
        reason = self.cleaned_data["reason"]
        return str(self.cleaned_data["text"]) if reason == OTHER else FAILURES[reason]


class NumberWordForm(PortalForm):
    """A status word of one's own."""

    word = forms.CharField(
        label=_("Status word"), required=False, max_length=60, empty_value=ODD_WORD, initial=ODD_WORD
    )
