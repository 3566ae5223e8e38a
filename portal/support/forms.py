"""What people write in tickets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, cast
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.support.files import LARGEST, MOST, BadFile, NewFile, looked_at, too_many
from portal.support.models import LONGEST
from portal.support.writing import Said
from portal.ui.forms import PortalForm

ACCEPT = ".csv,.txt,.pdf,.png,.jpg,.jpeg,.webp"


class _Files(forms.ClearableFileInput):
    """A choice of several files."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class FilesField(forms.FileField):
    """Several files, each looked at: [] for none. `left` bytes are free for the organization."""

    widget = _Files
    left: int = 0

    def __init__(self, **kwargs: Any) -> None:
        """As any field; it need not be filled in unless it is said so."""
        kwargs.setdefault("required", False)
        kwargs.setdefault("label", gettext_lazy("Files"))
        kwargs.setdefault(
            "help_text",
            format_lazy(
                gettext_lazy(
                    "At most {most} of up to {size} MB each: pictures (PNG, JPEG, WebP), PDF, CSV or text."
                ),
                most=MOST,
                size=LARGEST // (1024 * 1024),
            ),
        )
        super().__init__(**kwargs)
        self.widget.attrs["accept"] = ACCEPT

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The files, as `files.keep` takes them. Raises ValidationError with one message for each that is not."""
        uploads = [one for one in (data if isinstance(data, (list, tuple)) else [data]) if one]
        found: list[NewFile] = []
        problems: list[ValidationError] = []
        for upload in uploads:
            try:
                found.append(looked_at(upload))
            except BadFile as problem:
                problems.append(ValidationError(str(problem)))
        if not problems and (words := too_many(found, self.left)):
            problems.append(ValidationError(words))
        if problems:
            if any(True for _each in found):
                problems.append(ValidationError(_("Choose the other files again, too.")))
            raise ValidationError(problems)
        if self.required and not found:
            raise ValidationError(self.error_messages["required"], code="required")
        return found


class TokenField(forms.UUIDField):
    """Which form this is: sent twice, it does its work once."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        """A new one for each form that is shown."""
        super().__init__(initial=uuid4, required=False)

    def clean(self, value: Any) -> UUID:
        """A form without one, or with nonsense in it, is one of its own."""
        try:
            return super().clean(value) or uuid4()
        except ValidationError:
            return uuid4()


class TextForm(PortalForm):
    """A text, written once."""

    token = TokenField()
    text = forms.CharField(
        label=gettext_lazy("Message"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6, "cols": 40}),
    )

    def said(self) -> Said:
        """What this valid form says."""
        answers = self.cleaned_data
        day: date | None = answers.get("promised_for")
        files: Sequence[NewFile] = answers.get("attachments") or ()
        return Said(answers.get("text", ""), files, day, answers["token"])


class WordsForm(TextForm):
    """A text with files."""

    attachments = FilesField()

    def __init__(self, *args: Any, left: int, **kwargs: Any) -> None:
        """`left`: bytes that the organization may still send (`files.left_of_quota`)."""
        super().__init__(*args, **kwargs)
        cast("FilesField", self.fields["attachments"]).left = left


class QuestionForm(WordsForm):
    """Whatever else one wants to know."""

    subject = forms.CharField(label=gettext_lazy("What is it about?"), max_length=150)

    field_order = ("token", "subject", "text", "attachments")


class EndForm(TextForm):
    """Last words, for ending a ticket."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """They may stay empty."""
        super().__init__(*args, **kwargs)
        self.fields["text"].label = gettext_lazy("Anything that the porting desk should know?")
        self.fields["text"].required = False
