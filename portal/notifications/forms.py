"""The questions of the preferences page: one per kind, and the hours."""

from __future__ import annotations

from datetime import time
from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.notifications.kinds import KINDS, MAILED, Delivery
from portal.notifications.models import Hours
from portal.notifications.preferring import Choices
from portal.ui.forms import PortalForm


class _Time(forms.TimeInput):
    """A time of day without seconds, which browsers offer as such."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


def _time(label: Any, **options: Any) -> forms.TimeField:
    wrong = _("Enter a time such as 22:00 in “{label}”.").format(label=label)
    return forms.TimeField(
        label=label,
        widget=_Time(),
        input_formats=["%H:%M", "%H:%M:%S"],
        error_messages={"invalid": wrong},
        **options,
    )


def _delivery(name: str) -> forms.ChoiceField:
    kind = KINDS[name]
    return forms.ChoiceField(label=kind.title, help_text=kind.hint, choices=Delivery.choices)


class PreferencesForm(PortalForm):
    """How one person wants to be told; `owner` leaves out what an owner cannot choose."""

    attention = _delivery("attention")
    decision = _delivery("decision")
    renewal = _delivery("renewal")
    support = _delivery("support")
    operator = _delivery("operator")
    quiet_from = _time(_("No e-mail from"), required=False)
    quiet_until = _time(_("No e-mail until"), required=False)
    digest_at = _time(_("Daily e-mail at"))

    def __init__(self, *args: Any, owner: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in KINDS.values():
            if owner and kind.owners_always:
                field: Any = self.fields[kind.name]
                field.choices = [one for one in Delivery.choices if one[0] in MAILED]

    @property
    def per_kind(self) -> list[forms.BoundField]:
        """The questions about kinds, in the order of `kinds.py`."""
        return [self[name] for name in KINDS]

    @classmethod
    def showing(cls, choices: Choices, *, owner: bool) -> Self:
        """The form as it is first seen."""
        hours = choices.hours
        times = {name: getattr(hours, name) for name in ("quiet_from", "quiet_until", "digest_at")}
        form = cls(initial={**choices.deliveries, **times}, owner=owner)
        for name in KINDS:
            # An owner who switched it off as a member elsewhere is mailed all the same, and sees so.
            offered = [value for value, _label in form.fields[name].choices]  # type: ignore[attr-defined]
            if form.initial[name] not in offered:
                form.initial[name] = str(KINDS[name].default)
        return form

    def clean(self) -> dict[str, Any]:
        """Quiet hours have two ends, and the daily mail does not fall between them."""
        cleaned: dict[str, Any] = super().clean() or {}
        begin, end, digest = (cleaned.get(name) for name in ("quiet_from", "quiet_until", "digest_at"))
        if "quiet_from" in self.errors or "quiet_until" in self.errors:
            return cleaned
        if (begin is None) != (end is None):
            missing = "quiet_until" if end is None else "quiet_from"
            self.add_error(missing, _("Give both ends of the hours without e-mail, or neither."))
        elif begin is not None and begin == end:
            self.add_error(
                "quiet_until", _("The hours without e-mail must end at another time than they begin.")
            )
        elif begin and end and digest and _between(begin, digest, end):
            self.add_error("digest_at", _("Your daily e-mail would come in the hours without e-mail."))
        return cleaned

    def choices(self, user: User) -> Choices:
        """What was chosen, for a valid form."""
        data = self.cleaned_data
        hours = Hours(
            user=user,
            quiet_from=data["quiet_from"],
            quiet_until=data["quiet_until"],
            digest_at=data["digest_at"],
        )
        return Choices({name: data[name] for name in KINDS}, hours)


def _between(begin: time, clock: time, end: time) -> bool:
    return begin <= clock < end if begin < end else clock >= begin or clock < end
