"""Forms of numbers: typed or pasted ones, and what each is called."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from campaigns.choices import Product
from phone_numbers.adding import WHY, NewNumber, Refused, read_all
from phone_numbers.models import Number
from portal.ui.forms import PortalForm

# So many lines in one go; more come as a file, which is checked row by row.
MOST_LINES = 1_000
# As many refused ones are named as fit a message.
_NAMED = 20
# A pasted list: one a line, or separated by what no number holds. "206-555-0123 / 0124" is one that is none.
_BREAKS = re.compile(r"[\n,;|\t]+")


class ServesForm(PortalForm):
    """What a number is called, and what it rings at."""

    label = forms.CharField(
        label=_("Called"), max_length=100, required=False, help_text=_("For example Front desk.")
    )
    serves_kind = forms.ChoiceField(
        label=_("It serves"),
        required=False,
        choices=[("", _("Nobody yet")), *((value, label) for value, label in Number.Serves.choices)],
    )
    serves = forms.CharField(label=_("Which one"), max_length=100, required=False)

    def clean(self) -> dict[str, Any]:
        """Both or neither: who it is, and what kind of thing."""
        kind, name = self.cleaned_data.get("serves_kind"), self.cleaned_data.get("serves")
        if kind and not name:
            self.add_error("serves", _("Say which user, queue or site the number serves."))
        elif name and not kind:
            self.add_error("serves_kind", _("Say whether that is a user, a queue or a site."))
        return self.cleaned_data


class AddForm(ServesForm):
    """Numbers typed or pasted, in any usual notation; all of them, or none."""

    numbers = forms.CharField(
        label=_("Phone numbers"),
        widget=forms.Textarea(attrs={"rows": 6, "inputmode": "tel", "spellcheck": "false"}),
        help_text=_("One a line, or a pasted list, in any notation: +1 206 555 0142, (206) 555-0142 …"),
    )
    product = forms.ChoiceField(choices=Product.choices, widget=forms.HiddenInput, required=False)
    back = forms.CharField(max_length=2000, required=False, widget=forms.HiddenInput)
    field_order = ("numbers", "label", "serves_kind", "serves")

    read: list[NewNumber]

    def clean_product(self) -> str:
        """Phone where none is named."""
        return str(self.cleaned_data["product"] or Product.PHONE)

    def clean_numbers(self) -> str:
        """Every number can be read, or the message says which cannot and why."""
        text = str(self.cleaned_data["numbers"])
        lines = [one.strip() for one in _BREAKS.split(text) if one.strip()]
        if len(lines) > MOST_LINES:
            raise ValidationError(
                _("That are %(number)d numbers; up to %(most)d can be pasted. Import a file instead."),
                params={"number": len(lines), "most": MOST_LINES},
            )
        self.read, refused = read_all(lines)
        if refused:
            raise ValidationError(said_of(refused))
        return text

    @property
    def new(self) -> list[NewNumber]:
        """The numbers of a valid form, each with what it is called."""
        said = {name: self.cleaned_data[name] for name in ("label", "serves_kind", "serves")}
        return [NewNumber(one.e164, **said) for one in self.read]


def said_of(refused: list[Refused]) -> list[Any]:
    """One message for each number that was not taken, and how many more there are."""
    said: list[Any] = [
        format_lazy(_("“{number}” {why}."), number=one.text[:40], why=WHY[one.why])
        for one in refused[:_NAMED]
    ]
    if (more := len(refused) - _NAMED) and more > 0:
        words = ngettext_lazy("%(number)d more cannot be read.", "%(number)d more cannot be read.", "number")
        said.append(words % {"number": more})
    return said
