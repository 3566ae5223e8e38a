"""What the porting desk writes: to an organization, for itself, and with a decision."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.support.forms import TextForm, TokenField, WordsForm
from portal.support.kinds import Deciding
from portal.support.models import LONGEST, Ticket
from portal.ui.forms import PortalForm

ANSWER, ASK = "answer", "ask"
# Nobody promises further ahead than people plan.
FURTHEST = timedelta(days=366)


class AnswerForm(WordsForm):
    """To the organization: an answer, a question back, a date; with files."""

    act = forms.ChoiceField(
        label=gettext_lazy("What happens then?"),
        widget=forms.RadioSelect,
        initial=ANSWER,
        choices=[
            (ANSWER, gettext_lazy("It stays with us")),
            (ASK, gettext_lazy("It waits for the organization: something is needed from it")),
        ],
    )
    promised_for = forms.DateField(
        label=gettext_lazy("Promise a date"),
        help_text=gettext_lazy(
            "The last day, as the organization reads it. It replaces the date that stood there."
        ),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    field_order = ("token", "text", "act", "promised_for", "attachments")

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        """`now` is business time, in the zone of the page."""
        super().__init__(*args, **kwargs)
        self.today = timezone.localdate(now)
        self.fields["text"].label = gettext_lazy("Message")
        self.fields["text"].help_text = gettext_lazy(
            "Everybody in the organization can read it, and gets it by e-mail."
        )
        # A date alone says enough; a question needs words.
        alone = self.is_bound and self.data.get("promised_for") and self.data.get("act") != ASK
        self.fields["text"].required = not alone

    def clean_promised_for(self) -> date | None:
        """A day that is still to come, and not beyond what anybody plans."""
        day: date | None = self.cleaned_data["promised_for"]
        if day is not None and not self.today <= day <= self.today + FURTHEST:
            raise ValidationError(_("“Promise a date” must lie between today and a year from now."))
        return day


class NoteForm(PortalForm):
    """For the desk alone."""

    token = TokenField()
    note = forms.CharField(
        label=gettext_lazy("Internal note"),
        help_text=gettext_lazy("The organization never sees it, on no page and in no mail."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 40}),
    )


class DecisionForm(TextForm):
    """The words of a decision."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """They may stay empty."""
        super().__init__(*args, **kwargs)
        self.fields["text"].label = gettext_lazy("Message to the organization")
        self.fields["text"].required = False


class RejectForm(DecisionForm):
    """Why not: the organization reads it word for word."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Nobody is told no without a reason."""
        super().__init__(*args, **kwargs)
        field = self.fields["text"]
        field.label = gettext_lazy("Reason")
        field.required = True
        field.error_messages["required"] = gettext_lazy("Fill in “Reason”.")
        field.help_text = gettext_lazy(
            "The organization reads it word for word. Say what would have to change."
        )


def approval_form(deciding: Deciding, ticket: Ticket) -> type[DecisionForm]:
    """What the type of `ticket` asks of the desk, and a message; in the scope of its organization."""
    asked = deciding.form(ticket)
    return type("ApprovalForm", (asked, DecisionForm), {"field_order": [*asked.base_fields, "text"]})
