"""Rules about who the company is: tax id, name, legal form, listing, industry, country."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _
from stdnum.ca import bn

from brands import choices
from brands import rules_data as data
from brands.refusals import LETTER, TAX_ID_ERRORS
from brands.rules_subject import BrandSubject, words_of
from portal.lib import tax_ids
from portal.preflight.checking import Found
from portal.preflight.findings import Severity

_SSN = re.compile(r"\d{3}-\d{2}-\d{4}")
_DBA = re.compile(
    r"\b(d\s?/\s?b\s?/\s?a|dba|doing business as|t\s?/\s?a|trading as|a\s?/\s?k\s?/\s?a)\b", re.IGNORECASE
)
# So many sole proprietors may share one mobile number (10DLC entity types).
MOST_PER_MOBILE = 3
# So many other brands with the same tax id are named; more would say nothing more.
MOST_NAMED = 3


def ein(brand: BrandSubject) -> Iterator[Found]:
    """B01."""
    if brand.country != "US" or not brand.tax_id or _SSN.fullmatch(brand.tax_id.strip()):
        return
    try:
        number = tax_ids.plain(tax_ids.parse(brand.tax_id, "US"))
    except tax_ids.BadTaxId as bad:
        yield Found("tax_id", _("This is no EIN."), str(TAX_ID_ERRORS["US", bad.why]), Severity.ERROR, LETTER)
        return
    if number in ("123456789", "987654321"):
        yield Found(
            "tax_id",
            _("The EIN counts its digits up or down, like an example."),
            _("Enter the company's own EIN, unless it really is this one."),
            hint=LETTER,
        )
    elif number[:2] not in data.EIN_PREFIXES:
        yield Found(
            "tax_id",
            _("The EIN begins with %(prefix)s, which the IRS has not listed among its prefixes.")
            % {"prefix": number[:2]},
            _("Compare the first two digits with the letter from the IRS. If they are right, go on."),
            hint=LETTER,
        )


def business_number(brand: BrandSubject) -> Iterator[Found]:
    """B02."""
    if brand.country != "CA" or not brand.tax_id:
        return
    try:
        number = tax_ids.parse(brand.tax_id, "CA")
    except tax_ids.BadTaxId as bad:
        yield Found(
            "tax_id", _("This is no Business Number."), str(TAX_ID_ERRORS["CA", bad.why]), Severity.ERROR
        )
        return
    if not re.fullmatch(r"\d{9}(?:(?:RC|RM|RP|RT)\d{4})?", number):
        yield Found(
            "tax_id",
            _("This looks like a corporation number, not like a Business Number."),
            _(
                "Enter the nine digits from a letter of the Canada Revenue Agency. Some carriers compare the "
                "corporation number instead: if yours asked for it, go on."
            ),
        )
    elif not bn.is_valid(number):
        yield Found(
            "tax_id",
            _("The check digit of the Business Number does not fit: one of its digits is probably wrong."),
            _("Compare it digit by digit with a letter of the Canada Revenue Agency."),
        )


def social_security(brand: BrandSubject) -> Iterator[Found]:
    """B03."""
    if _SSN.fullmatch(brand.tax_id.strip()):
        yield Found(
            "tax_id",
            _("This is written like a social security number (3-2-4 digits)."),
            str(TAX_ID_ERRORS["US", "ssn"]),
        )


def legal_form(brand: BrandSubject) -> Iterator[Found]:
    """B04."""
    if brand.is_sole_proprietor:
        # The legal name is the person's own, made of first and last name.
        yield from _person_with_form(brand.display_name)
        return
    words = words_of(brand.legal_name)
    if not words or not brand.entity_type:
        return
    if dba := _DBA.search(brand.legal_name):
        yield Found(
            "legal_name",
            _("“%(word)s” stands in the legal name.") % {"word": dba[0]},
            _("Leave only the registered name here, and put the other one under DBA or brand name."),
            hint=LETTER,
        )
    if brand.is_for_profit and not data.CONSTITUTED.intersection(words):
        yield Found(
            "legal_name",
            _("“%(name)s” names no legal form such as LLC or Inc.") % {"name": brand.legal_name},
            _(
                "Add it if the tax office's letter has one. Some firms have none, partnerships for example: then go on."
            ),
            hint=LETTER,
        )
    ending = words[-1]
    odd = ending in data.PROFIT_FORMS and brand.entity_type in (
        choices.EntityType.NON_PROFIT,
        choices.EntityType.GOVERNMENT,
    )
    if odd:
        yield Found(
            "entity_type",
            _("“%(name)s” ends like a company for profit.") % {"name": brand.legal_name},
            _("Choose the legal form that the tax office knows it under."),
        )
    yield from _two_forms(brand, words)


def _person_with_form(name: str) -> Iterator[Found]:
    words = words_of(name)
    ending = words[-1] if len(words) > 1 else ""
    if form := data.FORMS.get(ending) or data.WEAK_FORMS.get(ending):
        yield Found(
            "display_name",
            _("“%(name)s” ends in %(form)s, and the legal form says sole proprietor.")
            % {"name": name, "form": form},
            _(
                "A registered company registers with its EIN: choose its legal form. Otherwise take the ending out."
            ),
            Severity.REJECT if ending in data.FORMS else Severity.RISK,
        )


def _two_forms(brand: BrandSubject, words: list[str]) -> Iterator[Found]:
    other = words_of(brand.display_name)
    forms = data.FORMS | data.WEAK_FORMS
    ours, theirs = forms.get(words[-1]), forms.get(other[-1]) if other else None
    if ours and theirs and ours != theirs:
        yield Found(
            "display_name",
            _(
                "The brand name ends in %(theirs)s and the legal name in %(ours)s: that reads like two companies."
            )
            % {"theirs": theirs, "ours": ours},
            _("Give the name that customers know, without a legal form, or with the one of the legal name."),
        )


def stock(brand: BrandSubject) -> Iterator[Found]:
    """B10. What a company that is not listed left in these fields is not sent."""
    if not brand.is_public:
        return
    if brand.stock_symbol and not data.SYMBOL.fullmatch(brand.stock_symbol.upper()):
        yield Found(
            "stock_symbol",
            _("“%(symbol)s” is no stock symbol.") % {"symbol": brand.stock_symbol},
            _("Enter up to ten letters and digits, such as ACME or BRK.B."),
        )
    elif brand.stock_symbol.upper() in data.NO_SYMBOL:
        yield Found(
            "stock_symbol",
            _("“%(symbol)s” stands where the registry looks a symbol up.") % {"symbol": brand.stock_symbol},
            _("Enter the symbol, or choose another legal form if the company is not listed."),
            Severity.REJECT,
        )
    if brand.stock_exchange == "NONE":
        yield Found(
            "stock_exchange",
            _("A listed company needs the exchange that it is listed on."),
            _("Choose the exchange, or another legal form if the company is not listed."),
        )


def duplicate(brand: BrandSubject) -> Iterator[Found]:
    """B13, inside the organization; across organizations it is the operator's to see."""
    for name in brand.twins[:MOST_NAMED]:
        yield Found(
            "tax_id",
            _("%(name)s already uses this tax id.") % {"name": name},
            _(
                "A company is usually registered once. If this is another name of the same company, go on; otherwise "
                "compare the two."
            ),
        )
    if brand.is_sole_proprietor and brand.same_mobile >= MOST_PER_MOBILE:
        yield Found(
            "mobile_phone",
            _("%(count)d other sole proprietors use this mobile number; registries take three.")
            % {"count": brand.same_mobile},
            _("Enter a mobile number of this person's own."),
            Severity.REJECT,
        )


