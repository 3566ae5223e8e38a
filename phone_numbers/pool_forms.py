"""The forms of a number pool: what an organization asks for, and what the desk grants."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from phone_numbers.pool_models import PoolReason
from portal.support.files import BadFile, NewFile, looked_at
from portal.support.forms import WordsForm
from portal.support.models import LONGEST
from portal.ui.forms import PortalForm

# More a day than this is a review of its own at the carriers (10DLC number assignment, the 49 rule).
SPECIAL_VOLUME = 200_000
MOST_VOLUME = 100_000_000


def _digits() -> forms.TextInput:
    """A number field of the browser would throw away what it cannot read; the page says what is wrong with it."""
    return forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})


class WholeNumberField(forms.IntegerField):
    """A whole number, with or without commas between its thousands."""

    def to_python(self, value: Any) -> int | None:
        """The number. Raises ValidationError."""
        return super().to_python(value.replace(",", "") if isinstance(value, str) else value)


class PoolForm(WordsForm):
    """How many numbers, for what, and which: those that stay ticked, or a file of one's own.

    `least` is the first number that needs no less than this request, `most` what carriers grant at all.
    """

    planned = WholeNumberField(label=gettext_lazy("Numbers planned in total"), widget=_digits())
    reason = forms.ChoiceField(
        label=gettext_lazy("What are they used for?"),
        choices=[("", gettext_lazy("Choose …")), *PoolReason.choices],
        help_text=gettext_lazy(
            "Carriers grant many numbers for these reasons. Many brands in one campaign is none."
        ),
    )
    volume = WholeNumberField(
        label=gettext_lazy("Messages a day, all numbers together"),
        help_text=gettext_lazy("An estimate. From 200,000 a day carriers look at it especially."),
        required=False,
        widget=_digits(),
        min_value=0,
        max_value=MOST_VOLUME,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"),
            gettext_lazy("“Messages a day” is a whole number, or empty."),
        ),
    )
    own = forms.FileField(
        label=gettext_lazy("Your own list instead"),
        help_text=gettext_lazy(
            "A CSV or text file with a phone number in each row. It replaces the list above."
        ),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt"}),
    )

    field_order = ("token", "planned", "reason", "volume", "text", "own", "attachments")

    def __init__(self, *args: Any, least: int, most: int, **kwargs: Any) -> None:
        """`least` and `most` as above."""
        super().__init__(*args, **kwargs)
        self.least, self.most = least, most
        planned = self.fields["planned"]
        planned.help_text = format_lazy(
            gettext_lazy(
                "At least {least}, at most {most}. Count those that you will add later, too: then the limit is lifted"
                " once."
            ),
            least=least,
            most=f"{most:,}",
        )
        planned.error_messages["invalid"] = self._planned()
        text = self.fields["text"]
        text.label = gettext_lazy("Why does this campaign need them?")
        text.help_text = gettext_lazy(
            "The mobile carriers read it: who uses the numbers, and who gets the messages."
        )
        text.error_messages["required"] = gettext_lazy("Fill in “Why does this campaign need them?”.")
        words = gettext_lazy("“Why does this campaign need them?” can have at most {most} characters.")
        text.error_messages["max_length"] = format_lazy(words, most=LONGEST)
        self.fields["attachments"].label = gettext_lazy("Other files")

    def clean_planned(self) -> int:
        """Within what is worth asking for."""
        planned: int = self.cleaned_data["planned"]
        if not self.least <= planned <= self.most:
            raise ValidationError(self._planned())
        return planned

    def clean_own(self) -> NewFile | None:
        """The file, looked at; whether it is a list, `pool_lists.numbers_of` says."""
        upload = self.cleaned_data["own"]
        if not upload:
            return None
        try:
            return looked_at(upload)
        except BadFile as problem:
            raise ValidationError(str(problem)) from None

    def _planned(self) -> str:
        words = _("“Numbers planned in total” is a whole number from %(least)s to %(most)s.")
        return words % {"least": f"{self.least:,}", "most": f"{self.most:,}"}


class GrantForm(PortalForm):
    """How many numbers the campaign may have in total from now on."""

    granted = WholeNumberField(label=gettext_lazy("Numbers in total"), widget=_digits())
    least: int
    most: int

    def clean_granted(self) -> int:
        """More than it may have now, and no more than carriers grant."""
        granted: int = self.cleaned_data["granted"]
        if not self.least <= granted <= self.most:
            words = _("“Numbers in total” is a whole number from %(least)s to %(most)s.")
            raise ValidationError(words % {"least": f"{self.least:,}", "most": f"{self.most:,}"})
        return granted


def grant_form(*, least: int, most: int, planned: int) -> type[GrantForm]:
    """The form of one request: `planned` is what was asked for, and stands in it."""
    words = ngettext(
        "Asked for: %(planned)d number. Their own people assign them then, up to this number.",
        "Asked for: %(planned)d numbers. Their own people assign them then, up to this number.",
        planned,
    )
    field = WholeNumberField(
        label=gettext_lazy("Numbers in total"),
        initial=planned,
        widget=_digits(),
        help_text=words % {"planned": planned},
        error_messages={
            "invalid": _("“Numbers in total” is a whole number from %(least)s to %(most)s.")
            % {"least": f"{least:,}", "most": f"{most:,}"}
        },
    )
    return type("OneGrantForm", (GrantForm,), {"granted": field, "least": least, "most": most})
