"""One form per step of the brand wizard. Each checks what the registry's interface refuses, and no more."""

from __future__ import annotations

import re
from typing import Any, cast
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from brands import choices
from brands import rules_data as data
from brands.models import TERMS_VERSION
from brands.refusals import POSTAL_ERRORS, TAX_ID_ERRORS, WEBSITE_ERRORS
from portal.lib import tax_ids
from portal.ui.forms import PortalForm
from portal.ui.looks import Text

_HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")

OTHER_COUNTRY = {
    "US": _("Enter the EIN: what is on file, %(masked)s, is a Canadian Business Number."),
    "CA": _("Enter the Business Number: what is on file, %(masked)s, is an EIN of the United States."),
}

# Questions of the company's step that only companies, or only sole proprietors, are asked.
FOR_COMPANIES = ("legal_name", "tax_id")
FOR_PERSONS = ("first_name", "last_name")
ENTITY_HINTS = {
    choices.EntityType.SOLE_PROPRIETOR: _(
        "You prove a mobile phone by a one-time password. The brand may carry one campaign with one number."
    )
}


def is_asked(name: str, draft: Any) -> bool:
    """Does the question `name` of the company's step concern a draft of this legal form?"""
    return name not in (FOR_COMPANIES if draft.is_sole_proprietor else FOR_PERSONS)


# Which terms the page showed.
VERSION_SEEN = "terms-version"
TERMS_CHANGED = _("The terms have changed since you opened this page. Read them again, then accept them.")


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

    @classmethod
    def answers_of(cls, draft: Any) -> dict[str, Any]:
        """Accepted or not, whoever did it."""
        return cls.fields_of(draft)

    def clean(self) -> dict[str, Any]:
        """What is accepted is what was read: another version than the page showed is shown first."""
        cleaned = super().clean() or {}
        seen = self.data.get(VERSION_SEEN)
        if seen and seen != TERMS_VERSION:
            self.add_error("accept", TERMS_CHANGED)
            cast(dict[str, Any], self.data).pop("accept", None)
        return cleaned


class KeptField(forms.CharField):
    """A text that is never given back to the browser: empty means "as it is on file", if it is.

    It stays a required question all the same: one answer to it there must be.
    """

    on_file = False
    # Nothing that was typed here is kept unsaved or sent to the browser (`ui.answers`).
    never_kept = True

    def clean(self, value: Any) -> Any:
        """Empty is an answer only where something is on file."""
        return "" if self.on_file and value in self.empty_values else super().clean(value)