# Legal form → the industries that go with it.
_OF_GOVERNMENT = frozenset({"GOVERNMENT", "EDUCATION", "HEALTHCARE"})


def industry(brand: BrandSubject) -> Iterator[Found]:
    """B15."""
    if not brand.vertical or not brand.entity_type:
        return
    label = dict(choices.Vertical.choices).get(brand.vertical, brand.vertical)
    if brand.entity_type == choices.EntityType.GOVERNMENT and brand.vertical not in _OF_GOVERNMENT:
        yield Found(
            "vertical",
            _("A government body in the industry “%(industry)s” is unusual.") % {"industry": label},
            _("Choose government, education or healthcare if one of them fits; otherwise go on."),
        )
    if brand.is_for_profit and brand.vertical in ("NGO", "POLITICAL"):
        yield Found(
            "vertical",
            _("“%(industry)s” does not go with a company for profit.") % {"industry": label},
            _("Choose the industry that the company works in, or the legal form non-profit."),
        )


def government_of_canada(brand: BrandSubject) -> Iterator[Found]:
    """B15, too: the legal form asks for a government body of the United States."""
    if brand.entity_type == choices.EntityType.GOVERNMENT and brand.country == "CA":
        yield Found(
            "entity_type",
            _("Registries take only bodies of the United States as government."),
            _("Ask the carrier before you submit; Canadian bodies are often registered as non-profit."),
        )


def entity_fits(brand: BrandSubject) -> Iterator[Found]:
    """B15 in both parts."""
    yield from industry(brand)
    yield from government_of_canada(brand)


def country(brand: BrandSubject) -> Iterator[Found]:
    """B17."""
    if brand.country and brand.country not in brand.countries:
        yield Found(
            "country",
            _("The carrier takes no brands from “%(country)s”.") % {"country": brand.country},
            _("Choose one of: %(countries)s.") % {"countries": ", ".join(brand.countries)},
        )
