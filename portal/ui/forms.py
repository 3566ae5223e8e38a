"""The form that every page of ours uses, and the list of errors at its top."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from django import forms
from django.forms.utils import pretty_name
from django.http import QueryDict
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from portal.ui import text
from portal.ui.looks import Text

UNSTORABLE = _(
    "“{label}” held characters that cannot be stored, often from copying out of another program. "
    "We took them out: please check what is left."
)

NOT_KEPT = _("Enter “{label}” again: it is never kept while somebody signs in.")
# In a form that is sent again after a sign-in: the names of secret answers that were typed and not kept.
LEFT_OUT = "answers-left-out"

# Each message names its field, because the summary repeats it word for word far away from the field.
_WORDS: dict[str, dict[str, Any]] = {
    "text": {
        "required": _("Fill in “{label}”."),
        "max_length": _("“{label}” can have at most %(limit_value)d characters; this has %(show_value)d."),
        "min_length": _("“{label}” needs at least %(limit_value)d characters; this has %(show_value)d."),
    },
    "tick": {"required": _("Tick “{label}” to go on.")},
    "choice": {
        "required": _("Choose an answer for “{label}”."),
        "invalid_choice": _("Choose one of the answers offered for “{label}”."),
    },
    "email": {
        "required": _("Enter an e-mail address in “{label}”, such as name@example.com."),
        "invalid": _("Enter an e-mail address in “{label}”, such as name@example.com."),
    },
    "date": {"invalid": _("Enter a date that exists in “{label}”, such as 2026-11-30.")},
    "url": {"invalid": _("Enter a web address in “{label}”, such as https://example.com.")},
}
_WORDS_OF_KIND = (
    (forms.BooleanField, _WORDS["tick"]),
    (forms.ChoiceField, _WORDS["choice"]),
    (forms.EmailField, _WORDS["email"]),
    (forms.URLField, _WORDS["url"]),
    (forms.DateField, _WORDS["date"]),
)


@dataclass(frozen=True, slots=True)
class ErrorItem:
    """One line of the error summary. `field_id` is the control to go to, "" for the form as a whole."""

    field_id: str
    label: str
    message: str


def first_control(field: forms.BoundField) -> str:
    """The id of the control that takes focus for `field`: the first one of a group."""
    widget = field.field.widget
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple, forms.MultiWidget)):
        return f"{field.auto_id}_0"
    return str(field.id_for_label or field.auto_id)


def messages_of(field: forms.BoundField) -> list[str]:
    """The errors of `field` in words that name it, also where the form is not ours."""
    vague = str(forms.Field.default_error_messages["required"])
    named = str(format_lazy(_WORDS["text"]["required"], label=field.label))
    return [named if str(message) == vague else str(message) for message in field.errors]


def error_items(form: forms.BaseForm) -> list[ErrorItem]:
    """Every error of `form` in the order of its fields; those of the whole form come first."""
    if not form.is_bound:
        return []
    items = [ErrorItem("", "", str(message)) for message in form.non_field_errors()]
    for field in form:
        label = str(field.label or "")
        target = "" if field.is_hidden else first_control(field)
        items += [ErrorItem(target, label, message) for message in messages_of(field)]
    return items


class PortalForm(forms.Form):
    """A form whose text is safe to store and whose errors say what to do.

    Before validation every submitted text loses characters that cannot be stored (its field then carries an
    error, once, and shows what is left), invisible characters and superfluous white space, and is brought
    into Unicode form C. Passwords keep their spaces. `draft` is whatever the answers are kept in, for forms
    whose questions depend on earlier ones; None elsewhere.
    """

    # Browsers' own bubbles are neither translated by us nor kept in the page: validation is the server's.
    use_required_attribute = False
    required_css_class = ""

    def __init__(
        self, data: Mapping[str, Any] | None = None, *args: Any, draft: Any = None, **kwargs: Any
    ) -> None:
        self.draft = draft
        self._unclean: set[str] = set()
        super().__init__(data, *args, **kwargs)
        for name, field in self.fields.items():
            self._word(name, field)
            # A maximum length in the browser silently cuts what was pasted; the server says so instead.
            field.widget.attrs.pop("maxlength", None)
        if self.is_bound:
            self.data = self._cleaned_input(data if data is not None else {})

    @classmethod
    def fields_of(cls, draft: Any) -> dict[str, Any]:
        """The answers to this form that `draft` (an object with attributes, or a mapping) holds."""
        names = cls.base_fields
        if isinstance(draft, Mapping):
            return {name: draft[name] for name in names if name in draft}
        return {name: getattr(draft, name) for name in names if hasattr(draft, name)}

    @classmethod
    def opened(cls, draft: Any, **kwargs: Any) -> Self:
        """The form as a person first sees it: filled from `draft`, without errors."""
        return cls(initial=cls.fields_of(draft), draft=draft, **kwargs)

    @classmethod
    def stored(cls, draft: Any, **kwargs: Any) -> Self:
        """The form bound to what `draft` holds: valid when the step is complete."""
        fields = cls.base_fields
        data = {name: fields[name].prepare_value(value) for name, value in cls.fields_of(draft).items()}
        return cls({name: value for name, value in data.items() if value is not None}, draft=draft, **kwargs)

    @classmethod
    def answers_of(cls, draft: Any) -> dict[str, Any]:
        """What `draft` holds in the form in which it is saved, to compare by. A token for what is secret."""
        return PortalForm.fields_of.__func__(cls, draft)  # type: ignore[attr-defined,no-any-return]

    def typed_answers(self) -> dict[str, Any]:
        """What this valid form would save, to be compared with `answers_of`."""
        return dict(self.cleaned_data)

    def words_of(self, name: str, value: Any, *, is_typed: bool) -> Text:
        """An answer as people read it: the words of a choice, a tick, a text. `is_typed`: it is this form's."""
        field = self.fields[name]
        if isinstance(field, forms.BooleanField):
            return _("Yes") if value else _("No")
        if isinstance(field, forms.ChoiceField):
            return dict(field.choices).get(value, str(value)) if value else ""  # type: ignore[arg-type]
        return str(value) if value is not None else ""

    @property
    def error_items(self) -> list[ErrorItem]:
        """See the function of the same name."""
        return error_items(self)

    def _word(self, name: str, field: forms.Field) -> None:
        """Say what to do where Django says that something is wrong; a field's own words win."""
        ours = _WORDS["text"]
        for kind, words in _WORDS_OF_KIND:
            if isinstance(field, kind):
                ours = ours | words
                break
        label = field.label or pretty_name(name)
        for code, message in ours.items():
            if field.error_messages.get(code) in (None, _default_message(type(field), code)):
                field.error_messages[code] = format_lazy(message, label=label)

    def _cleaned_input(self, data: Mapping[str, Any]) -> Any:
        """A copy of the submitted `data` with every text made safe."""
        if isinstance(data, QueryDict):
            copy = data.copy()
            for key in data:
                copy.setlist(key, [self._clean_text(key, value) for value in data.getlist(key)])
            return copy
        return {
            key: [self._clean_text(key, one) for one in value]
            if isinstance(value, list)
            else self._clean_text(key, value)
            for key, value in data.items()
        }

    def _clean_text(self, key: str, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        name = key.removeprefix(f"{self.prefix}-") if self.prefix else key
        clean, had_unstorable = text.without_unstorable(value)
        if had_unstorable:
            self._unclean.add(name)
        widget = self.fields[name].widget if name in self.fields else None
        if isinstance(widget, forms.PasswordInput):
            return clean
        return text.many_lines(clean) if isinstance(widget, forms.Textarea) else text.one_line(clean)

    def full_clean(self) -> None:
        """Django's validation; then each text that lost characters says so, unless it is wrong anyway, and
        each that could not be kept over a sign-in is asked for again."""
        super().full_clean()
        for name in self._left_out():
            if name in self.fields and not self.data.get(self.add_prefix(name)) and name not in self.errors:
                label = self.fields[name].label or pretty_name(name)
                self.add_error(name, format_lazy(NOT_KEPT, label=label))
        for name in self._unclean & set(self.fields):
            if name not in self.errors:
                label = self.fields[name].label or pretty_name(name)
                self.add_error(name, format_lazy(UNSTORABLE, label=label))

    def _left_out(self) -> list[str]:
        return self.data.getlist(LEFT_OUT) if isinstance(self.data, QueryDict) else []


def _default_message(kind: type[forms.Field], code: str) -> Any:
    """The words that Django itself has for `code` in fields of this `kind`."""
    for base in kind.__mro__:
        messages = getattr(base, "default_error_messages", {})
        if code in messages:
            return messages[code]
    return None
