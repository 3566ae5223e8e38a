"""The forms of the fault page."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.practice.faults.catalogue import EFFECTS, PHASES
from portal.practice.faults.presets import PRESETS
from portal.practice.faults.switching import EVERYBODY, VERBS
from portal.practice.models import Account
from portal.ui.forms import PortalForm

ACCOUNTS_OFFERED = 20


def accounts() -> list[tuple[str, Any]]:
    """Everybody, and the accounts that called last."""
    rows = Account.objects.order_by("-id").values_list("fingerprint", "label")[:ACCOUNTS_OFFERED]
    return [(EVERYBODY, _("Everybody")), *rows]


class PresetForm(PortalForm):
    """One of the fault plan's cases, for an account."""

    preset = forms.ChoiceField(
        label=_("Case"), choices=[(one.name, f"{one.name}: {one.says}") for one in PRESETS.values()]
    )
    account = forms.ChoiceField(label=_("Account"), choices=accounts)

    @property
    def order(self) -> dict[str, Any]:
        """The valid answers as an order."""
        return {"preset": self.cleaned_data["preset"], "account": self.cleaned_data["account"]}


class FaultForm(PortalForm):
    """A fault of one's own."""

    effect = forms.ChoiceField(label=_("Effect"), choices=[(name, name) for name in EFFECTS])
    phase = forms.ChoiceField(
        label=_("Phase"), required=False, choices=[("", _("the usual one")), *((one, one) for one in PHASES)]
    )
    verb = forms.ChoiceField(
        label=_("Requests"), required=False, choices=[("", _("all")), *((one, one) for one in VERBS)]
    )
    times = forms.IntegerField(
        label=_("How often"), required=False, min_value=1, help_text=_("Empty: until removed.")
    )
    chosen_values = forms.CharField(
        label=_("Values"),
        required=False,
        max_length=500,
        help_text=_("Such as “status=503 retry_after=3”. Empty: the usual ones."),
    )
    account = forms.ChoiceField(label=_("Account"), choices=accounts)

    def clean_chosen_values(self) -> dict[str, Any]:
        """Names and values, each value read as JSON where it is JSON."""
        found = {}
        for word in self.cleaned_data["chosen_values"].split():
            name, sign, value = word.partition("=")
            if not sign or not name:
                raise forms.ValidationError(_("Write the values as name=value, with blanks between them."))
            try:
                found[name] = json.loads(value)
            except (ValueError, RecursionError):
                found[name] = value
        # The only value that is text although it may look like a number.
        if "retry_after" in found:
            found["retry_after"] = str(found["retry_after"])
        return found

    @property
    def order(self) -> dict[str, Any]:
        """The valid answers as an order."""
        given = self.cleaned_data
        return {
            "account": given["account"],
            "effect": given["effect"],
            "phase": given["phase"] or None,
            "match": {"verb": given["verb"]} if given["verb"] else {},
            "times": given["times"],
            "values": given["chosen_values"],
        }
