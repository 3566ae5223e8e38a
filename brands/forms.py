"""One form per step of the brand wizard. Each checks what the registry's interface refuses, and no more."""

from __future__ import annotations

import re
from typing import Any, cast
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from brands import choices
from portal.lib import phones, tax_ids
from portal.ui.forms import PortalForm

_ZIP = re.compile(r"(\d{5})(?:-?\d{4})?")
_CANADIAN_CODE = re.compile(r"([ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z]) ?(\d[ABCEGHJ-NPRSTV-Z]\d)")
_SYMBOL = re.compile(r"[A-Z0-9.\-]{1,10}")
_HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")

PHONE_ERRORS = {
    "format": _("Enter a US or Canadian phone number with area code, such as +1 206 555 0123."),
    "extension": _("Leave out the extension: customers and carriers must reach the number directly."),
    "region": _("Enter a number from the United States or Canada."),
    "type": _("Enter an ordinary or toll-free number; premium-rate and personal numbers are not accepted."),
}
TAX_ID_ERRORS = {
    ("US", "format"): _("Enter the nine digits of the EIN, such as 12-3456789."),
    ("US", "ssn"): _(
        "This looks like a social security number, which is not accepted. Enter the company's EIN."
    ),
    ("US", "dummy"): _("Enter the company's own EIN: nine equal digits cannot be one."),
    ("CA", "format"): _(
        "Enter the nine digits of the Business Number, such as 123456789 or 123456789 RC0001."
    ),
    ("CA", "dummy"): _("Enter the company's own Business Number: nine equal digits cannot be one."),
}

OTHER_COUNTRY = {
    "US": _("Enter the EIN: what is on file, %(masked)s, is a Canadian Business Number."),
    "CA": _("Enter the Business Number: what is on file, %(masked)s, is an EIN of the United States."),
}


class TermsForm(PortalForm):
    """Accepting the terms: who, when, which version and from where are kept with the brand."""

    accept = forms.BooleanField(
        label=_("I have read the terms and guidelines, and I accept them for my organization"),
        error_messages={"required": _("Accept the terms and guidelines to go on.")},
    )

    @classmethod
    def fields_of(cls, draft: Any) -> dict[str, Any]:
        """The box is ticked once the draft says when it was."""
        return {"accept": bool(getattr(draft, "terms_accepted_at", None))}


class KeptField(forms.CharField):
    """A text that is never given back to the browser: empty means "as it is on file", if it is.

    It stays a required question all the same: one answer to it there must be.
    """

    on_file = False

    def clean(self, value: Any) -> Any:
        """Empty is an answer only where something is on file."""
        return "" if self.on_file and value in self.empty_values else super().clean(value)


