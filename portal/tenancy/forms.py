"""What people fill in about their organization and who belongs to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.tenancy.access import Acting
from portal.tenancy.models import Organization, Role, known_time_zone
from portal.tenancy.roles import IN_WORDS, Act
from portal.ui.forms import PortalForm
from portal.ui.time_zones import offered

# How long a name other people see may be (`User.name`, `Organization.name`).
NAME_AT_MOST = 100


class RoleForm(PortalForm):
    """One role, with what it may do. `acting` is offered only what is in their hands to give."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, widget=forms.RadioSelect)

    def __init__(self, data: Mapping[str, Any] | None = None, *, acting: Acting, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        owners_too = acting.may(Act.OWNERS)
        field = cast(forms.ChoiceField, self.fields["role"])
        field.choices = [one for one in Role.choices if owners_too or one[0] != Role.OWNER]
        field.widget.option_hints = IN_WORDS


class InviteForm(RoleForm):
    """Whom to ask in, and as what."""

    field_order = ("email", "role")

    email = forms.EmailField(
        label=_("E-mail address"),
        # The width of the column (RFC 5321: a path of 256 with its two brackets).
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "inputmode": "email"}),
    )


class WelcomeForm(PortalForm):
    """A new person's name and password. `email` is given by the invitation and cannot be changed here."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=NAME_AT_MOST,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        # Argon and PBKDF2 take what comes; a megabyte of it would only keep the processor busy.
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False),
        help_text=_(
            "At least 12 characters. Several words that you remember are better than one with signs."
        ),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, email: str, **kwargs: Any) -> None:
        self.email = email
        super().__init__(data, **kwargs)

    def clean(self) -> dict[str, Any]:
        """The validators of the settings, which also compare with name and address."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        password = cleaned.get("password")
        if password:
            person = User(email=self.email, name=cleaned.get("name", ""))
            try:
                password_validation.validate_password(password, person)
            except ValidationError as problem:
                self.add_error("password", problem)
        return cleaned


class OrganizationForm(PortalForm):
    """Name and time zone of an organization."""

    name = forms.CharField(
        label=_("Name"),
        max_length=NAME_AT_MOST,
        help_text=_("As your members see it. Carriers know your company by its brand."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("Dates and times on all pages of the organization are in this zone."),
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, organization: Organization, **kwargs: Any
    ) -> None:
        now = {"name": organization.name, "time_zone": organization.time_zone}
        super().__init__(data, initial=now, **kwargs)
        field = cast(forms.ChoiceField, self.fields["time_zone"])
        field.choices = offered(organization.time_zone)

    def clean_time_zone(self) -> str:
        """A zone that this machine knows: what was chosen once may be gone from its database."""
        zone: str = self.cleaned_data["time_zone"]
        known_time_zone(zone)
        return zone
