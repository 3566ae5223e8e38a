"""What a registry's reasons mean for a brand, in plain words: by category, by code, and by the words themselves.

Sources: 10DLC feedback categories (Telnyx SDK, Twilio SDK), the error pages and guides that
`portal/preflight/rejections.json` names, and the refusals that Telnyx's OpenAPI file documents; read on
2026-11-22.
"""

from __future__ import annotations

import re
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from brands.refusals import LETTER
from portal.preflight.explaining import Meaning

NEW_NUMBER = _("A new EIN takes 30 to 90 days until registries can find it.")
APPEAL = _(
    "If everything is right as it stands, the carrier's support can appeal with a copy of that letter."
)


TAX_ID = Meaning(
    _("The tax id and the legal name do not belong together in the public records."),
    _(
        "Compare tax id, legal name, country and legal form with the tax office's letter, character by character."
    ),
    ("tax_id", "legal_name", "country", "entity_type"),
    (LETTER, NEW_NUMBER, APPEAL),
)
NAME = Meaning(
    _("The name was not found like this in the public records."),
    _(
        "Compare the legal name with the tax office's letter: commas, “Inc.” or “LLC”, “&” or “and” all count."
    ),
    ("legal_name", "display_name", "tax_id"),
    (LETTER,),
)
STOCK = Meaning(
    _("The company was not found on the stock exchange under this symbol."),
    _("Correct symbol and exchange, or choose another legal form if the company itself is not listed."),
    ("stock_symbol", "stock_exchange", "entity_type"),
    (_("A subsidiary of a listed company is usually a private company of its own."),),
)
GOVERNMENT = Meaning(
    _("The registry does not know this as a government body of the United States."),
    _("Choose the legal form that the tax office knows it under, often non-profit or private."),
    ("entity_type", "legal_name"),
    (_("A company that works for a government is no government body."),),
)
NONPROFIT = Meaning(
    _("No tax-exempt status was found for this tax id."),
    _("Compare tax id and legal name with the letter of exemption, or register as a private company."),
    ("entity_type", "tax_id", "legal_name"),
    (_("The IRS shows who is exempt in its Tax Exempt Organization Search."), NEW_NUMBER),
)
ADDRESS = Meaning(
    _("The address could not be found in the public records."),
    _("Give the address that the tax office has on file, with suite or unit; no post-office box."),
    ("street", "city", "state", "postal_code"),
)
WEBSITE = Meaning(
    _("The website could not be opened, or says too little about the company."),
    _(
        "Give a home page that opens for everybody, without a sign-in, and that names the company as it is registered."
    ),
    ("website",),
    (_("A page that says “coming soon”, or holds nothing but a form, counts as none."),),
)
EMAIL = Meaning(
    _("The e-mail address does not show that it belongs to the company."),
    _("Give a mailbox at the website's own domain."),
    ("email", "business_contact_email"),
)
PHONE = Meaning(
    _("The phone number could not be used."),
    _("Give a number that answers, in the company's own country."),
    ("phone", "mobile_phone"),
)
TWICE = Meaning(
    _("The company, or something that has to be unique to it, is registered already."),
    _("Look for an earlier registration, also at another provider, before you register it again."),
    ("tax_id", "legal_name", "phone", "email", "website"),
)
PERSON = Meaning(
    _("The name or the website belongs to a registered company, and the legal form says sole proprietor."),
    _("Register it as a private company, with its EIN."),
    ("entity_type", "display_name", "website"),
)
CONFIRM = Meaning(
    _("The contact person has not confirmed by the link in the registry's e-mail."),
    _(
        "Have the contact person follow the link, or give another person's own mailbox at the company's domain."
    ),
    ("business_contact_email",),
)
COUNTRY = Meaning(
    _("The registry takes no companies from this country, or the country does not fit the tax id."),
    _("Check the country of registration and the tax id that belongs to it."),
    ("country", "tax_id"),
)
MISSING = Meaning(_("An answer is missing."), _("Fill it in."))
INVALID = Meaning(
    _("An answer has a form that the carrier does not take."), _("Correct it as the words below say.")
)
INDUSTRY = Meaning(
    _("The industry is not one that the registry offers, or does not fit the company."),
    _("Choose the industry that the company works in."),
    ("vertical",),
)
THEIRS = Meaning(
    _("Something went wrong on their side."),
    _("Nothing has to be corrected: submit it again later, or ask the operator of this portal."),
)
CONTENT = Meaning(
    _("The company, or its website, is in a line of business that carriers do not take."),
    _("This is usually final. Ask the carrier's support before you pay for another try."),
    ("website", "vertical"),
)
TOO_SOON = Meaning(
    _("The registry has looked at this brand too recently to look at it again."),
    _(
        "Nothing has to be corrected: your answers stand there. Ask for the review again when it may be asked for."
    ),
)
OTHER = Meaning(
    _("The registry objects to something that it describes in its own words."),
    _("Read its words, and correct the answers that they name."),
)
UNKNOWN = Meaning(
    _("We do not know this reason yet."),
    _(
        "Read the registry's words. Most often it helps to compare name, tax id and address with the tax "
        "office's letter."
    ),
    (),
    (LETTER, APPEAL),
)

