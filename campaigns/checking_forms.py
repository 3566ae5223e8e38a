"""What somebody pastes to be checked: one message, or the texts of a whole campaign. Nothing of it is kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from campaigns.choices import Consent, UseCase
from campaigns.rules_form import STANDARD
from campaigns.rules_subject import MOST_SAMPLES, Consented, Subject, sample_field
from portal.ui import text
from portal.ui.forms import PortalForm

_YES_NO = (("", _("Not said")), ("yes", _("Yes")), ("no", _("No")))
_QUESTIONS = ("embedded_link", "embedded_phone", "age_gated", "direct_lending")
_TEXTS = (
    "brand_name",
    "website",
    "description",
    "message_flow",
    "privacy_url",
    "terms_url",
    "optin_keywords",
    "optout_keywords",
    "help_keywords",
    "optin_message",
    "optout_message",
    "help_message",
)
# So much of a text is looked at: far beyond what any field takes.
_READ = 100_000


def _area(label: Any, rows: int = 3, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, required=False, strip=False, widget=forms.Textarea(attrs={"rows": rows})
    )


def _line(label: Any, hint: Any = "") -> forms.CharField:
    return forms.CharField(label=label, help_text=hint, required=False)


def _yes_no(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=_YES_NO, required=False)


class CheckedForm(PortalForm):
    """A form whose texts stay as they were pasted: what is invisible in them is just what has to be found."""

    def _clean_text(self, key: str, value: Any) -> Any:
        return text.without_unstorable(value)[0][:_READ] if isinstance(value, str) else value

    def subject(self) -> Subject:
        """What the rules look at."""
        raise NotImplementedError

    def said(self, name: str) -> str:
        """What stands in a field now."""
        return str(self.data.get(name, ""))


class MessageForm(CheckedForm):
    """One message, as a subscriber would get it."""

    sample_1 = forms.CharField(label=_("Message"), widget=forms.Textarea(attrs={"rows": 6}))
    brand_name = _line(_("Who writes"), _("The brand's name, to see whether the message says it."))

    def subject(self) -> Subject:
        """A campaign of this one message."""
        return Subject(brand_name=self.said("brand_name"), samples=(self.said("sample_1"),))


class WholeForm(CheckedForm):
    """The texts and answers of a campaign, each as far as it is known."""

    brand_name = _line(_("Brand name"))
    website = _line(_("Website"))
    use_case = forms.ChoiceField(label=_("Use case"), required=False)
    sub_use_cases = forms.MultipleChoiceField(
        label=_("Kinds of messages"),
        help_text=_("For a mixed use case."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    sample_1 = _area(format_lazy(_("Sample message {number}"), number=1))
    sample_2 = _area(format_lazy(_("Sample message {number}"), number=2))
    sample_3 = _area(format_lazy(_("Sample message {number}"), number=3))
    sample_4 = _area(format_lazy(_("Sample message {number}"), number=4))
    sample_5 = _area(format_lazy(_("Sample message {number}"), number=5))
    embedded_link = _yes_no(_("Messages hold web links"))
    embedded_phone = _yes_no(_("Messages hold phone numbers"))
    age_gated = _yes_no(_("Age-restricted content"))
    direct_lending = _yes_no(_("Loans"))
    description = _area(_("Description"), 4)
    consent = forms.MultipleChoiceField(
        label=_("Ways of consent"),
        choices=Consent.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    message_flow = _area(_("Message flow"), 6)
    optin_message = _area(_("Opt-in reply"))
    optout_message = _area(_("Opt-out reply"))
    help_message = _area(_("HELP reply"))
    optin_keywords = _line(_("Opt-in keywords"))
    optout_keywords = _line(_("Opt-out keywords"))
    help_keywords = _line(_("HELP keywords"))
    privacy_url = _line(_("Privacy policy"))
    terms_url = _line(_("Terms and conditions"))

    # Heading, and rows of questions: those of one row stand beside each other.
    GROUPS: tuple[tuple[Any, tuple[tuple[str, ...], ...]], ...] = (
        (
            _("Who writes, and what for"),
            (("brand_name", "website"), ("use_case",), ("sub_use_cases",), ("description",)),
        ),
        (_("Sample messages"), tuple((sample_field(number),) for number in range(1, MOST_SAMPLES + 1))),
        (_("What is declared"), (("embedded_link", "embedded_phone"), ("age_gated", "direct_lending"))),
        (_("Consent"), (("consent",), ("message_flow",), ("privacy_url", "terms_url"))),
        (
            _("Keywords and replies"),
            (
                ("optin_keywords", "optout_keywords", "help_keywords"),
                ("optin_message",),
                ("optout_message",),
                ("help_message",),
            ),
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """With the use cases of the registry."""
        super().__init__(*args, **kwargs)
        kinds = [one for one in UseCase.choices if one[0] in STANDARD]
        self.fields["use_case"].choices = [("", _("Not said")), *UseCase.choices]  # type: ignore[attr-defined]
        self.fields["sub_use_cases"].choices = kinds  # type: ignore[attr-defined]
        for name, label in (("sub_use_cases", _("Choose kinds")), ("consent", _("Choose ways"))):
            widget: Any = self.fields[name].widget
            widget.folded = {code for code, _label in self.fields[name].choices}  # type: ignore[attr-defined]
            widget.folded_label = label

    @property
    def groups(self) -> list[tuple[Any, list[list[forms.BoundField]]]]:
        """The questions under their headings, row by row."""
        return [(title, [[self[name] for name in row] for row in rows]) for title, rows in self.GROUPS]

    def _many(self, name: str) -> tuple[str, ...]:
        offered = {code for code, _label in self.fields[name].choices}  # type: ignore[attr-defined]
        given = self.data.getlist(name) if hasattr(self.data, "getlist") else self.data.get(name, ())
        return tuple(one for one in given if one in offered)

    def subject(self) -> Subject:
        """A campaign with these answers; what is not said is not known."""
        yes_no = {"yes": True, "no": False}
        samples = [self.said(sample_field(number)) for number in range(1, MOST_SAMPLES + 1)]
        while samples and not samples[-1].strip():
            samples.pop()
        use_case = self.said("use_case")
        answers: dict[str, Any] = {name: self.said(name) for name in _TEXTS}
        answers |= {name: yes_no.get(self.said(name)) for name in _QUESTIONS}
        return Subject(
            use_case=use_case if use_case in UseCase.values else "",
            sub_use_cases=self._many("sub_use_cases"),
            samples=tuple(samples),
            # The words of each way stand in the message flow here.
            consent=tuple(Consented(method, self.said("message_flow")) for method in self._many("consent")),
            **answers,
        )
