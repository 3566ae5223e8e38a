"""Whom people and the registry can reach: the last step of the wizard, and what proves it afterwards."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

from brands.refusals import PHONE_ERRORS
from portal.lib import phones
from portal.ui.forms import PortalForm
from portal.ui.looks import Text

MOBILE_TYPE = _("Enter a mobile number: toll-free and premium-rate numbers cannot get the one-time password.")
# Shown as people read them.
PHONES = ("phone", "mobile_phone")


class ContactForm(PortalForm):
    """Whom customers and the registry can reach."""

    email = forms.CharField(
        label=_("Support e-mail"),
        max_length=100,
        help_text=_("Shown to carriers; best at the company's own domain."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        validators=[EmailValidator(_("Enter an e-mail address, such as support@example.com."))],
        error_messages={"required": _("Enter the support e-mail address.")},
    )
    phone = forms.CharField(
        label=_("Support phone"),
        max_length=40,
        help_text=_("US or Canadian number, in any notation."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
        error_messages={"required": _("Enter the support phone number.")},
    )
    first_name = forms.CharField(
        label=_("Contact person: first name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
        error_messages={"required": _("Enter the contact person's first name.")},
    )
    last_name = forms.CharField(
        label=_("Contact person: last name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
        error_messages={"required": _("Enter the contact person's last name.")},
    )
    mobile_phone = forms.CharField(
        label=_("Your mobile phone"),
        max_length=40,
        help_text=_(
            "US or Canadian. After the registration a one-time password is sent there as a text message. "
            "One number may stand for three brands at most."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
        error_messages={"required": _("Enter the mobile phone that you can read text messages on.")},
    )
    business_contact_email = forms.CharField(
        label=_("Contact person's own e-mail"),
        max_length=100,
        help_text=_(
            "A personal mailbox at the company's domain. The registry sends a confirmation link there."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        validators=[EmailValidator(_("Enter an e-mail address, such as ada@example.com."))],
        error_messages={"required": _("Enter the contact person's own e-mail address.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Only listed companies confirm through a person's own mailbox, and only a sole proprietor by phone;
        they gave their name where a company gives its own."""
        super().__init__(*args, **kwargs)
        if not self.draft.is_public:
            del self.fields["business_contact_email"]
        if self.draft.is_sole_proprietor:
            del self.fields["first_name"], self.fields["last_name"]
        else:
            del self.fields["mobile_phone"]

    @classmethod
    def fields_of(cls, draft: Any) -> dict[str, Any]:
        """The numbers as people read them, and as the check page shows them."""
        fields = super().fields_of(draft)
        numbers = {name: phones.shown(fields[name]) for name in PHONES if fields.get(name)}
        return fields | numbers

    def words_of(self, name: str, value: Any, *, is_typed: bool) -> Text:
        """The number as people read it."""
        words = super().words_of(name, value, is_typed=is_typed)
        return phones.shown(str(words)) if name in PHONES and words else words

    def clean_phone(self) -> str:
        """The number in E.164."""
        try:
            return phones.parse(self.cleaned_data["phone"])
        except phones.BadPhone as bad:
            raise ValidationError(PHONE_ERRORS[bad.why]) from None

    def clean_mobile_phone(self) -> str:
        """A number that takes text messages, in E.164."""
        try:
            return phones.parse_mobile(self.cleaned_data["mobile_phone"])
        except phones.BadPhone as bad:
            words = MOBILE_TYPE if bad.why == "type" else PHONE_ERRORS[bad.why]
            raise ValidationError(words) from None


class ContactEmailForm(PortalForm):
    """The contact person's address alone, while the registry waits for them."""

    business_contact_email = ContactForm.base_fields["business_contact_email"]


class PasswordForm(PortalForm):
    """The six digits from the text message; blanks and dashes between them are nobody's mistake."""

    password = forms.CharField(
        label=_("The six digits"),
        max_length=40,
        help_text=_("From the text message. You can paste them."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        ),
        error_messages={"required": _("Enter the six digits from the text message.")},
    )

    def clean_password(self) -> str:
        """Six digits, as they stand in the text."""
        digits = re.sub(r"[\s\-]", "", self.cleaned_data["password"])
        if not re.fullmatch(r"[0-9]{6}", digits):
            raise ValidationError(_("Enter the six digits from the text message, such as 123456."))
        return digits