class CompanyForm(PortalForm):
    """Who the company is, as the tax office knows it."""

    legal_name = forms.CharField(
        label=_("Legal company name"),
        max_length=100,
        help_text=_(
            "Exactly as on the tax office's letter (in the US: IRS form CP 575 or 147C), with Inc. or LLC."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": _("Enter the legal company name.")},
    )
    display_name = forms.CharField(
        label=_("DBA or brand name"),
        max_length=100,
        required=False,
        help_text=_(
            "The name that customers know and your messages carry. Leave empty if it is the legal name."
        ),
    )
    entity_type = forms.ChoiceField(
        label=_("Legal form"),
        choices=[one for one in choices.EntityType.choices if one[0] != choices.EntityType.SOLE_PROPRIETOR],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the legal form.")},
    )
    country = forms.ChoiceField(
        label=_("Country of registration"),
        choices=choices.Country.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the country in which the company is registered.")},
    )
    tax_id = KeptField(
        label=_("Employer Identification Number (EIN) or Business Number"),
        max_length=20,
        help_text=_(
            "United States: the EIN, nine digits. Canada: the Business Number. Never a social security number."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "text"}),
        error_messages={"required": _("Enter the EIN or the Business Number.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """A tax id that is on file is named by its last characters, and may be left as it is."""
        super().__init__(*args, **kwargs)
        self.on_file = self.draft.tax_identity
        if self.on_file is not None:
            field = cast(KeptField, self.fields["tax_id"])
            field.on_file = True
            kept = _("On file: %(masked)s. Leave empty to keep it.") % {"masked": self.on_file.masked}
            field.help_text = format_lazy("{kept} {asked}", kept=kept, asked=field.help_text)

    def clean(self) -> dict[str, Any]:
        """The tax id is checked by the rules of the chosen country; one that is on file for another country
        is asked for anew. The legal forms that are offered all have the same rules."""
        cleaned = super().clean() or {}
        country, text = cleaned.get("country"), cleaned.get("tax_id")
        if country and text == "" and self.on_file is not None and self.on_file.country != country:
            self.add_error("tax_id", OTHER_COUNTRY[country] % {"masked": self.on_file.masked})
            # It cannot be kept, so nothing may say that it can.
            self["tax_id"].help_text = self.base_fields["tax_id"].help_text
        if country and text:
            try:
                cleaned["tax_id"] = tax_ids.parse(text, country)
            except tax_ids.BadTaxId as bad:
                self.add_error("tax_id", TAX_ID_ERRORS[country, bad.why])
        return cleaned


class AddressForm(PortalForm):
    """Where the company is, in the notation of its country."""

    street = forms.CharField(
        label=_("Street address"),
        max_length=100,
        help_text=_("The physical address, with suite or unit. Not a PO box."),
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
        error_messages={"required": _("Enter the street address.")},
    )
    city = forms.CharField(
        label=_("City"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
        error_messages={"required": _("Enter the city.")},
    )
    state = forms.ChoiceField(
        label=_("State"),
        widget=forms.Select(attrs={"autocomplete": "address-level1"}),
        error_messages={"required": _("Choose the state or province.")},
    )
    postal_code = forms.CharField(
        label=_("ZIP code"),
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
        error_messages={"required": _("Enter the ZIP or postal code.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Label and list of the draft's country."""
        super().__init__(*args, **kwargs)
        canada = self.draft.country == choices.Country.CA
        state = cast(forms.ChoiceField, self.fields["state"])
        blank = _("Choose a province or territory") if canada else _("Choose a state")
        state.choices = [("", blank), *choices.REGIONS.get(self.draft.country or "US", ())]
        if canada:
            state.label = _("Province or territory")
            self.fields["postal_code"].label = _("Postal code")

    def clean_postal_code(self) -> str:
        """Five digits (ZIP+4 is shortened: the registry wants five), or a Canadian code with its space."""
        text = self.cleaned_data["postal_code"].upper()
        if self.draft.country == choices.Country.CA:
            if match := _CANADIAN_CODE.fullmatch(text):
                return f"{match[1]} {match[2]}"
            raise ValidationError(_("Enter a Canadian postal code, such as K1A 0B1."))
        if match := _ZIP.fullmatch(text):
            return match[1]
        raise ValidationError(_("Enter a five-digit ZIP code, such as 98101."))


class BusinessForm(PortalForm):
    """What the company does and where people can see it."""

    website = forms.CharField(
        label=_("Website"),
        max_length=100,
        help_text=_("A live page that names the company, such as https://www.example.com."),
        widget=forms.TextInput(attrs={"autocomplete": "url", "inputmode": "url"}),
        error_messages={"required": _("Enter the company's website.")},
    )
    vertical = forms.ChoiceField(
        label=_("Industry"),
        choices=[("", _("Choose an industry")), *choices.Vertical.choices],
        error_messages={"required": _("Choose the industry.")},
    )
    stock_exchange = forms.ChoiceField(
        label=_("Stock exchange"),
        choices=[("", _("Choose an exchange")), *choices.EXCHANGES],
        error_messages={"required": _("Choose the exchange on which the company is listed.")},
    )
    stock_symbol = forms.CharField(
        label=_("Stock symbol"),
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter the stock symbol, such as ACME.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Exchange and symbol are asked of listed companies only."""
        super().__init__(*args, **kwargs)
        if not self.draft.is_public:
            del self.fields["stock_exchange"], self.fields["stock_symbol"]

    def clean_website(self) -> str:
        """An https address of a public host; a bare host gets its scheme."""
        text = self.cleaned_data["website"]
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
        if len(result := f"https://{host}{rest}") > 100:
            raise ValidationError(_("Enter an address of at most 100 characters: the home page is enough."))
        return result

    def clean_stock_symbol(self) -> str:
        """Upper case, as the registry lists it."""
        symbol: str = self.cleaned_data["stock_symbol"].upper()
        if not _SYMBOL.fullmatch(symbol):
            raise ValidationError(_("Enter up to ten letters and digits, such as ACME or BRK.B."))
        return symbol


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
        """Only listed companies confirm through a person's own mailbox."""
        super().__init__(*args, **kwargs)
        if not self.draft.is_public:
            del self.fields["business_contact_email"]

    @classmethod
    def fields_of(cls, draft: Any) -> dict[str, Any]:
        """The number as people read it, and as the check page shows it."""
        fields = super().fields_of(draft)
        return fields | {"phone": phones.shown(fields["phone"])} if fields.get("phone") else fields

    def clean_phone(self) -> str:
        """The number in E.164."""
        try:
            return phones.parse(self.cleaned_data["phone"])
        except phones.BadPhone as bad:
            raise ValidationError(PHONE_ERRORS[bad.why]) from None