# The registry's categories, and codes that mean one thing for a brand. In upper case.
BY_CODE: dict[str, Meaning] = {
    "TOO-SOON": TOO_SOON,
    "TAX_ID": TAX_ID,
    "STOCK_SYMBOL": STOCK,
    "GOVERNMENT_ENTITY": GOVERNMENT,
    "NONPROFIT": NONPROFIT,
    "30795": replace(TAX_ID, fields=("tax_id", "legal_name")),
    "18011": NAME,
    "30702": replace(
        TWICE,
        plain=_("The registry's own record of this brand is gone."),
        to_do=_("Register the brand anew."),
    ),
    "30703": TWICE,
    "30729": COUNTRY,
    "30751": replace(
        PHONE, to_do=_("Give a mobile number that takes text messages."), fields=("mobile_phone",)
    ),
    "30790": THEIRS,
    "30799": replace(
        TAX_ID,
        plain=_("The registry took the brand, and could not prove that it is who it says."),
    ),
    "30891": WEBSITE,
    "30894": replace(
        NAME,
        plain=_("The registry sees another company behind the messages than the one that is registered."),
        to_do=_("Register the company whose name the messages carry, not the one that sends for it."),
    ),
    "30898": TWICE,
    "30915": PERSON,
    "1100": WEBSITE,
    "1101": WEBSITE,
    "1103": replace(
        WEBSITE,
        plain=_("The website's certificate is not valid."),
        to_do=_("Have the certificate renewed, then submit again."),
    ),
    "BRAND_ADDRESS_INVALID": ADDRESS,
    "BRAND_EMAIL_INVALID_OR_MISSING": EMAIL,
    "BRAND_EMAIL_PUBLIC_DOMAIN": EMAIL,
    "INVALID_SUPPORT_EMAIL": EMAIL,
    "UNOFFICIAL_SUPPORT_EMAIL": EMAIL,
    "BRAND_PHONE_NUMBER_INVALID_OR_MISSING": PHONE,
    "BRAND_DBA_NAME_MISMATCH": NAME,
    "BRAND_MULTI_USE": TWICE,
    "INVALID_MULTI_BUSINESS": TWICE,
    "BRAND_NOT_TCR_AUTH_PLUS_COMPLIANT": CONFIRM,
    "BRAND_URL_INVALID": WEBSITE,
    "BRAND_URL_INSUFFICIENT_CONTENT": WEBSITE,
    "BRAND_URL_FORM_ONLY": WEBSITE,
    "BRAND_URL_AUTHENTICATION_REQUIRED": WEBSITE,
    "INVALID_URL": WEBSITE,
    "BRAND_URL_HIGH_RISK_DOMAIN": CONTENT,
    "BRAND_NON_COMPLIANT_SWEEPSTAKES": CONTENT,
    "BRAND_NON_COMPLIANT_HIGH_RISK_FINANCIAL": CONTENT,
    "SPAM_OR_PHISHING_ASSOCIATION": CONTENT,
    "MISSING_REQUIRED_FIELD": MISSING,
    "MISSING_CONDITIONAL_FIELD": MISSING,
    "INVALID_FIELD_VALUE": INVALID,
    "VALUE_ERROR.MISSING": MISSING,
    "MISSING": MISSING,
}

# Words that registries and carriers use where they give no code, or one that says nothing ("OTHERS"). The
# first that fits wins, so the narrow ones stand on top.
BY_WORDS: tuple[tuple[re.Pattern[str], Meaning], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), meaning)
    for pattern, meaning in (
        (r"\bsole[ -]?prop", PERSON),
        (r"\b(?:2fa|authentication ?\+|auth(?:entication)? plus|not confirmed)", CONFIRM),
        (r"\b(?:duplicate|already (?:exists|registered)|not unique|too many brands)\b", TWICE),
        (r"\b(?:stock|ticker|exchange)\b", STOCK),
        (r"\bgovernment\b", GOVERNMENT),
        (r"\b(?:non-?profit|tax[- ]exempt|501 ?\(?c)", NONPROFIT),
        (r"\b(?:tax ?-?id|ein|fein|taxpayer|business number|bn)\b", TAX_ID),
        (r"\b(?:web ?-?site|web ?page|url|homepage|certificate)\b", WEBSITE),
        (r"\be-?mail|mailbox\b", EMAIL),
        (r"\bdomain\b", WEBSITE),
        (r"\b(?:address|street|zip|postal ?code|city)\b", ADDRESS),
        (r"\b(?:phone|mobile)\b", PHONE),
        (
            r"\b(?:business|company|legal|brand|dba|corporate|entity)[ -]?(?:legal )?name|name (?:on record|mismatch)",
            NAME,
        ),
        (r"\bname\b.{0,40}\b(?:mismatch|match|spelled|differ)", NAME),
        (r"\bvertical\b|\bindustry\b", INDUSTRY),
        (r"\bcountry\b", COUNTRY),
        (r"\b(?:gambling|cannabis|payday|affiliate|lead generation|sweepstakes|spam|phishing)\b", CONTENT),
        (r"\b(?:internal error|timed? ?out|try again|service unavailable)\b", THEIRS),
        (r"\b(?:required|missing|must be (?:given|provided|present)|not provided)\b", MISSING),
        (r"\b(?:invalid|malformed|not valid|at most|too long|format)\b", INVALID),
    )
)
