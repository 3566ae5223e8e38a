"""The filters of the log as a form: its answers stand in the address, so a filtered log can be sent to somebody."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, cast
from uuid import UUID

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from portal.audit.reading import Choices, Filter
from portal.audit.sentences import title_of
from portal.audit.things import word_for
from portal.ui.forms import PortalForm

# Nothing was written before, and a day beyond them cannot be turned into every time zone.
_DAYS = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2200, 1, 1))]
_NOT_A_DAY = _("Enter a day in “%(label)s”, such as 2026-11-02.")


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        validators=_DAYS,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _NOT_A_DAY % {"label": label}},
    )


class LogFilter(PortalForm):
    """Who, what, about what, and from which day to which, both included, in the zone of the page."""

    who = forms.ChoiceField(label=_("Who"), required=False)
    what = forms.ChoiceField(label=_("What happened"), required=False)
    about = forms.ChoiceField(label=_("About"), required=False)
    first = _day(_("From"))
    last = _day(_("To"))
    # One thing: reached from its link, not typed.
    thing = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        """`choices`: what there is to filter by."""
        super().__init__(*args, **kwargs)
        people = [(str(pk), name) for pk, name in choices.people]
        offered = {
            "who": [("", _t("Anybody")), *people, *((name, name) for name in choices.parties)],
            "what": [("", _t("Anything")), *((action, title_of(action)) for action in choices.actions)],
            "about": [("", _t("Everything")), *((kind, word_for(kind)) for kind in choices.kinds)],
        }
        for name, values in offered.items():
            in_order = values[:1] + sorted(values[1:], key=lambda one: one[1].casefold())
            cast("forms.ChoiceField", self.fields[name]).choices = in_order

    def clean(self) -> dict[str, Any]:
        """The two days in order."""
        answers: dict[str, Any] = super().clean() or {}
        first, last = answers.get("first"), answers.get("last")
        if first and last and last < first:
            self.add_error("last", _("“To” is before “From”: choose a later day."))
        return answers

    @property
    def filter(self) -> Filter:
        """What a valid form asks for."""
        answers = self.cleaned_data
        who = answers["who"]
        person = _uuid(who)
        last = answers["last"]
        return Filter(
            actor_id=person,
            party="" if person else who,
            action=answers["what"],
            kind=answers["about"],
            object_id=answers["thing"],
            since=_midnight(answers["first"]) if answers["first"] else None,
            until=_midnight(last + timedelta(days=1)) if last else None,
        )


def _midnight(day: date) -> datetime:
    """The first moment of a day in the zone of the page."""
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
