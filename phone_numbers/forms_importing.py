"""The questions before a file: where its numbers belong, and the file itself."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.choices import Product
from phone_numbers.capacity import Choice
from portal.ui.forms import PortalForm

# Stands behind the file in what is sent: without it the file did not arrive whole.
WHOLE = "whole"


def _file_field() -> forms.FileField:
    return forms.FileField(
        label=_("File"),
        help_text=_("CSV, with one row for each number and a column called “number”. At most 20 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv"}),
        # The names of files are ours to cut.
        max_length=None,
        error_messages={
            "required": _("Choose the file with your numbers."),
            "empty": _("This file is empty. Choose the one with your numbers."),
            "invalid": _("Choose the file with your numbers."),
        },
    )


class FileForm(PortalForm):
    """A file, sent as a whole or not at all."""

    file = _file_field()

    def clean(self) -> dict[str, Any]:
        """Refuse a file that broke off on its way: half a list looks like a whole one."""
        super().clean()
        if "file" in self.cleaned_data and WHOLE not in self.data:
            self.add_error("file", _("The file did not arrive whole. Choose it again."))
        return self.cleaned_data


class ImportForm(FileForm):
    """For the inventory of a product."""

    product = forms.ChoiceField(label=_("Product"), choices=Product.choices, widget=forms.RadioSelect)

    field_order = ("product", "file")


class AssignmentFileForm(FileForm):
    """For one campaign: of those that can take numbers now."""

    campaign = forms.ChoiceField(label=_("Campaign"), widget=forms.Select)

    field_order = ("campaign", "file")

    def __init__(self, *args: Any, choices: list[Choice], **kwargs: Any) -> None:
        """`choices`: the campaigns of the organization; those with a reason against them are left out."""
        super().__init__(*args, **kwargs)
        named = [(str(one.campaign.pk), one.campaign.display_name) for one in choices if not one.why]
        self.fields["campaign"].choices = [("", _("Choose a campaign")), *named]  # type: ignore[attr-defined]
