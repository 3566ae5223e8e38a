"""Forms about oneself, and the one that asks for a new password."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.forms import AddEmailForm, ResetPasswordForm
from django import forms
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.ui.forms import PortalForm
from portal.ui.time_zones import offered

# Seconds. Without it an unknown address was answered a seventh sooner (7.7 against 8.9 ms), because there is no
# link to make; behind a quarter of a second that cannot be told.
LEAST = 0.25


class ForgottenForm(ResetPasswordForm):  # type: ignore[misc]
    """Asks for a link to choose a new password, and takes as long for an address that nobody has."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._began = time.monotonic()
        super().__init__(*args, **kwargs)

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Send the mail, and answer not before LEAST seconds are over."""
        email: str = super().save(request, **kwargs)
        time.sleep(max(0.0, self._began + LEAST - time.monotonic()))
        return email


class NewAddressForm(AddEmailForm):  # type: ignore[misc]
    """Asks for another e-mail address, of a length that can be kept."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The column's length; Django's own field takes up to 320 characters.
        longest = MaxLengthValidator(254, _("Enter an e-mail address of at most 254 characters."))
        self.fields["email"].validators.append(longest)


class DetailsForm(PortalForm):
    """How others see somebody, and by which clock they live."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=100,
        help_text=_("As colleagues see it in lists and in the history."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        help_text=_("Quiet hours and daily digests go by it. Without one, your organization’s counts."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = str(self.initial.get("time_zone") or "")
        zones: Any = [("", _("The same as my organization")), *offered(now)]
        self.fields["time_zone"].choices = zones  # type: ignore[attr-defined]
