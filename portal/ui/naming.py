"""The name of what is lost, typed: nobody deletes the wrong thing by habit."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from portal.ui.forms import PortalForm


class TypedNameForm(PortalForm):
    """Asks for the name of the form's `draft`. A flow gives the question its label."""

    name = forms.CharField(
        max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The hint names what has to be typed."""
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = format_lazy(_("To confirm, type: {name}"), name=self.draft.name)
        self.fields["name"].error_messages["required"] = self._words()

    def clean_name(self) -> str:
        """Case and superfluous blanks do not matter: it is a question, no riddle."""
        typed: str = self.cleaned_data["name"]
        if typed.casefold() != " ".join(self.draft.name.split()).casefold():
            raise ValidationError(self._words())
        return typed

    def _words(self) -> Any:
        return format_lazy(_("Type the name as it stands here: {name}"), name=self.draft.name)
