"""Second factors: sealed at rest, used once, and bound to the name of this portal."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import qrcode
from allauth.core import context
from allauth.mfa import app_settings
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.cache import cache
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathFillImage

from portal.lib.sealing import Sealer

NAME = "Clearline"


@lru_cache(maxsize=4)
def sealer(keys: tuple[str, ...]) -> Sealer:
    """What seals under `keys`, made once for each tuple of them."""
    return Sealer(keys, purpose="second factors")


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Seals secrets with MFA_KEYS, and says who we are to authenticators."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _(
            "This code is not right. Codes change every 30 seconds and work once: use the next one."
        ),
        "cannot_generate_recovery_codes": _("Recovery codes stand in for a second step: set one up first."),
        "unverified_email": _("Confirm your e-mail address first."),
    }

    def encrypt(self, text: str) -> str:
        """`text` sealed with the first of MFA_KEYS."""
        return sealer(tuple(settings.MFA_KEYS)).seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """The text again. Raises sealing.CannotOpen when its key is gone."""
        return sealer(tuple(settings.MFA_KEYS)).open(encrypted_text)

    def build_totp_svg(self, url: str) -> str:
        """The code to scan, dark on white also on a dark page, with the quiet zone that scanners need."""
        picture = BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage, box_size=10, border=4).save(picture)
        return picture.getvalue().decode()

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:  # noqa: A002
        """ "Passkey", then "Passkey 2" and so on."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Passkey") if number == 1 else gettext("Passkey {number}").format(number=number)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys belong to the host of PUBLIC_URL, never to whatever name a request came by.

        On one's own machine the request decides: a passkey made at localhost works there.
        """
        host = urlsplit(settings.PUBLIC_URL).hostname or ""
        if settings.LOOPBACK and context.request is not None:
            host = context.request.get_host().rpartition(":")[0] or context.request.get_host()
        return {"id": host, "name": NAME}


def factors(user: AbstractBaseUser) -> dict[str, Any]:
    """What `user` has: `app` and `codes` (wrapped, or None), `passkeys` (list), `codes_left`, `on`."""
    rows = list(Authenticator.objects.filter(user_id=user.pk).order_by("pk"))
    app = next((one for one in rows if one.type == Authenticator.Type.TOTP), None)
    codes = next((one for one in rows if one.type == Authenticator.Type.RECOVERY_CODES), None)
    passkeys = [one for one in rows if one.type == Authenticator.Type.WEBAUTHN]
    return {
        "app": app,
        "passkeys": passkeys,
        "codes": codes,
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
        "codes_all": app_settings.RECOVERY_CODE_COUNT,
        "on": bool(app or passkeys),
    }


def _used_before(user: AbstractBaseUser, code: str) -> bool:
    """Was this code accepted already? Remembered for as long as it could be accepted again.

    allauth remembers for one period of 30 seconds, but with a tolerance of one period either way a code
    is good for three (RFC 6238, 5.2: a code must not be accepted twice).
    """
    seconds = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
    digits = "".join(filter(str.isalnum, code))
    return not cache.add(f"totp:{user.pk}:{digits}", True, seconds)


class _OnceOnly(mfa_forms.BaseAuthenticateForm):  # type: ignore[misc]
    """Code of the app, or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.update(_code_attributes(self.fields["code"]))

    def clean_code(self) -> str:
        """The code, which was never accepted before. Raises ValidationError."""
        code: str = super().clean_code()
        if self.authenticator.type == Authenticator.Type.TOTP and _used_before(self.user, code):
            raise MFAAdapter().validation_error("incorrect_code")
        return code


def _code_attributes(field: forms.Field) -> dict[str, Any]:
    field.label = _("Code")
    # Recovery codes are digits too, so phones may show their number keys.
    return {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false", "autofocus": True}


class AuthenticateForm(_OnceOnly, mfa_forms.AuthenticateForm):  # type: ignore[misc]
    """The second step of a sign-in."""


class ReauthenticateForm(_OnceOnly, mfa_forms.ReauthenticateForm):  # type: ignore[misc]
    """A code as fresh proof."""


class ActivateForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new app, which shows that it was set up right."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.update(_code_attributes(self.fields["code"]) | {"autofocus": False})
        self.fields["code"].label = _("Code that the app shows")