class CompanyForm(PortalForm):
    """Who the company is, as the tax office knows it; or who the person is, for a sole proprietor.

    The questions of both stand on the page, and the legal form decides which are asked: what was typed for
    the other is kept in the draft, never checked and never filed.
    """

    entity_type = forms.ChoiceField(
        label=_("Legal form"),
        choices=choices.EntityType.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the legal form.")},
    )
    legal_name = forms.CharField(
        label=_("Legal company name"),
        max_length=100,
        help_text=_(
            "Exactly as on the tax office's letter (in the US: IRS form CP 575 or 147C), with Inc. or LLC."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": _("Enter the legal company name.")},
    )
    first_name = forms.CharField(
        label=_("First name"),
        max_length=100,
        help_text=_("Your own, as on an official document: the two together are the registered name."),
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
        error_messages={"required": _("Enter the proprietor's first name.")},
    )
    last_name = forms.CharField(
        label=_("Last name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
        error_messages={"required": _("Enter the proprietor's last name.")},
    )
    display_name = forms.CharField(
        label=_("DBA or brand name"),
        max_length=100,
        required=False,
        help_text=_(
            "The name that customers know and your messages carry. Leave empty if it is the legal name."
        ),
    )
    country = forms.ChoiceField(
        label=_("Country of registration"),
        choices=choices.Country.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the country of registration.")},
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
        form_choice = cast(forms.RadioSelect, self.fields["entity_type"].widget)
        form_choice.option_hints = ENTITY_HINTS  # type: ignore[attr-defined]
        self.on_file = self.draft.tax_identity
        if self.on_file is not None:
            field = cast(KeptField, self.fields["tax_id"])
            field.on_file = True
            kept = _("On file: %(masked)s. Leave empty to keep it.") % {"masked": self.on_file.masked}
            field.help_text = format_lazy("{kept} {asked}", kept=kept, asked=field.help_text)

    @classmethod
    def answers_of(cls, draft: Any) -> dict[str, Any]:
        """The tax id by its token."""
        kept = getattr(draft, "tax_identity", None)
        return super().answers_of(draft) | {"tax_id": kept.token if kept else ""}

    def typed_answers(self) -> dict[str, Any]:
        """Left empty, or typed once more, it is the one on file."""
        typed = super().typed_answers()
        stored = self.answers_of(self.draft)["tax_id"]
        if not typed["tax_id"] or self.draft.has_on_file(typed["tax_id"], typed["country"]):
            return typed | {"tax_id": stored}
        return typed

    def words_of(self, name: str, value: Any, *, is_typed: bool) -> Text:
        """Words for a tax id, never its digits."""
        if name != "tax_id":
            return super().words_of(name, value, is_typed=is_typed)
        if is_typed:
            return _("The one that you typed")
        return _("The one that is on file now") if value else ""

    def clean(self) -> dict[str, Any]:
        """The tax id is checked by the rules of the chosen country; one that is on file for another country
        is asked for anew. A sole proprietor has none, and what is there of a company stays as it is."""
        cleaned = super().clean() or {}
        alone = cleaned.get("entity_type") == choices.EntityType.SOLE_PROPRIETOR
        for name in FOR_COMPANIES if alone else FOR_PERSONS:
            self.errors.pop(name, None)
            # Left empty, it stays what it is; an empty tax id says that already.
            cleaned[name] = cleaned.get(name) or ("" if name == "tax_id" else getattr(self.draft, name, ""))
        if alone:
            return self._without_tax_id(cleaned)
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

    def _without_tax_id(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """A tax id that was typed before the legal form changed is kept where it can be one."""
        if cleaned.get("country") and cleaned.get("tax_id"):
            try:
                cleaned["tax_id"] = tax_ids.parse(cleaned["tax_id"], cleaned["country"])
            except tax_ids.BadTaxId:
                cleaned["tax_id"] = ""
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
            if match := data.CANADIAN_CODE.fullmatch(text):
                return f"{match[1]} {match[2]}"
            raise ValidationError(POSTAL_ERRORS["CA"])
        if match := data.ZIP.fullmatch(text):
            return match[1]
        raise ValidationError(POSTAL_ERRORS["US"])


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
        """Exchange and symbol are asked of listed companies only; a sole proprietor may have no website."""
        super().__init__(*args, **kwargs)
        if not self.draft.is_public:
            del self.fields["stock_exchange"], self.fields["stock_symbol"]
        if self.draft.is_sole_proprietor:
            self.fields["website"].required = False
            self.fields["website"].help_text = _(
                "A live page that names the business. Without one, reviewers look more closely."
            )

    def clean_website(self) -> str:
        """An https address of a public host; a bare host gets its scheme."""
        text = self.cleaned_data["website"]
        if not text:
            return ""
        address = text if "://" in text else f"https://{text}"
        try:
            parts = urlsplit(address)
            host, port = (parts.hostname or "").encode("idna").decode(), parts.port
        except ValueError:
            raise ValidationError(WEBSITE_ERRORS["address"]) from None
        if parts.scheme == "http":
            raise ValidationError(WEBSITE_ERRORS["http"])
        if (
            parts.scheme != "https"
            or parts.username
            or not _HOST.fullmatch(host)
            or re.search(r"\s", address)
        ):
            raise ValidationError(WEBSITE_ERRORS["address"])
        if port:
            raise ValidationError(_("Enter the public address, without a port number."))
        rest = parts.path.rstrip("/") + (f"?{parts.query}" if parts.query else "")
        if len(result := f"https://{host}{rest}") > 100:
            raise ValidationError(_("Enter an address of at most 100 characters: the home page is enough."))
        return result

    def clean_stock_symbol(self) -> str:
        """Upper case, as the registry lists it."""
        symbol: str = self.cleaned_data["stock_symbol"].upper()
        if not data.SYMBOL.fullmatch(symbol):
            raise ValidationError(_("Enter up to ten letters and digits, such as ACME or BRK.B."))
        return symbol
