"""Questions that several flows ask alike."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
YES, NO = "yes", "no"


class YesNoField(forms.ChoiceField):
    """A question with two answers, neither given in advance: True, False, or None while it is open."""

    widget = forms.RadioSelect

    def __init__(self, **kwargs: Any) -> None:
        """As a choice, of which the two answers are known."""
        super().__init__(choices=[(YES, gettext_lazy("Yes")), (NO, gettext_lazy("No"))], **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """What the control holds for an answer."""
        return {True: YES, False: NO, None: ""}.get(value, value)

    def clean(self, value: Any) -> bool | None:
        """The answer. Raises ValidationError."""
        return {YES: True, NO: False}.get(super().clean(value))


class WebAddressField(forms.CharField):
    """An https address of a public host, with its path; a bare host gets its scheme."""

    def __init__(self, **kwargs: Any) -> None:
        """As a text, of an address' kind."""
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        """The address in one form. Raises ValidationError."""
        text: str = super().clean(value)
        if not text:
            return ""
        address = text if "://" in text else f"https://{text}"
        try:
            parts = urlsplit(address)
            host, port = (parts.hostname or "").encode("idna").decode(), parts.port
        except ValueError:
            raise ValidationError(_("Enter a web address, such as https://www.example.com.")) from None
        if parts.scheme == "http":
            raise ValidationError(
                _("Enter an address that begins with https://; carriers do not accept http://.")
            )
        if (
            parts.scheme != "https"
            or parts.username
            or not _HOST.fullmatch(host)
            or re.search(r"\s", address)
        ):
            raise ValidationError(_("Enter a web address, such as https://www.example.com."))
        if port:
            raise ValidationError(_("Enter the public address, without a port number."))
        rest = parts.path.rstrip("/") + (f"?{parts.query}" if parts.query else "")
        result = f"https://{host}{rest}"
        # A host in another alphabet grows.
        if self.max_length is not None and len(result) > self.max_length:
            raise ValidationError(
                _("Enter an address of at most %(most)d characters.") % {"most": self.max_length}
            )
        return result
