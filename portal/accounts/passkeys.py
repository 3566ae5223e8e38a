"""Passkeys: where they work, and the forms that take what a browser made."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

# Characters. Real ones have about a thousand; with a chain of certificates some ten thousand.
LONGEST_CREDENTIAL = 65_536


def passkey_address(request: HttpRequest) -> str:
    """ "" where passkeys work; else the address of the same page at which they do.

    A passkey belongs to a name, and browsers refuse a number (WebAuthn: the relying party id is a domain),
    so at http://127.0.0.1 there are none, and at http://localhost there are.
    """
    host = request.get_host()
    name = urlsplit(f"//{host}").hostname or ""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return ""
    port = host.rpartition(":")[2] if host.rpartition(":")[0] and not host.endswith("]") else ""
    return f"{request.scheme}://localhost{f':{port}' if port else ''}{request.get_full_path()}"


class CredentialField(forms.JSONField):
    """What a browser made, as JSON. Text that is no such thing is an error of the form, however odd it is."""

    default_error_messages = {
        "required": _(
            "Nothing came from the browser. Press the button, then follow the browser’s own question."
        ),
        "invalid": _("What came from the browser was no passkey. Try again."),
    }
    widget = forms.HiddenInput

    def __init__(self, shape: Callable[[Any], object]) -> None:
        """`shape` reads the object, and raises where it is none of its kind."""
        super().__init__()
        self.shape = shape

    def to_python(self, value: Any) -> Any:
        """The object. Raises ValidationError for anything else.

        It is read here before allauth reads it, because that lets some of what is unreadable through as an
        error of the server.
        """
        try:
            if isinstance(value, str) and len(value) > LONGEST_CREDENTIAL:
                raise ValueError("longer than any passkey")
            found = super().to_python(value)
            if found is not None:
                self.shape(found)
        except Exception:  # noqa: BLE001 - bytes of a stranger: whatever they break, it is no passkey
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        return found


class AuthenticateForm(webauthn_forms.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey as the second step of a sign-in."""

    credential = CredentialField(AuthenticationResponse.from_dict)


class LoginForm(webauthn_forms.LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey as the whole of a sign-in."""

    credential = CredentialField(AuthenticationResponse.from_dict)


class ReauthenticateForm(webauthn_forms.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey as fresh proof."""

    credential = CredentialField(AuthenticationResponse.from_dict)


class AddForm(webauthn_forms.AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey, and the name one knows it by."""

    credential = CredentialField(RegistrationResponse.from_dict)
    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=60,
        help_text=_("So that you recognise it in the list, such as “Work laptop”."),
    )
    passwordless = forms.BooleanField(
        label=_("Sign in with this passkey alone, without a password"),
        required=False,
        initial=True,
        help_text=_("Your device then asks for your face, finger or PIN. Older security keys cannot do it."),
    )


class RenameForm(webauthn_forms.EditWebAuthnForm):  # type: ignore[misc]
    """The name of a passkey."""

    name = forms.CharField(label=_("Name"), max_length=60)
